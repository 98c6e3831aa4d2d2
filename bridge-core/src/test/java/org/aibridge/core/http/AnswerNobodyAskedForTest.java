package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.torture.Behaviour;
import org.aibridge.torture.Behaviours;
import org.aibridge.torture.HostConfig;
import org.aibridge.torture.Script;
import org.aibridge.torture.ScriptedService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerNobodyAskedForTest {
  @TempDir Path folder;

  private ScriptedService service;
  private ServiceClient client;

  @BeforeEach
  void start() throws Exception {
    service = new ScriptedService(folder.resolve("commits.log"), 0);
    Path conf =
        new HostConfig(folder, service.baseUrl()).set("ai_service", "timeout_read", "3000").write();
    client =
        new ServiceClient(
            ConfigReader.read(conf).config(), BridgeClock.system(), "bridge-test", Wire.OF_MACHINE);
  }

  @AfterEach
  void stop() {
    client.close();
    service.close();
  }

  @Test
  void isNotTakenForTheAnswerToTheNextRequestWhenItCameAtOnce() throws Exception {
    answerFirst(Behaviours.acknowledgeTwice());

    assertThat(post("first").kind()).isEqualTo(Answer.Kind.OK);
    assertThat(post("second").kind()).isEqualTo(Answer.Kind.NO_ANSWER);
  }

  @Test
  void isNotTakenForTheAnswerToTheNextRequestWhenItCameAWhileLater() throws Exception {
    CompletableFuture<Void> sent = new CompletableFuture<>();
    answerFirst(
        exchange -> {
          exchange.commit();
          exchange.answer(200, "{}");
          exchange.hold(50);
          exchange.answer(200, "{}");
          sent.complete(null);
        });

    assertThat(post("first").kind()).isEqualTo(Answer.Kind.OK);
    sent.get(10, TimeUnit.SECONDS);
    assertThat(post("second").kind()).isEqualTo(Answer.Kind.NO_ANSWER);
  }

  /** Some of them are in OkHttp's buffer then, and others in the system's. */
  @Test
  void isNotTakenForTheAnswerToTheNextRequestWhenThousandsCame() throws Exception {
    CompletableFuture<Void> sent = new CompletableFuture<>();
    String many = org.aibridge.torture.Exchange.answerText(200, "{}").repeat(2000);
    answerFirst(
        exchange -> {
          exchange.commit();
          exchange.raw(many);
          sent.complete(null);
        });

    assertThat(post("first").kind()).isEqualTo(Answer.Kind.OK);
    sent.get(10, TimeUnit.SECONDS);
    assertThat(post("second").kind()).isEqualTo(Answer.Kind.NO_ANSWER);
  }

  @Test
  void leavesHonestAnswersAndTheirConnectionAlone() throws Exception {
    for (int i = 0; i < 20; i++) {
      assertThat(post("k" + i).kind()).isEqualTo(Answer.Kind.OK);
    }

    assertThat(service.connections()).isEqualTo(1);
  }

  private void answerFirst(Behaviour first) {
    service.script(Script.sequence(List.of(first), Behaviours.neverAnswer()));
  }

  private Answer post(String key) throws Exception {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    byte[] body = "{\"events\":[]}".getBytes(StandardCharsets.US_ASCII);
    long wait =
        client.trySend(
            ServiceRequest.post(
                ServiceRequest.Caller.DISPATCH, ScriptedService.DISPATCH, body, key, 1000, true),
            answer::complete);
    assertThat(wait).isZero();
    return answer.get(20, TimeUnit.SECONDS);
  }

  @org.junit.jupiter.api.Test
  void sendsWithoutWaitingForAcknowledgements() throws Exception {
    try (java.net.Socket socket = new WatchedSockets().createSocket()) {
      assertThat(socket.getTcpNoDelay()).isTrue();
    }
  }
}

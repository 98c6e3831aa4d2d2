package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.text.Shown;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What others write, through each way by which it reaches the log and the status: no character that
 * nobody sees, no line of their making, no secret of an address, not the key.
 */
@Timeout(60)
class HostileWordsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KEY = "cAnArY/7f3a";

  /** Without line ends and halves of characters, which not every place can hold. */
  private static final String NASTY =
      "\u001B[2J\u001B]52;c;cm0=\u0007\u007F\u009B\u202E\u2066\u200B\u200F\uFEFF\u2028\u2029\u00AD"
          + "\uE000\uDB40\uDC41\u3164";

  private static final String WORSE = NASTY + "\u0000\r\nFAKE ERROR all is well \uD83D " + KEY;

  @TempDir Path folder;

  /** What the service answers to each request: its head with line ends of its own, and its body. */
  private record Said(String name, String head, String body) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Said> answers() throws IOException {
    String error = JSON.writeValueAsString(WORSE);
    return Stream.of(
        new Said("location", "302 Found\r\nLocation: http://u:pw@x/" + NASTY + "?t=TICKET", ""),
        new Said("long location", "307 No\r\nLocation: http://x/" + "A".repeat(6000) + NASTY, ""),
        new Said("status line", "200 " + NASTY, "no JSON"),
        new Said("no status", NASTY, ""),
        new Said("retry-after", "429 No\r\nRetry-After: " + NASTY, "{}"),
        new Said("content type", "200 OK\r\nContent-Type: text/" + NASTY + KEY, "x"),
        new Said("content encoding", "200 OK\r\nContent-Encoding: " + NASTY, "x"),
        new Said("false gzip", "200 OK\r\nContent-Encoding: gzip", WORSE),
        new Said("body", "200 OK", WORSE),
        new Said("refusal", "422 No", "{\"detail\":" + error + "}"),
        new Said("plain refusal", "400 No", WORSE),
        new Said("failure", "500 No", WORSE),
        new Said("unauthorized", "401 No\r\nWWW-Authenticate: " + NASTY, WORSE),
        new Said(
            "rejected", "200 OK", "{\"rejected\":[{\"event_id\":\"ID\",\"error\":" + error + "}]}"),
        new Said(
            "long reason",
            "200 OK",
            "{\"rejected\":[{\"event_id\":\"ID\",\"error\":\"" + "x".repeat(900_000) + "\"}]}"));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void reachNoLogAndNoStatusAsTheyCame(Said said) throws Exception {
    ConfFile conf = conf();
    try (ErrorOutput log = new ErrorOutput();
        Service service = new Service(said)) {
      conf.set("ai_service", "base_url", "http://127.0.0.1:" + service.port());
      try (AiBridge bridge = AiBridge.start(conf.write())) {
        assertThat(bridge.publish(GameEvent.custom("told", 7, "prontera", "{}"))).isTrue();
        Waits.until(
            "what came of it",
            () ->
                bridge.status().events().deadLettered() > 0
                    || !bridge.status().outlook().said().isEmpty()
                    || bridge.status().events().delivered() > 0);
        checkStatus(bridge);
      }
      check(log.text(), 2500);
    }
  }

  @Test
  void ofActionsHandlersAndScriptsReachNoLogAsTheyCame() throws Exception {
    String text = NASTY.replaceAll("\\p{IsControl}", "");
    String action = "{\"action_id\":%s,\"action_type\":%s,\"payload\":{\"message\":%s}}";
    String actions =
        String.join(
            ",",
            action.formatted(quoted("a" + text), "\"broadcast\"", quoted(text)),
            action.formatted("\"b\"", quoted(text), "1"),
            action.formatted(quoted("c" + text), "\"broadcast\"", quoted(WORSE)),
            action.formatted("\"d" + WORSE + "\"", "\"broadcast\"", "\"x\""),
            action.formatted("\"e\"", "\"broadcast\"", "\"\u0001" + WORSE + "\""));
    ConfFile conf = conf();
    try (ErrorOutput log = new ErrorOutput();
        Service service = new Service(new Said("", "200 OK", "{\"actions\":[" + actions + "]}"))) {
      conf.set("ai_service", "base_url", "http://127.0.0.1:" + service.port());
      try (AiBridge bridge = AiBridge.start(conf.write())) {
        bridge.onAction(
            Broadcast.class,
            broadcast -> {
              String own = WORSE.replace(KEY, "");
              Exception failure = new IllegalStateException(own, new IOException(own));
              failure.addSuppressed(new Error(own));
              return ActionReply.later(
                  java.util.concurrent.CompletableFuture.failedFuture(failure));
            });
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (bridge.status().actions().failed() < 1 && System.nanoTime() < deadline) {
          bridge.tick();
          LockSupport.parkNanos(1_000_000);
        }
        assertThat(bridge.status().actions().failed()).isPositive();
        checkStatus(bridge);
      }
      check(log.text(), 5000);
      String audit = Files.readString(folder.resolve("journal/actions-audit.jsonl"));
      assertThat(audit.codePoints()).noneMatch(p -> p != '\n' && Shown.isUnseen(p));
      assertThat(JSON.readTree(audit.lines().findFirst().get()).path("action_id").asText())
          .isEqualTo("a" + text);
    }
  }

  @Test
  void ofConfigurationsReachNoLogAsTheyCame() throws Exception {
    List<String> lines =
        List.of(
            "base_url = http://" + NASTY,
            "api_key = a" + NASTY,
            "timeout_read = 3" + NASTY,
            "time" + NASTY + "out = 1",
            "[" + NASTY + "]",
            NASTY,
            "api_key_file = /" + NASTY,
            "tls_ca_cert = /a" + NASTY);
    Path file =
        Files.createDirectory(folder.resolve("a\u202E\u200B\u001B[2J\nFAKE")).resolve("c.conf");
    try (ErrorOutput log = new ErrorOutput()) {
      for (String line : lines) {
        Files.writeString(file, "[bridge]\nserver_id = s\n[ai_service]\n" + line + "\n");
        try (AiBridge bridge = AiBridge.start(file)) {
          checkStatus(bridge);
        }
      }
      check(log.text(), 5000);
    }
  }

  private ConfFile conf() {
    return new ConfFile(folder, "")
        .set("ai_service", "api_key", KEY)
        .set("bridge", "shutdown_timeout", 100)
        .set("ai_service", "compression", "none")
        .set("ai_service", "timeout_read", 2000);
  }

  private static String quoted(String text) throws IOException {
    return JSON.writeValueAsString(text);
  }

  private static void check(String log, int longest) {
    assertThat(log).isNotEmpty();
    assertThat(log.codePoints().filter(p -> p != '\n' && p != '\t').filter(Shown::isUnseen))
        .as(log)
        .isEmpty();
    assertThat(log.lines()).noneMatch(line -> line.startsWith("FAKE"));
    assertThat(log.lines()).allMatch(line -> line.length() < longest);
    assertThat(log).doesNotContain(KEY, KEY.replace("/", "\\/"), "TICKET", "pw@");
  }

  private static void checkStatus(AiBridge bridge) throws IOException {
    String json = bridge.statusJson();
    assertThat(json.codePoints()).noneMatch(Shown::isUnseen);
    JsonNode status = JSON.readTree(json);
    assertThat(Shown.isClean(bridge.status().problem().replace('\n', ' '))).isTrue();
    assertThat(Shown.isClean(status.path("outlook").path("service_said").asText())).isTrue();
    assertThat(bridge.status().problem().length()).isLessThan(1000);
    assertThat(json).doesNotContain(KEY, "TICKET", "pw@");
  }

  /** Says one thing to every request. */
  private static final class Service implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Said said;

    Service(Said said) throws IOException {
      this.said = said;
      Thread thread = new Thread(this::run);
      thread.setDaemon(true);
      thread.start();
    }

    int port() {
      return server.getLocalPort();
    }

    private void run() {
      while (!server.isClosed()) {
        try (Socket socket = server.accept()) {
          String request = request(socket.getInputStream());
          String id = request.replaceAll("(?s).*\"event_id\":\"([^\"]*)\".*", "$1");
          byte[] body =
              said.body.replace("\"ID\"", '"' + id + '"').getBytes(StandardCharsets.UTF_8);
          socket
              .getOutputStream()
              .write(
                  ("HTTP/1.1 " + said.head + "\r\nContent-Length: " + body.length + "\r\n\r\n")
                      .getBytes(StandardCharsets.UTF_8));
          socket.getOutputStream().write(body);
        } catch (IOException e) {
          // The next one.
        }
      }
    }

    private static String request(InputStream in) throws IOException {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      while (true) {
        all.write(in.read());
        String text = all.toString(StandardCharsets.ISO_8859_1);
        int head = text.indexOf("\r\n\r\n");
        if (head >= 0) {
          String length = text.replaceAll("(?si).*content-length: (\\d+).*", "$1");
          int body = length.matches("\\d+") ? Integer.parseInt(length) : 0;
          return text + new String(in.readNBytes(body), StandardCharsets.UTF_8);
        }
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}

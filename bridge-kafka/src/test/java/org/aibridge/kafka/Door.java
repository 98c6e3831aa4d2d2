package org.aibridge.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.run.World;
import org.aibridge.core.service.EventBatch;
import org.aibridge.core.service.Offered;
import org.aibridge.core.service.ServiceSetup;
import org.aibridge.core.service.Verdict;

/** The service door over Kafka as a stage sees it, with answers that are waited for. */
record Door(KafkaService service) implements AutoCloseable {
  private static final int LIMIT_S = 120;

  /** Opens the door of the server m1 with these lines under {@code [kafka]}. */
  static Door open(Path folder, String settings) throws Exception {
    return new Door(KafkaService.open(setup(folder, settings)));
  }

  static ServiceSetup setup(Path folder, String settings) throws Exception {
    Path file = folder.resolve("ai_bridge.conf");
    Files.writeString(
        file,
        "[bridge]\nserver_id = m1\n[ai_service]\nbase_url = http://127.0.0.1:1\n[kafka]\n"
            + settings);
    BridgeConfig config = ConfigReader.read(file, Map.of()).config();
    return new ServiceSetup(() -> config, World.ofJvm(), "test");
  }

  /** A batch of events of these players, whose ids are their numbers behind {@code name}. */
  static EventBatch batch(String name, int payload, int... players) {
    StringBuilder body = new StringBuilder("{\"events\":[");
    List<EventBatch.Event> events = new ArrayList<>();
    for (int i = 0; i < players.length; i++) {
      int from = body.length() + (i > 0 ? 1 : 0);
      body.append(i > 0 ? "," : "").append("{\"event_id\":\"").append(name).append(':').append(i);
      body.append("\",\"pad\":\"").append("x".repeat(payload)).append("\"}");
      events.add(
          new EventBatch.Event(
              name + ":" + i, "login", "" + players[i], 1000 + i, from, body.length()));
    }
    return new EventBatch(
        name, players.length, false, body.append("]}").toString().getBytes(UTF_8), events);
  }

  /** Sends a batch as soon as it may go, and waits for the verdict. */
  Verdict send(EventBatch batch) {
    CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    await()
        .atMost(Duration.ofSeconds(LIMIT_S))
        .until(() -> service.events().trySend(batch, verdict::complete) == 0);
    return verdict.orTimeout(LIMIT_S, TimeUnit.SECONDS).join();
  }

  /** Asks for actions as soon as that may be, and waits for the answer. */
  Offered ask(int most, String position) {
    CompletableFuture<Offered> offered = new CompletableFuture<>();
    await()
        .atMost(Duration.ofSeconds(LIMIT_S))
        .until(() -> service.actions().tryAsk(most, 500, position, offered::complete) == 0);
    return offered.orTimeout(LIMIT_S, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    service.close();
  }
}

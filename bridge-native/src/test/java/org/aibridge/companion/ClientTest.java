package org.aibridge.companion;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.aibridge.testkit.FakeAiService;
import org.aibridge.testkit.ReceivedEvent;
import org.aibridge.testlib.ChildJvm;
import org.aibridge.testlib.Needs;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client in another language that docs/ring.md shows, against a companion. */
@Tag("slow")
class ClientTest {
  private static final int EVENTS = 30_000; // More than its ring of a MiB holds at once.

  @TempDir Path folder;

  @BeforeAll
  static void needsPython() {
    Needs.program("python3", "python3");
  }

  private Process client(Path rings) throws Exception {
    return new ProcessBuilder(
            "python3",
            NativeCode.module().resolve("example/client.py").toString(),
            rings.toString(),
            "map-server",
            Integer.toString(EVENTS))
        .redirectErrorStream(true)
        .start();
  }

  @Test
  void publishesEventsAndAppliesActionsAndGoesOnInItsNextLife() throws Exception {
    try (FakeAiService service = FakeAiService.start("action-feed");
        ChildJvm companion =
            ChildJvm.start(
                folder,
                CompanionTest.Child.class,
                CompanionTest.configuration(folder, service),
                folder.resolve("rings"),
                "stays")) {
      assertThat(companion.line()).startsWith("waits for a server in ");
      service.offerActions(
          """
          [{"action_id":"ก-1","action_type":"broadcast","payload":{"message":"hello"}}]
          """);
      for (int life = 1; life <= 2; life++) {
        Process client = client(folder.resolve("rings"));
        for (int i = 0; i < 1200 && !isDone(service, life); i++) {
          TimeUnit.MILLISECONDS.sleep(100);
        }
        client.getOutputStream().close();
        String words = new String(client.getInputStream().readAllBytes());
        assertThat(words).isEqualTo("published " + EVENTS + "\n");
        assertThat(client.waitFor()).isZero();
      }
      assertThat(service.receivedEventIds()).hasSize(2 * EVENTS).doesNotHaveDuplicates();
      assertThat(
              service.receivedEvents().stream()
                  .map(event -> event.json().at("/payload/monster_id").asLong())
                  .toList())
          .as("in order, each life for itself")
          .isEqualTo(
              LongStream.rangeClosed(1, 2L * EVENTS)
                  .map(i -> (i - 1) % EVENTS + 1)
                  .boxed()
                  .collect(Collectors.toList()));
      assertThat(service.receivedEvents())
          .allMatch(ReceivedEvent::acknowledged)
          .allMatch(event -> event.json().path("map").asText().equals("prontera"))
          .allMatch(event -> event.json().path("player_id").asLong() == 150_000);
      assertThat(service.results().toString())
          .contains("ก-1", "completed", "applied in Python: broadcast");
    }
  }

  private static boolean isDone(FakeAiService service, int life) {
    return service.receivedEventIds().size() >= life * EVENTS && service.results().size() >= 10;
  }
}

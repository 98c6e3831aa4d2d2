package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.http.HttpActionSource;
import org.aibridge.core.http.ServiceClient;
import org.aibridge.core.http.Wire;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.World;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ForeignIdTest {
  @TempDir Path folder;

  @Test
  void reportsActionsWhoseIdsNoHeaderCanCarry(@AiService FakeAiService service) throws Exception {
    List<String> ids =
        Stream.concat(IntStream.range(0, 6).mapToObj(i -> "é龍-" + i), Stream.of("plain")).toList();
    ids.forEach(id -> service.offerActions(Rig.broadcast(id)));
    Path file = folder.resolve("bridge.conf");
    Files.writeString(file, "[ai_service]\nbase_url = " + service.baseUrl() + "\n");
    BridgeConfig config = ConfigReader.read(file).config();
    BridgeClock clock = BridgeClock.system();
    ConcurrentLinkedQueue<String> applied = new ConcurrentLinkedQueue<>();
    try (ServiceClient client = new ServiceClient(config, clock, "test", Wire.OF_MACHINE)) {
      ActionService actions =
          new ActionService(
              new ActionSettings(
                  new Limits(folder.resolve("actions")),
                  new Permits(),
                  () -> "",
                  folder,
                  null,
                  0,
                  false),
              new HttpActionSource(client, () -> config, clock),
              Rig::retries,
              World.of(clock),
              () -> {});
      actions.onAction(
          Broadcast.class,
          action -> {
            applied.add(action.header().id());
            return ActionReply.done();
          });
      long until = clock.nanos() + Duration.ofSeconds(30).toNanos();
      while (clock.nanos() < until
          && (applied.size() < ids.size() || actions.stats().unreported() > 0)) {
        actions.tick();
        actions.runOnce();
        Thread.onSpinWait();
      }
      actions.close();
    }
    assertThat(applied).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(service.results().stream().map(result -> result.path("action_id").asText()))
        .containsExactlyInAnyOrderElementsOf(ids);
  }
}

package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeState;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.config.ConfigSource;
import org.aibridge.core.notice.Listeners;
import org.aibridge.core.run.World;
import org.aibridge.torture.Behaviours;
import org.aibridge.torture.Script;
import org.aibridge.torture.ScriptedService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pause for a surge of refusals, as the host and the operator see it. */
@Tag("slow")
class SurgePauseTest {
  private static final int EVENTS = 1000;

  @TempDir Path folder;

  private ScriptedService service;
  private ConfFile conf;
  private CoreBridge bridge;

  @BeforeEach
  void start() throws Exception {
    service = new ScriptedService(folder.resolve("commits.log"), 0);
    service.script(Script.always(Behaviours.refuse(number -> true, 422, "no")));
    conf = new ConfFile(folder, service.baseUrl()).set("bridge", "shutdown_timeout", 30_000);
    Path file = conf.write();
    bridge =
        CoreBridge.start(
            ConfigSource.of(file), Listeners.NONE, ConfigReader.read(file).config(), World.ofJvm());
    for (int i = 0; i < EVENTS; i++) {
      assertThat(bridge.publish(GameEvent.monsterKill(150_000 + i, "prontera", i))).isTrue();
    }
    Waits.until("paused", () -> bridge.status().events().paused());
  }

  @AfterEach
  void stop() {
    bridge.close();
    service.close();
  }

  @Test
  void saysThatItIsPausedAndWhy() throws Exception {
    assertThat(bridge.status().state()).isEqualTo(BridgeState.DEGRADED);
    assertThat(bridge.status().problem()).contains("HTTP 422", "sending is paused");
    JsonNode json = new ObjectMapper().readTree(bridge.statusJson());
    assertThat(json.at("/event_dispatcher/paused").asBoolean()).isTrue();
    assertThat(json.at("/event_dispatcher/dead_lettered").asInt()).isLessThan(100);
  }

  @Test
  void goesOnWhenTheFileIsReadAnew() throws Exception {
    service.script(Script.always(Behaviours.acknowledge()));
    assertThat(bridge.reload().toCompletableFuture().get(10, TimeUnit.SECONDS).reloaded()).isTrue();
    Waits.untilNothingWaits(bridge);
    assertThat(bridge.status().events().deadLettered()).isLessThan(100);
    assertThat(bridge.status().events().paused()).isFalse();
    Waits.until("running", () -> bridge.status().state() == BridgeState.RUNNING);
  }

  @Test
  void staysPausedWhenTheFileCannotBeRead() throws Exception {
    conf.write("[nonsense");
    assertThat(bridge.reload().toCompletableFuture().get(10, TimeUnit.SECONDS).reloaded())
        .isFalse();
    assertThat(bridge.status().events().paused()).isTrue();
  }

  @Test
  void buriesTheRestWhenAnOperatorSaysSo() {
    bridge.stages().resumeDispatch();
    Waits.untilNothingWaits(bridge);
    assertThat(bridge.status().events().deadLettered()).isEqualTo(EVENTS);
  }

  @Test
  void closesAtOnce() {
    long start = System.nanoTime();
    bridge.close();
    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(15));
    assertThat(bridge.status().events().waiting()).isGreaterThan(EVENTS - 100);
  }
}

package org.aibridge.ops.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose status it is that lies there while a server starts after a kill. */
class StaleStatusTest {
  private Process server;
  private long begunMs;

  @BeforeEach
  void startAServer() throws IOException {
    server = new ProcessBuilder("sleep", "600").start();
    begunMs = server.info().startInstant().orElseThrow().toEpochMilli();
  }

  @AfterEach
  void endIt() {
    server.destroyForcibly();
  }

  private static ObjectNode status(long pid, long writtenMs, boolean stale) {
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status.put("state", "running").put("pid", pid).put("written_at_ms", writtenMs);
    return status.put("stale", stale);
  }

  /** Else who is told that the new process hangs, kills it while it starts. */
  @Test
  void theStatusOfAProcessThatWasKilledIsNotThatOfTheOneThatStarts() {
    for (boolean stale : new boolean[] {false, true}) {
      ObjectNode status = status(server.pid() - 1, begunMs - 1, stale);
      assertThat(StaleStatus.tellStarting(status, server.pid(), begunMs + 20_000)).isTrue();
      assertThat(status.path("state").asText()).isEqualTo("starting");
      assertThat(status.path("last_state").asText()).isEqualTo("running");
      assertThat(status.path("problem").asText())
          .contains("process " + server.pid() + " has begun at ", "is of the one before");
    }
  }

  @Test
  void aProcessThatHasWrittenSinceItsStartDoesNotStart() {
    ObjectNode status = status(server.pid(), begunMs + 1, true);
    assertThat(StaleStatus.tellStarting(status, server.pid(), begunMs + 20_000)).isFalse();
  }

  @Test
  void aStartThatTakesMinutesIsAsSilentAsAHang() {
    ObjectNode status = status(server.pid() - 1, begunMs - 1, true);
    assertThat(StaleStatus.tellStarting(status, server.pid(), begunMs + 301_000)).isFalse();
  }

  /** In two containers two processes may have one pid. */
  @Test
  void aFreshStatusOfThatPidIsBelievedAndThisProcessIsNoServer() {
    ObjectNode fresh = status(server.pid(), begunMs - 1, false);
    assertThat(StaleStatus.tellStarting(fresh, server.pid(), begunMs + 2_000)).isFalse();
    long own = ProcessHandle.current().pid();
    ObjectNode status = status(own + 1, 1, true);
    assertThat(StaleStatus.tellStarting(status, own, begunMs)).isFalse();
  }
}

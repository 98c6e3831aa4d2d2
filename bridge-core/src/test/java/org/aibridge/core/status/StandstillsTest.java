package org.aibridge.core.status;

import static org.assertj.core.api.Assertions.assertThat;

import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.http.Standstill;
import org.aibridge.core.run.TickTimes;
import org.junit.jupiter.api.Test;

class StandstillsTest {
  private static final long EPOCH_MS = 1_763_600_000_000L;

  private final Standstills standstills = new Standstills();
  private Standstill ofProcess = Standstill.NONE;
  private long ms;
  private long sleptMs;
  private long tickMs = -1;

  /** Looks every 20 ms, with a tick each time if {@code ticks}; returns what is to be logged. */
  private String run(long forMs, boolean ticks) {
    StringBuilder told = new StringBuilder();
    for (long end = ms + forMs; ms < end; ms += 20) {
      tickMs = ticks ? ms : tickMs;
      told.append(look());
    }
    return told.toString();
  }

  private String look() {
    long tickNanos = tickMs < 0 ? TickTimes.NO_TICK : nanos(tickMs);
    return standstills.look(nanos(ms), EPOCH_MS + ms + sleptMs, ofProcess, tickNanos);
  }

  private static long nanos(long atMs) {
    return atMs * 1_000_000 - 77_000_000_000L;
  }

  @Test
  void tellsNothingOfAServerThatTicksOrNeverHas() {
    assertThat(run(60_000, false)).isEmpty();
    assertThat(run(60_000, true)).isEmpty();
    assertThat(run(4_900, false) + run(100, true)).as("a short one").isEmpty();
    assertThat(standstills.last()).isEqualTo(BridgeStatus.Trouble.NONE);
  }

  @Test
  void tellsOfAGameThreadThatHungOnceItGoesOn() {
    run(1_000, true);
    assertThat(run(15_000, false)).isEmpty();
    long untilMs = EPOCH_MS + ms;
    assertThat(run(20, true)).startsWith("the game thread made no tick for 15 s");
    assertThat(run(60_000, true)).as("once").isEmpty();
    BridgeStatus.Trouble last = standstills.last();
    assertThat(last.state()).isEqualTo(BridgeState.DEGRADED);
    assertThat(last.untilMs()).isEqualTo(untilMs);
    assertThat(last.untilMs() - last.sinceMs()).isBetween(15_000L, 15_020L);
  }

  @Test
  void tellsOfAProcessThatWasStoppedAndBlamesNoGameThreadForIt() {
    run(1_000, true);
    ms += 42_000;
    ofProcess = new Standstill(42_000_000_000L, nanos(ms));
    assertThat(run(1_000, true)).as("who found it has logged it").isEmpty();
    assertThat(standstills.last().problem()).startsWith("this process stood still for 42 s");
    assertThat(standstills.last().untilMs() - standstills.last().sinceMs()).isEqualTo(42_000);
  }

  @Test
  void becomesTheLastTroubleAQuarterOfAnHourAfterAnOutageThatEndedBeforeIt() {
    run(1_000, true);
    long endMs = EPOCH_MS + ms;
    BridgeStatus.Trouble outage =
        new BridgeStatus.Trouble(BridgeState.OUTAGE, "no answer", endMs - 60_000, endMs);
    run(15_000, false);
    run(1_000, true);
    BridgeStatus.Trouble still = standstills.last();
    assertThat(still.untilMs()).isGreaterThan(endMs);
    assertThat(standstills.lastOr(outage, endMs + 899_000)).isEqualTo(outage);
    assertThat(standstills.lastOr(outage, endMs + 900_000)).isEqualTo(still);
    assertThat(standstills.lastOr(BridgeStatus.Trouble.NONE, endMs)).isEqualTo(still);
    BridgeStatus.Trouble later =
        new BridgeStatus.Trouble(BridgeState.OUTAGE, "", endMs, still.untilMs() + 1);
    assertThat(standstills.lastOr(later, endMs + 9_000_000)).isEqualTo(later);
  }

  /** Linux's monotonic clock does not run while a machine is suspended. */
  @Test
  void tellsOfAMachineThatSleptThoughNoThreadHasMissedAnything() {
    run(1_000, true);
    long sinceMs = EPOCH_MS + ms - 20;
    sleptMs = 3_600_000;
    assertThat(run(1_000, true)).startsWith("the machine slept for 3,600 s, or its clock was set");
    assertThat(standstills.last().sinceMs()).isEqualTo(sinceMs + 20);
    sleptMs = 0;
    assertThat(run(1_000, true)).as("set back").isEmpty();
  }
}

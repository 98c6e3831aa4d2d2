package org.aibridge.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.api.status.GateState;
import org.junit.jupiter.api.Test;

class DrainTest {
  private static final long START = 1_000;

  private final Drain drain = new Drain(START);

  @Test
  void endsAtOnceWhenAllIsQuiet() {
    assertThat(drain.isOver(START, true, status(0, 0), 0)).isTrue();
  }

  @Test
  void waitsForEventsUntilTheTimeIsOver() {
    assertThat(drain.isOver(START + Drain.EVENTS_MS - 1, true, status(5, 0), 0)).isFalse();
    assertThat(drain.isOver(START + Drain.EVENTS_MS, true, status(5, 0), 0)).isTrue();
  }

  @Test
  void serviceThatNeverTookAnEventIsNotWaitedForSoLong() {
    isGivenUp(status(9, 0, BridgeState.OUTAGE, GateState.OPEN));
  }

  @Test
  void serviceThatWantsAnotherKeyOrPathIsNotWaitedForSoLong() {
    isGivenUp(status(9, 0, BridgeState.HELD, GateState.CLOSED));
  }

  private void isGivenUp(BridgeStatus deaf) {
    assertThat(drain.isOver(START + Drain.DEAF_MS - 1, true, deaf, 0)).isFalse();
    assertThat(drain.isOver(START + Drain.DEAF_MS, true, deaf, 0)).isTrue();
  }

  @Test
  void timeBeginsWhenTheServiceIsBack() {
    long back = START + 60_000;
    assertThat(drain.isOver(back, false, status(5, 0), 0)).isFalse();
    assertThat(drain.isOver(back + Drain.EVENTS_MS - 1, true, status(5, 0), 0)).isFalse();
    assertThat(drain.isOver(back + Drain.EVENTS_MS, true, status(5, 0), 0)).isTrue();
  }

  @Test
  void lastResultsHaveALittleTimeMore() {
    assertThat(drain.isOver(START, true, status(0, 1), 0)).isFalse();
    assertThat(drain.isOver(START + Drain.ACTIONS_MS - 1, true, status(0, 0), 1)).isFalse();
    assertThat(drain.isOver(START + Drain.ACTIONS_MS, true, status(0, 0), 1)).isTrue();
  }

  private static BridgeStatus status(long waiting, long unreported) {
    return status(waiting, unreported, BridgeState.RUNNING, GateState.CLOSED);
  }

  private static BridgeStatus status(
      long waiting, long unreported, BridgeState state, GateState breaker) {
    return new BridgeStatus(
        state,
        "",
        "demo",
        new BridgeStatus.Http(0, 0, 0, 0, 0, 0, 0, breaker, 0, BridgeStatus.Gate.CLOSED),
        new BridgeStatus.Events(
            9,
            0,
            9 - waiting,
            0,
            0,
            0,
            Map.of(),
            waiting,
            0,
            0,
            0,
            0,
            0,
            List.of(),
            0,
            0,
            0,
            0,
            0,
            false),
        BridgeStatus.Durability.NONE,
        new BridgeStatus.Actions(0, 0, 0, 0, 0, 0, 0, unreported, 0, 0, 0, 0, 0),
        BridgeStatus.Scripts.NONE,
        BridgeStatus.Outlook.NONE);
  }
}

package org.aibridge.api.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.event.Priority;
import org.aibridge.api.status.BridgeStatus.Durability;
import org.aibridge.api.status.BridgeStatus.Events;
import org.aibridge.api.status.BridgeStatus.Gate;
import org.aibridge.api.status.BridgeStatus.Http;
import org.aibridge.api.status.BridgeStatus.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BridgeStatusTest {
  private static final Refusal FULL = new Refusal("player_login", RefusalReason.RING_FULL, 2);

  @ParameterizedTest
  @EnumSource
  void isInitializedUnlessOffOrStartingOrClosed(BridgeState state) {
    BridgeStatus status =
        new BridgeStatus(
            state,
            "",
            "",
            Http.NONE,
            Events.NONE,
            Durability.NONE,
            BridgeStatus.Actions.NONE,
            BridgeStatus.Scripts.NONE,
            BridgeStatus.Outlook.NONE);
    assertThat(status.initialized())
        .isEqualTo(
            !EnumSet.of(BridgeState.OFF, BridgeState.STARTING, BridgeState.CLOSED).contains(state));
  }

  @Test
  void namesRefusalsByTypeAndReasonAndSumsThem() {
    assertThat(FULL.name()).isEqualTo("player_login/ring_full");
    Refusal closed = new Refusal("custom", RefusalReason.CLOSED, 1);
    assertThat(events(List.of(FULL, closed, FULL)).refusalsByName())
        .containsExactly(Map.entry("custom/closed", 1L), Map.entry("player_login/ring_full", 4L));
  }

  @Test
  void copiesItsLists() {
    List<Refusal> refusals = new ArrayList<>(List.of(FULL));
    Events events = events(refusals);
    List<Gate> gates = new ArrayList<>(Gate.CLOSED);
    Http http = new Http(0, 0, 0, 0, 0, 0, 0, GateState.CLOSED, 0, gates);
    refusals.clear();
    gates.clear();
    assertThat(events.refusals()).containsExactly(FULL);
    assertThat(http.gates()).isEqualTo(Gate.CLOSED);
    assertThatThrownBy(() -> events.refusals().clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> http.gates().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void hasAGateForEachCallerAndTheOneOfEventsFirst() {
    assertThat(Http.NONE.gates())
        .extracting(Gate::name)
        .containsExactly("events", "polls", "results", "scripts");
    assertThat(Http.NONE.gates()).extracting(Gate::state).containsOnly(GateState.CLOSED);
  }

  @Test
  void saysOfNothingThatNothingIsKnown() {
    assertThat(Events.NONE.synced()).isEqualTo(-1);
    assertThat(Durability.NONE.mode()).isEqualTo(Durability.Mode.NONE);
    assertThat(Durability.NONE.lastSyncAgeMs()).isEqualTo(-1);
    assertThat(Durability.NONE.lastSyncMs()).isEqualTo(-1);
    assertThat(BridgeStatus.Outlook.NONE.oldestMs()).isEqualTo(-1);
    assertThat(BridgeStatus.Outlook.NONE.lastTrouble().state()).isEqualTo(BridgeState.RUNNING);
  }

  @Test
  void namesEnumsAsTheyStandInItsJson() {
    assertThat(GateState.HALF_OPEN.wireName()).isEqualTo("half_open");
    for (BridgeState state : BridgeState.values()) {
      assertThat(state.wireName()).matches("[a-z]+").isEqualToIgnoringCase(state.name());
    }
    assertThat(GateState.HELD.wireName()).isEqualTo("held");
    assertThat(Durability.Mode.NONE.wireName()).isEmpty();
    assertThat(Durability.Mode.PROCESS.wireName()).isEqualTo("process");
    assertThat(Durability.Mode.OS.wireName()).isEqualTo("os");
    assertThat(Priority.URGENT.wireName()).isEqualTo("urgent");
  }

  private static Events events(List<Refusal> refusals) {
    return new Events(
        0, 0, 0, 0, 0, 0, Map.of(), 0, 0, 0, -1, 0, 4, refusals, 0, 0, 0, 0, 0, false);
  }
}

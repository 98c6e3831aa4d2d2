package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.ManualClock;
import org.junit.jupiter.api.Test;

final class ActionWarmupTest {
  private static final int ACTIONS = 1000;

  private final Permits permits = new Permits();

  private Map<ActionResult.End, Integer> run(BridgeConfig.ActionLimits kept) {
    return new ActionWarmup(new Limits(Path.of("unused")), () -> kept, new ManualClock())
        .run(ACTIONS);
  }

  @Test
  void appliesSomeFailsSomeAndRefusesSome() {
    Map<ActionResult.End, Integer> ends = run(permits.get());
    assertThat(ends)
        .containsOnlyKeys(
            ActionResult.End.APPLIED, ActionResult.End.FAILED, ActionResult.End.REFUSED);
    // Those whose stage is complete end in the next tick, and the last ones of them in none.
    assertThat(ends.values().stream().mapToInt(Integer::intValue).sum())
        .isBetween(ACTIONS - 20, ACTIONS);
    assertThat(ends.get(ActionResult.End.APPLIED)).isGreaterThan(ACTIONS / 2);
  }

  @Test
  void hasRoomInTheSmallestInbox() {
    Limits limits = new Limits(Path.of("unused"));
    limits.inboxSize = 1;
    assertThat(new ActionWarmup(limits, permits::get, new ManualClock()).run(ACTIONS))
        .containsKey(ActionResult.End.APPLIED);
  }

  @Test
  void comesToItsEndWhereActionsAreOff() {
    permits.mode = BridgeConfig.ActionLimits.Mode.OFF;
    assertThat(run(permits.get())).isNotEmpty();
  }
}

package org.aibridge.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.LongStream;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.api.event.GameEvent;
import org.junit.jupiter.api.Test;

class EventSieveTest {
  private static final DirectBuffer KILL = Events.encoded(GameEvent.monsterKill(7, "payon", 1002));
  private static final DirectBuffer BOSS =
      Events.encoded(GameEvent.custom("boss_down", 7, "geffen", "{}"));
  private static final DirectBuffer RESET = Events.encoded(GameEvent.dailyReset());

  private static EventSieve.Rule rule(String type, String map, int oneIn) {
    return new EventSieve.Rule(type, map, oneIn);
  }

  private static List<Boolean> passes(EventSieve.Rule... rules) {
    EventSieve sieve = new EventSieve(List.of(rules));
    return List.of(sieve.passes(1, KILL, 0), sieve.passes(1, BOSS, 0), sieve.passes(1, RESET, 0));
  }

  @Test
  void goesByTypeAndMap() {
    assertThat(passes()).containsExactly(true, true, true);
    assertThat(passes(rule("*", "", 0))).containsExactly(false, false, false);
    assertThat(passes(rule("monster_kill", "", 0))).containsExactly(false, true, true);
    assertThat(passes(rule("monster_kill", "geffen", 0))).containsExactly(true, true, true);
    assertThat(passes(rule("*", "geffen", 0))).containsExactly(true, false, true);
    assertThat(passes(rule("boss_down", "", 0))).containsExactly(true, false, true);
    assertThat(passes(rule("boss_dow", "", 0))).containsExactly(true, true, true);
    assertThat(passes(rule("custom", "", 0))).containsExactly(true, false, true);
  }

  @Test
  void takesTheFirstRuleThatFits() {
    assertThat(passes(rule("monster_kill", "payon", 1), rule("*", "", 0)))
        .containsExactly(true, false, false);
    assertThat(passes(rule("*", "", 0), rule("monster_kill", "payon", 1)))
        .containsExactly(false, false, false);
  }

  @Test
  void takesTheSameSampleOfOneInSoManyEachTime() {
    EventSieve sieve = new EventSieve(List.of(rule("*", "", 10)));
    EventSieve again = new EventSieve(List.of(rule("*", "", 10)));
    long first = 1_763_600_000_000_000L;
    long taken =
        LongStream.range(first, first + 100_000)
            .filter(
                sequence -> {
                  assertThat(again.passes(sequence, KILL, 0))
                      .isEqualTo(sieve.passes(sequence, KILL, 0));
                  return sieve.passes(sequence, KILL, 0);
                })
            .count();
    assertThat(taken).isBetween(9_700L, 10_300L);
  }

  @Test
  void letsAReplayThrough() {
    byte[] json = "{\"event_type\":\"monster_kill\"}".getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = ReplayedEvent.encode("s:3", json, 7, null, 1, 2, 0, EventKinds.NONE);
    assertThat(new EventSieve(List.of(rule("*", "", 0))).passes(1, new UnsafeBuffer(bytes), 0))
        .isTrue();
  }
}

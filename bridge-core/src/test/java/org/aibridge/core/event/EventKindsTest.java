package org.aibridge.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.Priority;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A kind is one bit, and the same wherever an event is met. */
class EventKindsTest {
  @Test
  void tellEachTypeApartAndUrgentOnesFromTheOthers() {
    long seen = EventKinds.NONE;
    for (EventType type : EventType.values()) {
      for (Priority priority : List.of(Priority.NORMAL, Priority.URGENT)) {
        long kind = EventKinds.of(type, priority);
        assertThat(Long.bitCount(kind)).isEqualTo(1);
        assertThat(seen & kind).as("%s %s", type, priority).isZero();
        seen |= kind;
      }
      assertThat(EventKinds.of(type, Priority.LOW)).isEqualTo(EventKinds.of(type, Priority.HIGH));
    }
    assertThat(EventKinds.routed(EnumSet.allOf(EventType.class)))
        .as("no route has urgent events")
        .isEqualTo(seen & 0xFFFF_FFFFL);
  }

  @ParameterizedTest
  @EnumSource(Priority.class)
  void areTheSameForBytesAndForNames(Priority priority) {
    UnsafeBuffer kill = Events.encoded(GameEvent.monsterKill(1, "a", 1).withPriority(priority));
    long kind = EventKinds.of(EventType.MONSTER_KILL, priority);
    assertThat(EventKinds.of(kill, 0)).isEqualTo(kind);
    assertThat(EventKinds.named("monster_kill", priority.wireName())).isEqualTo(kind);
    assertThat(EventKinds.named("anything_else", priority.wireName()))
        .isEqualTo(EventKinds.of(EventType.CUSTOM, priority));
  }

  @Test
  void leaveWhatALaterVersionWroteToNoRoute() {
    UnsafeBuffer event = Events.encoded(GameEvent.dailyReset());
    Events.makeUnknown(event, 0);
    assertThat(EventKinds.of(event, 0)).isEqualTo(EventKinds.NONE);
  }

  @Test
  void ofAReplayedEventAreItsLetters() {
    long kind = EventKinds.of(EventType.MAP_CHANGE, Priority.HIGH);
    byte[] replayed = ReplayedEvent.encode("s:1", "{}".getBytes(), 1, null, 1, 1, 0, kind);
    assertThat(EventKinds.of(new UnsafeBuffer(replayed), 0)).isEqualTo(kind);
  }
}

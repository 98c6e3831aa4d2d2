package org.aibridge.core.notice;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.aibridge.api.EventEnd;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.run.ManualClock;
import org.junit.jupiter.api.Test;

/** What the host is told of, and what becomes of the rest where its listener is slow. */
final class EventNoticesTest {
  private final List<String> told = new ArrayList<>();
  private int woken;

  private EventNotices notices(Listeners listeners) {
    return new EventNotices(listeners, () -> woken++, new ManualClock());
  }

  private void tell(EventEnd end) {
    told.add(end.how() + " " + end.eventId() + " " + end.json() + " " + end.problem());
  }

  private static byte[] json(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static DeadLetter letter(String id, DeadLetter.Reason reason) {
    return new DeadLetter(id, json("{}"), reason, 422, "why", "", 1, 0, 0, "", "", 0, List.of(), 0);
  }

  @Test
  void tellsEachListenerOfItsOwnEnds() {
    EventNotices both = notices(new Listeners(this::tell, this::tell));
    assertThat(both.isUsed()).isTrue();
    assertThat(both.isWanted()).isTrue();
    both.taken("s:1", json("{\"a\":\"\u00e9\"}"));
    for (DeadLetter.Reason reason : DeadLetter.Reason.values()) {
      both.dead(letter("s:2", reason));
    }
    assertThat(both.isDone()).isFalse();
    assertThat(woken).isEqualTo(1 + DeadLetter.Reason.values().length);
    assertThat(both.runOnce()).isEqualTo(woken);
    assertThat(both.isDone()).isTrue();
    assertThat(both.runOnce()).isZero();
    assertThat(told)
        .containsExactly(
            "DELIVERED s:1 {\"a\":\"\u00e9\"} ",
            "REFUSED s:2 {} why",
            "REJECTED s:2 {} why",
            "TOO_LARGE s:2 {} why",
            "EXPIRED s:2 {} why",
            "REFUSED s:2 {} why",
            "LATER_VERSION s:2 {} why");
  }

  @Test
  void asksForNoTextThatNobodyWants() {
    EventNotices dead = notices(new Listeners(null, this::tell));
    assertThat(dead.isUsed()).isTrue();
    assertThat(dead.isWanted()).isFalse();
    EventNotices none = notices(Listeners.NONE);
    assertThat(none.isUsed()).isFalse();
    none.dead(letter("s:1", DeadLetter.Reason.EXPIRED));
    assertThat(none.isDone()).isTrue();
    assertThat(none.missedCount()).isZero();
  }

  @Test
  void countsWhatASlowListenerLeavesNoRoomFor() {
    EventNotices slow = notices(new Listeners(this::tell, this::tell));
    for (int i = 0; i < EventNotices.MAX_WAITING; i++) {
      assertThat(slow.isWanted()).isTrue();
      slow.taken("s:" + i, json("{}"));
    }
    assertThat(slow.isWanted()).isFalse();
    slow.dead(letter("s:x", DeadLetter.Reason.EXPIRED));
    assertThat(slow.missedCount()).isEqualTo(2);
    while (!slow.isDone()) {
      slow.runOnce();
    }
    assertThat(told).hasSize(EventNotices.MAX_WAITING);
    assertThat(slow.isWanted()).isTrue();
  }

  @Test
  void boundsTheLengthOfWhatWaits() {
    EventNotices slow = notices(new Listeners(this::tell, null));
    slow.taken("s:1", new byte[(int) EventNotices.MAX_CHARS]);
    assertThat(slow.isWanted()).isFalse();
    slow.runOnce();
    assertThat(slow.isWanted()).isTrue();
  }

  @Test
  void tellsTheServicesWordsOnOneLineAndNotWithoutEnd() {
    EventNotices notices = notices(new Listeners(null, end -> told.add(end.problem())));
    String words = "no\u001b[2J\n" + "x".repeat(1 << 20);
    notices.dead(
        new DeadLetter(
            "s:1",
            json("{}"),
            DeadLetter.Reason.REJECTED,
            200,
            words,
            "",
            1,
            0,
            0,
            "",
            "",
            0,
            List.of(),
            0));
    notices.runOnce();
    assertThat(told).singleElement().asString().startsWith("no").hasSizeLessThan(1000);
    assertThat(told.get(0).chars().noneMatch(Character::isISOControl)).isTrue();
  }

  @Test
  void goesOnAfterAListenerThatThrows() {
    EventNotices hostile =
        notices(
            new Listeners(
                end -> {
                  tell(end);
                  throw new StackOverflowError("the server's");
                },
                null));
    hostile.taken("s:1", json("{}"));
    hostile.taken("s:2", json("{}"));
    assertThat(hostile.runOnce()).isEqualTo(2);
    assertThat(told).containsExactly("DELIVERED s:1 {} ", "DELIVERED s:2 {} ");
    assertThat(hostile.isDone()).isTrue();
  }
}

package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.aibridge.core.run.Duty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When the service is asked for actions. */
final class ActionPollTest extends RigTest {
  @Test
  void asksForNothingBeforeTheFirstTick() {
    open();
    for (int i = 0; i < 10; i++) {
      rig.service.runOnce();
      rig.clock.advance(Duration.ofMinutes(1));
    }
    assertThat(rig.transport.asked).isZero();
    rig.service.tick();
    rig.service.runOnce();
    assertThat(rig.transport.polls()).hasSize(1);
  }

  @Test
  void isLookedForAfterTheFirstTickAndWhenAnActionHasEnded() {
    open();
    rig.service.runOnce();
    assertThat(rig.service.hasWaiting()).isFalse();
    rig.service.tick();
    assertThat(rig.service.hasWaiting()).as("polls may begin").isTrue();
    rig.offer(Rig.broadcast("a"));
    rig.service.runOnce();
    assertThat(rig.service.hasWaiting()).isFalse();
    rig.service.tick();
    assertThat(rig.applied).containsExactly("a");
    assertThat(rig.service.hasWaiting()).as("its end").isTrue();
    rig.service.runOnce();
    assertThat(rig.service.hasWaiting()).isFalse();
  }

  @Test
  void restsUntilTheNextPollAndIsWatchfulWhileAnActionIsUnderWay() {
    open();
    rig.service.runOnce();
    assertThat(rig.service.mayRestNanos()).as("before the first tick").isEqualTo(1_000_000_000);
    FakeTransport.Sent poll = firstPoll();
    assertThat(rig.service.mayRestNanos()).as("a poll's answer wakes").isPositive();
    poll.ok("{\"actions\":[]}");
    rig.service.runOnce();
    long pause = rig.service.mayRestNanos();
    assertThat(pause).isPositive();
    rig.clock.advance(Duration.ofNanos(pause - 1));
    int polls = rig.transport.polls().size();
    rig.service.runOnce();
    assertThat(rig.service.mayRestNanos()).isEqualTo(1);
    rig.clock.advance(Duration.ofNanos(1));
    rig.offer(Rig.broadcast("a"));
    assertThat(rig.transport.polls()).hasSizeGreaterThan(polls);
    rig.service.runOnce();
    assertThat(rig.service.mayRestNanos()).isEqualTo(Duty.WATCHFUL_NANOS);
  }

  @Test
  void asksForNothingWhenSwitchedOff() {
    open().limits.enabled = false;
    rig.service.tick();
    rig.service.runOnce();
    assertThat(rig.transport.asked).isZero();
  }

  @Test
  void asksOncePerIntervalAndNeverTwiceAtATime() {
    open();
    FakeTransport.Sent poll = firstPoll();
    rig.clock.advance(Duration.ofHours(1));
    rig.service.runOnce();
    assertThat(rig.transport.polls()).hasSize(1);
    poll.ok("{\"actions\":[]}");
    rig.service.runOnce();
    rig.clock.advanceMs(999);
    rig.service.runOnce();
    assertThat(rig.transport.polls()).hasSize(1);
    rig.clock.advanceMs(1);
    rig.service.runOnce();
    assertThat(rig.transport.polls()).hasSize(2);
    assertThat(rig.service.stats().lastPollMs()).isPositive();
  }

  private FakeTransport.Sent firstPoll() {
    rig.service.tick();
    rig.service.runOnce();
    return rig.transport.next();
  }

  @Test
  void asksForNoMoreThanThereIsRoomFor() {
    open().limits.inboxSize = 10;
    rig.limits.actionTtl = Duration.ZERO;
    rig.close();
    rig = new Rig(rig.limits, rig.clock);
    rig.limits.pollLimit = 7;
    assertThat(rig.nextPollAfterTick()).endsWith("/api/v1/actions/pending?limit=7");
    rig.limits.tickBudget = Duration.ZERO;
    rig.transport.next().ok(Rig.broadcasts(0, 6));
    rig.service.runOnce();
    assertThat(rig.nextPollAfterTick()).endsWith("?limit=4");
    rig.transport.next().ok(Rig.broadcasts(6, 20));
    rig.service.runOnce();
    assertThat(rig.service.pending()).isEqualTo(10);
    rig.clock.advance(Duration.ofMinutes(1));
    rig.service.runOnce();
    rig.service.tick();
    rig.service.runOnce();
    assertThat(rig.transport.polls()).hasSize(2);
    rig.limits.tickBudget = Duration.ofMillis(1);
    assertThat(rig.nextPollAfterTick()).endsWith("?limit=7");
    assertThat(rig.applied).hasSize(10);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 11})
  void saysThatWhatIsAboveTheLimitIsNotTaken(int offered) {
    open().limits.inboxSize = 10;
    rig.close();
    rig = new Rig(rig.limits, rig.clock);
    ByteArrayOutputStream logged = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
    try {
      rig.nextPollAfterTick();
      rig.transport.next().ok(Rig.broadcasts(0, offered));
      rig.service.runOnce();
    } finally {
      System.setErr(before);
    }
    assertThat(rig.service.pending()).isEqualTo(10);
    assertThat(
            logged.toString(StandardCharsets.UTF_8).contains("more actions than the limit of 10"))
        .isEqualTo(offered > 10);
  }

  @Test
  void backsOffWhileThePollFails() {
    open();
    firstPoll().answer(Answer.Kind.FAILED, 500);
    List<Long> gaps = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      long before = rig.clock.nanos();
      rig.service.runOnce();
      rig.nextPoll().answer(Answer.Kind.NO_ANSWER, 0);
      gaps.add((rig.clock.nanos() - before) / 1_000_000);
    }
    assertThat(gaps).containsExactly(1000L, 2000L, 4000L, 8000L, 1000L);
    rig.service.runOnce();
    rig.nextPoll().ok("{\"actions\":[]}");
    rig.service.runOnce();
    long before = rig.clock.nanos();
    rig.nextPoll();
    assertThat((rig.clock.nanos() - before) / 1_000_000).isEqualTo(1000);
  }

  @Test
  void takesAnEmptyAnswerForNoActions() {
    open();
    firstPoll().answer(Answer.Kind.OK, 204);
    for (int i = 0; i < 5; i++) {
      long before = rig.clock.nanos();
      rig.service.runOnce();
      rig.nextPoll().ok(i % 2 == 0 ? "" : " \n");
      assertThat((rig.clock.nanos() - before) / 1_000_000).as("no back-off").isLessThan(2001);
    }
    rig.service.runOnce();
    assertThat(rig.service.stats().lastPollMs()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 405, 501})
  void asksRarelyWhereTheServiceHasNoActions(int status) {
    open();
    firstPoll().answer(Answer.Kind.REFUSED, status);
    assertThat(secondsToTheNextPoll()).isEqualTo(1);
    rig.transport.next().answer(Answer.Kind.REFUSED, status);
    assertThat(secondsToTheNextPoll()).isEqualTo(2);
    for (int i = 0; i < 5; i++) {
      rig.transport.next().answer(Answer.Kind.REFUSED, status);
      assertThat(secondsToTheNextPoll()).as("believed after the third").isEqualTo(60);
    }
    rig.transport.next().answer(Answer.Kind.REFUSED, status);
    rig.service.runOnce();
    rig.service.retryNow();
    assertThat(secondsToTheNextPoll()).as("who will not wait").isZero();
    rig.transport.next().ok("{\"actions\":[]}");
    assertThat(secondsToTheNextPoll()).isEqualTo(1);
    rig.transport.next().answer(Answer.Kind.REFUSED, status);
    assertThat(secondsToTheNextPoll()).as("begins anew").isEqualTo(1);
  }

  private long secondsToTheNextPoll() {
    int before = rig.transport.polls().size();
    rig.service.runOnce();
    for (int seconds = 0; seconds < 100; seconds++) {
      if (rig.transport.polls().size() > before) {
        return seconds;
      }
      rig.clock.advance(Duration.ofSeconds(1));
      rig.service.runOnce();
    }
    return -1;
  }

  @Test
  void backsOffWhileTheAnswerCannotBeRead() {
    open();
    firstPoll().ok("<html>");
    for (long expected : new long[] {1000, 2000, 4000}) {
      long before = rig.clock.nanos();
      rig.service.runOnce();
      rig.nextPoll().ok("{\"actions\":{}}");
      assertThat((rig.clock.nanos() - before) / 1_000_000).isEqualTo(expected);
    }
  }

  @Test
  void waitsAsLongAsTheTransportSays() {
    open().transport.waitNanos = Duration.ofSeconds(60).toNanos();
    rig.service.tick();
    rig.service.runOnce();
    int asked = rig.transport.asked;
    rig.transport.waitNanos = 0;
    rig.clock.advance(Duration.ofSeconds(59));
    rig.service.runOnce();
    assertThat(rig.transport.asked).isEqualTo(asked);
    rig.clock.advance(Duration.ofSeconds(1));
    rig.service.runOnce();
    assertThat(rig.transport.polls()).hasSize(1);
  }

  @Test
  void asksForNothingWhileClosing() {
    open();
    rig.service.tick();
    rig.service.beginClosing();
    rig.service.runOnce();
    assertThat(rig.transport.asked).isZero();
  }
}

package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often a service is asked that holds polls, one that does not, and one that will not. */
final class PollPaceTest {
  @TempDir Path folder;
  private Rig rig;

  @BeforeEach
  void open() {
    rig = new Rig(folder.resolve("ledger"));
    rig.limits.pollIntervalMin = Duration.ofMillis(100);
    rig.limits.pollIntervalMax = Duration.ofSeconds(3);
    rig.limits.longPoll = Duration.ofSeconds(20);
    rig.service.tick();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  /** Lets the poll under way be answered after {@code ms}, and tells when the next one is sent. */
  private long gapAfter(FakeTransport.Sent poll, long ms, String... actions) {
    rig.clock.advanceMs(ms);
    poll.ok("{\"actions\":[" + String.join(",", actions) + "]}");
    long before = rig.clock.nanos();
    for (int polls = rig.transport.polls().size(); rig.transport.polls().size() == polls; ) {
      rig.service.runOnce();
      if (rig.transport.polls().size() == polls) {
        rig.clock.advanceMs(5);
      }
    }
    return (rig.clock.nanos() - before) / 1_000_000;
  }

  private FakeTransport.Sent last() {
    List<FakeTransport.Sent> polls = rig.transport.polls();
    return polls.get(polls.size() - 1);
  }

  @Test
  void asksAgainAtOnceWhereEmptyPollsAreHeld() {
    rig.service.runOnce();
    assertThat(last().request().url()).endsWith("&wait_ms=20000");
    assertThat(last().request().extraTimeMs()).isEqualTo(20_000);
    assertThat(gapAfter(last(), 20_000)).isZero();
    assertThat(gapAfter(last(), 20_000)).isZero();
    assertThat(rig.transport.openCount()).as("sent, and one of them open").isEqualTo(3);
  }

  @Test
  void asksAgainAsSoonAsWhatCameIsReported() {
    rig.service.runOnce();
    gapAfter(last(), 20_000);
    rig.clock.advanceMs(3000);
    last().ok("{\"actions\":[" + Rig.broadcast("a") + "]}");
    rig.service.runOnce();
    int polls = rig.transport.polls().size();
    rig.service.tick();
    rig.acknowledgeResults();
    rig.service.runOnce();
    assertThat(rig.transport.polls()).hasSize(polls + 1);
  }

  @Test
  void seesThatPollsAreHeldThoughTheyAreNeverEmpty() {
    rig.service.runOnce();
    assertThat(gapAfter(last(), 700, Rig.broadcast("a"))).isLessThanOrEqualTo(10);
    assertThat(gapAfter(last(), 700, Rig.broadcast("b"))).isLessThanOrEqualTo(10);
    assertThat(gapAfter(last(), 5)).as("it was only slow").isGreaterThanOrEqualTo(10);
    assertThat(gapAfter(last(), 5, Rig.broadcast("c"))).isEqualTo(100);
  }

  @Test
  void asksMoreOftenWhileActionsFlowAndLessOftenWhileThereAreNone() {
    rig.service.runOnce();
    assertThat(gapAfter(last(), 5)).isEqualTo(1000);
    assertThat(gapAfter(last(), 5)).isEqualTo(1500);
    assertThat(gapAfter(last(), 5)).isBetween(2250L, 2255L);
    assertThat(gapAfter(last(), 5)).isEqualTo(3000);
    assertThat(gapAfter(last(), 5)).isEqualTo(3000);
    assertThat(gapAfter(last(), 5, Rig.broadcast("a"))).isEqualTo(100);
    assertThat(gapAfter(last(), 5, Rig.broadcast("b"))).isEqualTo(100);
    assertThat(gapAfter(last(), 5)).isEqualTo(100);
    assertThat(gapAfter(last(), 5)).isEqualTo(150);
  }

  @Test
  void doesNotHammerAServiceThatOffersWhatItHasOffered() {
    rig.service.runOnce();
    gapAfter(last(), 20_000);
    gapAfter(last(), 5, Rig.broadcast("a"));
    long sum = 0;
    for (int i = 0; i < 20; i++) {
      sum += gapAfter(last(), 0, Rig.broadcast("a"));
    }
    assertThat(sum).isGreaterThan(10_000);
  }

  /** As a service does that loses results, or keeps numbers of its own for actions. */
  @Test
  void doesNotHammerAServiceThatOffersWhatItWasToldTheResultOf() {
    rig.service.runOnce();
    gapAfter(last(), 20_000);
    gapAfter(last(), 5, Rig.broadcast("a"));
    rig.service.tick();
    long before = rig.clock.nanos();
    for (int i = 0; i < 20; i++) {
      rig.acknowledgeResults();
      gapAfter(last(), 0, Rig.broadcast("a"));
    }
    assertThat(rig.clock.nanos() - before).isGreaterThan(10_000_000_000L);
  }

  @Test
  void asksAgainSoonWhereNewActionsMayStandBehindAPageOfKnownOnes() {
    rig.limits.pollLimit = 2;
    rig.service.runOnce();
    gapAfter(last(), 5, Rig.broadcast("a"), Rig.broadcast("b"));
    for (int i = 0; i < 20; i++) {
      assertThat(gapAfter(last(), 0, Rig.broadcast("a"), Rig.broadcast("b"))).isEqualTo(100);
    }
  }

  @Test
  void asksPlainlyWhereWaitingIsRefused() {
    rig.service.runOnce();
    last().answer(Answer.Kind.REFUSED, 422);
    rig.service.runOnce();
    rig.service.runOnce();
    assertThat(last().request().url()).endsWith("?limit=1000");
    gapAfter(last(), 5);
    assertThat(last().request().url()).as("remembered").endsWith("?limit=1000");
    rig.clock.advance(Duration.ofMinutes(11));
    gapAfter(last(), 5);
    assertThat(last().request().url()).as("tried again").contains("wait_ms");
  }

  @Test
  void holdsNoPollThatCouldBeAProbeOfTheBreaker() {
    rig.service.runOnce();
    last().answer(Answer.Kind.NO_ANSWER, 0);
    rig.service.runOnce();
    rig.nextPoll();
    assertThat(last().request().url()).doesNotContain("wait_ms");
    gapAfter(last(), 5);
    assertThat(last().request().url()).doesNotContain("wait_ms");
    rig.clock.advanceMs(10_000);
    gapAfter(last(), 5);
    assertThat(last().request().url()).contains("wait_ms");
  }
}

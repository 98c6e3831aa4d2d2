package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.FakeTransport;
import org.junit.jupiter.api.Test;

/** Each result is told until it is acknowledged. */
final class ResultReportTest extends RigTest {
  @Test
  void sendsAResultUntilItIsAcknowledgedWithTheSameBody() throws Exception {
    open();
    rig.offer(Rig.broadcast("a"));
    rig.service.tick();
    FakeTransport.Sent first = rig.openReports().get(0);
    assertThat(first.request().url()).isEqualTo("/api/v1/actions/complete");
    assertThat(first.request().idempotencyKey()).isEqualTo("a");
    assertThat(first.json().path("timestamp").asLong()).isEqualTo(rig.clock.epochMs());
    first.answer(Answer.Kind.NO_ANSWER, 0);
    assertThat(rig.openReports()).isEmpty();
    rig.clock.advanceMs(1000);
    FakeTransport.Sent second = rig.openReports().get(0);
    assertThat(second.request().body()).isEqualTo(first.request().body());
    second.answer(Answer.Kind.FAILED, 503);
    assertThat(rig.openReports()).isEmpty();
    rig.clock.advanceMs(1999);
    assertThat(rig.openReports()).isEmpty();
    rig.clock.advanceMs(1);
    assertThat(rig.openReports()).hasSize(1);
    assertThat(rig.service.isDrained()).isFalse();
    crashAndOpen();
    assertThat(rig.service.isDrained()).isFalse();
    FakeTransport.Sent third = rig.openReports().get(0);
    assertThat(third.request().body()).isEqualTo(first.request().body());
    third.answer(Answer.Kind.OK, 200);
    rig.service.runOnce();
    assertThat(rig.service.isDrained()).isTrue();
    crashAndOpen();
    assertThat(rig.openReports()).isEmpty();
  }

  @Test
  void takesARefusalOfAResultAsFinal() throws Exception {
    open();
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"), Rig.broadcast("c"));
    rig.service.tick();
    List<FakeTransport.Sent> reports = rig.openReports();
    reports.get(0).answer(Answer.Kind.REFUSED, 404);
    reports.get(1).answer(Answer.Kind.REFUSED, 422);
    reports.get(2).answer(Answer.Kind.TOO_LARGE, 413);
    rig.service.runOnce();
    rig.clock.advance(Duration.ofHours(1));
    assertThat(rig.openReports()).isEmpty();
    crashAndOpen();
    assertThat(rig.openReports()).isEmpty();
    assertThat(rig.service.isDrained()).isTrue();
  }

  @Test
  void knowsOfAServiceThatTakesNoResultUntilItTakesOne() {
    open();
    for (int i = 0; i < 3; i++) {
      assertThat(rig.service.stats().deafness()).isEmpty();
      rig.offer(Rig.broadcast("a" + i));
      rig.service.tick();
      rig.openReports().get(0).answer(Answer.Kind.REFUSED, i == 1 ? 422 : 404);
      rig.service.runOnce();
    }
    assertThat(rig.service.stats().deafness()).isEqualTo("HTTP 404");
    assertThat(rig.service.isDrained()).isTrue();
    rig.clock.advance(Duration.ofMinutes(10));
    FakeTransport.Sent poll = rig.nextPoll();
    assertThat(rig.service.stats().deafness()).as("nobody knows any more").isEmpty();
    poll.ok("{\"actions\":[" + Rig.broadcast("b") + "]}");
    rig.service.runOnce();
    rig.service.tick();
    rig.openReports().get(0).answer(Answer.Kind.REFUSED, 404);
    rig.service.runOnce();
    assertThat(rig.service.stats().deafness()).isEqualTo("HTTP 404");
    rig.offer(Rig.broadcast("c"));
    rig.service.tick();
    rig.acknowledgeResults();
    assertThat(rig.service.stats().deafness()).isEmpty();
  }

  /** Whoever offers an action until its result has come loses none of those that were not taken. */
  @Test
  void tellsAResultAgainThatWasNotTakenOnceItsActionIsOfferedAgain() {
    open();
    rig.offer(Rig.broadcast("a"));
    rig.service.tick();
    rig.openReports().get(0).answer(Answer.Kind.REFUSED, 404);
    rig.service.runOnce();
    assertThat(rig.service.isDrained()).isTrue();
    rig.offer(Rig.broadcast("a"));
    assertThat(rig.acknowledgeResults()).containsExactly("a completed said");
  }

  @Test
  void holdsResultsWhileCredentialsAreRefused() {
    open();
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"));
    rig.service.tick();
    List<FakeTransport.Sent> reports = rig.openReports();
    rig.transport.waitNanos = Duration.ofSeconds(60).toNanos();
    reports.get(0).answer(Answer.Kind.UNAUTHORIZED, 401);
    reports.get(1).answer(Answer.Kind.COME_BACK, 503);
    rig.service.runOnce();
    rig.clock.advance(Duration.ofSeconds(1));
    rig.service.runOnce();
    rig.transport.waitNanos = 0;
    int asked = rig.transport.asked;
    for (int i = 0; i < 59; i++) {
      rig.service.runOnce();
      rig.clock.advance(Duration.ofSeconds(1));
    }
    assertThat(rig.transport.asked).isEqualTo(asked);
    rig.clock.advance(Duration.ofSeconds(1));
    assertThat(rig.acknowledgeResults())
        .containsExactlyInAnyOrder("a completed said", "b completed said");
  }

  @Test
  void doesNotSpinOnResultsThatAreGivenUp() {
    open();
    rig.offer(Rig.broadcast("a"));
    rig.service.tick();
    rig.openReports().get(0).answer(Answer.Kind.CANCELLED, 0);
    int asked = rig.transport.asked;
    for (int i = 0; i < 100; i++) {
      rig.service.runOnce();
    }
    assertThat(rig.transport.asked).isEqualTo(asked);
  }

  @Test
  void sendsAFewResultsAtATime() {
    open();
    rig.answerPoll(Rig.broadcasts(0, 100));
    for (int i = 0; i < 100; i++) {
      rig.service.tick();
    }
    rig.service.runOnce();
    rig.service.runOnce();
    assertThat(rig.transport.reports()).hasSize(4);
    assertThat(rig.acknowledgeResults()).hasSize(100);
    assertThat(rig.service.stats().unreported()).isZero();
  }

  /** Polls with an answer that says the service takes {@code max} results at once. */
  private void applyWithBatches(int max, int from, int to) {
    rig.answerPoll(
        Rig.broadcasts(from, to)
            .replace("{\"actions\"", "{\"max_results\":" + max + ",\"actions\""));
    for (int i = from; i < to; i++) {
      rig.service.tick();
    }
    rig.service.runOnce();
  }

  @Test
  void sendsResultsTogetherWhereTheServiceSaysItTakesThem() {
    open();
    applyWithBatches(10, 0, 25);
    List<FakeTransport.Sent> reports = rig.transport.reports();
    assertThat(reports).extracting(r -> r.json().size()).containsExactly(10, 10, 5);
    assertThat(reports.get(0).json().path(0).path("action_id").asText()).isEqualTo("a0");
    reports.forEach(report -> report.answer(Answer.Kind.OK, 200));
    rig.service.runOnce();
    assertThat(rig.service.isDrained()).isTrue();
  }

  @Test
  void sendsResultsOneByOneAfterABatchWasRefused() {
    open();
    applyWithBatches(10, 0, 6);
    rig.openReports().get(0).answer(Answer.Kind.REFUSED, 404);
    rig.service.runOnce();
    assertThat(rig.service.isDrained()).as("a 404 for a batch ends nothing").isFalse();
    assertThat(rig.acknowledgeResults()).hasSize(6).allMatch(r -> r.endsWith(" completed said"));
    applyWithBatches(10, 6, 9);
    assertThat(rig.transport.reports())
        .last()
        .satisfies(r -> assertThat(r.json().isArray()).isFalse());
    rig.acknowledgeResults();
    rig.clock.advanceMs(10_000);
    applyWithBatches(10, 9, 12);
    assertThat(rig.transport.reports())
        .last()
        .satisfies(r -> assertThat(r.json()).as("together again").hasSize(3));
  }

  @Test
  void keepsABatchThatWasNotAnswered() {
    open();
    applyWithBatches(10, 0, 3);
    rig.openReports().get(0).answer(Answer.Kind.NO_ANSWER, 0);
    rig.service.runOnce();
    assertThat(rig.service.stats().unreported()).isEqualTo(3);
    rig.clock.advanceMs(1000);
    rig.service.runOnce();
    assertThat(rig.transport.reports())
        .hasSize(2)
        .last()
        .satisfies(r -> assertThat(r.json()).hasSize(3));
  }

  @Test
  void sendsTheResultsOfAllIdsWithAKeyAHeaderCanCarry() {
    open();
    List<String> ids =
        List.of("plain:1", "é", "%C3%A9", "a b", "a+b", "龍".repeat(60), "龍".repeat(61));
    rig.offer(ids.stream().map(Rig::broadcast).toArray(String[]::new));
    for (int i = 0; i < 10; i++) {
      rig.service.tick();
    }
    assertThat(rig.acknowledgeResults()).hasSize(ids.size());
    List<String> keys =
        rig.transport.reports().stream().map(report -> report.request().idempotencyKey()).toList();
    assertThat(keys).doesNotHaveDuplicates().contains("plain:1", "%C3%A9", "%25C3%25A9");
    assertThat(keys).allMatch(key -> key.matches("[!-~]{1,255}"));
    assertThat(rig.service.stats().unreported()).isZero();
  }

  @Test
  void goesOnReportingAndAskingAfterTheTransportHasThrown() {
    open();
    rig.answerPoll(Rig.broadcasts(0, 9));
    for (int i = 0; i < 9; i++) {
      rig.service.tick();
    }
    rig.transport.thrown = new IllegalArgumentException("Unexpected char 0xe9");
    for (int i = 0; i < 20; i++) {
      runOnceAndIgnore();
      rig.clock.advanceMs(1000);
    }
    int asked = rig.transport.asked;
    runOnceAndIgnore();
    int perSecond = rig.transport.asked - asked;
    runOnceAndIgnore();
    assertThat(rig.transport.asked - asked).as("asks once a second").isEqualTo(perSecond);
    rig.transport.thrown = null;
    rig.clock.advanceMs(1000);
    assertThat(rig.acknowledgeResults()).hasSize(9);
    assertThat(rig.service.isDrained()).isTrue();
    assertThat(rig.transport.polls()).hasSize(2);
  }

  /** As the worker does. */
  private void runOnceAndIgnore() {
    try {
      rig.service.runOnce();
    } catch (IllegalArgumentException e) {
      assertThat(e).isSameAs(rig.transport.thrown);
    }
  }
}

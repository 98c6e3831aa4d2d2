package org.aibridge.torture;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Kills the host at the moments at which files are half changed, twice in a row, the second time as
 * soon as the moment comes again. One moment a round, then from the beginning.
 */
public final class FailPointExperiment implements Experiment {
  /** The number of moments at which a host may die; this many rounds try each moment once. */
  public static final int MOMENTS = 10;

  private static final int TIMES_EACH = 20;
  private static final int DEATHS = 2;
  private static final int PER_SECOND = 20_000;
  private static final int MAX_PAYLOAD = 32_768;
  private static final int BEHIND_THE_CLAIM = 50;
  private static final int CLAIM_SECONDS = 10;
  private static final int ENOUGH_TO_ROLL_TWICE = 20_000;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration DRAINED = Duration.ofSeconds(180);

  /**
   * A moment.
   *
   * @param title the moment's name in a report
   * @param point the fail point that is armed; empty for the ring, where nothing is
   * @param often the number of times that the moment surely comes in half a round
   */
  private record Moment(String title, String point, int often) {}

  private static final List<Moment> ALL =
      List.of(
          new Moment("journal appended, ring not freed", "journal-appended", 6),
          new Moment("200 received, cursor not moved", "answered", 6),
          new Moment("before a new file", "roll-begun@journal", 2),
          new Moment("first record of a new file begun", "file-begun@journal", 2),
          new Moment("cursor saved, file not deleted", "cursor-saved", 1),
          new Moment("file deleted, reader not told", "file-deleted@journal", 1),
          new Moment("dead letter begun", "record-begun@dead-letters", 15),
          new Moment("dead letter written, not complete", "record-written@dead-letters", 15),
          new Moment("dead letter kept, cursor not moved", "letter-kept", 15),
          new Moment("ring place claimed, not committed", "", 1));

  @Override
  public String name() {
    return "fail-points";
  }

  @Override
  public String promise() {
    return "whatever half-made change a process dies in, no accepted event is missing and the next"
        + " start needs no hand";
  }

  @Override
  public int usualRounds() {
    return MOMENTS * TIMES_EACH;
  }

  @Override
  public int usualEvents() {
    return 20_000;
  }

  /** Half of them fill a file of the journal. */
  @Override
  public int quickEvents() {
    return 9000;
  }

  @Override
  public void run(Round round) {
    Moment moment = ALL.get((round.number() - 1) % ALL.size());
    try (ScriptedService service = round.service()) {
      service.script(Script.always(Behaviours.refuse(FailPointExperiment::isBad, 422, "bad")));
      HostConfig settings = new HostConfig(round.folder(), service.baseUrl());
      Path letters = round.folder().resolve("dead-letters");
      HostPlan plan =
          HostPlan.in(round.folder(), settings.write(), round.seed())
              .withEvents(new NumberedEvents(round.seed(), 2, 500, MAX_PAYLOAD))
              .withNumbers(0, round.events())
              .withRate(PER_SECOND);
      // This creates the ledger's file for all numbers; the first host would make it too small.
      plan.ledger();
      for (int death = 1; death <= DEATHS; death++) {
        HostPlan next = death == 1 ? plan : plan.resumed();
        int end = death * round.events() / DEATHS;
        int nth = death == 1 ? 1 + round.random().nextInt(often(moment, round)) : 1;
        die(round, moment, nth, next, end);
      }
      finish(round, plan.resumed());
      judge(round, plan, service, DeadLetterFiles.read(letters));
    }
  }

  /** True for about one event in a hundred: the service refuses it, so it becomes a dead letter. */
  private static boolean isBad(long number) {
    return number % 101 == 7;
  }

  private static int often(Moment moment, Round round) {
    boolean rolls = moment.point.endsWith("@journal");
    return rolls && round.events() < ENOUGH_TO_ROLL_TWICE ? 1 : moment.often;
  }

  private static void die(Round round, Moment moment, int nth, HostPlan plan, int end) {
    if (moment.point.isEmpty()) {
      dieInAClaim(round, plan, end);
      return;
    }
    List<String> arguments = new ArrayList<>(plan.jvmArguments());
    arguments.add("-Daibridge.failpoint=" + moment.point + ":" + nth);
    HostPlan armed = plan.withNumbers(Math.min(plan.first(), end), end).withJvmArguments(arguments);
    try (FaultHost host = FaultHost.start(armed)) {
      host.go();
      int exit = host.awaitExit(LIMIT);
      round.require(
          exit == FaultHost.KILLED, "exit code %d at \"%s\"".formatted(exit, moment.title));
      round.requireNoCrash(host);
      round.add("deaths: " + moment.title, 1);
    }
  }

  /** Makes a claim that is never committed, lets more events be accepted, then kills the host. */
  private static void dieInAClaim(Round round, HostPlan plan, int end) {
    AcceptedLedger ledger = plan.ledger();
    HalfClaim.Stage[] stages = HalfClaim.Stage.values();
    HalfClaim.Stage stage = stages[(round.number() - 1) / MOMENTS % stages.length];
    // The rate is slow, so that some events come after the claim on any machine.
    HostPlan slow = plan.withRate(round.events() / CLAIM_SECONDS);
    try (FaultHost host = FaultHost.start(slow)) {
      host.awaitReady(LIMIT);
      host.go();
      int share = round.events() / DEATHS;
      awaitCount(ledger, end - share + round.random().nextInt(share / 2));
      host.pause();
      host.claim(stage);
      host.go();
      awaitCount(ledger, ledger.count() + BEHIND_THE_CLAIM);
      long inRing = host.status().path("inRing").asLong();
      round.require(inRing > 0, "nothing waited behind the claim");
      round.figure("events behind a claim", inRing);
      host.killHard();
      round.requireNoCrash(host);
      round.add("deaths: ring place claimed (" + stage + ")", 1);
    }
  }

  private static void awaitCount(AcceptedLedger ledger, int count) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (ledger.count() < count) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("accepted %d of %d".formatted(ledger.count(), count));
      }
      Pause.millis(1);
    }
  }

  private static void finish(Round round, HostPlan plan) {
    try (FaultHost host = FaultHost.start(plan)) {
      round.require(host.awaitReady(LIMIT), LIMIT.toMillis());
      host.go();
      host.awaitPublished(DRAINED);
      host.awaitDrained(DRAINED);
      host.stop(LIMIT);
      round.require(host.awaitExit(LIMIT) == 0, "exit code " + host.awaitExit(LIMIT));
      round.requireNoCrash(host);
    }
  }

  private static void judge(
      Round round, HostPlan plan, ScriptedService service, List<JsonNode> letters) {
    Set<Long> dead = letters.stream().map(DeadLetterFiles::number).collect(Collectors.toSet());
    Oracle.Findings findings =
        new Oracle(plan.ledger().accepted(), service.commits()).deadLetters(() -> dead).judge();
    round.require(findings);
    round.figure("dead letters", dead.size());
    round.add("letters of one event again", letters.size() - dead.size());
    round.require(
        dead.stream().allMatch(FailPointExperiment::isBad), "good events are dead letters");
    int maxUnnoted = DEATHS * plan.events().threads();
    round.require(
        findings.unnoted().size() <= maxUnnoted,
        findings.unnoted().size() + " events were delivered that were never accepted");
  }
}

package org.aibridge.torture;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The lives of a host that has everything to do at once: events that fill one file of the journal
 * after the other, some of which become dead letters, and actions that fill the ledger. The service
 * is well the whole time. At the end all of it is counted.
 */
final class Ordeal implements AutoCloseable {
  /** A pattern that no problem matches. */
  static final Pattern NO_PROBLEM = Pattern.compile("");

  static final Duration LIMIT = Duration.ofSeconds(90);

  /** The time, in ms, within which everything must work again after a shortage. */
  static final int BACK_MS = 5000;

  private static final int MAX_PAYLOAD = 60_000;
  private static final int PER_SECOND = 2000;
  private static final int ACTIONS = 40_000;
  private static final int ACTIONS_A_POLL = 25;
  private static final int PASSES = 2;
  private static final Duration PUBLISHED = Duration.ofSeconds(40);
  private static final long GIVE_UP_MS = 20_000;
  private static final long STUCK_NANOS = 20_000_000_000L;

  private final Round round;
  private final ScriptedService service;
  private final HostPlan plan;
  private final ActionOffers offers;
  private final DispatchWatch dispatches;
  private final LongPredicate bad;
  private int kills;

  /**
   * @param folder a folder of the round, or one below it
   * @param badEvery the number of events of which one is rejected
   * @param settings changes the settings of {@link HostConfig}
   */
  Ordeal(Round round, Path folder, int badEvery, UnaryOperator<HostConfig> settings) {
    this.round = round;
    this.bad = number -> number % badEvery == badEvery - 1;
    service = new ScriptedService(folder.resolve("commits.log"), 0);
    dispatches = new DispatchWatch(bad);
    offers =
        new ActionOffers(
            round.seed(), ACTIONS, exchange -> exchange.answer(200, "{\"status\":\"healthy\"}"));
    service.script(Script.always(dispatches));
    service.scriptOthers(Script.always(offers));
    HostConfig busy =
        new HostConfig(folder, service.baseUrl())
            .set("ai_service", "timeout_read", "10000")
            .set("journal", "reserve_mb", "10")
            .set("event_dispatcher", "queue_size", "20000")
            .set("event_dispatcher", "dlq_max_mb", "32")
            .set("event_dispatcher", "dlq_surge_percent", "0")
            .set("action_limits", "total_per_second", "0")
            .set("action_executor", "max_concurrent", "1000")
            .set("action_executor", "inbox_size", "5000")
            .set("action_executor", "poll_limit", "10000")
            .set("action_executor", "tick_budget_us", "20000")
            .set("action_executor", "long_poll", "0")
            .set("action_executor", "poll_interval", "20")
            .set("action_executor", "poll_interval_min", "20")
            .set("action_executor", "poll_interval_max", "20");
    plan =
        HostPlan.in(folder, settings.apply(busy).write(), round.seed())
            .withEvents(new NumberedEvents(round.seed(), 2, 500, MAX_PAYLOAD))
            .withNumbers(0, round.events())
            .withRate(PER_SECOND)
            .withActions(ACTIONS);
    plan.ledger();
    plan.applied();
  }

  HostPlan plan() {
    return plan;
  }

  ActionOffers offers() {
    return offers;
  }

  DispatchWatch dispatches() {
    return dispatches;
  }

  ScriptedService service() {
    return service;
  }

  /** Waits until {@code host} is ready; then lets it publish events and apply actions. */
  Samples begin(FaultHost host) {
    round.require(host.awaitReady(LIMIT), LIMIT.toMillis());
    Samples samples = new Samples(host);
    samples.look();
    offers.freshPerPoll(ACTIONS_A_POLL);
    host.go();
    return samples;
  }

  /**
   * Requires that events are sent and accepted again, that polls come, and that the state is
   * running.
   */
  void requireBack(Samples samples, int limitMs) {
    requireBack(samples, limitMs, NO_PROBLEM);
  }

  /** Like {@link #requireBack(Samples, int)}, but allows a problem that matches {@code past}. */
  void requireBack(Samples samples, int limitMs, Pattern past) {
    JsonNode end = samples.look();
    long back = samples.until(now -> isBack(end, now, past), Math.max(limitMs, GIVE_UP_MS));
    JsonNode last = samples.look();
    if (back >= 0) {
      round.figure("until all goes on, ms", back);
    }
    round.require(
        back >= 0 && back <= limitMs,
        "all was to go on within %d ms, and did %s; at the end %s, now %s"
            .formatted(limitMs, back < 0 ? "not" : "after " + back + " ms", end, last));
  }

  private static boolean isBack(JsonNode end, JsonNode now, Pattern past) {
    boolean sends = Samples.grows(end, now, "delivered") || now.path("waiting").asLong() == 0;
    boolean takes = Samples.grows(end, now, "accepted") || !Samples.grows(end, now, "refused");
    return sends && takes && Samples.grows(end, now, "polled") && isWell(now, past);
  }

  static boolean isWell(JsonNode now, Pattern past) {
    String problem = now.path("problem").asText();
    return problem.isEmpty()
        ? now.path("state").asText().equals("RUNNING")
        : past.matcher(problem).matches();
  }

  /** Requires that no status reports an outage, since the service worked all the time. */
  void requireNoOutage(Samples samples) {
    round.require(
        !samples.any(now -> now.path("state").asText().equals("OUTAGE")),
        "an outage of a service that was well: " + samples.problems());
    round.require(
        !samples.any(now -> !now.path("breaker").asText().equals("closed")),
        "the breaker was not closed towards a service that was well");
  }

  /** Lets {@code host} finish its work and stops it; fails the round if that does not work. */
  void end(FaultHost host) {
    try {
      host.awaitPublished(PUBLISHED);
      awaitDrained(host);
      host.stop(LIMIT);
      int exit = host.awaitExit(LIMIT);
      round.require(exit == 0, "exit code " + exit);
    } catch (IllegalStateException e) {
      round.require(false, firstLine(e.getMessage()));
      kill(host);
    }
    round.requireNoCrash(host);
  }

  /** Waits until no event waits; throws when the number of waiting events stops falling. */
  private static void awaitDrained(FaultHost host) {
    JsonNode moved = host.status();
    long movedNanos = System.nanoTime();
    for (JsonNode now = moved; now.path("waiting").asLong() > 0; now = host.status()) {
      if (now.path("waiting").asLong() < moved.path("waiting").asLong()) {
        moved = now;
        movedNanos = System.nanoTime();
      } else if (System.nanoTime() - movedNanos > STUCK_NANOS) {
        throw new IllegalStateException("what waits stands still: " + now);
      }
      Pause.millis(50);
    }
  }

  /** Returns the first line of the message; the rest is the host's output, kept in a file. */
  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  void kill(FaultHost host) {
    if (host.isAlive()) {
      host.killHard();
    }
    kills++;
  }

  /** Runs one more host, to which all actions are offered again; then counts everything. */
  void lastLife() {
    offers.offerAllAgain();
    try (FaultHost host = FaultHost.start(plan.resumed())) {
      round.require(host.awaitReady(LIMIT), LIMIT.toMillis());
      host.go();
      awaitOffers(host);
      round.add("damaged", host.status().path("damaged").asLong());
      end(host);
    }
  }

  private void awaitOffers(FaultHost host) {
    Samples samples = new Samples(host);
    long took =
        samples.until(
            now -> offers.passes() >= PASSES && offers.ended() >= offers.offered(),
            LIMIT.toMillis());
    round.require(
        took >= 0,
        "%d of %d actions have no result: %s"
            .formatted(offers.unended().cardinality(), offers.offered(), offers.unended()));
  }

  /**
   * Requires accepted = delivered + dead letters, each event once, and each action at most once.
   */
  void judge() {
    Set<Long> dead = deadLetters();
    BitSet accepted = plan.ledger().accepted();
    Oracle.Findings findings =
        new Oracle(accepted, service.commits()).deadLetters(() -> dead).judge();
    round.require(findings);
    int most = Math.max(1, kills) * plan.events().threads();
    round.require(
        findings.unnoted().size() <= most,
        findings.unnoted().size() + " events were delivered that were never accepted");
    requireLetters(dead);
    Set<Long> rekeyed = dispatches.rekeyed();
    round.add("events in two batches", rekeyed.size());
    round.require(
        rekeyed.isEmpty(),
        "batches were made anew: " + rekeyed.size() + " events came under two keys");
    judgeActions(said -> false);
  }

  private void requireLetters(Set<Long> dead) {
    Set<Long> good = dead.stream().filter(bad.negate()::test).collect(Collectors.toSet());
    round.require(good.isEmpty(), good.size() + " good events are dead letters: " + some(good));
    Set<Long> lost = lostLetters(dead);
    round.require(lost.isEmpty(), lost.size() + " letters are missing: " + some(lost));
  }

  /** Returns the accepted events that the service rejects but that have no dead letter. */
  Set<Long> lostLetters(Set<Long> dead) {
    return plan.ledger().accepted().stream()
        .filter(number -> bad.test(number) && !dead.contains((long) number))
        .mapToObj(number -> (long) number)
        .collect(Collectors.toSet());
  }

  /**
   * Requires that no action was applied twice, and that none ended in two ways unless {@code mayBe}
   * allows the two.
   */
  void judgeActions(Predicate<String> mayBe) {
    AppliedLedger applied = plan.applied();
    int once = 0;
    int twice = 0;
    for (int n = 0; n < offers.offered(); n++) {
      once += applied.times(n) > 0 ? 1 : 0;
      twice += applied.times(n) > 1 ? 1 : 0;
    }
    round.add("actions offered", offers.offered());
    round.add("actions applied", once);
    round.add("applied twice", twice);
    round.add("in doubt", offers.results("failed interrupted"));
    round.require(twice == 0, twice + " of " + once + " actions were applied twice");
    Set<String> all = offers.contradictions();
    Set<String> contradictions = all.stream().filter(mayBe.negate()).collect(Collectors.toSet());
    round.add("ended in two ways that may be", all.size() - contradictions.size());
    round.require(
        contradictions.isEmpty(),
        contradictions.size()
            + " actions ended in two ways: "
            + contradictions.stream().limit(3).toList());
  }

  /** Returns the numbers of the events with a dead letter on disk; records duplicate letters. */
  Set<Long> deadLetters() {
    List<Long> letters =
        DeadLetterFiles.read(plan.folder().resolve("dead-letters")).stream()
            .map(DeadLetterFiles::number)
            .toList();
    Set<Long> dead = new HashSet<>(letters);
    round.add("dead letters", dead.size());
    round.add("letters of one event again", letters.size() - dead.size());
    return dead;
  }

  static String some(Set<Long> numbers) {
    return numbers.stream().sorted().limit(5).toList() + (numbers.size() > 5 ? " ..." : "");
  }

  @Override
  public void close() {
    service.close();
  }
}

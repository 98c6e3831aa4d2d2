package org.aibridge.torture;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Gives answers that no service gives ({@link HostileAnswers}), all of them to one caller a round,
 * in a heap that has 64 MB more than the bridge needs to live.
 *
 * <p>The smallest heap is searched once, in steps of 16 MB: one in which a host lives for its whole
 * time.
 */
public final class AnswersExperiment implements Experiment {
  private static final Duration READY = Duration.ofSeconds(60);
  private static final Duration SERVED = Duration.ofMinutes(10);
  private static final int STEP_MB = 16;
  private static final int ROOM_MB = 64;
  private static final int PER_SECOND = 100;
  private static final String SCRIPT_PATH = "/npc/answers";

  /**
   * The shortest tick, in ms, that is compared: shorter ones differ by the machine, not the bridge.
   */
  private static final int TOLD_APART_MS = 20;

  /** The answers with a 4xx status that make dead letters and pause the next requests. */
  private static final List<String> REFUSALS = List.of("404 ", "413 ");

  /** The callers that get the answers, one per round. */
  private enum Caller {
    POLL,
    DISPATCH,
    SCRIPT,
    ALLOWED_HOST
  }

  private final Duration life;
  private final int every;
  private final long toldApartUs;
  private int liveMb;

  /** Creates the experiment with all answers; each host must live for one minute. */
  public AnswersExperiment() {
    this(Duration.ofMinutes(1), 1, TOLD_APART_MS);
  }

  /**
   * Creates a smaller experiment.
   *
   * @param life the time for which a host must live in a heap
   * @param every the number of answers of which one is given
   * @param toldApartMs the tick in ms below which a difference says nothing on this machine
   */
  public AnswersExperiment(Duration life, int every, int toldApartMs) {
    this.toldApartUs = 1000L * toldApartMs;
    this.life = life;
    this.every = every;
  }

  @Override
  public String name() {
    return "answers";
  }

  @Override
  public String promise() {
    return "no answer takes the heap or the ticks of the server, whoever had asked: with 64 MB more"
        + " than it needs to live there is no OutOfMemoryError, no tick twice as long, and nothing"
        + " is lost";
  }

  @Override
  public int usualRounds() {
    return Caller.values().length;
  }

  @Override
  public int usualEvents() {
    return 100_000;
  }

  @Override
  public void run(Round round) {
    Caller caller = Caller.values()[(round.number() - 1) % Caller.values().length];
    for (int mb = STEP_MB; liveMb == 0; mb += STEP_MB) {
      liveMb = lives(round, mb) ? mb : 0;
    }
    String name = caller.toString().toLowerCase(Locale.ROOT);
    round.figure("smallest heap to live in, MB", liveMb);
    try (ScriptedService service = service(round.folder().resolve("hostile"));
        ScriptedService other = service(round.folder().resolve("other"))) {
      String url = caller == Caller.ALLOWED_HOST ? other.baseUrl() + SCRIPT_PATH : SCRIPT_PATH;
      HostPlan plan = plan(round, round.folder().resolve("hostile"), service, other, url);
      plan = plan.withMoreJvmArguments("-Xmx" + (liveMb + ROOM_MB) + "m");
      try (FaultHost host = FaultHost.start(plan)) {
        round.require(host.awaitReady(READY), READY.toMillis());
        host.go();
        Pause.millis(life.toMillis() / 4); // Not measured: code is slow when it first runs.
        host.ticks();
        Pause.millis(life.toMillis() / 2);
        long[] before = host.ticks();
        Answers answers = new Answers(caller);
        answers.begin(service, other);
        answers.await(host);
        long[] during = host.ticks();
        tell(round, name, before, during, answers.next.get());
        service.script(Script.always(Behaviours.acknowledge()));
        service.scriptOthers(script(service, Behaviours::ok));
        host.pause();
        host.awaitDrained(SERVED);
        var status = host.status();
        round.require(status.path("deadLettered").asLong() == 0, "dead letters: " + status);
        round.figure("heap in use afterwards, MB", status.path("heapUsed").asLong() >> 20);
        host.stop(READY);
        round.requireNoCrash(host);
        requireMemory(round, host);
      }
      round.require(new Oracle(plan.ledger().accepted(), service.commits()).judge());
    }
  }

  private void tell(Round round, String name, long[] before, long[] during, int answers) {
    round.figure(name + ": answers", answers);
    round.figure(name + ": ticks", during[0]);
    round.figure(name + ": 99 of 100 ticks before, us", before[2]);
    round.figure(name + ": 99 of 100 ticks, us", during[2]);
    round.figure(name + ": longest tick before, us", before[3]);
    round.figure(name + ": longest tick, us", during[3]);
    round.figure(name + ": longest tick before, us of CPU", before[4]);
    round.figure(name + ": longest tick, us of CPU", during[4]);
    round.figure(name + ": ticks a collection fell into before", before[5]);
    round.figure(name + ": ticks a collection fell into", during[5]);
    round.figure(name + ": longest other tick before, us", before[6]);
    round.figure(name + ": longest other tick, us", during[6]);
    requireAlike(round, "the longest tick", before[3], during[3]);
    requireAlike(round, "the CPU time of a tick", before[4], during[4]);
  }

  private void requireAlike(Round round, String what, long before, long during) {
    round.require(
        during <= Math.max(2 * before, toldApartUs),
        what + " was " + during + " us, before " + before);
  }

  /** True if a host with a heap of {@code mb} MB survives while all answers are normal. */
  private boolean lives(Round round, int mb) {
    Path folder = round.folder().resolve("lives-" + mb);
    try (ScriptedService service = service(folder);
        ScriptedService other = service(folder.resolve("other"))) {
      HostPlan plan = plan(round, folder, service, other, SCRIPT_PATH);
      try (FaultHost host = FaultHost.start(plan.withMoreJvmArguments("-Xmx" + mb + "m"))) {
        host.awaitReady(READY);
        host.go();
        Pause.millis(life.toMillis());
        host.pause();
        host.awaitDrained(READY);
        return !host.stderr().contains("OutOfMemoryError");
      } catch (IllegalStateException e) {
        return false; // The host ended, or makes no progress.
      }
    }
  }

  private static void requireMemory(Round round, FaultHost host) {
    String errors = host.stderr();
    round.require(!errors.contains("OutOfMemoryError"), "an OutOfMemoryError");
  }

  private static ScriptedService service(Path folder) {
    folder.toFile().mkdirs();
    ScriptedService service = new ScriptedService(folder.resolve("commits.log"), 0);
    service.scriptOthers(script(service, Behaviours::ok));
    return service;
  }

  /**
   * Returns a script by which NPC scripts get {@code toScripts} and everybody else the usual
   * answers.
   */
  private static Script script(ScriptedService service, Behaviour toScripts) {
    return request -> request.path().equals(SCRIPT_PATH) ? toScripts : service.truth();
  }

  private static HostPlan plan(
      Round round, Path folder, ScriptedService service, ScriptedService other, String url) {
    Path conf =
        new HostConfig(folder, service.baseUrl())
            .set("http_pool", "max_retries", "1")
            .set("circuit_breaker", "failure_threshold", "1000")
            .set("circuit_breaker", "timeout", "1000")
            .set("event_dispatcher", "max_retry_after", "1")
            .set("action_executor", "long_poll", "0")
            .set("action_executor", "poll_interval", "20")
            .set("action_executor", "poll_interval_min", "20")
            .set("action_executor", "poll_interval_max", "20")
            .set("script_http", "requests_per_second", "1000")
            .set("script_http", "requests_per_script_per_minute", "100000")
            .set("script_http", "allowed_networks", "127.0.0.0/8")
            .set("script_http", "allowed_hosts", other.baseUrl().replace("http://", ""))
            .write();
    return HostPlan.in(folder, conf, round.seed())
        .withNumbers(0, round.events())
        .withRate(PER_SECOND)
        .withJvmArguments(
            List.of(
                "-XX:+UseG1GC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-D" + HostCallouts.MODE + "=" + HostCallouts.ASK,
                "-D" + HostCallouts.URL + "=" + url));
  }

  /** Sends each kind of answer once to one caller. */
  private final class Answers {
    private final Caller caller;
    private final List<HostileAnswers.Kind> kinds;
    private final AtomicInteger next = new AtomicInteger();

    Answers(Caller caller) {
      this.caller = caller;
      Predicate<HostileAnswers.Kind> refuses =
          k -> REFUSALS.stream().anyMatch(k.name()::startsWith);
      List<HostileAnswers.Kind> all =
          HostileAnswers.all().stream()
              .filter(k -> caller != Caller.DISPATCH || !refuses.test(k))
              .toList();
      this.kinds = all.stream().filter(k -> all.indexOf(k) % every == 0).toList();
    }

    void begin(ScriptedService service, ScriptedService other) {
      switch (caller) {
        case POLL ->
            service.scriptOthers(
                request ->
                    request.path().endsWith("/pending")
                        ? hostileOr(service.truth())
                        : script(service, Behaviours::ok).choose(request));
        case DISPATCH ->
            service.script(
                request ->
                    exchange -> {
                      exchange.commit();
                      hostileOr(e -> e.answer(200, "{}")).handle(exchange);
                    });
        case SCRIPT ->
            service.scriptOthers(
                request ->
                    request.path().equals(SCRIPT_PATH)
                        ? hostileOr(Behaviours::ok)
                        : service.truth());
        case ALLOWED_HOST -> other.scriptOthers(request -> hostileOr(Behaviours::ok));
      }
    }

    private Behaviour hostileOr(Behaviour afterwards) {
      int number = next.get() < kinds.size() ? next.getAndIncrement() : kinds.size();
      return number < kinds.size() ? exchange -> exchange.write(kinds.get(number)) : afterwards;
    }

    /** Waits until all answers were sent and the host has had time to process the last one. */
    void await(FaultHost host) {
      long deadline = System.nanoTime() + SERVED.toNanos();
      while (next.get() < kinds.size()) {
        if (System.nanoTime() - deadline > 0 || !host.isAlive()) {
          int given = next.get();
          String last = given == 0 ? "none" : kinds.get(Math.min(given, kinds.size()) - 1).name();
          throw new IllegalStateException(
              "the host is " + (host.isAlive() ? "slow" : "gone") + " after " + last);
        }
        Pause.millis(20);
      }
      Pause.millis(2000);
    }
  }
}

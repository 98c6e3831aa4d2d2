package org.aibridge.torture;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Answers 429 and 503 with all kinds of {@code Retry-After}, even across a restart. */
public final class RetryAfterExperiment implements Experiment {
  /** The maximum wait that the bridge accepts from the service, set to a short time here. */
  private static final int CAP_MS = 1500;

  /** The time, in ms, for which requests sent before an answer can arrive after the answer. */
  private static final int UNDER_WAY_MS = 250;

  /** The tolerated error, in ms, of the time at which a wait ends. */
  private static final int SLACK_MS = 20;

  private static final int DATE_AHEAD_S = 4;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final List<String> VALUES =
      List.of("120", "date", "0", "-5", "abc", "86400", "none");

  @Override
  public String name() {
    return "retry-after";
  }

  @Override
  public String promise() {
    return "no request from any thread before the time the service asked for, also across a"
        + " restart; the batch keeps its key and its events; 429 does not move the breaker";
  }

  /**
   * One round for each value with 429 and with 503, each without and with a kill during the wait.
   */
  @Override
  public int usualRounds() {
    return VALUES.size() * 4;
  }

  @Override
  public int usualEvents() {
    return 1000;
  }

  @Override
  public void run(Round round) {
    int which = (round.number() - 1) % usualRounds();
    String value = VALUES.get(which % VALUES.size());
    int status = which / VALUES.size() % 2 == 0 ? 429 : 503;
    boolean restart = which >= 2 * VALUES.size();
    try (ScriptedService service = round.service()) {
      Path conf =
          new HostConfig(round.folder(), service.baseUrl())
              .set("event_dispatcher", "max_retry_after", Integer.toString(CAP_MS))
              .set("event_dispatcher", "lanes", "4")
              .set("action_executor", "poll_interval", "20")
              .set("circuit_breaker", "timeout", "60000")
              .write();
      HostPlan plan =
          HostPlan.in(round.folder(), conf, round.seed())
              .withNumbers(0, round.events())
              .withRate(round.events());
      Turn turn = new Turn(status, value);
      service.script(turn.script());
      FaultHost host = FaultHost.start(plan);
      try {
        round.require(host.awaitReady(LIMIT), LIMIT.toMillis());
        host.go();
        turn.await();
        if (restart) {
          for (int i = 0; i < 100 && host.status().path("retryAfterMs").asLong() == 0; i++) {
            Pause.millis(5);
          }
          Pause.millis(200); // Gives the bridge time to save the wait.
          host.killHard();
          host = FaultHost.start(plan.resumed());
          round.require(host.awaitReady(LIMIT), LIMIT.toMillis());
          host.go();
        }
        host.awaitPublished(LIMIT);
        var end = host.awaitDrained(LIMIT);
        long dead = end.path("deadLettered").asLong();
        round.require(dead == 0, dead + " events became dead letters");
        if (status == 429) {
          round.require(end.path("breaker").asText().equals("closed"), "429 moved the breaker");
        }
        host.stop(LIMIT);
      } finally {
        host.close();
      }
      round.require(new Oracle(plan.ledger().accepted(), service.commits()).judge());
      check(round, service, turn, status + " with Retry-After: " + value);
    }
  }

  private static void check(Round round, ScriptedService service, Turn turn, String what) {
    long from = turn.answeredNanos.get() + UNDER_WAY_MS * 1_000_000L;
    long until = turn.answeredNanos.get() + (turn.waitMs() - SLACK_MS) * 1_000_000L;
    long early = service.seen().stream().filter(r -> r.nanos() > from && r.nanos() < until).count();
    round.require(early == 0, early + " requests before the time of a " + what);
    round.add("requests too early", early);
    boolean again =
        service.commits().stream().anyMatch(commit -> commit.key().equals(turn.refusedKey));
    round.require(again, "the batch did not come again under its key after a " + what);
    service.seen().stream()
        .filter(r -> r.nanos() > from && r.isDispatch())
        .findFirst()
        .ifPresent(
            r ->
                round.figure(
                    "first request after, ms", (r.nanos() - turn.answeredNanos.get()) / 1e6));
  }

  /** Gives the value under test to the third batch; answers all other batches normally. */
  private static final class Turn {
    private static final int WHICH = 3;

    private final int status;
    private final String value;
    private final AtomicLong answeredNanos = new AtomicLong();
    private final AtomicLong dateMs = new AtomicLong();
    private volatile String refusedKey = "";

    Turn(int status, String value) {
      this.status = status;
      this.value = value;
    }

    Script script() {
      Behaviour good = Behaviours.acknowledge();
      return Script.sequence(List.of(good, good, this::refuse), good);
    }

    private void refuse(Exchange exchange) throws java.io.IOException {
      refusedKey = exchange.request().key();
      exchange.body();
      String header = value;
      if (value.equals("date")) {
        Instant at = Instant.now().plusSeconds(DATE_AHEAD_S);
        dateMs.set(at.getEpochSecond() * 1000 - System.currentTimeMillis());
        header = DateTimeFormatter.RFC_1123_DATE_TIME.format(at.atOffset(ZoneOffset.UTC));
      }
      answeredNanos.set(System.nanoTime());
      if (value.equals("none")) {
        exchange.answer(status, "{}");
      } else {
        exchange.answer(status, "{}", "Retry-After: " + header);
      }
    }

    /** Waits until the dispatch with the number {@value #WHICH} was answered. */
    void await() {
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (answeredNanos.get() == 0) {
        if (System.nanoTime() - deadline > 0) {
          throw new IllegalStateException("the service was not asked " + WHICH + " times");
        }
        Pause.millis(1);
      }
    }

    /** Returns how long the bridge must send nothing, in ms; 0 for a header that orders no wait. */
    long waitMs() {
      return switch (value) {
        case "120", "86400" -> CAP_MS;
        case "date" -> Math.min(CAP_MS, dateMs.get());
        default -> 0;
      };
    }
  }
}

package org.aibridge.torture;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;

/** Lets the service refuse few, many, all or too large events; each round tries one kind. */
public final class PoisonExperiment implements Experiment {
  /** The number of kinds of poison; this many rounds try each kind once. */
  public static final int KINDS = 4;

  private static final int TIMES_EACH = 5;
  private static final int WATCHED_MS = 17_000;

  /** The maximum number of dead letters before sending pauses. */
  private static final int MOST_LETTERS = 200;

  private static final int UNDER_WAY = 4;
  private static final int FIRST_TRIAL_S = 5;
  private static final int LIMIT_BYTES = 64 << 10;
  private static final int LARGE_BYTES = 200 << 10;
  private static final int REFUSED = 422;
  private static final int TOO_LARGE = 413;
  private static final String WHY = "no such thing";
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration DRAINED = Duration.ofSeconds(180);

  private final int watchedMs;

  /** Creates the experiment; it watches a pause for 17 s, long enough for two probes. */
  public PoisonExperiment() {
    this(WATCHED_MS);
  }

  /** Creates the experiment; it watches a pause for {@code watchedMs}. */
  public PoisonExperiment(int watchedMs) {
    this.watchedMs = watchedMs;
  }

  @Override
  public String name() {
    return "poison";
  }

  @Override
  public String promise() {
    return "good events are all delivered, in order per player; bad ones are dead letters with their"
        + " reason, found in at most 1 + 2 log2 n requests; when all are bad, sending pauses";
  }

  @Override
  public int usualRounds() {
    return KINDS * TIMES_EACH;
  }

  @Override
  public int usualEvents() {
    return 5000;
  }

  @Override
  public void run(Round round) {
    switch ((round.number() - 1) % KINDS) {
      case 0 -> few(round, 50, 1, "1 bad in 50");
      case 1 -> few(round, 1000, 10, "10 bad in 1000");
      case 2 -> all(round);
      default -> large(round);
    }
  }

  /** Lets the service refuse {@code bad} events in each batch of {@code of} events. */
  private static void few(Round round, int of, int bad, String title) {
    Set<Long> poison = poison(round.random(), round.events(), of, bad);
    Batches batches = new Batches(poison::contains);
    try (ScriptedService service = round.service()) {
      service.script(Script.always(Behaviours.fail(500, false)));
      HostPlan plan = plan(round, service, of, 1, 4096);
      try (FaultHost host = FaultHost.start(plan)) {
        round.require(host.awaitReady(LIMIT), LIMIT.toMillis());
        host.go();
        host.awaitPublished(DRAINED);
        service.script(Script.always(batches));
        host.awaitDrained(DRAINED);
        host.stop(LIMIT);
        round.requireNoCrash(host);
      }
      List<JsonNode> letters = judge(round, plan, service, REFUSED, "refused");
      round.require(numbers(letters).equals(poison), "not just the bad ones are dead letters");
      batches.require(round, title);
    }
  }

  /** Refuses all events until the service recovers; in every other round, also reloads. */
  private void all(Round round) {
    boolean reload = (round.number() - 1) / KINDS % 2 == 0;
    try (ScriptedService service = round.service()) {
      service.script(Script.always(Behaviours.refuse(number -> true, REFUSED, WHY)));
      HostPlan plan = plan(round, service, 50, 4, 4096);
      try (FaultHost host = FaultHost.start(plan)) {
        round.require(host.awaitReady(LIMIT), LIMIT.toMillis());
        host.go();
        host.awaitPublished(DRAINED);
        JsonNode status = awaitPaused(host);
        round.require(status.path("state").asText().equals("DEGRADED"), "state: " + status);
        round.figure("all bad: requests before the pause", dispatches(service));
        long before = dispatches(service);
        Pause.millis(watchedMs);
        long trials = dispatches(service) - before;
        round.figure("all bad: requests in %d s of the pause".formatted(watchedMs / 1000), trials);
        round.require(
            trials <= UNDER_WAY + watchedMs / 1000 / FIRST_TRIAL_S,
            trials + " requests in a pause");
        long letters = host.status().path("deadLettered").asLong();
        round.figure("all bad: dead letters", letters);
        round.require(letters < MOST_LETTERS, letters + " dead letters before the pause");
        service.script(Script.always(Behaviours.acknowledge()));
        long mended = System.nanoTime();
        if (reload) {
          round.require(host.reload(LIMIT).reloaded(), "the reload was refused");
        }
        JsonNode end = host.awaitDrained(DRAINED);
        String how = reload ? "reload" : "trial event";
        round.figure(
            "all bad: drained after the %s, ms".formatted(how),
            (System.nanoTime() - mended) / 1_000_000);
        round.require(
            end.path("deadLettered").asLong() == letters, "dead letters after the pause: " + end);
        host.stop(LIMIT);
        round.requireNoCrash(host);
      }
      judge(round, plan, service, REFUSED, "refused");
    }
  }

  /** Sends events of up to 200 KB to a service that accepts bodies of at most 64 KB. */
  private static void large(Round round) {
    try (ScriptedService service = round.service()) {
      service.script(Script.always(PoisonExperiment::takeSmall));
      HostPlan plan = plan(round, service, 50, 4, LARGE_BYTES);
      try (FaultHost host = FaultHost.start(plan)) {
        round.require(host.awaitReady(LIMIT), LIMIT.toMillis());
        host.go();
        host.awaitPublished(DRAINED);
        host.awaitDrained(DRAINED);
        host.stop(LIMIT);
        round.requireNoCrash(host);
      }
      List<JsonNode> letters = judge(round, plan, service, TOO_LARGE, "too_large");
      int smallest = Integer.MAX_VALUE;
      for (JsonNode letter : letters) {
        int bytes = letter.path("event").toString().length();
        smallest = Math.min(smallest, bytes);
        round.figure("too large: largest dead letter, bytes", bytes);
      }
      round.require(!letters.isEmpty(), "no event was too large");
      round.require(smallest > LIMIT_BYTES - 64, "an event of %d bytes fits".formatted(smallest));
      round.figure("too large: requests", dispatches(service));
    }
  }

  private static void takeSmall(Exchange exchange) throws IOException {
    if (exchange.body().length > LIMIT_BYTES) {
      exchange.answer(TOO_LARGE, "{\"detail\":\"" + WHY + "\"}");
    } else {
      exchange.commit();
      exchange.answer(200, "{}");
    }
  }

  private static HostPlan plan(
      Round round, ScriptedService service, int batch, int lanes, int maxPayload) {
    Path conf =
        new HostConfig(round.folder(), service.baseUrl())
            .set("event_dispatcher", "batch_size", Integer.toString(batch))
            .set("event_dispatcher", "max_batch_size", Integer.toString(batch))
            .set("event_dispatcher", "lanes", Integer.toString(lanes))
            .set("event_dispatcher", "max_event_bytes", Integer.toString(LARGE_BYTES + 1024))
            .set("circuit_breaker", "timeout", "50")
            .write();
    return HostPlan.in(round.folder(), conf, round.seed())
        .withEvents(new NumberedEvents(round.seed(), 1, 500, maxPayload))
        .withNumbers(0, round.events());
  }

  private static JsonNode awaitPaused(FaultHost host) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    JsonNode status = host.status();
    while (!status.path("paused").asBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("no pause in " + LIMIT + ": " + status);
      }
      Pause.millis(20);
      status = host.status();
    }
    return status;
  }

  /** Requires that each event was taken or died, once and in order, and that letters say why. */
  private static List<JsonNode> judge(
      Round round, HostPlan plan, ScriptedService service, int status, String reason) {
    List<JsonNode> letters = DeadLetterFiles.read(round.folder().resolve("dead-letters"));
    Set<Long> dead = numbers(letters);
    round.require(
        new Oracle(plan.ledger().accepted(), service.commits()).deadLetters(() -> dead).judge());
    round.require(dead.size() == letters.size(), "an event has two dead letters");
    for (JsonNode letter : letters) {
      round.require(
          letter.path("status").asInt() == status
              && letter.path("reason").asText().equals(reason)
              && letter.path("answer").asText().contains(WHY),
          "a letter does not tell its reason: " + letter);
    }
    round.add("dead letters", letters.size());
    return letters;
  }

  private static Set<Long> numbers(List<JsonNode> letters) {
    return letters.stream().map(DeadLetterFiles::number).collect(Collectors.toSet());
  }

  private static long dispatches(ScriptedService service) {
    return service.seen().stream().filter(SeenRequest::isDispatch).count();
  }

  private static Set<Long> poison(SplittableRandom random, int events, int of, int bad) {
    Set<Long> poison = new HashSet<>();
    for (int block = 0; block + of <= events; block += of) {
      int wanted = poison.size() + bad;
      while (poison.size() < wanted) {
        poison.add((long) block + random.nextInt(of));
      }
    }
    return poison;
  }

  /** Refuses bad events, and counts the requests for each batch. */
  private static final class Batches implements Behaviour {
    private static final class Batch {
      final int size;
      final long bad;
      int requests;

      Batch(int size, long bad) {
        this.size = size;
        this.bad = bad;
      }
    }

    private final LongPredicate bad;
    private final Behaviour behaviour;
    private final Map<Long, Batch> batchOf = new HashMap<>();
    private final List<Batch> all = new ArrayList<>();

    Batches(LongPredicate bad) {
      this.bad = bad;
      this.behaviour = Behaviours.refuse(bad, REFUSED, WHY);
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
      note(exchange.events());
      behaviour.handle(exchange);
    }

    /** Counts a request towards the earliest batch that held the request's first event. */
    private synchronized void note(List<CommittedEvent> events) {
      Batch batch = batchOf.get(events.get(0).number());
      if (batch == null) {
        long count = events.stream().filter(event -> bad.test(event.number())).count();
        Batch made = new Batch(events.size(), count);
        all.add(made);
        events.forEach(event -> batchOf.put(event.number(), made));
        batch = made;
      }
      batch.requests++;
    }

    synchronized void require(Round round, String title) {
      int singles = 0;
      for (Batch batch : all) {
        int log = 32 - Integer.numberOfLeadingZeros(batch.size - 1);
        if (batch.bad == 1) {
          singles++;
          round.figure(title + ": most requests for one", batch.requests);
          round.require(
              batch.requests <= 1 + 2 * log,
              "%d requests for one bad of %d".formatted(batch.requests, batch.size));
        } else {
          round.require(
              batch.requests <= 1 + 2 * log * batch.bad,
              "%d requests for %d bad of %d".formatted(batch.requests, batch.bad, batch.size));
        }
        round.figure(title + ": largest batch", batch.size);
        round.figure(title + ": most requests for a batch", batch.requests);
      }
      round.figure(title + ": batches with one", singles);
    }
  }
}

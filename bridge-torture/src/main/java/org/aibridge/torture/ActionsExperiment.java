package org.aibridge.torture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Kills the host with {@code kill -9} at each step of an action's way, while the service offers all
 * its actions with every poll, ended or not.
 *
 * <p>A round is five kills: before a handler begins, in a handler before and after its effect,
 * between the effect and the written outcome, and between the outcome and its report.
 */
public final class ActionsExperiment implements Experiment {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int ACTIONS_A_KILL = 8;
  private static final int AGAIN_MS = 400;

  private static final String NOT_BEGUN = "failed the server died before it was applied";
  private static final String UNSAID = "completed the server died before it could say more";
  private static final String DOUBT = "failed interrupted; outcome unknown";
  private static final String DONE = "completed Done";

  /** How often an action is allowed to be applied, and which results it is allowed to have. */
  private record Fate(int times, Set<String> results) {}

  @Override
  public String name() {
    return "actions";
  }

  @Override
  public String promise() {
    return "no action is applied twice, whatever is offered again; each ends done, refused or in"
        + " doubt, and in doubt only when its handler was running";
  }

  @Override
  public int usualRounds() {
    return 200;
  }

  @Override
  public int usualEvents() {
    return 5 * ACTIONS_A_KILL;
  }

  @Override
  public void run(Round round) {
    try (ScriptedService service = round.service()) {
      new Run(round, service).run();
    }
  }

  /** One round of the experiment. */
  private static final class Run {
    private final Round round;
    private final HostPlan plan;
    private final AppliedLedger applied;
    private final Map<String, String> offered = new LinkedHashMap<>();
    private final Map<Integer, Fate> fates = new LinkedHashMap<>();
    private final Map<String, String> results = new ConcurrentHashMap<>();
    private final Set<String> contradictions = ConcurrentHashMap.newKeySet();
    private final AtomicInteger polls = new AtomicInteger();

    /** From this action number on, the service acknowledges no results. */
    private volatile int deafFrom = Integer.MAX_VALUE;

    private volatile boolean asked;

    Run(Round round, ScriptedService service) {
      this.round = round;
      service.scriptOthers(request -> this::serve);
      Path conf =
          new HostConfig(round.folder(), service.baseUrl())
              .set("action_limits", "total_per_second", "0")
              .set("action_executor", "long_poll", round.number() % 2 == 0 ? "0" : "20000")
              .set("action_executor", "poll_interval", "20")
              .set("action_executor", "poll_interval_max", "20")
              .write();
      plan = HostPlan.in(round.folder(), conf, round.seed());
      applied = plan.applied();
    }

    void run() {
      kill(this::beforeItBegins);
      kill(host -> inItsHandler(host, "stall-before", 0));
      kill(host -> inItsHandler(host, "stall-after", 1));
      kill(this::beforeItsOutcome);
      kill(this::beforeItsReport);
      try (FaultHost host = start()) {
        awaitAll();
        int before = polls.get();
        await("the service offers it all again", () -> polls.get() > before + 2);
        Pause.millis(AGAIN_MS);
        round.add("in doubt at the end", results.values().stream().filter(DOUBT::equals).count());
        host.stop(LIMIT);
        round.requireNoCrash(host);
      }
      judge();
    }

    private interface Death {
      void happen(FaultHost host);
    }

    private void kill(Death death) {
      try (FaultHost host = start()) {
        death.happen(host);
        if (host.isAlive()) {
          host.killHard();
        }
        round.add("kills", 1);
        round.requireNoCrash(host);
      }
    }

    private FaultHost start() {
      FaultHost host = FaultHost.start(plan);
      host.awaitReady(LIMIT);
      int before = polls.get();
      await("a poll", () -> polls.get() > before);
      return host;
    }

    private void beforeItBegins(FaultHost host) {
      awaitAll();
      host.holdTicks();
      for (int i = 0; i < ACTIONS_A_KILL; i++) {
        offer("{}", new Fate(0, Set.of(NOT_BEGUN, DOUBT)));
      }
      int before = polls.get();
      await("the offer is taken", () -> polls.get() > before + 1);
      Pause.millis(round.random().nextInt(40));
    }

    private void inItsHandler(FaultHost host, String fate, int times) {
      awaitAll();
      offer("{\"fate\":\"" + fate + "\"}", new Fate(times, Set.of(DOUBT)));
      host.awaitStalled(LIMIT);
      for (int i = 1; i < ACTIONS_A_KILL; i++) {
        offer("{}", new Fate(-1, Set.of(NOT_BEGUN, DONE)));
      }
      Pause.millis(round.random().nextInt(60));
    }

    private void beforeItsOutcome(FaultHost host) {
      awaitAll();
      for (int i = 1; i < ACTIONS_A_KILL; i++) {
        offer("{}", new Fate(-1, Set.of(NOT_BEGUN, DONE, UNSAID)));
      }
      offer("{\"fate\":\"halt\"}", new Fate(1, Set.of(UNSAID, DONE)));
      host.awaitExit(LIMIT);
    }

    private void beforeItsReport(FaultHost host) {
      awaitAll();
      asked = false;
      deafFrom = offered.size();
      for (int i = 0; i < ACTIONS_A_KILL; i++) {
        // When the host is killed, the last actions may not have reached the ledger yet.
        offer("{}", new Fate(1, Set.of(DONE, UNSAID)));
      }
      await("they are applied", () -> applied.times(offered.size() - 1) == 1);
      await("a report", () -> asked);
      Pause.millis(20 + round.random().nextInt(40));
      host.killHard();
      deafFrom = Integer.MAX_VALUE;
    }

    private void offer(String payload, Fate fate) {
      synchronized (offered) {
        int number = offered.size();
        fates.put(number, fate);
        offered.put(
            "act-" + number,
            "{\"action_id\":\"act-%d\",\"action_type\":\"%s\",\"payload\":%s}"
                .formatted(number, FaultHostMain.CUSTOM_ACTION, payload));
      }
    }

    private void serve(Exchange exchange) throws IOException {
      if (exchange.request().path().endsWith("/pending")) {
        String all;
        synchronized (offered) {
          all = String.join(",", offered.values());
        }
        exchange.answer(200, "{\"actions\":[" + all + "]}");
        polls.incrementAndGet();
        return;
      }
      String body = new String(exchange.body(), StandardCharsets.UTF_8);
      int number = AppliedLedger.numberOf(MAPPER.readTree(body).path("action_id").asText());
      if (number >= deafFrom) {
        asked = true;
        exchange.hold(LIMIT.toMillis());
        exchange.hangUp();
        return;
      }
      hear(MAPPER.readTree(body));
      exchange.answer(200, "{}");
    }

    private void hear(JsonNode result) {
      String id = result.path("action_id").asText();
      String said = result.path("status").asText() + " " + result.path("message").asText();
      String before = results.putIfAbsent(id, said);
      if (before != null && !before.equals(said)) {
        contradictions.add(id + ": " + before + ", then " + said);
      }
    }

    private void awaitAll() {
      await("every action has a result", () -> results.size() == offered.size());
    }

    private void await(String what, BooleanSupplier holds) {
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (!holds.getAsBoolean()) {
        if (System.nanoTime() - deadline > 0) {
          throw new IllegalStateException(
              "not in " + LIMIT + ": " + what + "; results " + results + " of " + offered.keySet());
        }
        Pause.millis(2);
      }
    }

    private void judge() {
      Set<Integer> twice = new TreeSet<>();
      for (int n = 0; n < offered.size(); n++) {
        int times = applied.times(n);
        String said = results.getOrDefault("act-" + n, "nothing");
        Fate fate = fates.get(n);
        if (times > 1) {
          twice.add(n);
        }
        round.require(
            fate.times < 0 || fate.times == times,
            "action %d was applied %d times, expected %d".formatted(n, times, fate.times));
        round.require(
            expected(fate.results).contains(said), "action %d ended as: %s".formatted(n, said));
        if (said.startsWith("completed")) {
          round.require(times == 1, "action %d: completed, applied %d times".formatted(n, times));
        } else if (!said.equals(DOUBT)) {
          round.require(times == 0, "action %d: %s, applied %d times".formatted(n, said, times));
        }
      }
      round.require(twice.isEmpty(), "applied twice: " + twice);
      round.require(contradictions.isEmpty(), "contradictions: " + contradictions);
      round.add("actions", offered.size());
      round.add("applied twice", twice.size());
      requireAudit();
    }

    /**
     * Returns the allowed results; without shared memory, a killed process may also leave doubt.
     */
    private static Set<String> expected(Set<String> results) {
      if (Files.isWritable(Path.of("/dev/shm"))) {
        return results.contains(NOT_BEGUN) && results.contains(DOUBT) ? Set.of(NOT_BEGUN) : results;
      }
      Set<String> all = new TreeSet<>(results);
      all.add(DOUBT);
      return all;
    }

    private void requireAudit() {
      try {
        List<String> lines =
            Files.readAllLines(round.folder().resolve("journal").resolve("actions-audit.jsonl"));
        for (String line : lines) {
          MAPPER.readTree(line);
        }
        long decided = lines.stream().filter(line -> line.contains("\"decided\"")).count();
        round.require(
            decided <= offered.size(), "%d decisions in the audit log".formatted(decided));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

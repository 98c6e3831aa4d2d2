package org.aibridge.torture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Kills the host, the broker, or both, with {@code kill -9} at random moments, while events go to a
 * topic and decisions come from one, of which every seventh is written twice.
 */
public final class KafkaExperiment implements Experiment {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(300);
  private static final String EVENTS = "aibridge.events";
  private static final String RESULTS = "aibridge.results";
  private static final String DECISIONS = "aibridge.actions.torture";
  private static final int PARTITIONS = 3;
  private static final int PER_SECOND = 2000;
  private static final int MIN_KILLS = 2;
  private static final int MORE_KILLS = 3;
  private static final int TWICE_EVERY = 7;
  private static final long DECISION_MS = 10;

  private static final String DOUBT = "failed interrupted; outcome unknown";

  @Override
  public String name() {
    return "kafka";
  }

  @Override
  public String promise() {
    return "after kill -9 of bridge and broker every accepted event is on the topic, in its"
        + " player's order once repeats are dropped; no decision on the topic is applied"
        + " twice, and each has its result";
  }

  @Override
  public int usualRounds() {
    return 50;
  }

  @Override
  public int usualEvents() {
    return 20_000;
  }

  /** Each round starts a broker, which takes its seconds. */
  @Override
  public boolean canBeQuick() {
    return false;
  }

  @Override
  public void run(Round round) {
    if (!OperatorCall.isPossible()) {
      throw new IllegalStateException("needs ./ai-bridge, to say where decisions are read from");
    }
    try (KafkaBroker broker = new KafkaBroker(round.folder().resolve("kafka"));
        KafkaTopics topics = new KafkaTopics(broker.address())) {
      broker.start();
      topics.create(Map.of(EVENTS, PARTITIONS, RESULTS, 1, DECISIONS, 1));
      Run run = new Run(round, broker, topics);
      try {
        run.run();
      } finally {
        run.close();
      }
    }
  }

  /** One round of the experiment. */
  private static final class Run {
    private final Round round;
    private final KafkaBroker broker;
    private final KafkaTopics topics;
    private final HostPlan plan;
    private final Decisions decisions;
    private FaultHost host;
    private int hostKills;

    Run(Round round, KafkaBroker broker, KafkaTopics topics) {
      this.round = round;
      this.broker = broker;
      this.topics = topics;
      Path conf =
          new HostConfig(round.folder(), "http://127.0.0.1:1")
              .set("kafka", "bootstrap_servers", broker.address())
              .set("kafka", "events_topic", EVENTS)
              .set("kafka", "actions_topic", DECISIONS)
              .set("kafka", "results_topic", RESULTS)
              .set("action_limits", "total_per_second", "0")
              .set("action_executor", "action_ttl", "3600000")
              .write();
      plan =
          HostPlan.in(round.folder(), conf, round.seed())
              .withNumbers(0, round.events())
              .withRate(PER_SECOND);
      decisions = new Decisions(topics, plan.actions());
    }

    void run() {
      start(plan);
      OperatorCall begun =
          OperatorCall.make(
              plan, round.folder().resolve("read-from.txt"), "actions", "read-from", "oldest");
      round.require(begun.exit() == 0, "read-from: " + begun.text());
      decisions.start();
      try {
        int kills = MIN_KILLS + round.random().nextInt(MORE_KILLS);
        for (int i = 0; i < kills; i++) {
          Pause.millis(100 + round.random().nextInt(1500));
          kill(round.random().nextInt(3));
        }
      } finally {
        decisions.stop();
      }
      long since = System.nanoTime();
      host.awaitPublished(LIMIT);
      JsonNode status = host.awaitDrained(LIMIT);
      round.figure("from the last kill until all was there, ms", millisSince(since));
      long dead = status.path("deadLettered").asLong() + status.path("expired").asLong();
      round.require(dead == 0, dead + " events became dead letters: " + status);
      Map<Integer, String> results = awaitResults();
      host.stop(LIMIT);
      round.requireNoCrash(host);
      judgeEvents();
      judgeDecisions(results);
    }

    /** Kills the host if the round ended before it. */
    void close() {
      if (host != null) {
        host.close();
      }
    }

    private static long millisSince(long nanos) {
      return (System.nanoTime() - nanos) / 1_000_000;
    }

    private void start(HostPlan next) {
      host = FaultHost.start(next);
      round.require(host.awaitReady(LIMIT), LIMIT.toMillis());
      host.go();
    }

    /** Kills the host, the broker or both, and brings back what is dead. */
    private void kill(int what) {
      boolean both = what == 2;
      if (what == 0 || both) {
        host.killHard();
        round.requireNoCrash(host);
        hostKills++;
        round.add("kills of the bridge", 1);
      }
      if (what == 1 || both) {
        broker.killHard();
        round.add("kills of the broker", 1);
        Pause.millis(round.random().nextInt(2000));
        broker.start();
      }
      if (what == 0 || both) {
        start(plan.resumed());
      }
    }

    /** Waits until each decision has a result on the topic; returns what was said of each. */
    private Map<Integer, String> awaitResults() {
      Map<Integer, String> said = new HashMap<>();
      List<String> contradictions = new ArrayList<>();
      await(
          () -> {
            said.clear();
            contradictions.clear();
            hear(said, contradictions);
            return said.size() >= decisions.count();
          });
      round.require(contradictions.isEmpty(), "two results: " + contradictions);
      return said;
    }

    private void await(BooleanSupplier holds) {
      long since = System.nanoTime();
      while (!holds.getAsBoolean() && System.nanoTime() - since < LIMIT.toNanos()) {
        Pause.millis(200);
      }
    }

    private void hear(Map<Integer, String> said, List<String> contradictions) {
      for (ConsumerRecord<byte[], byte[]> record : topics.read(RESULTS)) {
        JsonNode result = json(record);
        String id = result.path("action_id").asText();
        String now = result.path("status").asText() + " " + result.path("message").asText();
        String before = said.putIfAbsent(AppliedLedger.numberOf(id), now);
        if (before != null && !before.equals(now)) {
          contradictions.add(id + ": " + before + ", then " + now);
        }
      }
    }

    private void judgeEvents() {
      List<Commit> commits = new ArrayList<>();
      for (ConsumerRecord<byte[], byte[]> record : topics.read(EVENTS)) {
        JsonNode event = json(record);
        String id = event.path("event_id").asText();
        CRC32C sum = new CRC32C();
        sum.update(record.value());
        commits.add(
            new Commit(
                commits.size(),
                record.timestamp(),
                id,
                (int) sum.getValue(),
                List.of(
                    new CommittedEvent(
                        id,
                        event.path("payload").path("number").asLong(-1),
                        event.path("player_id").asLong(-1)))));
      }
      BitSet accepted = plan.ledger().accepted();
      Oracle.Findings findings = new Oracle(accepted, commits).judge();
      round.require(findings);
      int most = hostKills * plan.events().threads();
      round.require(
          findings.unnoted().size() <= most,
          "%d events are on the topic that were never accepted, at most %d can be"
              .formatted(findings.unnoted().size(), most));
    }

    private void judgeDecisions(Map<Integer, String> results) {
      AppliedLedger applied = plan.applied();
      Set<Integer> none = new TreeSet<>();
      int inDoubt = 0;
      int once = 0;
      int twice = 0;
      for (int n = 0; n < decisions.count(); n++) {
        int times = applied.times(n);
        String said = results.getOrDefault(n, "");
        once += times > 0 ? 1 : 0;
        twice += times > 1 ? 1 : 0;
        inDoubt += said.equals(DOUBT) ? 1 : 0;
        if (said.isEmpty()) {
          none.add(n);
        } else if (said.startsWith("completed")) {
          round.require(times == 1, "decision %d: %s, applied %d times".formatted(n, said, times));
        } else if (!said.equals(DOUBT)) {
          round.require(times == 0, "decision %d: %s, applied %d times".formatted(n, said, times));
        }
      }
      round.add("decisions", decisions.count());
      round.add("written again", decisions.again());
      round.add("applied", once);
      round.add("applied twice", twice);
      round.add("in doubt", inDoubt);
      round.require(twice == 0, twice + " decisions were applied twice");
      round.require(none.isEmpty(), none.size() + " decisions have no result: " + none);
    }

    private static JsonNode json(ConsumerRecord<byte[], byte[]> record) {
      try {
        return MAPPER.readTree(record.value());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The AI, which writes a decision now and then, and some of them a second time. */
  private static final class Decisions {
    private final KafkaTopics topics;
    private final int most;
    private final Thread thread = new Thread(this::write, "decisions");
    private volatile boolean ended;
    private volatile Throwable failed;
    private int count;
    private int again;

    Decisions(KafkaTopics topics, int most) {
      this.topics = topics;
      this.most = most;
    }

    void start() {
      thread.setDaemon(true);
      thread.start();
    }

    private void write() {
      try {
        while (!ended && count < most) {
          KafkaTopics.done(write(count++));
          if (count % TWICE_EVERY == 0) {
            again++;
            KafkaTopics.done(write(count - 1 - again % TWICE_EVERY));
          }
          Pause.millis(DECISION_MS);
        }
      } catch (RuntimeException e) {
        failed = e;
      }
    }

    private Future<?> write(int number) {
      return topics.write(
          DECISIONS,
          "{\"action_id\":\"act-%d\",\"action_type\":\"%s\",\"payload\":{}}"
              .formatted(number, FaultHostMain.CUSTOM_ACTION));
    }

    /** Ends the writing; returns once all is on the topic. */
    void stop() {
      ended = true;
      try {
        thread.join(LIMIT.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (failed != null || thread.isAlive()) {
        throw new IllegalStateException("decisions cannot be written: " + failed);
      }
    }

    int count() {
      return count;
    }

    int again() {
      return again;
    }
  }
}

package org.aibridge.sim;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Draws a tape from a seed. Each kind of fault occurs in half of the runs; pace, sizes and limits
 * are drawn on a log scale. Runs that differed in their seed alone would all find the same.
 */
final class Swarm {
  private static final String[] PARTS = {
    "",
    "",
    "journal/",
    "actions/",
    "letters/",
    "cursor",
    ".ring",
    ".begun",
    "commands/",
    ".cq4",
    ".cq4",
    ".cq4",
    ".cq4",
    "journal/1970",
    "actions/1970",
    "letters/1970"
  };

  private static final String[] WRONG = {
    "500",
    "503",
    "comeback",
    "401",
    "404",
    "400",
    "413",
    "301",
    "204",
    "garbage",
    "cut",
    "reset",
    "taken-reset",
    "timeout",
    "taken-timeout",
    "refused",
    "shortage",
    "slow",
    "408"
  };

  private final Mix mix;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final List<Tape.Op> ops = new ArrayList<>();
  private final long phaseMs;

  private Swarm(long seed) {
    this.mix = new Mix(Mix.of(seed, 77));
    this.phaseMs = mix.log(3_000, 120_000);
    put("seed", seed);
    put("ms", phaseMs);
  }

  static Tape draw(long seed) {
    Swarm swarm = new Swarm(seed);
    swarm.limits();
    swarm.work();
    swarm.shortages();
    swarm.service();
    swarm.lives();
    swarm.engine();
    return new Tape(swarm.settings, swarm.ops);
  }

  private void put(String name, Object value) {
    settings.put(name, value.toString());
  }

  private void add(String kind, Object... words) {
    ops.add(Tape.Op.of(mix.between(0, phaseMs), kind, words));
  }

  private void limits() {
    put("event_dispatcher.lanes", mix.log(1, 8));
    put("event_dispatcher.batch_size", mix.log(1, 100));
    put("event_dispatcher.max_batch_size", mix.log(100, 1000));
    put("event_dispatcher.batch_interval", mix.log(5, 2000));
    put("event_dispatcher.queue_size", mix.log(100, 3000));
    put("event_dispatcher.max_event_bytes", mix.one(1024, 4096, 8192));
    put("event_dispatcher.dlq_surge_percent", mix.one(0, 50));
    put("event_dispatcher.max_retry_after", mix.log(1000, 60_000));
    put("circuit_breaker.failure_threshold", mix.log(1, 10));
    put("circuit_breaker.timeout", mix.log(100, 30_000));
    put("circuit_breaker.half_open_requests", mix.log(1, 3));
    put("http_pool.max_connections", mix.log(1, 10));
    put("http_pool.max_retries", mix.between(0, 3));
    put("http_pool.retry_delay", mix.log(10, 1000));
    put("action_executor.poll_interval", mix.log(10, 2000));
    put("action_executor.poll_limit", mix.log(1, 1000));
    put("action_executor.long_poll", mix.chance(0.5) ? 0 : mix.log(100, 20_000));
    put("action_executor.inbox_size", mix.log(1, 2000));
    put("action_executor.max_concurrent", mix.log(1, 100));
    put("bridge.shutdown_timeout", mix.log(100, 2000));
    put("journal.durability", mix.one("process", "process", "os"));
    put("journal.sync_interval", mix.log(10, 5000));
    long latency = mix.log(1, 300);
    put("latency", latency);
    put("ai_service.timeout_read", Math.max(latency * 4 + 20, mix.log(50, 30_000)));
  }

  private void work() {
    long players = mix.log(1, 40);
    if (mix.chance(0.4)) {
      // These events fill more than 1 MB, so that the journal starts a new file.
      long bytes = mix.log(500, 3500);
      for (long left = mix.log(1 << 20, 5 << 20); left > 0; ) {
        long count = mix.log(5, Math.max(10, Math.min(300, 700_000 / bytes)));
        add("publish", count, players, bytes);
        left -= count * bytes;
      }
    } else {
      long most = mix.log(1, 100);
      long bytes = mix.log(1, 800);
      for (long bursts = mix.log(1, 40); bursts > 0; bursts--) {
        add("publish", mix.log(1, most), players, bytes);
      }
    }
    if (mix.chance(0.3)) {
      // These actions make the ledger begin a new file, which it does at 4 MB.
      for (long left = mix.log(3000, 9000); left > 0; ) {
        long count = mix.log(50, 600);
        add("offer", count, mix.between(300, 480));
        left -= count;
      }
      put("action_executor.poll_limit", mix.log(100, 1000));
      put("action_executor.inbox_size", mix.log(300, 2000));
    } else if (mix.chance(0.8)) {
      long most = mix.log(1, 50);
      long bytes = mix.log(1, 300);
      for (long offers = mix.log(1, 20); offers > 0; offers--) {
        add("offer", mix.log(1, most), bytes);
      }
    }
    for (long i = mix.chance(0.5) ? mix.log(1, 4) : 0; i > 0; i--) {
      add("reoffer");
    }
  }

  private void shortages() {
    if (mix.chance(0.15)) {
      return;
    }
    if (mix.chance(0.4)) {
      // Descriptors run out close to other operations, since these close and open files.
      Tape.Op[] work = ops.toArray(new Tape.Op[0]);
      for (long i = mix.between(1, 3); i > 0; i--) {
        long at = Math.max(0, mix.one(work).atMs() - mix.log(1, 500));
        ops.add(Tape.Op.of(at, "descriptors", mix.between(0, 1), mix.log(500, 10_000)));
      }
    }
    Set<Call> calls = EnumSet.noneOf(Call.class);
    for (Call call : Call.values()) {
      if (mix.chance(0.5)) {
        calls.add(call);
      }
    }
    Call[] chosen = calls.toArray(new Call[0]);
    for (long i = chosen.length == 0 ? 0 : mix.between(0, 6); i > 0; i--) {
      Call call = mix.one(chosen);
      Call.Errno error = mix.one(call.errors.toArray(new Call.Errno[0]));
      boolean once = error == Call.Errno.EINTR || mix.chance(0.2);
      boolean window = !once && mix.chance(0.6);
      add(
          "fail",
          call,
          error,
          once || !window ? mix.log(1, 200) - 1 : 0,
          once ? 1 : window ? 1_000_000_000 : mix.log(1, 50),
          window ? mix.log(10, 20_000) : 60_000,
          mix.one(PARTS) + "-");
    }
    for (long i = mix.chance(0.6) ? mix.log(1, 8) : 0; i > 0; i--) {
      add("descriptors", mix.between(0, 4), mix.log(50, 15_000));
    }
    for (long i = mix.chance(0.4) ? mix.between(1, 2) : 0; i > 0; i--) {
      add("blocks", mix.chance(0.5) ? 0 : mix.log(1, 1 << 20), mix.log(100, 15_000));
    }
  }

  private void service() {
    List<String> wrong = new ArrayList<>();
    for (String kind : WRONG) {
      if (mix.chance(0.5)) {
        wrong.add(kind);
      }
    }
    String[] kinds = wrong.toArray(new String[0]);
    for (long i = kinds.length == 0 || mix.chance(0.3) ? 0 : mix.log(1, 10); i > 0; i--) {
      add(
          "service",
          mix.one("events", "polls", "results", "all"),
          mix.one(kinds),
          mix.one(3, 20, 100),
          mix.log(1, 10),
          mix.log(50, 30_000));
    }
    if (mix.chance(0.12)) {
      add("service", "polls", mix.one("501", "404", "timeout", "garbage"), 100, 1, -1);
    }
    if (mix.chance(0.2)) {
      for (long i = mix.between(1, 3); i > 0; i--) {
        add("poison", mix.log(1, 500), mix.one(500, 500, 400, 422));
      }
    }
    if (mix.chance(0.15)) {
      add("service", "events", "large", 100, mix.log(500, 20_000), -1);
    }
  }

  /** Kafka in place of HTTP; drawn last, so that the other seeds keep their tapes. */
  private void engine() {
    if (mix.chance(0.25)) {
      put("kafka.bootstrap_servers", "127.0.0.1:1");
    }
  }

  private void lives() {
    for (long i = mix.chance(0.5) ? mix.log(1, 3) : 0; i > 0; i--) {
      add("kill", mix.log(1, 3000));
    }
    for (long i = mix.chance(0.4) ? mix.log(1, 3) : 0; i > 0; i--) {
      add("stop", mix.log(1, 3000));
    }
    if (mix.chance(0.2)) {
      add("second");
    }
    for (long i = mix.chance(0.3) ? mix.log(1, 3) : 0; i > 0; i--) {
      add("reload", mix.one("good", "bad", "half"));
    }
    for (long i = mix.chance(0.3) ? mix.log(1, 5) : 0; i > 0; i--) {
      add("command", mix.one("resume", "reload", "in-doubt", "pending", "replay", "undo", "junk"));
    }
  }
}

package org.aibridge.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.regex.Pattern;

/** Replaces the configuration file by a good or a faulty one while events are sent. */
public final class ReloadExperiment implements Experiment {
  private static final int RELOADS = 100;
  private static final int MAX_LIVE_MS = 2000;
  private static final int MAX_CONNECTIONS = 10;
  private static final int PER_SECOND = 5000;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration DRAINED = Duration.ofSeconds(240);

  /** The faults of a file, each with a pattern for the message about it. */
  private enum Kind {
    GOOD(""),
    SYNTAX("ai_bridge\\.conf.*\\d"),
    WRONG_TYPE("ai_bridge\\.conf.*\\d.*batch_size"),
    UNKNOWN_KEY(""),
    HALF_WRITTEN("ai_bridge\\.conf.*base_url"),
    EMPTY("base_url"),
    UNREADABLE("ai_bridge\\.conf");

    private final Pattern message;

    Kind(String message) {
      this.message = Pattern.compile(message, Pattern.DOTALL);
    }

    boolean isGood() {
      return this == GOOD || this == UNKNOWN_KEY;
    }
  }

  @Override
  public String name() {
    return "reload";
  }

  @Override
  public String promise() {
    return "a bad file changes nothing and says file, line and key; a good one is live within 2 s;"
        + " nothing is lost, connections stay";
  }

  @Override
  public int usualRounds() {
    return 1;
  }

  @Override
  public int usualEvents() {
    return 50_000;
  }

  @Override
  public void run(Round round) {
    try (ScriptedService service = round.service()) {
      Path conf = config(round, service, "key-0").write();
      HostPlan plan =
          HostPlan.in(round.folder(), conf, round.seed())
              .withNumbers(0, round.events())
              .withRate(PER_SECOND);
      try (FaultHost host = FaultHost.start(plan)) {
        round.require(host.awaitReady(LIMIT), LIMIT.toMillis());
        host.go();
        String live = "key-0";
        int reloads = Math.min(RELOADS, Math.max(14, round.events() / 100));
        for (int i = 1; i <= reloads; i++) {
          Kind kind = Kind.values()[i % Kind.values().length];
          live = reloadOnce(round, service, host, conf, kind, "key-" + i, live);
        }
        restore(conf, config(round, service, live).text());
        host.awaitPublished(DRAINED);
        var status = host.awaitDrained(DRAINED);
        round.require(status.path("deadLettered").asLong() == 0, "dead letters: " + status);
        round.figure("connections made", service.connections());
        round.require(
            service.connections() <= MAX_CONNECTIONS,
            service.connections() + " connections were made, reloads must keep those there are");
        round.require(status.path("breaker").asText().equals("closed"), "the breaker has moved");
        host.stop(LIMIT);
        round.requireNoCrash(host);
      }
      round.require(new Oracle(plan.ledger().accepted(), service.commits()).judge());
    }
  }

  private static String reloadOnce(
      Round round,
      ScriptedService service,
      FaultHost host,
      Path conf,
      Kind kind,
      String newKey,
      String live) {
    HostConfig next = config(round, service, newKey);
    write(conf, kind, next);
    FaultHost.Reloaded answer = host.reload(LIMIT);
    round.add("reloads", 1);
    round.figure("longest reload, ms", answer.millis());
    round.require(answer.reloaded() == kind.isGood(), kind + " answered " + answer);
    String said = String.join("\n", answer.problems());
    round.require(kind.message.matcher(said).find(), kind + " says: " + said);
    if (!kind.isGood()) {
      long wrong = service.seen().stream().filter(r -> r.apiKey().equals(newKey)).count();
      round.require(wrong == 0, kind + " was in force");
      return live;
    }
    round.figure("longest until live, ms", awaitLive(round, service, newKey));
    return newKey;
  }

  /** Waits until a request has the new key. */
  private static long awaitLive(Round round, ScriptedService service, String key) {
    long start = System.nanoTime();
    long millis = 0;
    while (!service.lastApiKey().equals(key) && millis <= MAX_LIVE_MS) {
      Pause.millis(2);
      millis = (System.nanoTime() - start) / 1_000_000;
    }
    round.require(millis <= MAX_LIVE_MS, key + " is not live after " + millis + " ms");
    return millis;
  }

  private static HostConfig config(Round round, ScriptedService service, String key) {
    return new HostConfig(round.folder(), service.baseUrl())
        .set("ai_service", "api_key", key)
        .set("http_pool", "max_connections", Integer.toString(MAX_CONNECTIONS));
  }

  private static void write(Path conf, Kind kind, HostConfig next) {
    String good = next.text();
    switch (kind) {
      case GOOD -> restore(conf, good);
      case SYNTAX -> restore(conf, good + "this line means nothing\n");
      case WRONG_TYPE -> restore(conf, next.set("event_dispatcher", "batch_size", "many").text());
      case UNKNOWN_KEY -> restore(conf, next.set("event_dispatcher", "bach_size", "10").text());
      case HALF_WRITTEN -> restore(conf, good.substring(0, good.indexOf("base_url") + 15));
      case EMPTY -> restore(conf, "");
      case UNREADABLE -> unreadable(conf);
    }
  }

  /** Replaces the file by a folder, so that not even root can read it. */
  private static void unreadable(Path conf) {
    try {
      Files.delete(conf);
      Files.createDirectory(conf);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void restore(Path conf, String text) {
    try {
      if (Files.isDirectory(conf)) {
        Files.delete(conf);
      }
      Path fresh = conf.resolveSibling("ai_bridge.conf.new");
      Files.writeString(fresh, text);
      Files.move(fresh, conf, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

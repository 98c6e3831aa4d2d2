package org.aibridge.examples.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The demo with the map-server in C++: compiles it, runs it beside its companion and the AI
 * service, and compares what the server counted with what the service wrote down.
 */
final class NativeDemo {
  private static final String SERVER_ID = "demo";
  private static final long STEP_MS = 100;
  private static final long PATIENCE_S = 120;

  private final DemoOptions options;
  private final RunFolder folder;
  private final Screen screen;
  private final Path home;
  private final OwnService service;
  private Process server;
  private Process companion;

  /**
   * Creates the demo.
   *
   * @param home the project's folder
   */
  NativeDemo(DemoOptions options, RunFolder folder, Screen screen, Path home) throws DemoFailure {
    this.options = options;
    this.folder = folder;
    this.screen = screen;
    this.home = home;
    ServiceProcess process =
        new ServiceProcess(Demo.SERVICE_MAIN, ServiceProcess.freePort(), folder, options.seed());
    Duration halfWay = Duration.ofMillis(options.seconds() * 500L);
    service = new OwnService(process, folder, halfWay, options.outage());
  }

  /** Runs the demo to the end; true if all counts agree. */
  boolean run() throws IOException, DemoFailure, InterruptedException {
    NativeProgram program = NativeProgram.compile(home, folder.path());
    try {
      service.start();
      Path conf =
          folder.writeConfiguration(
              options.conf().text().lines().toList(), service.baseUrl(), SERVER_ID);
      companion = start("companion", program.companion(conf, rings()));
      awaitCompanion();
      server =
          start(
              "map-server",
              program.server(
                  SERVER_ID, rings(), options.players(), options.players(), options.seconds()));
      watch();
      await(server, "map-server");
      await(companion, "companion");
      service.stop();
      return judge();
    } finally {
      kill();
    }
  }

  /** Ends all processes immediately. Any thread. */
  void kill() {
    Stream.of(server, companion).filter(Objects::nonNull).forEach(Process::destroyForcibly);
    service.kill();
  }

  private Path rings() {
    return folder.path().resolve("rings");
  }

  private Process start(String name, List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectOutput(folder.path().resolve(name + ".out").toFile())
        .redirectError(folder.path().resolve(name + ".log").toFile())
        .start();
  }

  private void awaitCompanion() throws IOException, DemoFailure, InterruptedException {
    for (long waited = 0; waited < PATIENCE_S * 1000; waited += STEP_MS) {
      if (Files.readString(logOf("companion")).contains("waits for a server")) {
        return;
      }
      if (!companion.isAlive()) {
        break;
      }
      Thread.sleep(STEP_MS);
    }
    throw new DemoFailure("The companion does not run; see " + logOf("companion") + ".");
  }

  private void watch() throws IOException, DemoFailure, InterruptedException {
    long start = System.nanoTime();
    while (server.isAlive() || !service.isUp()) {
      Thread.sleep(STEP_MS);
      if (!companion.isAlive() && server.isAlive()) {
        throw new DemoFailure("The companion ended; see " + logOf("companion") + ".");
      }
      long nowMs = (System.nanoTime() - start) / 1_000_000;
      AiServiceUnit.Change change = service.poll(nowMs);
      if (change != AiServiceUnit.Change.NONE) {
        screen.warn(
            "%4d s  AI service %s"
                .formatted(
                    nowMs / 1000,
                    change == AiServiceUnit.Change.BACK ? "back" : "killed (kill -9)"));
      }
    }
  }

  private void await(Process process, String name) throws DemoFailure, InterruptedException {
    if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new DemoFailure("The " + name + " did not end as it should; see " + logOf(name) + ".");
    }
  }

  private Path logOf(String name) {
    return folder.path().resolve(name + ".log");
  }

  private boolean judge() throws IOException {
    JsonNode sums = new ObjectMapper().readTree(folder.path().resolve("map-server.out").toFile());
    ServiceLogs logs = service.logs(SERVER_ID).orElseThrow();
    Map<String, Long> published = counts(sums.path("published"));
    Map<String, Long> recorded = logs.distinctByType();
    long applied = sum(counts(sums.path("actions")));
    long completed = 0;
    long twoEnds = 0;
    for (Set<String> ends : logs.results().values()) {
      completed += ends.contains(ServiceLogs.COMPLETED) ? 1 : 0;
      twoEnds += ends.size() > 1 ? 1 : 0;
    }
    long asked = sums.path("asked").asLong();
    long answered = sums.path("answered").asLong();
    long heard = answered + sums.path("unanswered").asLong();
    boolean ok =
        check(
            "each event arrived, by type",
            published.equals(recorded) && logs.badIds() == 0,
            "published %d %s, recorded %d %s"
                .formatted(sum(published), published, sum(recorded), recorded));
    ok &= check("none was refused", sums.path("refused").isEmpty(), sums.path("refused") + "");
    ok &=
        check(
            "each action that was applied is reported so",
            applied == completed && twoEnds == 0,
            "%d applied, %d completed, %d with two ends".formatted(applied, completed, twoEnds));
    ok &=
        check(
            "each script heard once",
            answered > 0
                && asked - heard >= 0
                && asked - heard <= 5, // The end cuts off the last seconds.
            "%d asked, %d answered, %d timed out"
                .formatted(
                    asked, sums.path("answered").asLong(), sums.path("unanswered").asLong()));
    screen.line(
        "   longest tick %s µs of %s"
            .formatted(sums.path("longest_tick_us"), sums.path("ticks") + " ticks"));
    return ok;
  }

  private boolean check(String sentence, boolean ok, String detail) {
    screen.line("%s %s: %s".formatted(screen.mark(ok), sentence, detail));
    return ok;
  }

  private static Map<String, Long> counts(JsonNode json) {
    Map<String, Long> counts = new TreeMap<>();
    json.properties().forEach(count -> counts.put(count.getKey(), count.getValue().asLong()));
    return counts;
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }
}

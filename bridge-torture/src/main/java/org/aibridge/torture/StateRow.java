package org.aibridge.torture;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** Runs a host with usual settings through one {@link Trouble}. For one thread. */
final class StateRow {
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final int PER_SECOND = 25;
  private static final int EVERY_MS = 100;

  /** The maximum time until a trouble is reported, in s; the status is read ten times a second. */
  private static final double TOLD_S = 31.2;

  /** The maximum time, in s, until the exit code of {@code ai-bridge status} fits the status. */
  private static final double EXIT_S = 15;

  /** The maximum time until a frozen host's status counts as stale, in s; read once a second. */
  private static final double STALE_S = 16.5;

  /** The minimum time that a trouble lasts, in ms; long enough for its report to come and go. */
  private static final long LASTS_MS = 50_000;

  private static final String UNTOLD = "RUNNING";
  private static final String STALE = "\"stale\" : true";
  private static final int DISK_MB = 96;
  private static final int DESCRIPTORS = 220;

  private final Trouble trouble;
  private final Path folder;
  private final long seed;
  private final int events;
  private final AtomicLong begunNanos = new AtomicLong();
  private final List<String> states = new ArrayList<>();
  private String problem = "";

  /**
   * What was told.
   *
   * @param states the states of {@code bridge.status()}, one after the other
   * @param problem what it called the problem
   * @param toldSeconds after so long it told; -1 for never
   * @param exit what {@code ./ai-bridge status} answered in the end
   * @param exitSeconds after so long that was 3; -1 for never
   * @param printed what the command printed then
   * @param stale whether its JSON called that stale
   * @param log the host's log
   */
  record Outcome(
      List<String> states,
      String problem,
      double toldSeconds,
      int exit,
      double exitSeconds,
      String printed,
      boolean stale,
      String log) {

    String line(Trouble trouble) {
      return String.format(
          Locale.ROOT,
          "%-42s | %-8s | exit %d | told after %5.1f s | exit 3 after %5.1f s | %d changes | %s",
          trouble.name(),
          states.size() > 1 ? states.get(1) : states.get(0),
          exit,
          toldSeconds,
          exitSeconds,
          states.size() - 1,
          problem);
    }

    List<String> failures(Trouble trouble) {
      List<String> failures = new ArrayList<>();
      boolean silent = trouble.states().equals(List.of(UNTOLD));
      boolean frozen = trouble.name().equals(Trouble.FROZEN);
      if (silent || frozen) {
        if (states.size() > 1) {
          failures.add("told as " + states);
        }
      } else {
        if (states.size() != 3 || !trouble.states().contains(states.get(1))) {
          failures.add("told as " + states);
        }
        if (toldSeconds < 0 || toldSeconds > TOLD_S) {
          failures.add("told after " + toldSeconds + " s");
        }
      }
      double latest = frozen ? STALE_S : toldSeconds + EXIT_S;
      if (exit != (silent ? 0 : 3) || exitSeconds > latest) {
        failures.add("exit " + exit + " after " + exitSeconds + " s");
      }
      if (stale != frozen) {
        failures.add(STALE + " was to be " + frozen);
      }
      String told = frozen ? printed : problem;
      trouble.words().stream()
          .filter(word -> !told.contains(word))
          .forEach(word -> failures.add("no word of " + word + ": " + told));
      log.lines()
          .filter(line -> line.matches(".*\\w(Exception|Error)\\b.*"))
          .forEach(line -> failures.add("logged: " + line));
      return failures;
    }
  }

  StateRow(Trouble trouble, Path folder, long seed, int events) {
    this.trouble = trouble;
    this.folder = folder;
    this.seed = seed;
    this.events = events;
  }

  /** Runs the host from a good start to a good end. */
  Outcome run() throws IOException {
    Files.createDirectories(folder);
    boolean full = trouble.name().equals(Trouble.FULL);
    Path disk = Files.createDirectories(folder.resolve("disk"));
    if (full) {
      Tool.MOUNT.run("-t", "tmpfs", "-o", "size=" + DISK_MB + "m", "tmpfs", disk.toString());
    }
    try (ScriptedService service = new ScriptedService(folder.resolve("commits.log"), 0)) {
      HostPlan plan = plan(service.baseUrl(), disk);
      try (FaultHost host = FaultHost.start(plan)) {
        FaultHost.Ready ready = host.awaitReady(LIMIT);
        if (!ready.state().equals(UNTOLD)) {
          throw new IllegalStateException("it began as " + ready);
        }
        host.go();
        while (look(host).path("delivered").asLong() == 0) {
          Pause.millis(EVERY_MS);
        }
        return run(service, plan, host, disk);
      }
    } finally {
      Files.deleteIfExists(HostConfig.ringFor(folder));
      if (full) {
        Tool.UMOUNT.run("-l", disk.toString());
      }
    }
  }

  private Outcome run(ScriptedService service, HostPlan plan, FaultHost host, Path disk) {
    Path out = folder.resolve("status.out");
    boolean frozen = trouble.name().equals(Trouble.FROZEN);
    boolean silent = trouble.states().equals(List.of(UNTOLD));
    begin(service, host, disk);
    double told = -1;
    while (!frozen && told < 0 && seconds() < (silent ? LASTS_MS / 1e3 : 2 * TOLD_S)) {
      JsonNode now = look(host);
      if (!now.path("state").asText().equals(UNTOLD)) {
        told = seconds();
        problem = now.path("problem").asText();
      }
      Pause.millis(EVERY_MS);
    }
    // The time counts from the command's start, since the command itself takes some time.
    double asked = seconds();
    OperatorCall call = OperatorCall.make(plan, out, "status", "-o", "table");
    while (!silent && call.exit() == 0 && seconds() < told + 2 * TOLD_S) {
      Pause.millis(EVERY_MS);
      asked = seconds();
      call = OperatorCall.make(plan, out, "status", "-o", "table");
    }
    final double exitSeconds = silent ? -1 : asked;
    boolean stale = OperatorCall.make(plan, out, "status", "-o", "json").text().contains(STALE);
    while (!frozen && seconds() < LASTS_MS / 1e3) {
      JsonNode now = look(host);
      problem = told < 0 ? problem : now.path("problem").asText();
      Pause.millis(EVERY_MS);
    }
    end(service, host, disk);
    if (states.contains("OUTAGE")) {
      OperatorCall.make(plan, folder.resolve("retry.out"), "retry");
    }
    for (long start = System.nanoTime();
        System.nanoTime() - start < LIMIT.toNanos()
            && !look(host).path("state").asText().equals(UNTOLD); ) {
      Pause.millis(EVERY_MS);
    }
    Samples samples = new Samples(host);
    samples.watch(15_000); // The bridge reports the end of a trouble only after ten seconds.
    samples.problems().forEach(again -> states.add(again.replaceAll(":.*", "")));
    host.stop(LIMIT);
    return new Outcome(
        List.copyOf(states),
        problem,
        told,
        call.exit(),
        exitSeconds,
        call.text(),
        stale,
        host.stderr());
  }

  private void begin(ScriptedService service, FaultHost host, Path disk) {
    service.script(
        Script.always(
            exchange -> {
              begunNanos.compareAndSet(0, System.nanoTime());
              trouble.answers().handle(exchange);
            }));
    while (begunNanos.get() == 0 || isPoisoned() && host.status().path("accepted").asLong() < 101) {
      Pause.millis(EVERY_MS);
    }
    switch (trouble.name()) {
      case Trouble.FROZEN -> host.freeze();
      case Trouble.SHORT -> Tool.PRLIMIT.run("--pid", "" + host.pid(), "--nofile=3:" + DESCRIPTORS);
      case Trouble.FULL -> fill(disk.resolve("filler"));
      default -> {
        if (!isPoisoned()) {
          return;
        }
      }
    }
    begunNanos.set(System.nanoTime());
  }

  private boolean isPoisoned() {
    return trouble.name().startsWith("one event");
  }

  private void end(ScriptedService service, FaultHost host, Path disk) {
    service.script(Script.always(Behaviours.acknowledge()));
    service.releaseHeld();
    try {
      switch (trouble.name()) {
        case Trouble.FROZEN -> host.thaw();
        case Trouble.SHORT ->
            Tool.PRLIMIT.run(
                "--pid", "" + host.pid(), "--nofile=" + DESCRIPTORS + ":" + DESCRIPTORS);
        case Trouble.FULL -> Files.delete(disk.resolve("filler"));
        default -> {
          return;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonNode look(FaultHost host) {
    JsonNode now = host.status();
    String state = now.path("state").asText();
    if (states.isEmpty() || !state.equals(states.get(states.size() - 1))) {
      states.add(state);
    }
    return now;
  }

  private double seconds() {
    return (System.nanoTime() - begunNanos.get()) / 1e9;
  }

  /** Writes until the disk is full. */
  private static void fill(Path file) {
    try (OutputStream out = Files.newOutputStream(file)) {
      byte[] block = new byte[4096];
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      return;
    }
  }

  /** Returns a plan with the default settings, except for the places of files. */
  private HostPlan plan(String baseUrl, Path disk) throws IOException {
    Path conf = folder.resolve("ai_bridge.conf");
    Files.writeString(
        conf,
        """
        [bridge]
        server_id = srv
        [ai_service]
        base_url = %s
        [event_dispatcher]
        dlq_path = %s
        [journal]
        path = %s
        ring_path = %s
        reserve_mb = 20
        [action_executor]
        ledger_path = %s
        """
            .formatted(
                baseUrl,
                disk.resolve("dead-letters"),
                disk.resolve("journal"),
                HostConfig.ringFor(folder),
                disk.resolve("actions")));
    return HostPlan.in(folder, conf, seed)
        .withNumbers(0, events)
        .withRate(PER_SECOND)
        .withDescriptors(trouble.name().equals(Trouble.SHORT) ? DESCRIPTORS : 0);
  }
}

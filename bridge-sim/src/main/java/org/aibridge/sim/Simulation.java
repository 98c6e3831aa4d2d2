package org.aibridge.sim;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Runs many tapes: a swarm of random tapes, a sweep of faults, or the stored tapes. */
final class Simulation {
  /** The number of runs between garbage collections, which unmap the files of ended lives. */
  private static final int COLLECT_EVERY = 10;

  private static final int TWICE_EVERY = 100;

  private static final String WARM_UP =
      """
      seed = 1
      ms = 3000
      bridge.shutdown_timeout = 100
      0 publish 20 3 100
      0 offer 10 10
      0 poison 3 400
      500 fail OPEN EMFILE 0 1 100 .cq4-
      700 command replay
      1000 kill 100
      2000 reload good
      """;

  private final Shim shim;
  private final Path root;
  private final PrintStream out;
  private final SimMain.Options options;
  private final Known known;
  private final Set<Long> traces = new HashSet<>();
  private final Map<String, Integer> knownHits = new LinkedHashMap<>();
  private long runs;
  private long events;
  private long actions;
  private long failedCalls;
  private long simulatedMs;
  private boolean good = true;

  Simulation(Shim shim, Path root, PrintStream out, SimMain.Options options) throws IOException {
    this.known = Known.read();
    this.shim = shim;
    this.root = root;
    this.out = out;
    this.options = options;
  }

  /** Does what the options say; true if all went well. */
  boolean run() throws IOException {
    // The first run loads classes and sets one-time state of the JVM, unlike all later runs.
    SimRun.run(Tape.parse(WARM_UP), shim, root);
    if (options.check) {
      good &= new ShimCheck(shim, root, out).run();
    }
    if (options.replay != null) {
      replay(tape(options.replay));
    } else if (options.shrink != null) {
      shrink(tape(options.shrink));
    } else {
      if (options.tapes) {
        keptTapes();
      }
      if (options.sweep) {
        new Sweep(this, shim, root, out, options).run();
      }
      if (!options.tapes && !options.sweep && !options.check || options.runs < Long.MAX_VALUE) {
        swarm();
      }
    }
    if (runs > 0 && options.shrink == null) {
      summary();
    }
    return good;
  }

  private static Tape tape(String file) throws IOException {
    return file.matches("[0-9]+")
        ? Swarm.draw(Long.parseLong(file))
        : Tape.parse(Files.readString(Path.of(file)));
  }

  private void swarm() throws IOException {
    long begin = System.nanoTime();
    out.printf("seeds from %d on, %d s%n", options.seed, options.seconds);
    for (long i = 0; i < options.runs && seconds(begin) < options.seconds; i++) {
      long seed = options.seed + i;
      Tape tape = Swarm.draw(seed);
      SimRun.Result result = once(tape);
      if (i % TWICE_EVERY == TWICE_EVERY - 1
          && SimRun.run(tape, shim, root).hash() != result.hash()) {
        out.printf("seed %d: two runs of it differ%n", seed);
        good = false;
      }
      if (judge("seed " + seed, tape, result, seconds(begin)) && !options.all) {
        break;
      }
    }
  }

  /** The CPU time of this process in seconds, independent of other load; -1 if unknown. */
  private static double cpuSeconds() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getProcessCpuTime() / 1e9
        : -1;
  }

  private static double seconds(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }

  /** Runs a tape, and counts the run. */
  SimRun.Result once(Tape tape) throws IOException {
    SimRun.Result result = SimRun.run(tape, shim, root);
    if (result.violations().stream().anyMatch(SimOracle.Violation::mayBeTheMachines)) {
      // If the machine was only busy, the second run may pass; a real wait would occur again.
      result = SimRun.run(tape, shim, root);
    }
    runs++;
    traces.add(result.hash());
    events += result.accepted();
    actions += result.applied();
    failedCalls += result.failedCalls();
    simulatedMs += result.simulatedMs();
    if (runs % COLLECT_EVERY == 0) {
      System.gc();
    }
    return result;
  }

  /** Reports a failed run, unless all of its violations are known; true if it was reported. */
  boolean judge(String name, Tape tape, SimRun.Result result, double atSeconds) throws IOException {
    SimOracle.Violation broken = null;
    for (SimOracle.Violation one : result.violations()) {
      String cause = known.find(one);
      if (cause != null) {
        knownHits.merge(cause, 1, Integer::sum);
      } else if (broken == null) {
        broken = one;
      }
    }
    if (broken == null) {
      return false;
    }
    good = false;
    out.printf(
        "%s after %.1f s (%.1f s of processor): %s%n",
        name, atSeconds, cpuSeconds(), result.violations());
    if (!options.all) {
      Files.createDirectories(options.out);
      Path kept = options.out.resolve(name.replaceAll("[^A-Za-z0-9]+", "-") + ".tape");
      Tape shorter = new Shrinker(shim, root, 60).shrink(tape, broken.rule());
      Files.writeString(kept, "# " + broken + "\n" + shorter);
      out.printf("%s%nkept in %s; the last of what happened:%n", shorter, kept);
      result.lines().forEach(line -> out.println("  " + line));
    }
    return true;
  }

  private void replay(Tape tape) throws IOException {
    SimRun.Result result = once(tape);
    result.lines().forEach(line -> out.println("  " + line));
    out.printf("hash %016x, again %016x%n", result.hash(), SimRun.run(tape, shim, root).hash());
    out.println(result.isGood() ? "good" : result.violations());
    good = result.isGood();
  }

  private void shrink(Tape tape) throws IOException {
    SimRun.Result result = once(tape);
    if (result.isGood()) {
      out.println("good, there is nothing to make shorter");
      return;
    }
    SimOracle.Violation worst = result.violations().get(0);
    out.println("# " + worst);
    out.print(new Shrinker(shim, root, options.seconds).shrink(tape, worst.rule()));
  }

  private void keptTapes() throws IOException {
    for (String name : Known.keptTapes()) {
      SimRun.Result result = once(Known.keptTape(name));
      boolean known = result.violations().stream().allMatch(one -> this.known.find(one) != null);
      good &= known;
      out.printf(
          "tape %s: %s%n",
          name, result.isGood() ? "good" : (known ? "known, " : "") + result.violations());
    }
  }

  private void summary() {
    out.printf(
        "%d runs, %d traces differ, %d events accepted, %d actions applied, %d calls failed, %.1f h simulated, %.0f s of processor%n",
        runs, traces.size(), events, actions, failedCalls, simulatedMs / 3.6e6, cpuSeconds());
    knownHits.forEach((cause, hits) -> out.printf("%d runs end as is known: %s%n", hits, cause));
    out.println(good ? "good" : "FAILED");
  }
}

package org.aibridge.sim;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Fails every call of a small life: each once by itself, and each together with the next 39 calls
 * of its kind. Afterwards the life starts again, and every action is offered again.
 */
final class Sweep {
  /**
   * A small life in which each log rolls, is read behind a roll, and is opened after kill and stop.
   */
  private static final String LIFE =
      """
      seed = 1
      ms = 26000
      latency = 5
      bridge.shutdown_timeout = 300
      event_dispatcher.batch_size = 50
      event_dispatcher.lanes = 2
      event_dispatcher.batch_interval = 50
      event_dispatcher.max_event_bytes = 4096
      action_executor.poll_interval = 100
      action_executor.long_poll = 0
      circuit_breaker.timeout = 1000
      200 publish 200 5 2500
      500 offer 40 20
      600 poison 30 400
      1000 publish 200 5 2500
      1500 publish 200 5 2500
      2000 offer 40 20
      4000 command replay
      6000 publish 20 5 100
      8000 kill 500
      9000 publish 20 5 100
      9500 reoffer
      11000 offer 10 20
      13000 stop 500
      14000 publish 300 5 2500
      14500 offer 10 20
      20000 publish 10 5 100
      """;

  private static final long WINDOW_MS = 3000;

  private final Simulation simulation;
  private final Shim shim;
  private final Path root;
  private final PrintStream out;
  private final long stride;
  private final String only;

  Sweep(Simulation simulation, Shim shim, Path root, PrintStream out, SimMain.Options options) {
    this.stride = options.stride;
    this.only = options.only;
    this.simulation = simulation;
    this.shim = shim;
    this.root = root;
    this.out = out;
  }

  void run() throws IOException {
    Tape life = Tape.parse(LIFE);
    long begin = System.nanoTime();
    // This fault never occurs; it only arms the shim, which otherwise counts no calls.
    Tape armed = withFault(life, Call.MKDIR, Call.Errno.EROFS, 1_000_000, true);
    SimRun.Result clean = SimRun.record(armed, shim, root);
    if (!clean.isGood()) {
      simulation.judge("sweep without a fault", life, clean, 0);
      return;
    }
    Map<Call, Integer> points = new TreeMap<>();
    Map<String, Integer> files = new TreeMap<>();
    for (Shim.Entry entry : clean.calls()) {
      points.merge(entry.call(), 1, Integer::sum);
      files.merge(entry.call() + " " + kind(entry.file()), 1, Integer::sum);
    }
    files.forEach((what, count) -> out.printf("points %s %d%n", what, count));
    for (Map.Entry<Call, Integer> call : points.entrySet()) {
      if (only != null && !only.equals(call.getKey().name())) {
        continue;
      }
      int failed = 0;
      int swept = 0;
      for (int point = (int) (call.getKey().ordinal() % stride);
          point < call.getValue();
          point += (int) stride) {
        swept++;
        for (boolean once : new boolean[] {true, false}) {
          Call.Errno error = error(call.getKey(), once, point);
          Tape tape = withFault(life, call.getKey(), error, point, once);
          String name =
              "sweep " + call.getKey() + " " + point + (once ? " once" : " on") + " " + error;
          double at = (System.nanoTime() - begin) / 1e9;
          failed += simulation.judge(name, tape, simulation.once(tape), at) ? 1 : 0;
        }
      }
      out.printf(
          "sweep %s: %d of %d points, once and from there on, %d runs failed%n",
          call.getKey(), swept, call.getValue(), failed);
    }
  }

  /** Returns the error of {@code call} for {@code point}; EINTR only if a single call must fail. */
  private static Call.Errno error(Call call, boolean once, int point) {
    List<Call.Errno> errors = new ArrayList<>(call.errors);
    if (!once) {
      errors.remove(Call.Errno.EINTR);
    }
    return errors.get(point % errors.size());
  }

  private static Tape withFault(Tape life, Call call, Call.Errno error, int point, boolean once) {
    List<Tape.Op> ops = new ArrayList<>(life.ops());
    // The fault order lasts for the whole run; without a matching call, it has no effect.
    ops.add(Tape.Op.of(0, "fail", call, error, point, once ? 1 : 40, WINDOW_MS * 100, "-"));
    return life.with(ops);
  }

  /** Returns the kind of a file: its path with each number replaced. */
  private static String kind(String file) {
    String name =
        file.replaceFirst("^sim-[0-9]+/r[0-9]+/(life|copy)/?", "").replaceAll("[0-9a-f]{8}", "#");
    return name.replaceAll("[0-9]+", "#").isEmpty() ? "(folder)" : name.replaceAll("[0-9]+", "#");
  }
}

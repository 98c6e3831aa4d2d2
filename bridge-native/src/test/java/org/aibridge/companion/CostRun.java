package org.aibridge.companion;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.aibridge.api.AiBridge;
import org.aibridge.core.HostedBridge;
import org.aibridge.core.run.World;
import org.aibridge.testlib.ChildJvm;

/**
 * Measures what the companion costs the server beside it; docs/benchmarks.md has figures.
 *
 * <ul>
 *   <li>{@code CostRun FOLDER stalls PUBLISHES}: single publishes while the companion collects its
 *       garbage in a loop
 *   <li>{@code CostRun FOLDER idle SECONDS}: a companion with nothing to do beside a bridge in a
 *       JVM with nothing to do
 *   <li>{@code CostRun FOLDER ticks PAIRS}: the example's ticks with a busy companion and with one
 *       that stands still
 * </ul>
 */
final class CostRun {
  private static final List<String> NICE = List.of("nice", "-n", "10");
  private static final List<String> FLAGS = List.of("-XX:+UseSerialGC");
  private static final int SETTLE_SECONDS = 30;
  private static final int SLICE_SECONDS = 5;
  private static final int SCRIPTS = 200;
  private static final long PAUSE_NANOS = 10_000_000;

  private final Path folder;
  private final String url;

  private CostRun(Path folder, String url) {
    this.folder = folder;
    this.url = url;
  }

  public static void main(String[] args) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    HttpServer service =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    service.setExecutor(threads);
    service.createContext("/", CostRun::answer);
    service.start();
    try {
      CostRun run =
          new CostRun(
              Files.createDirectories(Path.of(args[0])),
              "http://127.0.0.1:" + service.getAddress().getPort());
      switch (args[1]) {
        case "stalls" -> run.stalls(args[2]);
        case "idle" -> run.idle(Integer.parseInt(args[2]));
        default -> run.ticks(Integer.parseInt(args[2]));
      }
    } finally {
      service.stop(0);
      threads.shutdownNow();
    }
  }

  private static void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    byte[] body = "{\"actions\":[]}".getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  /** A companion that collects its garbage again and again once it serves, and says how often. */
  static final class Collecting {
    private Collecting() {}

    public static void main(String[] args) throws Exception {
      Path conf = Path.of(args[0]);
      Thread collector = new Thread(Collecting::collect, "collector");
      collector.setDaemon(true);
      new Companion(
              Path.of(args[1]),
              true,
              (ring, handler) -> HostedBridge.start(conf, ring, handler),
              World.ofJvm(),
              line -> {
                if (line.startsWith("serves")) {
                  collector.start();
                }
              })
          .run();
    }

    private static void collect() {
      for (int i = 1; true; i++) {
        System.gc();
        System.out.println("full collections: " + i);
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  /** A server in a JVM with a bridge and nothing to do. */
  static final class InJvm {
    private InJvm() {}

    public static void main(String[] args) {
      try (AiBridge bridge = AiBridge.start(Path.of(args[0]))) {
        if (!bridge.status().initialized()) {
          throw new IllegalStateException(bridge.status().problem());
        }
        System.out.println("serves");
        while (true) {
          LockSupport.parkNanos(50_000_000);
          bridge.tick();
        }
      }
    }
  }

  private Path conf(String id) throws IOException {
    Path place = Files.createDirectories(folder.resolve(id));
    return Files.writeString(
        place.resolve("ai_bridge.conf"),
        """
        [bridge]
        server_id = %s
        [ai_service]
        base_url = %s
        [event_dispatcher]
        dlq_path = %s
        [action_executor]
        ledger_path = %s
        [script_http]
        requests_per_second = 1000
        requests_per_script_per_minute = 100000
        [journal]
        path = %s
        reserve_mb = 16
        """
            .formatted(
                id,
                url,
                place.resolve("letters"),
                place.resolve("actions"),
                place.resolve("journal")));
  }

  private Process companion(String id, Class<?> main) throws IOException {
    Path conf = conf(id);
    return ChildJvm.process(conf.getParent(), NICE, FLAGS, main, conf, rings(id), "stays");
  }

  /** Where the server's files lie: in memory, as without an option. */
  private static Path rings(String id) {
    return Companion.folderOf("cost-" + id);
  }

  private void stalls(String publishes) throws Exception {
    Path program =
        NativeCode.compile(
            folder.resolve("stalls-program"),
            "gcc -std=gnu11 -O2",
            List.of("src/ai_bridge.c", "test/stalls.c"));
    Process companion = companion("stalls", Collecting.class);
    try {
      System.out.print(
          NativeCode.run(List.of(program.toString(), rings("stalls").toString(), publishes)));
      List<String> said = Files.readAllLines(folder.resolve("stalls/out"));
      System.out.println(said.get(said.size() - 1));
    } finally {
      companion.destroyForcibly();
    }
  }

  /** Starts the server; above this process, whose service would be on another machine. */
  private Process example(String id, List<String> options) throws Exception {
    Path program =
        NativeCode.compile(
            folder.resolve("map_server"),
            "g++ -std=c++20 -O2 -x c++",
            List.of("src/ai_bridge.c", "example/map_server.cpp"));
    List<String> command =
        new ArrayList<>(
            List.of(
                "nice",
                "-n",
                "-19",
                program.toString(),
                "--id",
                id,
                "--folder",
                rings(id).toString(),
                "--seconds",
                "86400"));
    command.addAll(options);
    return new ProcessBuilder(command)
        .redirectOutput(folder.resolve("server.out").toFile())
        .redirectError(folder.resolve("server.err").toFile())
        .start();
  }

  private void idle(int seconds) throws Exception {
    Process companion = companion("outside", CompanionTest.Child.class);
    Path conf = conf("inside");
    Process inside = ChildJvm.process(conf.getParent(), NICE, FLAGS, InJvm.class, conf);
    Process game = example("outside", List.of("--players", "1", "--events", "0", "--scripts", "0"));
    try {
      settle("outside");
      settle("inside");
      double[] before = {seconds(companion), seconds(inside)};
      TimeUnit.SECONDS.sleep(seconds);
      double outsideShare = (seconds(companion) - before[0]) / seconds * 100;
      double insideShare = (seconds(inside) - before[1]) / seconds * 100;
      say(
          "percent of a core: the companion %.2f, a bridge in a JVM %.2f, ratio %.2f",
          outsideShare, insideShare, outsideShare / insideShare);
      say("the companion's memory: %s; the other's: %s", memory(companion), memory(inside));
    } finally {
      game.destroyForcibly();
      inside.destroyForcibly();
      companion.destroyForcibly();
    }
  }

  /** Waits until a process serves, and until the JVM has compiled what it will. */
  private void settle(String id) throws Exception {
    while (!Files.readString(folder.resolve(id + "/out")).contains("serves")) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
  }

  private static double seconds(Process process) {
    return process.info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
  }

  private static String memory(Process process) throws IOException {
    try (var lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines.filter(line -> line.startsWith("VmRSS")).findFirst().orElseThrow();
    }
  }

  private void ticks(int pairs) throws Exception {
    Process companion = companion("ticks", CompanionTest.Child.class);
    Path file = folder.resolve("ticks.txt");
    Process game =
        example(
            "ticks",
            List.of(
                "--scripts",
                Integer.toString(SCRIPTS),
                "--work",
                "2000",
                "--ticks",
                file.toString()));
    List<long[]> slices = new ArrayList<>();
    try {
      settle("ticks");
      for (int i = 0; i < 2 * pairs; i++) {
        boolean runs = i % 4 == 0 || i % 4 == 3;
        signal(companion, runs ? "CONT" : "STOP");
        long begin = System.nanoTime();
        TimeUnit.SECONDS.sleep(SLICE_SECONDS);
        slices.add(new long[] {begin, System.nanoTime()});
      }
      signal(companion, "CONT");
      game.destroy();
      game.waitFor();
    } finally {
      game.destroyForcibly();
      companion.destroyForcibly();
    }
    List<long[]> ticks = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      ticks.add(Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray());
    }
    double[][] p99 = new double[2][pairs];
    double[][] medians = new double[2][pairs];
    double[] ratios = new double[pairs];
    for (int i = 0; i < 2 * pairs; i++) {
      long[] slice = slices.get(i);
      double[] lengths =
          ticks.stream()
              .filter(tick -> tick[0] >= slice[0] && tick[0] < slice[1])
              .mapToDouble(tick -> tick[1] / 1e3)
              .sorted()
              .toArray();
      int row = i % 4 == 0 || i % 4 == 3 ? 0 : 1;
      p99[row][i / 2] = lengths[(int) (lengths.length * 0.99)];
      medians[row][i / 2] = lengths[lengths.length / 2];
    }
    for (int i = 0; i < pairs; i++) {
      ratios[i] = p99[0][i] / p99[1][i];
    }
    say(
        "%d pairs of %d s; us of a tick, medians of the slices: p50 %.0f with, %.0f without; p99"
            + " %.0f with, %.0f without; p99 with to without in a pair: median %.3f, half of them"
            + " %.3f to %.3f",
        pairs,
        SLICE_SECONDS,
        quantile(medians[0], 0.5),
        quantile(medians[1], 0.5),
        quantile(p99[0], 0.5),
        quantile(p99[1], 0.5),
        quantile(ratios, 0.5),
        quantile(ratios, 0.25),
        quantile(ratios, 0.75));
    say("the server: %s", Files.readString(folder.resolve("server.out")));
  }

  private static void signal(Process process, String name) throws Exception {
    NativeCode.run(List.of("kill", "-" + name, Long.toString(process.pid())));
  }

  private static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) ((sorted.length - 1) * share)];
  }

  private static void say(String format, Object... arguments) {
    System.out.println(String.format(Locale.ROOT, format, arguments));
  }
}

package org.aibridge.core;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.aibridge.testlib.ChildJvm;

/**
 * An outage from its first event to its last: a bridge publishes against a service that is not
 * there, is killed, starts again with a heap of 128 MB, and delivers to a service that has come
 * back. Bridge and service are processes of their own.
 *
 * <p>All of the backlog is written by processes that are killed, so that every start is one after a
 * crash.
 */
final class OutageExperiment {
  static final int HEAP_MB = 128;

  static final int STEPS = 10;

  /**
   * By how many places an event may come before an older one with the default settings: four lanes
   * hold two batches of 500 each, and some more for players who are not spread evenly.
   */
  static final int MAX_AHEAD = 4 * 2 * 500 + 500;

  /** With all compilers for the report; a short run would be over before they are done. */
  private static final String COMPILERS =
      "-XX:TieredStopAtLevel=" + (System.getProperty("outage.report") == null ? 1 : 4);

  private static final List<String> FLAGS =
      List.of("-Xmx" + HEAP_MB + "m", "-XX:-UseSerialGC", COMPILERS);

  /** How long a start took with this many events waiting, in microseconds. */
  record Start(int waiting, long bridgeMicros, long processMicros) {}

  /**
   * One recovery; times in microseconds, heap in KB.
   *
   * @param firstSend from the start of the process to its first request
   * @param drain from the first request to the last event
   * @param peakHeap the most heap in use at any look
   * @param leftHeap what the last collections left
   * @param serverCpuMs processor time of the map-server up to the last event
   * @param sinkCpuMs the same of the service
   */
  record Recovery(
      long firstSend,
      long drain,
      int events,
      long batches,
      long peakHeap,
      long leftHeap,
      long collectionMs,
      long serverCpuMs,
      long sinkCpuMs,
      Oracle oracle) {
    long perSecond() {
      return events * 1_000_000L / drain;
    }
  }

  /**
   * What came out.
   *
   * @param outageHeap KB in use after a collection, while the backlog grew, step by step
   */
  record Result(List<Long> outageHeap, List<Start> starts, List<Recovery> recoveries) {
    /** The fastest. */
    Recovery best() {
      return recoveries.stream().max(Comparator.comparing(Recovery::perSecond)).orElseThrow();
    }
  }

  /**
   * What the service's own record says.
   *
   * @param missing numbers that were published and never arrived
   * @param twice arrivals of a number that was there already
   * @param foreign arrivals of what was never published so
   * @param outOfOrder arrivals of a player's event after a later one of that player
   * @param furthest by how many places an event came before an older one at most
   */
  record Oracle(int missing, int twice, int foreign, int outOfOrder, int furthest) {}

  private final Path folder;
  private final int events;
  private final long seed;
  private final Map<String, Object> settings;
  private final List<Long> outageHeap = new ArrayList<>();
  private final List<Start> starts = new ArrayList<>();

  /** {@code settings} are keys of {@code section.key} beside those of {@link ConfFile}. */
  OutageExperiment(Path folder, int events, long seed, Map<String, Object> settings) {
    this.folder = folder;
    this.events = events;
    this.seed = seed;
    this.settings = new TreeMap<>(settings);
  }

  /**
   * @param rounds how often the same backlog is delivered, each time from the same files
   * @param backlogs with how many events waiting the time of a start is taken; the last is that of
   *     the recovery
   */
  Result run(int rounds, int... backlogs) throws Exception {
    Path server = Files.createDirectories(folder.resolve("server"));
    Path backup = folder.resolve("backup");
    int port = freePort();
    Path conf = conf(server, port);
    int published = 0;
    for (int backlog : backlogs) {
      publish(conf, published, backlog);
      published = backlog;
      if (backlog == events) {
        copy(server, backup);
      }
      start(conf, backlog);
    }
    List<Recovery> recoveries = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      delete(server);
      copy(backup, server);
      recoveries.add(recover(conf, port));
    }
    return new Result(outageHeap, starts, recoveries);
  }

  private void publish(Path conf, int from, int to) throws Exception {
    ChildJvm server =
        ChildJvm.start(folder, List.of(), serverFlags(), OutageServer.class, "" + conf);
    try (server) {
      server.line();
      for (int step = 0; step < STEPS; step++) {
        long a = from + (long) (to - from) * step / STEPS;
        long b = from + (long) (to - from) * (step + 1) / STEPS;
        outageHeap.add(Long.parseLong(server.ask("publish " + a + " " + b + " " + seed)));
      }
      server.kill();
    }
  }

  private void start(Path conf, int waiting) throws Exception {
    long before = System.nanoTime();
    ChildJvm server =
        ChildJvm.start(folder, List.of(), serverFlags(), OutageServer.class, "" + conf);
    try (server) {
      long micros = Long.parseLong(server.line().split(" ")[1]);
      starts.add(new Start(waiting, micros, (System.nanoTime() - before) / 1000));
      expect(server.ask("waiting"), "" + waiting);
      server.kill();
    }
  }

  private Recovery recover(Path conf, int port) throws Exception {
    Path record = folder.resolve("arrivals");
    List<String> sinkFlags = List.of(COMPILERS);
    try (ChildJvm sink =
        ChildJvm.start(
            folder, List.of(), sinkFlags, OutageSink.class, "" + port, "" + record, "" + events)) {
      expect(sink.line(), "listening");
      long startMicros = OutageServer.nowMicros();
      try (ChildJvm server =
          ChildJvm.start(folder, List.of(), serverFlags(), OutageServer.class, "" + conf)) {
        server.line();
        long[] done = numbers(sink.line());
        String[] heap = server.ask("usage").split(" ");
        expect(server.ask("close"), "closed");
        return new Recovery(
            done[1] - startMicros,
            done[2] - done[1],
            events,
            done[3],
            Long.parseLong(heap[0]),
            Long.parseLong(heap[1]),
            Long.parseLong(heap[2]),
            Long.parseLong(heap[3]),
            done[5],
            oracle(record));
      }
    }
  }

  private static List<String> serverFlags() {
    List<String> flags = new ArrayList<>(FLAGS);
    flags.addAll(List.of(System.getProperty("outage.flags", "").trim().split(" +")));
    flags.removeIf(String::isEmpty);
    return flags;
  }

  private Oracle oracle(Path record) throws IOException {
    ByteBuffer arrivals = ByteBuffer.wrap(Files.readAllBytes(record));
    boolean[] seen = new boolean[events];
    Map<Integer, Integer> newest = new java.util.HashMap<>();
    int twice = 0;
    int foreign = 0;
    int outOfOrder = 0;
    int furthest = 0;
    int oldest = 0;
    while (arrivals.hasRemaining()) {
      int number = arrivals.getInt();
      int player = arrivals.getInt();
      arrivals.getLong();
      if (number >= events || player != OutageServer.player(number, seed)) {
        foreign++;
        continue;
      }
      twice += seen[number] ? 1 : 0;
      seen[number] = true;
      Integer before = newest.put(player, number);
      outOfOrder += before != null && before >= number ? 1 : 0;
      while (oldest < events && seen[oldest]) {
        oldest++;
      }
      furthest = Math.max(furthest, number - oldest);
    }
    int missing = 0;
    for (boolean there : seen) {
      missing += there ? 0 : 1;
    }
    return new Oracle(missing, twice, foreign, outOfOrder, furthest);
  }

  private Path conf(Path server, int port) {
    ConfFile conf = new ConfFile(server, "http://127.0.0.1:" + port);
    for (String key : List.of("batch_interval", "retry_delay")) {
      conf.remove("event_dispatcher", key);
      conf.remove("http_pool", key);
    }
    conf.remove("circuit_breaker", "timeout").set("action_executor", "enabled", "no");
    settings.forEach((key, value) -> conf.set(key.split("\\.")[0], key.split("\\.")[1], value));
    return conf.write();
  }

  /**
   * A port nobody listens on, below those that are given to outgoing connections: one of those may
   * be given to the very connection that tries it, which then answers itself.
   */
  private static int freePort() throws IOException {
    Random random = new Random();
    while (true) {
      int port = 20_000 + random.nextInt(10_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
        return socket.getLocalPort();
      } catch (java.net.BindException e) {
        continue;
      }
    }
  }

  private static long[] numbers(String line) {
    return Arrays.stream(line.split(" ")).mapToLong(OutageExperiment::number).toArray();
  }

  private static long number(String word) {
    return word.matches("[0-9]+") ? Long.parseLong(word) : -1;
  }

  private static void expect(String found, String wanted) {
    if (!found.equals(wanted)) {
      throw new AssertionError("the child says " + found + " and not " + wanted);
    }
  }

  public static void main(String[] arguments) throws Exception {
    int events = Integer.parseInt(arguments[0]);
    Map<String, Object> settings = new TreeMap<>();
    for (int i = 1; i < arguments.length; i++) {
      settings.put(arguments[i].split("=")[0], arguments[i].split("=")[1]);
    }
    Path folder = Files.createTempDirectory("outage");
    try {
      int rounds = Integer.getInteger("outage.rounds", 5);
      Result result = new OutageExperiment(folder, events, 20261120, settings).run(rounds, events);
      System.out.println(result.starts + " " + result.outageHeap);
      for (Recovery r : result.recoveries) {
        System.out.println(r.perSecond() + " " + r);
      }
    } finally {
      delete(folder);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : (Iterable<Path>) all::iterator) {
        if (Files.isDirectory(path) || Files.isRegularFile(path)) { // And not the commands' socket.
          Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path path : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(path);
      }
    }
  }
}

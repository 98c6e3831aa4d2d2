package org.aibridge.benchmarks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;

/**
 * Measures the time from a decision of the AI service to its effect in the game, with a service
 * that holds polls and with one that does not, on loopback and at 20 ticks a second.
 */
public final class ActionLatency {
  private static final long TICK_NANOS = 50_000_000;
  private static final long LONGEST_PAUSE_NANOS = 400_000_000;
  private static final long LAST_NANOS = 5_000_000_000L;

  private final BlockingQueue<String> decided = new LinkedBlockingQueue<>();
  private final ConcurrentHashMap<String, Long> decidedNanos = new ConcurrentHashMap<>();
  private final long[] nanos;
  private final boolean holds;
  private volatile int applied;
  private volatile boolean over;

  /**
   * Measures {@code decisions} decisions of a service that {@code holds} polls or does not, and
   * returns their times in nanoseconds, sorted.
   */
  public static long[] measure(Path folder, int decisions, boolean holds) throws Exception {
    return new ActionLatency(decisions, holds).run(folder);
  }

  private ActionLatency(int decisions, boolean holds) {
    this.nanos = new long[decisions];
    this.holds = holds;
  }

  /** Arguments: a folder, and how many decisions to measure in each of the two polling modes. */
  public static void main(String[] args) throws Exception {
    // Without TCP_NODELAY, the JDK's HTTP server delays the end of each response by 40 ms.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    int decisions = Integer.parseInt(args[1]);
    for (boolean holds : new boolean[] {true, false}) {
      Path folder = Files.createTempDirectory(Files.createDirectories(Path.of(args[0])), "latency");
      long[] nanos = measure(folder, decisions, holds);
      System.out.printf(
          Locale.ROOT,
          "%-12s p50 %7.1f ms  p90 %7.1f ms  p99 %7.1f ms  longest %7.1f ms  of %d%n",
          holds ? "long poll" : "1 s polling",
          nanos[nanos.length / 2] / 1e6,
          nanos[nanos.length * 9 / 10] / 1e6,
          nanos[nanos.length * 99 / 100] / 1e6,
          nanos[nanos.length - 1] / 1e6,
          nanos.length);
    }
  }

  private long[] run(Path folder) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    ExecutorService threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
    Path conf =
        Files.writeString(
            folder.resolve("ai_bridge.conf"),
            """
            [ai_service]
            base_url = http://127.0.0.1:%d
            [journal]
            path = %s
            reserve_mb = 16
            [event_dispatcher]
            dlq_path = %s
            [action_executor]
            ledger_path = %s
            poll_interval_min = 1000
            poll_interval_max = 1000
            [action_limits]
            broadcast.per_minute = 0
            """
                .formatted(
                    server.getAddress().getPort(),
                    folder.resolve("journal"),
                    folder.resolve("dlq"),
                    folder.resolve("ledger")));
    try (AiBridge bridge = AiBridge.start(conf)) {
      bridge.onAction(Broadcast.class, this::apply);
      Thread mind = new Thread(this::decide, "mind");
      mind.start();
      for (long due = System.nanoTime(); applied < nanos.length && !over; due += TICK_NANOS) {
        bridge.tick();
        LockSupport.parkNanos(due + TICK_NANOS - System.nanoTime());
      }
      mind.join();
    } finally {
      over = true;
      server.stop(0);
      threads.shutdownNow();
    }
    Arrays.sort(nanos);
    return nanos;
  }

  private ActionReply apply(Broadcast action) {
    nanos[applied] = System.nanoTime() - decidedNanos.get(action.header().id());
    applied++;
    return ActionReply.done();
  }

  /** Makes one decision at a time; waits until it is applied before it makes the next. */
  private void decide() {
    SplittableRandom random = new SplittableRandom(1);
    LockSupport.parkNanos(2 * LAST_NANOS / 5);
    for (int i = 0; i < nanos.length && !over; i++) {
      LockSupport.parkNanos(random.nextLong(LONGEST_PAUSE_NANOS));
      decidedNanos.put("d" + i, System.nanoTime());
      decided.add("d" + i);
      long deadline = System.nanoTime() + LAST_NANOS;
      while (applied <= i && !over) {
        LockSupport.parkNanos(1_000_000);
        over |= System.nanoTime() - deadline > 0;
      }
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    String answer = "{}";
    if (exchange.getRequestURI().getPath().endsWith("/pending")) {
      answer = "{\"actions\":[" + next(exchange.getRequestURI().getQuery()) + "]}";
    }
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private String next(String query) {
    boolean asked = holds && query.contains("wait_ms=");
    long waitMs = asked ? Long.parseLong(query.replaceAll(".*wait_ms=", "")) : 0;
    try {
      String id = decided.poll(Math.min(waitMs, 12_000), TimeUnit.MILLISECONDS);
      return id == null
          ? ""
          : "{\"action_id\":\"%s\",\"action_type\":\"broadcast\",\"payload\":{\"message\":\"m\"}}"
              .formatted(id);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}

package org.aibridge.benchmarks.flow;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.benchmarks.Meters;
import org.aibridge.benchmarks.Scene;

/** The main class of the child process that publishes; {@link Flow} passes its arguments. */
final class FlowMain {
  private static final long LOOK_NANOS = 1_000_000;
  private static final long TICK_NANOS = 50_000_000;
  private static final long PATIENCE_NANOS = 120_000_000_000L;
  private static final int PLAYERS = 10_000;

  private FlowMain() {}

  public static void main(String[] args) throws IOException {
    switch (args[0]) {
      case "flow" -> {
        int events = Integer.parseInt(args[2]);
        flow(open(args), events, args.length > 8 ? Integer.parseInt(args[8]) : events / 3);
      }
      case "fill" -> fill(Path.of(args[1]), Integer.parseInt(args[2]));
      case "drain" -> drain(Path.of(args[1]), args[2]);
      case "idle" -> idle(args[1], Integer.parseInt(args[2]), Integer.parseInt(args[3]));
      default -> throw new IllegalArgumentException(args[0]);
    }
    System.exit(0); // Threads of the clients would outlive main.
  }

  /**
   * Opens an exporter. Arguments: flow, kind, events, url, batch, largest batch, gzip, lanes; and
   * how many events to warm up with, a third as many where nothing is said.
   */
  private static Exporter open(String[] args) throws IOException {
    int batch = Integer.parseInt(args[4]);
    boolean gzip = Boolean.parseBoolean(args[6]);
    return switch (args[1]) {
      case "bridge" ->
          Exporter.bridge(
              Scene.at(args[3])
                  .set("event_dispatcher", "batch_size", batch)
                  .set("event_dispatcher", "max_batch_size", args[5])
                  .set("event_dispatcher", "batch_interval", 50)
                  .set("event_dispatcher", "lanes", args[7])
                  .set("http_pool", "max_connections", Math.max(10, Integer.parseInt(args[7]) + 4))
                  .set("ai_service", "compression", gzip ? "gzip" : "none"));
      case "kafka" ->
          Exporter.bridge(
              Scene.at(Scene.NOBODY)
                  .set("kafka", "bootstrap_servers", args[3])
                  .set("kafka", "events_topic", "flow.kafka")
                  .set("kafka", "actions_topic", "")
                  .set("event_dispatcher", "batch_size", batch)
                  .set("event_dispatcher", "max_batch_size", args[5])
                  .set("event_dispatcher", "batch_interval", 50)
                  .set("event_dispatcher", "lanes", args[7]));
      case "producer" -> new BareProducer(args[3], "flow.producer");
      case "otlp" -> Exporter.openTelemetry(args[3], batch, gzip, Exporter.OKHTTP);
      case "otlp-jdk" -> Exporter.openTelemetry(args[3], batch, gzip, Exporter.JDK);
      case "segment" -> Exporter.segment(args[3]);
      default -> throw new IllegalArgumentException(args[1]);
    };
  }

  /** Measures {@code events} events up to the last acknowledgement, after {@code warmUp} others. */
  private static void flow(Exporter exporter, int events, int warmUp) throws IOException {
    try (exporter) {
      run(exporter, warmUp, 0);
      long before = exporter.acknowledged();
      long processor = Meters.processorNanos();
      long start = System.nanoTime();
      run(exporter, events, before);
      ChildJvm.say("seconds", (System.nanoTime() - start) / 1e9);
      ChildJvm.say("processorSeconds", (Meters.processorNanos() - processor) / 1e9);
      ChildJvm.say("acknowledged", exporter.acknowledged() - before);
    }
  }

  private static void run(Exporter exporter, int events, long before) {
    for (int i = 0; i < events; i++) {
      while (!exporter.send(i % PLAYERS)) {
        LockSupport.parkNanos(LOOK_NANOS);
      }
    }
    exporter.flush();
    long start = System.nanoTime();
    while (exporter.acknowledged() - before < events
        && System.nanoTime() - start < PATIENCE_NANOS) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Publishes {@code events} events while the service is down, so they stay in the journal. */
  private static void fill(Path folder, int events) throws IOException {
    try (Scene scene = Scene.in(folder, Scene.NOBODY)) {
      AiBridge bridge = scene.start();
      for (int i = 0; i < events; i++) {
        while (!bridge.publish(
            GameEvent.monsterKill(i % PLAYERS, Exporter.MAP, Exporter.MONSTER))) {
          LockSupport.parkNanos(LOOK_NANOS);
        }
      }
    }
  }

  /** Starts a bridge on a journal with waiting events, and waits until all of them are sent. */
  private static void drain(Path folder, String url) throws IOException {
    try (Scene scene = Scene.in(folder, url)) {
      long start = System.nanoTime();
      AiBridge bridge = scene.start();
      long started = System.nanoTime();
      long waiting = bridge.status().events().carriedOver();
      ChildJvm.say("startMs", (started - start) / 1e6);
      ChildJvm.say("heapMb", Meters.heapAfterCollection() / 1e6);
      long processor = Meters.processorNanos();
      while (bridge.status().events().waiting() > 0
          && System.nanoTime() - started < PATIENCE_NANOS) {
        LockSupport.parkNanos(LOOK_NANOS);
      }
      ChildJvm.say("drainSeconds", (System.nanoTime() - started) / 1e9);
      ChildJvm.say("processorSeconds", (Meters.processorNanos() - processor) / 1e9);
      ChildJvm.say("drained", waiting - bridge.status().events().waiting());
    }
  }

  /** Measures an idle server with a bridge, or without one if {@code url} is empty. */
  private static void idle(String url, int settleSeconds, int seconds) throws IOException {
    if (url.isEmpty()) {
      measureIdle(() -> {}, settleSeconds, seconds);
      return;
    }
    try (Scene scene = Scene.at(url)) {
      scene.set("action_executor", "poll_interval", 1000);
      scene.set("action_executor", "poll_interval_min", 100);
      scene.set("action_executor", "poll_interval_max", 2000);
      measureIdle(scene.start()::tick, settleSeconds, seconds);
    }
  }

  private static void measureIdle(Runnable tick, int settleSeconds, int seconds) {
    tickFor(tick, settleSeconds);
    long processor = Meters.processorNanos();
    long start = System.nanoTime();
    tickFor(tick, seconds);
    // Reads the processor time before printing, which costs as much as an idle second.
    double processorSeconds = (Meters.processorNanos() - processor) / 1e9;
    ChildJvm.say("seconds", (System.nanoTime() - start) / 1e9);
    ChildJvm.say("processorSeconds", processorSeconds);
  }

  private static void tickFor(Runnable tick, int seconds) {
    long start = System.nanoTime();
    while (System.nanoTime() - start < seconds * 1_000_000_000L) {
      LockSupport.parkNanos(TICK_NANOS);
      tick.run();
    }
  }
}

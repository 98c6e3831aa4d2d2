package org.aibridge.benchmarks.flow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.benchmarks.Meters;
import org.aibridge.benchmarks.Scene;

/**
 * The main class of the child process that runs many map-servers, each a game thread that publishes
 * at a steady pace to a bridge of its own; or the same game threads without bridges. {@link Fleet}
 * passes its arguments.
 */
final class FleetMain {
  private static final int TICKS_A_SECOND = 20;
  private static final long TICK_NANOS = 1_000_000_000L / TICKS_A_SECOND;
  private static final long LONGEST_NANOS = 10_000_000_000L;
  private static final long LOOK_NANOS = 10_000_000;
  private static final long PATIENCE_NANOS = 120_000_000_000L;
  private static final int PLAYERS = 500;

  private final int eventsATick;
  private final long settleUntil;
  private final long endAt;
  private final CountDownLatch left;
  private long accepted;
  private final Histogram ticks = new Histogram(LONGEST_NANOS, 3);

  private FleetMain(int eventsATick, long settleUntil, long endAt, CountDownLatch left) {
    this.eventsATick = eventsATick;
    this.settleUntil = settleUntil;
    this.endAt = endAt;
    this.left = left;
  }

  /** Arguments: brokers, or empty for no bridges; servers; events a second; seconds, two times. */
  public static void main(String[] args) throws IOException, InterruptedException {
    int servers = Integer.parseInt(args[1]);
    int eventsATick = Integer.parseInt(args[2]) / TICKS_A_SECOND;
    List<Scene> scenes = new ArrayList<>();
    if (!args[0].isEmpty()) {
      for (int i = 0; i < servers; i++) {
        Scene scene =
            Scene.at(Scene.NOBODY)
                .set("bridge", "server_id", "map" + i)
                .set("kafka", "bootstrap_servers", args[0])
                .set("kafka", "events_topic", Fleet.TOPIC)
                .set("kafka", "actions_topic", "")
                .set("action_executor", "poll_interval", 2_000)
                .set("action_executor", "poll_interval_max", 2_000);
        scene.start();
        scenes.add(scene);
      }
    }
    long start = System.nanoTime();
    long settleUntil = start + Long.parseLong(args[3]) * 1_000_000_000L;
    long endAt = settleUntil + Long.parseLong(args[4]) * 1_000_000_000L;
    CountDownLatch left = new CountDownLatch(servers);
    List<FleetMain> loops = new ArrayList<>();
    for (int i = 0; i < servers; i++) {
      FleetMain loop = new FleetMain(eventsATick, settleUntil, endAt, left);
      loops.add(loop);
      AiBridge bridge = scenes.isEmpty() ? null : scenes.get(i).bridge();
      long first = start + i * TICK_NANOS / servers;
      new Thread(() -> loop.run(bridge, first), "map" + i + " game").start();
    }
    sleepUntil(settleUntil);
    long processor = Meters.processorNanos();
    left.await();
    ChildJvm.say("processorSeconds", (Meters.processorNanos() - processor) / 1e9);
    tell(loops, scenes);
    System.exit(0);
  }

  private static void tell(List<FleetMain> loops, List<Scene> scenes) throws IOException {
    Histogram all = new Histogram(LONGEST_NANOS, 3);
    loops.forEach(loop -> all.add(loop.ticks));
    ChildJvm.say("tickP50Us", all.getValueAtPercentile(50) / 1e3);
    ChildJvm.say("tickP99Us", all.getValueAtPercentile(99) / 1e3);
    ChildJvm.say("tickP999Us", all.getValueAtPercentile(99.9) / 1e3);
    ChildJvm.say("tickMaxUs", all.getMaxValue() / 1e3);
    ChildJvm.say("ticks", all.getTotalCount());
    ChildJvm.say("accepted", loops.stream().mapToLong(loop -> loop.accepted).sum());
    ChildJvm.say("threads", Thread.activeCount());
    long waiting = 0;
    long start = System.nanoTime();
    do {
      LockSupport.parkNanos(LOOK_NANOS);
      waiting =
          scenes.stream().mapToLong(scene -> scene.bridge().status().events().waiting()).sum();
    } while (waiting > 0 && System.nanoTime() - start < PATIENCE_NANOS);
    ChildJvm.say("waiting", waiting);
    for (Scene scene : scenes) {
      scene.close();
    }
  }

  private void run(AiBridge bridge, long first) {
    try {
      play(bridge, first);
    } finally {
      left.countDown();
    }
  }

  private void play(AiBridge bridge, long first) {
    long player = 0;
    for (long due = first; due < endAt; due += TICK_NANOS) {
      sleepUntil(due);
      long start = System.nanoTime();
      if (bridge != null) {
        bridge.tick();
      }
      for (int i = 0; i < eventsATick; i++) {
        GameEvent event = GameEvent.monsterKill(++player % PLAYERS, Exporter.MAP, Exporter.MONSTER);
        if (bridge == null || bridge.publish(event)) {
          accepted++;
        }
      }
      if (due >= settleUntil) {
        ticks.recordValue(Math.min(LONGEST_NANOS, System.nanoTime() - start));
      }
    }
  }

  private static void sleepUntil(long nanos) {
    for (long rest; (rest = nanos - System.nanoTime()) > 0; ) {
      LockSupport.parkNanos(rest);
    }
  }
}

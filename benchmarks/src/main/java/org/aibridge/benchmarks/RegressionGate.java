package org.aibridge.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.EventPublisher;
import org.aibridge.api.event.GameEvent;
import org.aibridge.benchmarks.peers.Kill;
import org.aibridge.benchmarks.sim.State;
import org.aibridge.benchmarks.sim.TickSimulator;
import org.aibridge.benchmarks.sim.TickSimulator.Kind;
import org.aibridge.benchmarks.sim.TickSimulator.Setting;
import org.aibridge.benchmarks.sim.TickSimulator.Ticks;

/**
 * Decides in less than a minute whether a change keeps the game thread free.
 *
 * <p>Each measurement is a count of bytes, or a ratio of two things measured in turns in one run,
 * so that a busy machine neither fails nor passes the gate. Times are the median of bursts, or the
 * quietest of several slices; a limit that is exceeded is measured again with more rounds. Exits
 * with 0 when all limits are kept, with 1 otherwise.
 */
public final class RegressionGate {
  private static final double MOST_RINGS = 4;
  private static final double MOST_TYPED = 1.3;
  private static final double MOST_HANGING = 1.2;

  /** The size in bytes of a ring with the scene's {@code queue_size}; larger than a CPU cache. */
  private static final int RING_BYTES = 1 << 24;

  private static final int BURST = 1000;
  private static final int MONSTER = 1002;
  private static final int ROUNDS = 600;
  private static final int WARMUP_ROUNDS = 1500;
  private static final int SLICES = 5;
  private static final int MOST_SLICES = 30;
  private static final int RETRY_FACTOR = 3;
  private static final long SLICE_NANOS = 1_000_000_000;
  private static final int ALLOCATION_LOOKS = 5;
  private static final int CROWD = 4;
  private static final int CROWD_ROUNDS = 10;
  private static final int CROWD_CALLS = 20_000;
  private static final int ALLOCATION_CALLS = 50_000;

  /** A siege by 400 players: a tick every 5 ms, with little work except the bridge's. */
  private static final Setting SIEGE = new Setting(400, 5, 5_000_000, 40);

  private boolean kept = true;

  private RegressionGate() {}

  /** Checks every limit. */
  public static void main(String[] args) throws IOException {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
    RegressionGate gate = new RegressionGate();
    try (Scene scene = Scene.at(Scene.NOBODY)) {
      scene.start();
      gate.publish(scene);
      gate.allocation(scene);
      gate.blocking(scene.bridge());
    }
    gate.ticks();
    System.exit(gate.kept ? 0 : 1);
  }

  // ---- publish, compared with a bare ring

  private void publish(Scene scene) {
    ManyToOneRingBuffer ring =
        new ManyToOneRingBuffer(
            new UnsafeBuffer(
                ByteBuffer.allocateDirect(RING_BYTES + RingBufferDescriptor.TRAILER_LENGTH)));
    UnsafeBuffer bytes = new UnsafeBuffer(ByteBuffer.allocateDirect(256));
    int length = Kill.encode(Scene.KILL, bytes);
    rounds(scene, ring, bytes, length, WARMUP_ROUNDS);
    Ratios found = rounds(scene, ring, bytes, length, ROUNDS);
    if (found.rings > MOST_RINGS || found.typed > MOST_TYPED) {
      say(
          "publish took %.2f bare ring offers, a typed kill %.2f publishes; once more with more"
              + " rounds",
          found.rings, found.typed);
      found = rounds(scene, ring, bytes, length, RETRY_FACTOR * ROUNDS);
    }
    check(found.rings, MOST_RINGS, "publish of a kill, in bare ring offers of the same bytes");
    check(found.typed, MOST_TYPED, "events().monsterKill, in publishes of a ready kill");
  }

  /**
   * What a publish takes.
   *
   * @param rings of a ready event, in ring offers of the same bytes
   * @param typed without an event, in publishes of a ready one
   */
  private record Ratios(double rings, double typed) {}

  /** Times bursts on the bare ring and the bridge alternately; returns the ratios of medians. */
  private Ratios rounds(
      Scene scene, ManyToOneRingBuffer ring, UnsafeBuffer bytes, int length, int rounds) {
    long[] ringNanos = new long[rounds];
    long[] publishNanos = new long[rounds];
    long[] typedNanos = new long[rounds];
    for (int i = 0; i < rounds; i++) {
      while (ring.read((type, buffer, index, size) -> {}) > 0) {
        Thread.onSpinWait();
      }
      scene.awaitEmptyRing();
      ringNanos[i] = ringBurst(ring, bytes, length);
      publishNanos[i] = publishBurst(scene.bridge(), Scene.KILL);
      scene.awaitEmptyRing();
      typedNanos[i] = typedBurst(scene.bridge().events());
    }
    double publish = median(publishNanos);
    return new Ratios(publish / median(ringNanos), median(typedNanos) / publish);
  }

  private long ringBurst(ManyToOneRingBuffer ring, UnsafeBuffer bytes, int length) {
    int taken = 0;
    long start = System.nanoTime();
    for (int i = 0; i < BURST; i++) {
      taken += ring.write(1, bytes, 0, length) ? 1 : 0;
    }
    long nanos = System.nanoTime() - start;
    expectAll(taken);
    return nanos;
  }

  private long publishBurst(AiBridge bridge, GameEvent event) {
    int taken = 0;
    long start = System.nanoTime();
    for (int i = 0; i < BURST; i++) {
      taken += bridge.publish(event) ? 1 : 0;
    }
    long nanos = System.nanoTime() - start;
    expectAll(taken);
    return nanos;
  }

  private static long typedBurst(EventPublisher events) {
    int taken = 0;
    long start = System.nanoTime();
    for (int i = 0; i < BURST; i++) {
      taken += typedKill(events) ? 1 : 0;
    }
    long nanos = System.nanoTime() - start;
    expectAll(taken);
    return nanos;
  }

  private static boolean typedKill(EventPublisher events) {
    return events.monsterKill(Scene.KILL.playerId(), Scene.KILL.map(), MONSTER);
  }

  private static void expectAll(int taken) {
    if (taken < BURST) {
      throw new IllegalStateException("a burst was not taken whole: the figures mean nothing");
    }
  }

  private static double median(long[] nanos) {
    Arrays.sort(nanos);
    return nanos[nanos.length / 2];
  }

  // ---- bytes allocated

  private void allocation(Scene scene) {
    for (GameEvent event : new GameEvent[] {Scene.LOGIN, Scene.KILL, Scene.CUSTOM}) {
      long least = Long.MAX_VALUE;
      for (int look = 0; look < ALLOCATION_LOOKS && least > 0; look++) {
        least = Math.min(least, publishBytes(scene, () -> scene.bridge().publish(event)));
      }
      check(
          least,
          0,
          "bytes that %,d publishes of %s allocate".formatted(ALLOCATION_CALLS, event.typeName()));
    }
    long typed = Long.MAX_VALUE;
    for (int look = 0; look < ALLOCATION_LOOKS && typed > 0; look++) {
      typed = Math.min(typed, publishBytes(scene, () -> typedKill(scene.bridge().events())));
    }
    check(
        typed,
        0,
        "bytes that %,d calls of events().monsterKill allocate".formatted(ALLOCATION_CALLS));
    long least = Long.MAX_VALUE;
    for (int look = 0; look < ALLOCATION_LOOKS && least > 0; look++) {
      least = Math.min(least, tickBytes(scene.bridge()));
    }
    check(least, 0, "bytes that %,d idle ticks allocate".formatted(ALLOCATION_CALLS));
  }

  private static long publishBytes(Scene scene, BooleanSupplier publish) {
    long bytes = 0;
    for (int done = 0; done < ALLOCATION_CALLS; done += BURST) {
      scene.awaitEmptyRing();
      long before = Meters.allocated();
      int taken = 0;
      for (int i = 0; i < BURST; i++) {
        taken += publish.getAsBoolean() ? 1 : 0;
      }
      bytes += Meters.allocated() - before;
      expectAll(taken);
    }
    return bytes;
  }

  private static long tickBytes(AiBridge bridge) {
    long before = Meters.allocated();
    for (int i = 0; i < ALLOCATION_CALLS; i++) {
      bridge.tick();
    }
    return Meters.allocated() - before;
  }

  // ---- locks

  /**
   * Checks that no publisher blocks while more threads publish than there are processors, as on a
   * crowded server. One thread publishes alone first: the first call of a method loads classes
   * under JVM locks, for which other callers would wait.
   */
  private void blocking(AiBridge bridge) {
    timesBlocked(bridge);
    AtomicLong times = new AtomicLong();
    for (int round = 0; round < CROWD_ROUNDS; round++) {
      while (bridge.status().events().inRing() > 0) {
        Thread.yield();
      }
      List<Thread> crowd = new ArrayList<>();
      for (int i = 0; i < CROWD; i++) {
        crowd.add(new Thread(() -> times.addAndGet(timesBlocked(bridge)), "publisher " + i));
      }
      crowd.forEach(Thread::start);
      crowd.forEach(RegressionGate::join);
    }
    check(times.get(), 0, "times that %d publishers at once blocked or waited".formatted(CROWD));
  }

  private static long timesBlocked(AiBridge bridge) {
    long before = Meters.timesBlocked();
    for (int i = 0; i < CROWD_CALLS; i++) {
      bridge.publish(Scene.KILL);
    }
    return Meters.timesBlocked() - before;
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException("the gate was interrupted", e);
    }
  }

  // ---- the tick

  private void ticks() throws IOException {
    try (TickSimulator simulator = new TickSimulator()) {
      simulator.slice(SIEGE, Kind.BRIDGE, State.HEALTHY, SLICE_NANOS);
      simulator.slice(SIEGE, Kind.BRIDGE, State.HANGING, SLICE_NANOS);
      check(
          hangingToHealthy(simulator),
          MOST_HANGING,
          "p99 of the tick, service hanging, by the healthy one's");
    }
  }

  /**
   * Compares the slice with the least p99 of each state, because other work on the machine can only
   * add to a slice. A busy machine needs more slices until one is quiet; a game thread that waits
   * for the service fails all of them.
   */
  private static double hangingToHealthy(TickSimulator simulator) throws IOException {
    double healthy = Double.MAX_VALUE;
    double hanging = Double.MAX_VALUE;
    for (int i = 0; i < SLICES || i < MOST_SLICES && hanging > MOST_HANGING * healthy; i++) {
      healthy = Math.min(healthy, p99(simulator, State.HEALTHY));
      hanging = Math.min(hanging, p99(simulator, State.HANGING));
    }
    return hanging / healthy;
  }

  private static double p99(TickSimulator simulator, State state) throws IOException {
    Ticks ticks = simulator.slice(SIEGE, Kind.BRIDGE, state, SLICE_NANOS);
    if (ticks.refused() > 0) {
      throw new IllegalStateException("events were refused: the figures mean nothing");
    }
    return ticks.whole().getValueAtPercentile(99);
  }

  private void check(double found, double limit, String what) {
    boolean good = found <= limit;
    kept &= good;
    say("%-6s %8.2f, at most %.2f: %s", good ? "ok" : "FAILED", found, limit, what);
  }

  private static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}

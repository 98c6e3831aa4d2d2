package org.aibridge.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.aibridge.api.event.EventPublisher;
import org.aibridge.api.event.GameEvent;
import org.aibridge.benchmarks.peers.Kill;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.jctools.queues.MpscArrayQueue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Measures what {@code publish} costs the calling thread, beside a bare ring offer of the same
 * bytes.
 *
 * <p>The bridge is a whole one: its journal thread moves the events to disk while they are
 * published; the AI service is down. An invocation is a burst of a thousand events, and the ring is
 * empty before each burst, as between two ticks. {@code drops} counts events that were refused
 * though they should have been accepted; any drop makes the figure worthless. {@code allocated} is
 * the number of bytes the calling thread allocated in an iteration, and is exact. For percentiles
 * see {@link PublishTailBenchmark}.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 2,
    jvmArgsAppend = {"-Xms512m", "-Xmx512m"})
@Warmup(iterations = 2000)
@Measurement(iterations = 2000)
@OperationsPerInvocation(PublishBenchmark.BURST)
public class PublishBenchmark {
  static final int BURST = 1000;
  private static final long DRAIN_NANOS = 100_000;

  /** A bridge whose ring is empty before each burst. */
  @State(Scope.Benchmark)
  public static class WholeBridge {
    final Scene scene = Scene.at(Scene.NOBODY);

    @Setup(Level.Trial)
    public void start() throws IOException {
      scene.start();
    }

    @Setup(Level.Iteration)
    public void awaitEmptyRing() {
      scene.awaitEmptyRing();
    }

    @TearDown(Level.Trial)
    public void stop() throws IOException {
      scene.close();
    }
  }

  /** A closed bridge. */
  @State(Scope.Benchmark)
  public static class ClosedBridge {
    final Scene scene = Scene.at(Scene.NOBODY);

    @Setup(Level.Trial)
    public void start() throws IOException {
      scene.start().close();
    }

    @TearDown(Level.Trial)
    public void stop() throws IOException {
      scene.close();
    }
  }

  /** An intake with a full ring that no thread drains. */
  @State(Scope.Benchmark)
  public static class FullIntake {
    private final Path folder = Scene.temporary();
    Intake intake;

    @Setup(Level.Trial)
    public void fill() throws IOException {
      intake = Intake.create(folder.resolve("ring"), 1000, 65_536, new Refusals());
      while (intake.publish(Scene.KILL)) {
        Thread.onSpinWait();
      }
    }

    @TearDown(Level.Trial)
    public void stop() throws IOException {
      Scene.delete(folder);
    }
  }

  /** A queue of JCTools that holds references, and a thread that empties the queue. */
  @State(Scope.Benchmark)
  public static class Jctools {
    private final MpscArrayQueue<Object> queue = new MpscArrayQueue<>(1 << 17);
    private volatile boolean open = true;
    private final Thread drainer = new Thread(this::drain, "drainer");

    /** One kill as an object for the queue, with as few fields as possible. */
    private record KillFacts(long player, String map, long monster, long timestampMs) {}

    @Setup(Level.Trial)
    public void start() {
      drainer.start();
    }

    @Setup(Level.Iteration)
    public void awaitEmpty() {
      while (!queue.isEmpty()) {
        Thread.onSpinWait();
      }
    }

    boolean offerObject(long player, String map, long monster) {
      return queue.offer(new KillFacts(player, map, monster, System.currentTimeMillis()));
    }

    boolean offerBytes(int player) {
      return queue.offer(Kill.bytes(player));
    }

    private void drain() {
      while (open) {
        if (queue.poll() == null) {
          LockSupport.parkNanos(DRAIN_NANOS);
        }
      }
    }

    @TearDown(Level.Trial)
    public void stop() throws InterruptedException {
      open = false;
      drainer.join();
    }
  }

  /** A bare ring, and the bytes of one event. */
  @State(Scope.Benchmark)
  public static class BareRing {
    private final ManyToOneRingBuffer ring =
        new ManyToOneRingBuffer(
            new UnsafeBuffer(
                ByteBuffer.allocateDirect((1 << 22) + RingBufferDescriptor.TRAILER_LENGTH)));
    private final UnsafeBuffer event = new UnsafeBuffer(ByteBuffer.allocateDirect(256));
    private final int length = Kill.encode(Scene.KILL, event);

    @Setup(Level.Iteration)
    public void empty() {
      while (ring.read((type, buffer, index, bytes) -> {}) > 0) {
        Thread.onSpinWait();
      }
    }
  }

  @Benchmark
  public void bareRingOffer(BareRing bare, Allocation allocation) {
    allocation.begin();
    for (int i = 0; i < BURST; i++) {
      allocation.expect(bare.ring.write(1, bare.event, 0, bare.length));
    }
    allocation.end();
  }

  @Benchmark
  public void publishLogin(WholeBridge bridge, Allocation allocation) {
    burst(bridge, Scene.LOGIN, allocation);
  }

  @Benchmark
  public void publishKill(WholeBridge bridge, Allocation allocation) {
    burst(bridge, Scene.KILL, allocation);
  }

  @Benchmark
  public void publishCustom1k(WholeBridge bridge, Allocation allocation) {
    burst(bridge, Scene.CUSTOM, allocation);
  }

  @Benchmark
  public void makeAndPublishKill(WholeBridge bridge, Allocation allocation) {
    allocation.begin();
    for (int i = 0; i < BURST; i++) {
      allocation.expect(
          bridge.scene.bridge().publish(GameEvent.monsterKill(150_000 + i, "prt_fild08", 1002)));
    }
    allocation.end();
  }

  @Benchmark
  public void typedKill(WholeBridge bridge, Allocation allocation) {
    EventPublisher events = bridge.scene.bridge().events();
    allocation.begin();
    for (int i = 0; i < BURST; i++) {
      allocation.expect(events.monsterKill(150_000 + i, "prt_fild08", 1002));
    }
    allocation.end();
  }

  @Benchmark
  public void jctoolsOfferBytes(Jctools queue, Allocation allocation) {
    allocation.begin();
    for (int i = 0; i < BURST; i++) {
      allocation.expect(queue.offerBytes(150_000 + i));
    }
    allocation.end();
  }

  @Benchmark
  public void jctoolsOfferObject(Jctools queue, Allocation allocation) {
    allocation.begin();
    for (int i = 0; i < BURST; i++) {
      allocation.expect(queue.offerObject(150_000 + i, "prt_fild08", 1002));
    }
    allocation.end();
  }

  @Benchmark
  public void publishRingFull(FullIntake full, Allocation allocation) {
    allocation.begin();
    for (int i = 0; i < BURST; i++) {
      allocation.expect(!full.intake.publish(Scene.KILL));
    }
    allocation.end();
  }

  @Benchmark
  public void publishClosed(ClosedBridge closed, Allocation allocation) {
    allocation.begin();
    for (int i = 0; i < BURST; i++) {
      allocation.expect(!closed.scene.bridge().publish(Scene.KILL));
    }
    allocation.end();
  }

  private static void burst(WholeBridge bridge, GameEvent event, Allocation allocation) {
    allocation.begin();
    for (int i = 0; i < BURST; i++) {
      allocation.expect(bridge.scene.bridge().publish(event));
    }
    allocation.end();
  }

  /** Runs this benchmark alone. */
  public static void main(String[] args) throws RunnerException {
    new Runner(new OptionsBuilder().include(PublishBenchmark.class.getName() + "\\.").build())
        .run();
  }
}

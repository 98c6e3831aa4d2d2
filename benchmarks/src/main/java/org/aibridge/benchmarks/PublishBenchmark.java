package org.aibridge.benchmarks;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.event.EventCodec;
import org.openjdk.jmh.annotations.AuxCounters;
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
 * What does {@code publish} cost the thread that calls it, beside a bare ring offer of the same
 * bytes?
 *
 * <p>The bridge is a whole one: its journal thread moves the events to disk while they are
 * published; the AI service is down. An invocation is a burst of a thousand events, and the ring is
 * empty before each, as between two ticks. An event that was refused would make the figure
 * worthless, so it ends the run. {@code allocated} is what the calling thread allocated in an
 * iteration, in bytes, and is exact.
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

  private static final GameEvent KILL = GameEvent.monsterKill(150_001, "prt_fild08", 1002);
  private static final GameEvent CUSTOM =
      GameEvent.custom(
          "siege_damage", 150_001, "prt_fild08", "{\"text\":\"" + "x".repeat(1011) + "\"}");

  /** A bridge whose ring is empty before each burst. */
  @State(Scope.Benchmark)
  public static class WholeBridge {
    private Path folder;
    private AiBridge bridge;

    @Setup(Level.Trial)
    public void start() throws IOException {
      folder = Files.createTempDirectory("publish-benchmark");
      Path conf = folder.resolve("ai_bridge.conf");
      Files.writeString(
          conf,
          """
          [ai_service]
          base_url = http://127.0.0.1:1
          [event_dispatcher]
          dlq_path = %1$s/dead-letters
          queue_size = 30000
          [journal]
          path = %1$s/journal
          reserve_mb = 64
          [action_executor]
          ledger_path = %1$s/actions
          """
              .formatted(folder));
      bridge = AiBridge.start(conf);
      if (!bridge.status().initialized()) {
        throw new IllegalStateException(bridge.status().problem());
      }
    }

    @Setup(Level.Iteration)
    public void awaitEmptyRing() {
      while (bridge.status().events().inRing() > 0) {
        LockSupport.parkNanos(100_000);
      }
    }

    @TearDown(Level.Trial)
    public void stop() throws IOException {
      if (bridge.status().events().refused() > 0) {
        throw new IllegalStateException("refused: " + bridge.status().events().refusals());
      }
      bridge.close();
      try (Stream<Path> files = Files.walk(folder)) {
        files.sorted(Comparator.reverseOrder()).forEach(WholeBridge::delete);
      }
    }

    private static void delete(Path file) {
      try {
        Files.delete(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A ring and the bytes of one event. */
  @State(Scope.Benchmark)
  public static class BareRing {
    private final ManyToOneRingBuffer ring =
        new ManyToOneRingBuffer(
            new UnsafeBuffer(
                ByteBuffer.allocateDirect((1 << 22) + RingBufferDescriptor.TRAILER_LENGTH)));
    private final UnsafeBuffer event = new UnsafeBuffer(ByteBuffer.allocateDirect(256));
    private final int length = EventCodec.measure(KILL, 256);

    @Setup(Level.Trial)
    public void encode() {
      EventCodec.encode(KILL, event, 0);
    }

    @Setup(Level.Iteration)
    public void empty() {
      while (ring.read((type, buffer, index, bytes) -> {}) > 0) {
        Thread.onSpinWait();
      }
    }
  }

  /** Bytes the calling thread allocated. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Allocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    public long allocated;
    private long before;

    @Setup(Level.Iteration)
    public void reset() {
      allocated = 0;
    }

    void begin() {
      before = THREADS.getCurrentThreadAllocatedBytes();
    }

    void end() {
      allocated += THREADS.getCurrentThreadAllocatedBytes() - before;
    }
  }

  @Benchmark
  public int publishKill(WholeBridge bridge, Allocation allocation) {
    return burst(bridge, KILL, allocation);
  }

  @Benchmark
  public int publishCustom1k(WholeBridge bridge, Allocation allocation) {
    return burst(bridge, CUSTOM, allocation);
  }

  @Benchmark
  public int makeAndPublishKill(WholeBridge bridge, Allocation allocation) {
    allocation.begin();
    int taken = 0;
    for (int i = 0; i < BURST; i++) {
      taken +=
          bridge.bridge.publish(GameEvent.monsterKill(150_000 + i, "prt_fild08", 1002)) ? 1 : 0;
    }
    allocation.end();
    return taken;
  }

  @Benchmark
  public int bareRingOffer(BareRing bare, Allocation allocation) {
    allocation.begin();
    int taken = 0;
    for (int i = 0; i < BURST; i++) {
      taken += bare.ring.write(1, bare.event, 0, bare.length) ? 1 : 0;
    }
    allocation.end();
    return taken;
  }

  private static int burst(WholeBridge bridge, GameEvent event, Allocation allocation) {
    allocation.begin();
    int taken = 0;
    for (int i = 0; i < BURST; i++) {
      taken += bridge.bridge.publish(event) ? 1 : 0;
    }
    allocation.end();
    return taken;
  }

  /** Runs this benchmark alone. */
  public static void main(String[] args) throws RunnerException {
    new Runner(new OptionsBuilder().include(PublishBenchmark.class.getName() + "\\.").build())
        .run();
  }
}

package org.aibridge.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.aibridge.api.event.GameEvent;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures single calls of {@code publish}, up to the longest, from one publishing thread and from
 * several.
 *
 * <p>After each thousand calls a thread waits until the ring is empty, as between two ticks. Each
 * figure contains the two readings of the clock, about 25 ns.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms512m", "-Xmx512m"})
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 2)
public class PublishTailBenchmark {
  /** The bridge that all threads share. */
  @State(Scope.Benchmark)
  public static class Shared {
    final Scene scene = Scene.at(Scene.NOBODY);

    @Setup(Level.Trial)
    public void start() throws IOException {
      scene.start();
    }

    @TearDown(Level.Trial)
    public void stop() throws IOException {
      scene.close();
    }
  }

  /** Counts a thread's calls, and waits for an empty ring after each burst. */
  @State(Scope.Thread)
  public static class Pace {
    private int published;

    @Setup(Level.Invocation)
    public void waitBetweenBursts(Shared shared) {
      if (++published % PublishBenchmark.BURST == 0) {
        shared.scene.awaitEmptyRing();
      }
    }
  }

  @Benchmark
  public void publishLogin(Shared shared, Pace pace, Allocation allocation) {
    publish(shared, Scene.LOGIN, allocation);
  }

  @Benchmark
  public void publishKill(Shared shared, Pace pace, Allocation allocation) {
    publish(shared, Scene.KILL, allocation);
  }

  @Benchmark
  public void publishCustom1k(Shared shared, Pace pace, Allocation allocation) {
    publish(shared, Scene.CUSTOM, allocation);
  }

  private static void publish(Shared shared, GameEvent event, Allocation allocation) {
    allocation.expect(shared.scene.bridge().publish(event));
  }
}

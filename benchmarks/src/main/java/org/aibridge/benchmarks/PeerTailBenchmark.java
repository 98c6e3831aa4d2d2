package org.aibridge.benchmarks;

import java.util.concurrent.TimeUnit;
import org.aibridge.benchmarks.peers.Peer;
import org.aibridge.benchmarks.peers.Peers;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Measures single calls of {@link PeerBenchmark}; reading the clock adds 25 ns to each figure. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 2)
public class PeerTailBenchmark {
  /** The peer that is measured. */
  @State(Scope.Benchmark)
  public static class Chosen {
    @Param public Peers peer;

    private Peer opened;

    @Setup(Level.Trial)
    public void open() throws Exception {
      opened = peer.open();
    }

    @TearDown(Level.Trial)
    public void close() throws Exception {
      opened.drain();
      opened.close();
    }
  }

  /** Counts a thread's calls, and drains the peer after each burst. */
  @State(Scope.Thread)
  public static class Pace {
    private int offered;

    @Setup(Level.Invocation)
    public void drainBetweenBursts(Chosen chosen) {
      if (++offered % PeerBenchmark.BURST == 0) {
        chosen.opened.drain();
      }
    }
  }

  @Benchmark
  public void offer(Chosen chosen, Pace pace, Allocation allocation) {
    allocation.expect(chosen.opened.offer(150_000));
  }
}

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
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures what it costs a thread to hand over one monster kill, to the bridge and to each of its
 * alternatives. An invocation is a burst of five hundred; each peer is drained before the next
 * burst.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch"})
@Warmup(iterations = 3000)
@Measurement(iterations = 3000)
@OperationsPerInvocation(PeerBenchmark.BURST)
public class PeerBenchmark {
  static final int BURST = 500;

  /** The peer that is measured. */
  @State(Scope.Benchmark)
  public static class Chosen {
    @Param public Peers peer;

    private Peer opened;
    private long lostBefore;

    @Setup(Level.Trial)
    public void open() throws Exception {
      opened = peer.open();
    }

    @Setup(Level.Iteration)
    public void drain() {
      opened.drain();
      lostBefore = opened.lost();
    }

    @TearDown(Level.Trial)
    public void close() throws Exception {
      opened.drain();
      if (opened.lost() > lostBefore) {
        throw new IllegalStateException(peer.title() + " has lost " + opened.lost() + " events");
      }
      opened.close();
    }
  }

  @Benchmark
  public void offer(Chosen chosen, Allocation allocation) {
    allocation.begin();
    for (int i = 0; i < BURST; i++) {
      allocation.expect(chosen.opened.offer(150_000 + i));
    }
    allocation.end();
  }
}

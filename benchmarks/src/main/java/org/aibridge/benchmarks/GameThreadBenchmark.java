package org.aibridge.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.status.BridgeStatus;
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

/**
 * Measures what {@code tick}, {@code httpget} and {@code status} cost the game thread. {@code
 * drops} counts ticks that applied another number of actions than they should have.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms512m", "-Xmx512m"})
@Warmup(iterations = 500)
@Measurement(iterations = 1000)
public class GameThreadBenchmark {
  static final int MANY = 1000;
  static final int CALLS = 20;
  static final int WAITING = 50;

  private static final long LOOK_NANOS = 200_000;
  private static final long HAND_OVER_NANOS = 2_000_000;

  /** A bridge and a healthy service. */
  @State(Scope.Benchmark)
  public static class Healthy {
    private LocalService service;
    private Scene scene;
    AiBridge bridge;
    long applied;
    final AtomicLong answered = new AtomicLong();

    @Setup(Level.Trial)
    public void start() throws IOException {
      service = new LocalService();
      scene = Scene.at(service.url());
      scene.set("action_executor", "max_concurrent", 100);
      scene.set("action_executor", "tick_budget_us", 50_000);
      scene.set("action_executor", "long_poll", 0);
      bridge = scene.start();
      bridge.onAction(
          Broadcast.class,
          action -> {
            applied++;
            return ActionReply.done();
          });
      bridge.tick();
    }

    /**
     * Waits until earlier actions have ended, offers {@code count} new ones, and waits until they
     * are ready for the next tick.
     */
    void offer(int count) {
      awaitPending(0);
      service.offerActions(count);
      awaitPending(count);
      LockSupport.parkNanos(HAND_OVER_NANOS);
    }

    private void awaitPending(int count) {
      while (bridge.status().actions().pending() != count) {
        LockSupport.parkNanos(LOOK_NANOS);
        if (count == 0) {
          bridge.tick();
        }
      }
    }

    @TearDown(Level.Trial)
    public void stop() throws IOException {
      scene.close();
      service.close();
    }
  }

  /** One action waits for the next tick. */
  @State(Scope.Benchmark)
  public static class One {
    @Setup(Level.Iteration)
    public void offer(Healthy healthy) {
      healthy.offer(1);
    }
  }

  /** Fifty actions wait for the next tick. */
  @State(Scope.Benchmark)
  public static class Fifty {
    @Setup(Level.Iteration)
    public void offer(Healthy healthy) {
      healthy.offer(WAITING);
    }
  }

  /** No call of a script is under way. */
  @State(Scope.Benchmark)
  public static class NoCalls {
    private long asked;

    @Setup(Level.Iteration)
    public void awaitAnswers(Healthy healthy) {
      while (healthy.answered.get() < asked) {
        healthy.bridge.tick();
        LockSupport.parkNanos(LOOK_NANOS);
      }
      asked += CALLS;
    }
  }

  @Benchmark
  @OperationsPerInvocation(MANY)
  public void tickIdle(Healthy healthy, Allocation allocation) {
    allocation.begin();
    for (int i = 0; i < MANY; i++) {
      healthy.bridge.tick();
    }
    allocation.end();
  }

  @Benchmark
  public void tickOneAction(Healthy healthy, One one, Allocation allocation) {
    tick(healthy, 1, allocation);
  }

  @Benchmark
  public void tickFiftyActions(Healthy healthy, Fifty fifty, Allocation allocation) {
    tick(healthy, WAITING, allocation);
  }

  @Benchmark
  @OperationsPerInvocation(CALLS)
  public void httpget(Healthy healthy, NoCalls none, Allocation allocation) {
    allocation.begin();
    for (int i = 0; i < CALLS; i++) {
      healthy
          .bridge
          .scriptHttp()
          .get("npc", "/api/v1/health", answer -> healthy.answered.incrementAndGet());
    }
    allocation.end();
  }

  @Benchmark
  public BridgeStatus status(Healthy healthy, Allocation allocation) {
    allocation.begin();
    BridgeStatus status = healthy.bridge.status();
    allocation.end();
    return status;
  }

  @Benchmark
  public String statusJson(Healthy healthy, Allocation allocation) {
    allocation.begin();
    String json = healthy.bridge.statusJson();
    allocation.end();
    return json;
  }

  private static void tick(Healthy healthy, int actions, Allocation allocation) {
    long before = healthy.applied;
    allocation.begin();
    healthy.bridge.tick();
    allocation.end();
    allocation.expect(healthy.applied == before + actions);
  }
}

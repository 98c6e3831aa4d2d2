package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.aibridge.api.AiBridge;
import org.aibridge.api.EventEnd;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeState;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.config.ConfigSource;
import org.aibridge.core.http.Wire;
import org.aibridge.core.notice.Listeners;
import org.aibridge.core.run.Threads;
import org.aibridge.core.run.Worker;
import org.aibridge.core.run.World;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a close tells those who listen for the ends of events. */
@Tag("slow")
@Timeout(60)
class CloseListenersTest {
  private static final int EVENTS = 350;

  @TempDir Path folder;

  /** The threads of the JVM, which note the waits that came to their end by time alone. */
  private static final class NotingThreads implements Threads {
    final Queue<Long> expired = new ConcurrentLinkedQueue<>();

    @Override
    public Worker worker(String name, long maxIdleNanos, long restNanos) {
      return OF_JVM.worker(name, maxIdleNanos, restNanos);
    }

    @Override
    public <T> T apart(String name, Supplier<T> work, Runnable onInterrupt) {
      return OF_JVM.apart(name, work, onInterrupt);
    }

    @Override
    public boolean await(BooleanSupplier done, long nanos, long lookNanos) {
      boolean is = OF_JVM.await(done, nanos, lookNanos);
      if (!is) {
        expired.add(nanos);
      }
      return is;
    }
  }

  /** A bridge without threads: what each does is done by the test, or left to the close. */
  private CoreBridge open(String url, Threads threads, Consumer<EventEnd> listener)
      throws IOException {
    ConfigSource source = ConfigSource.of(new ConfFile(folder, url).write());
    World jvm = World.ofJvm();
    World world =
        new World(jvm.clock(), jvm.wallMs(), threads, jvm.chance(), jvm.moments(), jvm.once());
    return CoreBridge.open(
        source,
        new Listeners(listener, null),
        ConfigReader.read(source).config(),
        world,
        Wire.OF_MACHINE);
  }

  @Test
  void areToldOfAnswersThatTheCloseItselfTakes(@AiService FakeAiService service) throws Exception {
    List<EventEnd> told = new CopyOnWriteArrayList<>();
    CoreBridge bridge = open(service.baseUrl(), Threads.OF_JVM, told::add);
    bridge.stages().noticeWorker.start();
    bridge.publish(GameEvent.dailyReset());
    bridge.stages().journal.duty().runOnce();
    Waits.until(
        "sent, and nobody has looked at the answer",
        () -> {
          if (service.receivedEventIds().isEmpty()) {
            bridge.stages().dispatchers.runOnce();
          }
          bridge.stages().client.look();
          return bridge.status().http().idleConnections() == 1;
        });
    assertThat(told).isEmpty();
    bridge.close();
    assertThat(bridge.status().events().delivered()).isEqualTo(1);
    assertThat(told).hasSize(1);
  }

  @Test
  void areNotWaitedForByWhoIsInterrupted(@AiService FakeAiService service) throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch called = new CountDownLatch(1);
    NotingThreads threads = new NotingThreads();
    CoreBridge bridge =
        open(
            service.baseUrl(),
            threads,
            end -> {
              called.countDown();
              awaitQuietly(never);
            });
    bridge.stages().noticeWorker.start();
    bridge.stages().notices.taken("test:1", "{}".getBytes(StandardCharsets.UTF_8));
    called.await();
    bridge.shutdown().hurry(); // As an interrupt does.
    bridge.close();
    assertThat(threads.expired).isEmpty();
    assertThat(bridge.status().state()).isEqualTo(BridgeState.CLOSED);
    never.countDown();
    Traces.untilNoThreadIsLeft();
  }

  @Test
  void areToldOfAllOneByOneWhereOneOfThemCloses(@AiService FakeAiService service) throws Exception {
    AtomicReference<AiBridge> bridge = new AtomicReference<>();
    CountDownLatch delivered = new CountDownLatch(1);
    AtomicInteger told = new AtomicInteger();
    AtomicInteger within = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    bridge.set(
        AiBridge.with(new ConfFile(folder, service.baseUrl()).write())
            .onDelivered(
                end -> {
                  most.accumulateAndGet(within.incrementAndGet(), Math::max);
                  if (told.incrementAndGet() == 1) {
                    awaitQuietly(delivered);
                    bridge.get().close();
                  }
                  within.decrementAndGet();
                })
            .start());
    for (int i = 0; i < EVENTS; i++) {
      assertThat(bridge.get().publish(GameEvent.monsterKill(i + 1, "prontera", 1002))).isTrue();
    }
    Waits.until("delivered", () -> bridge.get().status().events().delivered() == EVENTS);
    delivered.countDown();
    Waits.until("all are told", () -> told.get() == EVENTS);
    assertThat(most).hasValue(1);
    assertThat(bridge.get().status().state()).isEqualTo(BridgeState.CLOSED);
    Traces.untilNoThreadIsLeft();
    Traces.untilNoFileIsOpen(folder);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

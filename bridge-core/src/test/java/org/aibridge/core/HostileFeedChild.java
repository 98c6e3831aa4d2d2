package org.aibridge.core;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;

/**
 * A map-server in a process of its own that measures its heap and its ticks. It says the heap it
 * uses when nothing is to do; for a line of input it says what it has measured since.
 */
final class HostileFeedChild {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final long TICK_NANOS = 10_000_000;
  private static final long HANDLER_NANOS = 100_000;
  private static final int WARM_UP_TICKS = 200;

  private final AiBridge bridge;
  private final long budgetNanos;
  private final Set<String> heapPools =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .map(pool -> pool.getName())
          .collect(Collectors.toSet());
  private final AtomicLong afterGc = new AtomicLong();

  /** The longest handler of this tick; the game thread's. */
  private long longest;

  private volatile long applied;
  private volatile long working;
  private volatile long overByClock;
  private volatile long overByCpu;
  private volatile long worstByClock;
  private volatile long worstByCpu;

  private HostileFeedChild(Path conf, long budgetNanos) {
    this.bridge = AiBridge.start(conf);
    this.budgetNanos = budgetNanos;
    bridge.onAction(
        Broadcast.class,
        broadcast -> {
          long start = System.nanoTime();
          while (System.nanoTime() - start < HANDLER_NANOS) {
            Thread.onSpinWait();
          }
          applied++;
          longest = Math.max(longest, System.nanoTime() - start);
          return ActionReply.done("done");
        });
  }

  public static void main(String[] arguments) throws Exception {
    HostileFeedChild child =
        new HostileFeedChild(Path.of(arguments[0]), Long.parseLong(arguments[1]) * 1000);
    System.gc();
    child.listen();
    Thread game = new Thread(child::play, "game");
    game.setDaemon(true);
    game.start();
    Thread.sleep(500);
    System.out.println(usedKb());
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (input.readLine() != null) {
      System.out.println(child.measured());
    }
    child.bridge.close();
    System.exit(0);
  }

  /** What lives in the heap, in KB. */
  private static long usedKb() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 10;
  }

  private String measured() {
    return "usedKb=%d peakAfterGcKb=%d applied=%d working=%d overByClock=%d worstByClockUs=%d overByCpu=%d worstByCpuUs=%d"
        .formatted(
            usedKb(),
            afterGc.get() >> 10,
            applied,
            working,
            overByClock,
            worstByClock / 1000,
            overByCpu,
            worstByCpu / 1000);
  }

  private void listen() {
    ManagementFactory.getGarbageCollectorMXBeans()
        .forEach(
            gc -> ((NotificationEmitter) gc).addNotificationListener(this::collected, null, null));
  }

  /** Young collections leave dead objects among the old ones, so that this says too much. */
  private void collected(Notification notification, Object handback) {
    Map<String, MemoryUsage> after =
        GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData())
            .getGcInfo()
            .getMemoryUsageAfterGc();
    long used =
        after.entrySet().stream()
            .filter(pool -> heapPools.contains(pool.getKey()))
            .mapToLong(pool -> pool.getValue().getUsed())
            .sum();
    afterGc.accumulateAndGet(used, Math::max);
  }

  private void play() {
    for (long tick = 0; ; tick++) {
      long begun = applied;
      longest = 0;
      long cpu = THREADS.getCurrentThreadCpuTime();
      long start = System.nanoTime();
      bridge.tick();
      long byClock = System.nanoTime() - start - budgetNanos - longest;
      long byCpu = THREADS.getCurrentThreadCpuTime() - cpu - budgetNanos - longest;
      if (applied > begun && tick > WARM_UP_TICKS) {
        working++;
        overByClock += byClock > 0 ? 1 : 0;
        overByCpu += byCpu > 0 ? 1 : 0;
        worstByClock = Math.max(worstByClock, byClock);
        worstByCpu = Math.max(worstByCpu, byCpu);
      }
      LockSupport.parkNanos(start + TICK_NANOS - System.nanoTime());
    }
  }
}

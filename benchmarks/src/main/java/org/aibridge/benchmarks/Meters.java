package org.aibridge.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;

/** What the JVM knows of its own use. */
public final class Meters {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private Meters() {}

  /** What the calling thread has allocated since it began, in bytes; exact. */
  public static long allocated() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }

  /** How often the calling thread has blocked for a monitor, or waited for anything; exact. */
  public static long timesBlocked() {
    ThreadInfo self = THREADS.getThreadInfo(Thread.currentThread().getId());
    return self.getBlockedCount() + self.getWaitedCount();
  }

  /** The processor time of this process, in nanoseconds. */
  public static long processorNanos() {
    return SYSTEM.getProcessCpuTime();
  }

  /** The processor time of the calling thread, in nanoseconds; reading it is a system call. */
  public static long ownProcessorNanos() {
    return THREADS.getCurrentThreadCpuTime();
  }

  /** The heap in use after a collection, in bytes. */
  public static long heapAfterCollection() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** The machine's load over the last minute. */
  public static double load() {
    return SYSTEM.getSystemLoadAverage();
  }
}

package org.aibridge.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;

/** Reads the JVM's measurements of its own memory, threads and processor time. */
public final class Meters {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private Meters() {}

  /** Returns the exact number of bytes that the calling thread has allocated since it started. */
  public static long allocated() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }

  /** Returns the exact number of times that the calling thread has waited or blocked. */
  public static long timesBlocked() {
    ThreadInfo self = THREADS.getThreadInfo(Thread.currentThread().getId());
    return self.getBlockedCount() + self.getWaitedCount();
  }

  /** The processor time of this process, in nanoseconds. */
  public static long processorNanos() {
    return SYSTEM.getProcessCpuTime();
  }

  /** The processor time of the calling thread, in nanoseconds; each reading is a system call. */
  public static long ownProcessorNanos() {
    return THREADS.getCurrentThreadCpuTime();
  }

  /** Collects garbage, and returns the heap in use afterwards, in bytes. */
  public static long heapAfterCollection() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** The machine's load average over the last minute; negative if unknown. */
  public static double load() {
    return SYSTEM.getSystemLoadAverage();
  }
}

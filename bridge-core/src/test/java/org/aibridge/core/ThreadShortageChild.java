package org.aibridge.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.aibridge.api.AiBridge;
import org.aibridge.api.status.BridgeState;

/**
 * Starts bridges where 0, 1, 2, … more threads can be made, and one after each where there is no
 * such limit. Each thread reserves {@link #STACK_MB} of address space, of which there is only so
 * much.
 */
final class ThreadShortageChild {
  static final int STACK_MB = 512;

  /** A start makes one for itself and one for each stage; the last of these rounds has them all. */
  static final int MOST = 9;

  private ThreadShortageChild() {}

  public static void main(String[] arguments) throws Exception {
    Path conf = Path.of(arguments[0]);
    AiBridge.start(conf).close(); // Loads classes, which takes address space as well.
    System.out.println("threads at most " + threadsWithin(3L * STACK_MB));
    for (int threads = 0; threads <= MOST; threads++) {
      limit((long) threads * STACK_MB + STACK_MB / 2);
      String said;
      try {
        AiBridge bridge = AiBridge.start(conf);
        said = bridge.status().state() + " " + bridge.status().problem();
        bridge.close();
      } catch (Throwable e) {
        said = "thrown " + e;
      }
      limit(-1);
      String left = Traces.threads().toString();
      AiBridge next = AiBridge.start(conf);
      boolean well = next.status().state() == BridgeState.RUNNING;
      String why = next.status().problem();
      next.close();
      System.out.println(
          threads + ": " + said + " | left " + left + " | then " + (well ? "well" : why));
    }
  }

  /** How many threads this can have with so much more memory: that the limit is one. */
  private static int threadsWithin(long megabytes) throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    List<Thread> made = new ArrayList<>();
    limit(megabytes + STACK_MB / 2);
    try {
      while (made.size() < 100) {
        Thread thread =
            new Thread(
                () -> {
                  try {
                    over.await();
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                });
        thread.start();
        made.add(thread);
      }
    } catch (OutOfMemoryError e) {
      return made.size();
    } finally {
      over.countDown();
      for (Thread thread : made) {
        thread.join();
      }
      limit(-1);
    }
    return made.size();
  }

  /** Lets this process have so much more address space than it has; -1 for no limit. */
  private static void limit(long moreMegabytes) throws IOException, InterruptedException {
    String bytes = "unlimited";
    if (moreMegabytes >= 0) {
      long pages = Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[0]);
      bytes = Long.toString(pages * 4096 + (moreMegabytes << 20));
    }
    long pid = ProcessHandle.current().pid();
    int exit =
        new ProcessBuilder("prlimit", "--pid", "" + pid, "--as=" + bytes + ":unlimited")
            .inheritIO()
            .start()
            .waitFor();
    if (exit != 0) {
      throw new IOException("prlimit " + bytes + " exits " + exit);
    }
  }
}

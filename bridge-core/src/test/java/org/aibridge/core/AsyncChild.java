package org.aibridge.core;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.slf4j.LoggerFactory;

/** A server that goes on while its bridge starts, publishes, and is killed in the midst of it. */
final class AsyncChild {
  private AsyncChild() {}

  public static void main(String[] arguments) throws Exception {
    warmUp(Path.of(arguments[0]));
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long cpu = system.getProcessCpuTime();
    long begin = System.nanoTime();
    AiBridge bridge = AiBridge.with(Path.of(arguments[0])).startAsync();
    long nanos = System.nanoTime() - begin;
    cpu = system.getProcessCpuTime() - cpu;
    int accepted = 0;
    for (int i = 0; i < 100; i++) {
      accepted += bridge.publish(GameEvent.monsterKill(i + 1, "prontera", 1002)) ? 1 : 0;
    }
    String state = bridge.status().state().toString();
    System.out.println(state + " " + accepted + " " + nanos + " " + cpu);
    Runtime.getRuntime().halt(137);
  }

  /** A server has a logger, and has used files and streams, before it comes to its bridge. */
  private static void warmUp(Path file) throws Exception {
    LoggerFactory.getLogger(AsyncChild.class).debug("{}", file);
    try (Stream<Path> files = Files.list(file.getParent())) {
      List<String> names = files.map(Path::toString).filter(n -> n.matches(".*[.]conf")).toList();
      if (names.isEmpty()) {
        throw new IllegalStateException("no file");
      }
    }
    Thread other = new Thread(() -> {});
    other.start();
    other.join();
  }
}

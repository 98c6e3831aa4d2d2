package org.aibridge.core;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;

/**
 * A map-server in a process of its own that publishes as much as it is told. Says {@code ready} and
 * how many microseconds the bridge took to start; then reads commands, one a line:
 *
 * <ul>
 *   <li>{@code publish FROM TO SEED}: publishes the events of these numbers, each as often as it
 *       takes to be accepted; says the heap in use after a collection, in KB
 *   <li>{@code usage}: says the most heap in use at any look, what the last collections left, both
 *       in KB, the milliseconds spent in collections, and those of processor time
 *   <li>{@code waiting}: says how many events wait
 *   <li>{@code close}: closes the bridge
 * </ul>
 */
final class OutageServer {
  private static final int PLAYERS = 10_000;
  private static final int LOOK_EVERY_MS = 5;
  private static final String[] MAPS = {"prontera", "geffen", "payon", "prt_fild08", "morocc"};

  /** What players say; longer with a property, for an outage of large events. */
  private static final String TEXT =
      "where is the caf\u00e9? ".repeat(Integer.getInteger("outage.repeat", 1));

  private static volatile long mostUsed;

  private OutageServer() {}

  public static void main(String[] arguments) throws Exception {
    Thread watcher = new Thread(OutageServer::watch, "watcher");
    watcher.setDaemon(true);
    watcher.start();
    long before = System.nanoTime();
    AiBridge bridge = AiBridge.start(Path.of(arguments[0]));
    say("ready " + (System.nanoTime() - before) / 1000);
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] words = line.split(" ");
      switch (words[0]) {
        case "publish" -> {
          publish(bridge, Integer.parseInt(words[1]), Integer.parseInt(words[2]), words[3]);
          System.gc();
          say("" + (ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 10));
        }
        case "usage" -> say(usage());
        case "waiting" -> say("" + bridge.status().events().waiting());
        default -> {
          bridge.close();
          say("closed");
        }
      }
    }
    bridge.close();
  }

  /** The player of the event of this number. */
  static int player(int number, long seed) {
    long mixed = (seed + number) * 0x9E37_79B9_7F4A_7C15L;
    return (int) ((mixed >>> 33) % PLAYERS);
  }

  /** Events of several kinds, the number being the first in their payload. */
  static GameEvent event(int number, long seed) {
    int player = player(number, seed);
    String map = MAPS[player % MAPS.length];
    return switch (Integer.getInteger("outage.repeat", 1) > 1 ? 4 : number % 10) {
      case 0 -> GameEvent.questComplete(player, map, number);
      case 1, 2, 3 -> GameEvent.itemDrop(player, map, number, 1 + player % 7);
      case 4 ->
          GameEvent.custom("chat", player, map, "{\"n\":" + number + ",\"text\":\"" + TEXT + "\"}");
      default -> GameEvent.monsterKill(player, map, number);
    };
  }

  static long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  /** The processor time of this process, in milliseconds. */
  static long processorMs() {
    var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return system.getProcessCpuTime() / 1_000_000;
  }

  private static String usage() {
    return "%d %d %d %d".formatted(mostUsed >> 10, left() >> 10, collectionMs(), processorMs());
  }

  private static void publish(AiBridge bridge, int from, int to, String seed) {
    for (int i = from; i < to; i++) {
      GameEvent event = event(i, Long.parseLong(seed));
      while (!bridge.publish(event)) {
        Thread.yield();
      }
    }
  }

  private static void watch() {
    while (true) {
      mostUsed =
          Math.max(mostUsed, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
      try {
        Thread.sleep(LOOK_EVERY_MS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** The sum over the heap's pools of what their last collection left. */
  private static long left() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null)
        .map(MemoryPoolMXBean::getCollectionUsage)
        .mapToLong(usage -> usage.getUsed())
        .sum();
  }

  private static long collectionMs() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .sum();
  }

  private static void say(String line) {
    System.out.println(line);
  }
}

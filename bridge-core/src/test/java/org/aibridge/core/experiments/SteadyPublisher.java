package org.aibridge.core.experiments;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeStatus;

/**
 * A map-server in a process of its own that publishes numbered events at a steady rate, says each
 * change of the bridge's state in a line, and counts on a {@link Board}.
 */
final class SteadyPublisher {
  private static final int TICK_MS = 5;
  private static final int WARMUP = 2000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private SteadyPublisher() {}

  /** Arguments: configuration, board, events a second, seconds to wait at the end. */
  public static void main(String[] args) throws Exception {
    Board board = new Board(Path.of(args[1]));
    int perTick = Integer.parseInt(args[2]) * TICK_MS / 1000;
    AiBridge bridge = AiBridge.start(Path.of(args[0]));
    bridge.onAction(Broadcast.class, broadcast -> ActionReply.done());
    warmUp(bridge);
    Thread watcher = new Thread(() -> watch(bridge), "watcher");
    watcher.setDaemon(true);
    watcher.start();
    int number = (int) board.get(Board.ACCEPTED);
    while (board.get(Board.STOP) == 0) {
      long next = System.nanoTime() + TICK_MS * 1_000_000L;
      for (int i = 0; i < perTick; i++) {
        number += publish(bridge, board, number) ? 1 : 0;
      }
      bridge.tick();
      LockSupport.parkNanos(next - System.nanoTime());
    }
    long deadline = System.nanoTime() + Long.parseLong(args[3]) * 1_000_000_000L;
    while (bridge.status().events().waiting() > 0 && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(10_000_000);
    }
    bridge.close();
    System.out.println("CLOSED|" + bridge.status().events());
  }

  /** The compiler's work is none of the bridge's: events that are refused for what they are. */
  private static void warmUp(AiBridge bridge) {
    GameEvent malformed = GameEvent.custom("numbered", 1, null, "{");
    for (int i = 0; i < WARMUP; i++) {
      bridge.publish(malformed);
    }
  }

  private static boolean publish(AiBridge bridge, Board board, int number) {
    GameEvent event = Numbered.event(number);
    long cpu = THREADS.getCurrentThreadCpuTime();
    long start = System.nanoTime();
    boolean accepted = bridge.publish(event);
    long took = System.nanoTime() - start;
    if (accepted) {
      board.set(Board.ACCEPTED, number + 1L);
    } else {
      board.raise(Board.REFUSED_MAX_CPU_NANOS, THREADS.getCurrentThreadCpuTime() - cpu);
      board.raise(Board.REFUSED_MAX_NANOS, took);
      board.set(Board.REFUSED, board.get(Board.REFUSED) + 1);
      if (took > 1_000_000) {
        board.set(Board.REFUSED_SLOW, board.get(Board.REFUSED_SLOW) + 1);
      }
    }
    return accepted;
  }

  private static void watch(AiBridge bridge) {
    String last = "";
    while (true) {
      BridgeStatus status = bridge.status();
      String line = status.state() + "|" + status.problem() + "|" + status.events().refusals();
      String head = status.state() + "|" + status.problem().replaceAll("[0-9]+", "n");
      if (!head.equals(last)) {
        System.out.println(line.replace('\n', ' '));
        last = head;
      }
      LockSupport.parkNanos(5_000_000);
    }
  }
}

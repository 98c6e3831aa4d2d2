package org.aibridge.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import jdk.jfr.Recording;
import org.aibridge.api.AiBridge;
import org.aibridge.api.AiBridgeBuilder;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.script.ScriptAnswer;

/**
 * 10,000 ticks of a map-server in a process of its own, under a recording of everything a thread
 * can wait for; a thread named {@code control} waits in each of these ways, to show that it is
 * recorded.
 */
final class RecordedGame {
  /** What a thread that waits for a file, a socket or another thread leaves in a recording. */
  private static final List<String> WAITS =
      List.of(
          "jdk.SocketRead",
          "jdk.SocketWrite",
          "jdk.FileRead",
          "jdk.FileWrite",
          "jdk.FileForce",
          "jdk.JavaMonitorEnter",
          "jdk.JavaMonitorWait",
          "jdk.ThreadPark",
          "jdk.ThreadSleep");

  private static final int TICKS = 10_000;

  private final AtomicInteger applied = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();

  // The map-server's own classes, loaded before the game begins.
  private final Consumer<ScriptAnswer> onAnswer = answer -> answered.incrementAndGet();
  private final ActionReply done = ActionReply.done("done");
  private final ActionReply later =
      ActionReply.later(CompletableFuture.completedFuture(new ActionReply.Outcome(true, "")));
  private final ActionHandler<Broadcast> onBroadcast =
      broadcast -> applied.incrementAndGet() % 2 == 0 ? done : later;
  private final GameEvent[] events = {
    GameEvent.monsterKill(1, "prontera", 1002),
    GameEvent.mapChange(2, "prontera", "geffen"),
    GameEvent.custom("guild", 3, "payon", "{\"name\":\"Caf\u00e9\",\"n\":[1,2.5e3,null,true]}"),
    GameEvent.custom("Bad Name", 3, "payon", "{}"),
    GameEvent.dailyReset(),
    null
  };

  public static void main(String[] arguments) throws Exception {
    RecordedGame game = new RecordedGame();
    Path file = Path.of(arguments[1]);
    int actions = Integer.parseInt(arguments[2]);
    try (Recording recording = new Recording()) {
      WAITS.forEach(event -> recording.enable(event).withoutThreshold().withStackTrace());
      recording.start();
      GameThreadTest.run("control", () -> waitInEveryWay(file.resolveSibling("control")));
      AiBridgeBuilder host = AiBridge.with(Path.of(arguments[0]));
      boolean meanwhile = arguments.length > 3;
      try (AiBridge bridge = meanwhile ? host.startAsync() : host.start()) {
        bridge.onAction(Broadcast.class, game.onBroadcast);
        GameThreadTest.run("game", () -> game.play(bridge, actions));
      }
      recording.stop();
      recording.dump(file);
    }
    System.out.println(game.applied + " actions, " + game.answered + " answers");
  }

  private void play(AiBridge bridge, int actions) {
    for (int i = 0; i < TICKS || applied.get() < actions || answered.get() < TICKS / 10; i++) {
      bridge.publish(events[i % events.length]);
      if (i % 10 == 0 && i < TICKS) {
        bridge.scriptHttp().get("npc", "/api/v1/health", onAnswer);
      }
      if (i % 100 == 0) {
        bridge.reload();
        bridge.statusJson();
      }
      bridge.tick();
      long end = System.nanoTime();
      while (System.nanoTime() - end < 100_000) {
        Thread.yield();
      }
    }
  }

  private static void waitInEveryWay(Path file) throws IOException, InterruptedException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(10));
      channel.force(true);
    }
    Files.delete(file);
    LockSupport.parkNanos(1_000_000);
    Thread.sleep(1);
    Object lock = new Object();
    CountDownLatch held = new CountDownLatch(1);
    synchronized (lock) {
      lock.wait(1);
    }
    Thread waiting = Thread.currentThread();
    Thread holder = new Thread(() -> hold(lock, held, waiting));
    holder.start();
    held.await();
    synchronized (lock) {
      lock.notifyAll();
    }
    holder.join();
  }

  private static void hold(Object lock, CountDownLatch held, Thread waiting) {
    synchronized (lock) {
      held.countDown();
      while (waiting.getState() != Thread.State.BLOCKED) {
        Thread.onSpinWait();
      }
    }
  }
}

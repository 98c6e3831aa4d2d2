package org.aibridge.core;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.event.GameEvent;

/**
 * A map-server whose files others take away, one bridge after another: reads commands, one a line,
 * and answers each with a line. What was accepted and what was applied is in files before anything
 * else happens, so that it is known though this process dies.
 */
final class ForeignHandsChild {
  private static final String FILLER = "x".repeat(900);

  private volatile AiBridge bridge;
  private BufferedWriter accepted;
  private BufferedWriter applied;

  private ForeignHandsChild() {}

  public static void main(String[] arguments) throws Exception {
    ForeignHandsChild child = new ForeignHandsChild();
    Thread ticker = new Thread(child::tick, "game");
    ticker.setDaemon(true);
    ticker.start();
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      System.out.println(child.answerAnyway(line.split(" ")));
    }
    System.exit(0);
  }

  /** The JVM's error of a cut mapping comes when it comes, also outside of {@code publish}. */
  private String answerAnyway(String[] command) {
    try {
      return answer(command);
    } catch (Throwable e) {
      return "0 " + e;
    }
  }

  private String answer(String[] command) throws Exception {
    return switch (command[0]) {
      case "start" -> start(Path.of(command[1]));
      case "publish" -> publish(Integer.parseInt(command[1]), Integer.parseInt(command[2]));
      case "close" -> close();
      default -> bridge.statusJson().replace('\n', ' ');
    };
  }

  private String start(Path conf) throws Exception {
    accepted = appender(conf.resolveSibling("accepted"));
    applied = appender(conf.resolveSibling("applied"));
    AiBridge started = AiBridge.start(conf);
    started.onAction(
        Broadcast.class,
        action -> {
          write(applied, action.header().id());
          return ActionReply.done();
        });
    bridge = started;
    return started.status().state() + " " + started.status().problem();
  }

  /** As the game thread would: whatever is thrown at it is told, and not the end of the game. */
  private String publish(int first, int count) throws Exception {
    int taken = 0;
    String thrown = "";
    for (int i = first; i < first + count; i++) {
      String payload = "{\"number\":" + i + ",\"filler\":\"" + FILLER + "\"}";
      try {
        if (bridge.publish(GameEvent.custom("numbered", i % 31, null, payload))) {
          write(accepted, Integer.toString(i));
          taken++;
        }
      } catch (Throwable e) {
        thrown = e.toString();
      }
      if (i % 20 == 0) {
        LockSupport.parkNanos(1_000_000);
      }
    }
    return taken + " " + thrown;
  }

  private String close() throws Exception {
    AiBridge closing = bridge;
    bridge = null;
    String end = "closed";
    try {
      closing.close();
    } catch (Throwable e) {
      end = "close threw " + e;
    }
    accepted.close();
    applied.close();
    return end;
  }

  private void tick() {
    while (true) {
      AiBridge now = bridge;
      try {
        if (now != null) {
          now.tick();
        }
      } catch (Throwable e) {
        System.err.println("TICK THREW " + e);
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  private static BufferedWriter appender(Path file) throws Exception {
    return Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static void write(BufferedWriter file, String line) {
    try {
      file.write(line + "\n");
      file.flush();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}

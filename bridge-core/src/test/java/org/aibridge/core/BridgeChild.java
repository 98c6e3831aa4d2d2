package org.aibridge.core;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.event.GameEvent;

/**
 * A map-server in a process of its own: reads commands from its input, one a line, and answers each
 * with a line. A thread ticks all the while.
 */
final class BridgeChild {
  private final AiBridge bridge;
  private volatile boolean holding;

  private BridgeChild(AiBridge bridge) {
    this.bridge = bridge;
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments.length > 1) {
      RecordingSockets.install();
    }
    AiBridge bridge = AiBridge.start(Path.of(arguments[0]));
    bridge.onAction(
        Broadcast.class,
        broadcast -> {
          if (broadcast.message().contains("throw")) {
            throw new IllegalStateException("the handler's own fault");
          }
          return ActionReply.done();
        });
    Thread ticker = new Thread(() -> tick(bridge), "game");
    ticker.setDaemon(true);
    ticker.start();
    BridgeChild child = new BridgeChild(bridge);
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      say(child.answer(line.split(" ", 2)));
    }
    bridge.close();
  }

  private String answer(String[] command) throws Exception {
    String argument = command.length > 1 ? command[1] : "";
    switch (command[0]) {
      case "publish" -> {
        int accepted = 0;
        for (int i = 0; i < Integer.parseInt(argument); i++) {
          accepted += bridge.publish(GameEvent.monsterKill(i, "prontera", i)) ? 1 : 0;
        }
        return Integer.toString(accepted);
      }
      case "poison" -> {
        return "" + bridge.publish(GameEvent.custom("bad", 1, null, "{\"poison\":true}"));
      }
      case "get" -> {
        return script(argument);
      }
      case "reload" -> {
        return bridge.reload().toCompletableFuture().join().toString().replace('\n', ' ');
      }
      case "hold" -> {
        holding = true;
        Thread holder = new Thread(this::hold, "holder");
        holder.setDaemon(true);
        holder.start();
        return "held";
      }
      case "free" -> {
        holding = false;
        return "freed";
      }
      case "close" -> {
        bridge.close();
        return "closed";
      }
      case "connect" -> {
        return connect(Integer.parseInt(argument));
      }
      case "channel" -> {
        return channel(Integer.parseInt(argument));
      }
      case "connections" -> {
        return RecordingSockets.seen().toString();
      }
      default -> {
        return bridge.status() + " " + bridge.statusJson();
      }
    }
  }

  /**
   * Takes every descriptor this process may have, and each that becomes free, until told not to.
   */
  private void hold() {
    List<FileInputStream> held = new ArrayList<>();
    while (holding) {
      try {
        held.add(new FileInputStream("/dev/null"));
      } catch (IOException e) {
        LockSupport.parkNanos(100_000);
      }
    }
    held.forEach(BridgeChild::close);
  }

  private static void close(FileInputStream file) {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String script(String url) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    StringBuilder text = new StringBuilder();
    bridge
        .scriptHttp()
        .get(
            "npc",
            url,
            answer -> {
              text.append(answer);
              done.countDown();
            });
    done.await();
    return text.toString().replace('\n', ' ');
  }

  private static String connect(int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
      return "connected";
    } catch (java.net.ConnectException e) {
      return "refused";
    }
  }

  private static String channel(int port) throws IOException {
    try (SocketChannel channel = SocketChannel.open()) {
      channel.connect(new InetSocketAddress("127.0.0.1", port));
      return "connected";
    } catch (java.net.ConnectException e) {
      return "refused";
    }
  }

  private static void tick(AiBridge bridge) {
    while (true) {
      bridge.tick();
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static void say(String line) {
    System.out.println(line);
  }
}

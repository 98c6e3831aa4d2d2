package org.aibridge.testlib;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeState;

/**
 * Starts a bridge in a folder, lets it deliver an event, and closes it; then it calls a main
 * method, if one is named. For {@link ChildClasses}.
 */
final class Rehearsal {
  private static final byte[] ANSWER = "{\"actions\":[]}".getBytes(StandardCharsets.UTF_8);
  private static final long LIMIT_NANOS = 30_000_000_000L;
  private static final long TICK_MS = 20;

  private Rehearsal() {}

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    HttpServer service =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    service.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, ANSWER.length);
          exchange.getResponseBody().write(ANSWER);
          exchange.close();
        });
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, failure) -> {
          failure.printStackTrace();
          Runtime.getRuntime().halt(1);
        });
    service.start();
    try (AiBridge bridge = AiBridge.start(conf(folder, service.getAddress().getPort()))) {
      long end = System.nanoTime() + LIMIT_NANOS;
      bridge.publish(GameEvent.dailyReset());
      while (bridge.status().state() != BridgeState.OFF
          && bridge.status().events().delivered() == 0
          && System.nanoTime() - end < 0) {
        bridge.tick();
        Thread.sleep(TICK_MS);
      }
      bridge.statusJson();
    }
    if (args.length > 1) {
      String[] words = Arrays.copyOfRange(args, 2, args.length);
      Class.forName(args[1]).getMethod("main", String[].class).invoke(null, (Object) words);
    }
    System.exit(0);
  }

  private static Path conf(Path folder, int port) throws IOException {
    String text =
        """
        [bridge]
        server_id = rehearsal
        [ai_service]
        base_url = http://127.0.0.1:%d
        [event_dispatcher]
        dlq_path = %2$s/dead-letters
        batch_interval = 20
        [journal]
        path = %2$s/journal
        ring_path = %2$s/intake.ring
        reserve_mb = 16
        [action_executor]
        ledger_path = %2$s/actions
        poll_interval = 20
        """;
    return Files.writeString(folder.resolve("ai_bridge.conf"), text.formatted(port, folder));
  }
}

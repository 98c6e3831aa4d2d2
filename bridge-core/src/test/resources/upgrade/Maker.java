import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.GiveReward;
import org.aibridge.api.action.MoveNpc;
import org.aibridge.api.action.SetMapFlag;
import org.aibridge.api.action.SpawnMonster;
import org.aibridge.api.event.GameEvent;

/** Makes what README.md beside it tells of, with the classes of another commit. */
class Maker {
  private static final String ACTION =
      "{\"action_id\":\"%s\",\"action_type\":\"%s\",\"priority\":%d,\"payload\":%s}";

  private static AiBridge bridge;

  public static void main(String[] args) throws Exception {
    HttpServer service =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    service.setExecutor(Executors.newCachedThreadPool());
    service.createContext("/", Maker::answer);
    service.start();
    Path conf = Path.of("ai_bridge.conf");
    Files.writeString(
        conf,
        String.join(
            "\n",
            "[bridge]",
            "server_id = old",
            "[ai_service]",
            "base_url = http://127.0.0.1:" + service.getAddress().getPort(),
            "[event_dispatcher]",
            "batch_interval = 20",
            "dlq_path = dead-letters",
            "queue_size = 100",
            "max_event_bytes = 1024",
            "[journal]",
            "path = journal",
            "ring_path = old.ring",
            "[action_executor]",
            "ledger_path = actions",
            "[action_limits]",
            "approve = give_reward"));
    bridge = AiBridge.start(conf);
    bridge.onAction(SpawnMonster.class, spawn -> ActionReply.done("two"));
    bridge.onAction(Broadcast.class, broadcast -> ActionReply.done("said"));
    bridge.onAction(GiveReward.class, reward -> ActionReply.done());
    bridge.onAction(SetMapFlag.class, flag -> ActionReply.done());
    bridge.onAction(MoveNpc.class, move -> ActionReply.later(new CompletableFuture<>()));
    bridge.onCustomAction(
        "die",
        die -> {
          Thread.sleep(3000); // The results before it are told by then, and the letters written.
          service.stop(0);
          publish(0, 36);
          Thread.sleep(2000); // They are in the journal, and have been tried.
          System.out.println(bridge.status().events() + "\n" + bridge.status().actions());
          stopTheJournalsThread();
          publish(36, 60);
          Runtime.getRuntime().halt(9);
          return ActionReply.done();
        });
    bridge.publish(GameEvent.custom("rejected", 150001, "x", "{\"n\":1}"));
    bridge.publish(GameEvent.custom("rejected", 150002, "x", "{\"n\":2}"));
    bridge.publish(GameEvent.monsterKill(150001, "x", 1002));
    while (true) {
      bridge.tick();
      Thread.sleep(50);
    }
  }

  /** So that what comes next stays in the ring; Java 17 still can. */
  @SuppressWarnings({"deprecation", "removal"})
  private static void stopTheJournalsThread() {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("bridge-old journal")) {
        thread.suspend();
      }
    }
  }

  /** Publishes events of each type, whose times are their numbers. */
  private static void publish(int from, int to) {
    for (int n = from; n < to; n++) {
      long player = 150000 + n % 7;
      GameEvent event =
          switch (n % 11) {
            case 0 -> GameEvent.playerLogin(player, "prontera");
            case 1 -> GameEvent.playerLogout(player, "prontera");
            case 2 -> GameEvent.npcInteraction(player, "prontera", 7);
            case 3 -> GameEvent.monsterKill(player, "prt_fild08", 1002);
            case 4 -> GameEvent.mvpKill(player, "prt_fild08", 1511);
            case 5 -> GameEvent.dailyReset();
            case 6 -> GameEvent.mapChange(player, "prontera", "geffen");
            case 7 -> GameEvent.itemDrop(player, "geffen", 501, 3);
            case 8 -> GameEvent.questComplete(player, "geffen", 12);
            case 9 -> GameEvent.tradeComplete(player, "geffen", 150009, 500);
            default -> GameEvent.custom("siege_end", player, null, "{\"guild\":\"Ännchen\"}");
          };
      if (!bridge.publish(event.at(n))) {
        throw new IllegalStateException("refused: " + event);
      }
    }
  }

  private static void answer(HttpExchange call) throws IOException {
    String path = call.getRequestURI().getPath();
    String body = new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (path.endsWith("/pending")) {
      say(call, 200, "{\"actions\":[" + actions() + "]}");
    } else if (path.endsWith("/complete")) {
      say(call, body.contains("untold") ? 500 : 200, "");
    } else {
      StringBuilder rejected = new StringBuilder();
      Matcher ids =
          Pattern.compile("\"event_id\":\"([^\"]+)\",\"event_type\":\"rejected\"").matcher(body);
      while (ids.find()) {
        rejected
            .append(rejected.isEmpty() ? "" : ",")
            .append("{\"event_id\":\"%s\",\"error\":\"no\"}".formatted(ids.group(1)));
      }
      say(call, 200, "{\"rejected\":[" + rejected + "]}");
    }
  }

  private static String actions() {
    return String.join(
        ",",
        ACTION.formatted("told", "spawn_monster", 9, "{\"map\":\"geffen\",\"monster_id\":1002}"),
        ACTION.formatted("untold", "broadcast", 9, "{\"message\":\"hi\"}"),
        ACTION.formatted("held", "give_reward", 9, "{\"player_id\":150001,\"zeny\":100}"),
        ACTION.formatted("walk", "move_npc", 9, "{\"npc_name\":\"Guard\",\"x\":5,\"y\":6}"),
        ACTION.formatted("die", "die", 5, "{}"),
        ACTION.formatted("behind", "set_map_flag", 1, "{\"map\":\"geffen\",\"flag\":\"pvp\"}"));
  }

  private static void say(HttpExchange call, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    call.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    call.getResponseBody().write(bytes);
    call.close();
  }
}

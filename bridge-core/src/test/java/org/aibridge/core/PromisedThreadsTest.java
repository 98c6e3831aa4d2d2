package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.CreateQuest;
import org.aibridge.api.event.GameEvent;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On which thread each piece of a host's code is called, as the api's Javadoc promises it. */
@Tag("slow")
@Timeout(60)
class PromisedThreadsTest {
  private static final String QUEST =
      """
      {"action_id": "a-1", "action_type": "create_quest",
       "payload": {"quest_id": 9001, "player_name": "Ann"}}
      """;

  @TempDir Path folder;
  private final Map<String, String> threads = new ConcurrentHashMap<>();

  @Test
  void callsOnTheGameThreadWhatTouchesTheWorldAndElsewhereTheRest(
      @AiService FakeAiService service) {
    String game = Thread.currentThread().getName();
    try (AiBridge bridge =
        AiBridge.with(conf(service))
            .on(CreateQuest.class, quest -> seen("handler", ActionReply.done()))
            .requireOnline(player -> seen("online", true))
            .identifyPlayers(name -> seen("number", 7))
            .onDelivered(end -> seen("delivered", end))
            .start()) {
      service.offerActions(QUEST);
      bridge.publish(GameEvent.dailyReset());
      bridge.scriptHttp().get("npc", "/api/v1/health", answer -> seen("script", answer));
      Waits.until(
          "all are called",
          () -> {
            bridge.tick();
            if (!threads.getOrDefault("reload", game).startsWith("bridge-")) {
              // One that is complete already calls whoever asks for its end.
              bridge.reload().thenAccept(result -> seen("reload", result));
            }
            return threads.size() == 6 && threads.get("reload").startsWith("bridge-");
          });
    }
    assertThat(threads)
        .containsEntry("handler", game)
        .containsEntry("online", game)
        .containsEntry("script", game)
        .containsEntry("number", "bridge-test actions")
        .containsEntry("reload", "bridge-test operator")
        .containsEntry("delivered", "bridge-test notices");
  }

  @Test
  void asksForExecutorsOnItsOwnThreadAndCallsHandlersOnTheirs(@AiService FakeAiService service) {
    ExecutorService world = Executors.newSingleThreadExecutor(task -> new Thread(task, "world"));
    try (AiBridge bridge =
        AiBridge.with(conf(service))
            .on(CreateQuest.class, quest -> seen("handler", ActionReply.done()))
            .requireOnline(player -> seen("online", true))
            .executors(
                target ->
                    seen(
                        "placement",
                        task -> {
                          seen("execute", task);
                          world.execute(task);
                        }))
            .start()) {
      service.offerActions(QUEST);
      Waits.until("the end", () -> bridge.status().actions().applied() == 1);
    } finally {
      world.shutdown();
    }
    assertThat(threads)
        .containsOnly(
            Map.entry("handler", "world"),
            Map.entry("online", "world"),
            Map.entry("placement", "bridge-test actions"),
            Map.entry("execute", "bridge-test actions"));
  }

  private Path conf(FakeAiService service) {
    return new ConfFile(folder, service.baseUrl())
        .set("action_limits", "create_quest.per_player_per_hour", 5)
        .write();
  }

  private <T> T seen(String what, T answer) {
    threads.put(what, Thread.currentThread().getName());
    return answer;
  }
}

package org.aibridge.core;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.Action;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.testdouble.Delivery;
import org.aibridge.testdouble.RecordingBridge;
import org.aibridge.testkit.FakeAiService;

/** A bridge with the AI service that offers it actions: the test double, or a real one. */
interface BridgeSide {
  /** The end of an action as the AI service is told it. */
  record End(String status, String message) {}

  AiBridge bridge();

  /** Has the AI service offer {@code action}; it may have offered it before. */
  void offer(Action action);

  /** Returns what the AI service is told of an action by now, each once; deaf to repetitions. */
  List<End> endsOf(Action action);

  default void tickUntil(Callable<Boolean> condition) {
    Waits.until(
        "it has happened",
        () -> {
          bridge().tick();
          return condition.call();
        });
  }

  /** Offers an action and ticks until it has an end. */
  default End end(Action action) {
    offer(action);
    return awaited(action);
  }

  default End awaited(Action action) {
    tickUntil(() -> !endsOf(action).isEmpty());
    return endsOf(action).get(0);
  }

  void close();

  /** The test double. */
  final class Recorded implements BridgeSide {
    private final RecordingBridge bridge = new RecordingBridge();
    private final Map<String, List<Delivery>> deliveries = new HashMap<>();

    Recorded() {
      bridge.answerScripts(call -> ScriptAnswer.answered(200, "{}"));
    }

    @Override
    public AiBridge bridge() {
      return bridge;
    }

    @Override
    public void offer(Action action) {
      deliveries.computeIfAbsent(action.id(), id -> new ArrayList<>()).add(bridge.deliver(action));
    }

    @Override
    public List<End> endsOf(Action action) {
      return deliveries.getOrDefault(action.id(), List.of()).stream()
          .filter(Delivery::isOver)
          .map(one -> new End(one.isApplied() ? "completed" : "failed", one.message()))
          .distinct()
          .toList();
    }

    @Override
    public void close() {
      bridge.close();
    }
  }

  /** A bridge that runs against an AI service on loopback. */
  final class Running implements BridgeSide {
    private final FakeAiService service = FakeAiService.start("healthy");
    private final AiBridge bridge;

    Running(Path folder) {
      bridge =
          AiBridge.start(
              new ConfFile(folder, service.baseUrl())
                  .set("action_limits", "spawn_monster.per_minute", 0)
                  .set("action_executor", "strict", "yes")
                  .write());
    }

    @Override
    public AiBridge bridge() {
      return bridge;
    }

    @Override
    public void offer(Action action) {
      service.offerAction(ActionJson.of(action));
    }

    @Override
    public List<End> endsOf(Action action) {
      return service.results().stream()
          .filter(one -> one.path("action_id").asText().equals(action.id()))
          .map(one -> new End(one.path("status").asText(), one.path("message").asText()))
          .distinct()
          .toList();
    }

    @Override
    public void close() {
      bridge.close();
      service.close();
    }
  }
}

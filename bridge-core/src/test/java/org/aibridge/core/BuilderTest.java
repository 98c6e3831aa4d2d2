package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.aibridge.api.AiBridge;
import org.aibridge.api.AiBridgeBuilder;
import org.aibridge.api.EventEnd;
import org.aibridge.api.ReloadResult;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeState;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bridge that is told everything before it starts, in whatever order. */
class BuilderTest {
  private static final String SAY =
      "{'action_id':'%s','action_type':'broadcast','payload':{'message':'hi'}}";

  @TempDir Path folder;

  private AiBridgeBuilder builder(String baseUrl) {
    return AiBridge.withoutFile()
        .set("ai_service.base_url", baseUrl)
        .set("event_dispatcher.batch_interval", 20)
        .set("journal.path", folder.resolve("journal"))
        .set("journal.reserve_mb", 1)
        .set("event_dispatcher.dlq_path", folder.resolve("letters"))
        .set("action_executor.ledger_path", folder.resolve("actions"));
  }

  @Test
  void givesActionsToTheExecutorsWhateverComesFirst(@AiService FakeAiService service)
      throws Exception {
    ExecutorService world = Executors.newSingleThreadExecutor();
    AtomicReference<String> handled = new AtomicReference<>("");
    try (AiBridge bridge =
        builder(service.baseUrl())
            .executors(target -> world)
            .on(
                Broadcast.class,
                action -> {
                  handled.set(action.id() + " " + action.message());
                  return ActionReply.done();
                })
            .start()) {
      service.offerActions(SAY.formatted("a-1").replace('\'', '"'));
      Waits.until("the action", () -> handled.get().equals("a-1 hi"));
      ReloadResult reload = bridge.reload().toCompletableFuture().join();
      assertThat(reload.outcome()).isEqualTo(ReloadResult.Outcome.RELOADED);
      assertThat(reload.problems()).isEmpty();
    } finally {
      world.shutdown();
    }
  }

  @Test
  void isOffForAWrongSettingAndThrowsForAWrongHandler() {
    try (ErrorOutput output = new ErrorOutput();
        AiBridge bridge = builder("http://127.0.0.1:1").set("bridge.shutdown_timeout", 1).start()) {
      assertThat(bridge.status().state()).isEqualTo(BridgeState.OFF);
      assertThat(bridge.status().problem())
          .startsWith("in code: set(\"bridge.shutdown_timeout\"): ")
          .contains("given \"1\"; allowed: a whole number from 100 to 600000 (ms)");
      assertThat(output.errors()).hasSize(1);
      assertThatThrownBy(() -> bridge.onCustomAction("broadcast", action -> ActionReply.done()))
          .isInstanceOf(IllegalArgumentException.class);
    }
    AiBridgeBuilder builder = AiBridge.withoutFile();
    assertThatThrownBy(() -> builder.on(CustomAction.class, action -> ActionReply.done()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.onCustom("Weather", action -> ActionReply.done()))
        .hasMessageContaining("[a-z0-9_]{1,64}, was Weather");
    assertThatThrownBy(() -> builder.set("bridge.server_id", (String) null)).hasMessage("value");
  }

  @Test
  void tellsTheHostWhatBecameOfItsEvents(@AiService FakeAiService service) {
    Queue<EventEnd> delivered = new ConcurrentLinkedQueue<>();
    Queue<EventEnd> dead = new ConcurrentLinkedQueue<>();
    try (AiBridge bridge =
        builder(service.baseUrl())
            .set("event_dispatcher.event_ttl", 60_000)
            .onDelivered(delivered::add)
            .onDead(dead::add)
            .start()) {
      bridge.publish(GameEvent.custom("purchase", 7, "m", "{\"order\":\"o-1\"}"));
      Waits.until("delivered", () -> delivered.size() == 1);
      EventEnd end = delivered.remove();
      assertThat(end.how()).isEqualTo(EventEnd.How.DELIVERED);
      assertThat(end.json()).contains("\"order\":\"o-1\"", end.eventId());
      assertThat(service.receivedEventIds()).contains(end.eventId());
      service.switchTo("poison");
      bridge.publish(GameEvent.custom("poison", 7, "m", "{\"poison\":true,\"order\":\"o-2\"}"));
      Waits.until("dead", () -> dead.size() + delivered.size() == 1);
      assertThat(delivered).isEmpty();
      assertThat(dead.element().json()).contains("\"order\":\"o-2\"");
    }
  }

  @Test
  void closesAndDeliversThoughAListenerHangs(@AiService FakeAiService service) {
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger called = new AtomicInteger();
    AiBridge bridge =
        builder(service.baseUrl())
            .onDelivered(
                end -> {
                  called.incrementAndGet();
                  awaitQuietly(never);
                })
            .start();
    try {
      for (int i = 0; i < 50; i++) {
        bridge.publish(GameEvent.dailyReset());
      }
      Waits.until("all", () -> bridge.status().events().delivered() == 50);
      Waits.until("the call", () -> called.get() == 1);
      bridge.close();
      assertThat(bridge.status().state()).isEqualTo(BridgeState.CLOSED);
      assertThat(bridge.status().events().waiting()).isZero();
      assertThat(called).hasValue(1);
    } finally {
      never.countDown();
      bridge.close();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.aibridge.api.action.ActionReply;
import org.aibridge.core.text.Shown;
import org.junit.jupiter.api.Test;

/** An action has its effect once, however often it comes and whatever dies. */
final class AppliedOnceTest extends RigTest {
  @Test
  void appliesAnActionOnceHoweverOftenItIsOffered() {
    open();
    rig.offer(Rig.broadcast("a"), Rig.broadcast("a"));
    rig.offer(Rig.broadcast("a")); // waits
    rig.service.tick();
    rig.offer(Rig.broadcast("a")); // ended, not reported
    assertThat(rig.acknowledgeResults()).containsExactly("a completed said");
    rig.offer(Rig.broadcast("a")); // reported
    rig.service.tick();
    assertThat(rig.applied).containsExactly("a");
    assertThat(rig.acknowledgeResults()).containsExactly("a completed said");
    assertThat(rig.service.stats().duplicates()).isEqualTo(4);
    assertThat(rig.service.stats().applied()).isEqualTo(1);
  }

  @Test
  void appliesAnActionOnceThatIsOfferedWhileItRuns() {
    open();
    CompletableFuture<ActionReply.Outcome> stage = new CompletableFuture<>();
    List<String> begun = new ArrayList<>();
    rig.service.onCustomAction(
        "custom",
        action -> {
          begun.add(action.header().id());
          return ActionReply.later(stage);
        });
    rig.offer(Rig.custom("a"));
    rig.service.tick();
    rig.offer(Rig.custom("a"));
    rig.service.tick();
    stage.complete(new ActionReply.Outcome(true, "walked"));
    rig.service.tick();
    rig.offer(Rig.custom("a"));
    assertThat(begun).containsExactly("a");
    assertThat(rig.acknowledgeResults()).containsExactly("a completed walked");
  }

  @Test
  void appliesAnActionOnceThroughRestarts() throws Exception {
    open();
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"));
    rig.service.tick();
    rig.service.runOnce();
    List<String> before = rig.applied;
    crashAndOpen();
    assertThat(rig.acknowledgeResults())
        .containsExactlyInAnyOrder("a completed said", "b completed said");
    rig.offer(Rig.broadcast("a"), Rig.broadcast("b"));
    rig.service.tick();
    crashAndOpen();
    rig.offer(Rig.broadcast("a"));
    rig.service.tick();
    assertThat(rig.acknowledgeResults()).containsExactly("a completed said");
    assertThat(before).containsExactly("a", "b");
    assertThat(rig.applied).isEmpty();
  }

  @Test
  void appliesEachActionOnceThoughItIsOfferedForFiveDaysThroughRestarts() throws Exception {
    open();
    List<String> applied = new ArrayList<>();
    String all = Rig.broadcasts(0, 30);
    for (int hour = 0; hour < 120; hour++) {
      rig.answerPoll(all);
      for (int i = 0; i < 6; i++) {
        rig.service.tick();
        rig.service.runOnce();
      }
      assertThat(rig.acknowledgeResults()).hasSize(30).allMatch(r -> r.endsWith("completed said"));
      if (hour % 13 == 0) {
        applied.addAll(rig.applied);
        crashAndOpen();
      }
      rig.clock.advance(Duration.ofHours(1));
    }
    applied.addAll(rig.applied);
    assertThat(applied).hasSize(30).doesNotHaveDuplicates();
  }

  @Test
  void doubtsWhatACrashInterruptedAndNeverRunsIt() throws Exception {
    open();
    rig.offer(Rig.broadcast("unbegun"), Rig.broadcast("unbegun2"));
    crashAndOpen();
    assertThat(rig.service.stats().inDoubt()).isEqualTo(2);
    rig.offer(Rig.broadcast("unbegun"));
    rig.service.tick();
    assertThat(rig.applied).isEmpty();
    assertThat(rig.acknowledgeResults())
        .containsExactly(
            "unbegun failed interrupted; outcome unknown",
            "unbegun2 failed interrupted; outcome unknown");
  }

  @Test
  void hasTheIntentOnDiskBeforeTheGameThreadSeesTheAction() throws Exception {
    open();
    List<Boolean> known = new ArrayList<>();
    rig.service.onCustomAction(
        "custom",
        action -> {
          known.add(ledgerOnDiskHas(action.header().id()));
          return ActionReply.done();
        });
    rig.offer(Rig.custom("a"), Rig.custom("b"));
    rig.service.tick();
    assertThat(known).containsExactly(true, true);
  }

  /** Looks at the bytes of the ledger's files as another process would. */
  private boolean ledgerOnDiskHas(String id) throws Exception {
    try (var files = Files.list(folder.resolve("ledger"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".cq4")).toList()) {
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        if (text.contains("{\"kind\":\"intent\",\"id\":\"" + id + "\"")) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void appliesTheFirstContentOfAnIdAndNoOther() {
    open();
    rig.offer(
        Rig.broadcast("a"),
        "{\"action_id\":\"a\",\"action_type\":\"custom\",\"payload\":{\"gold\":1}}");
    rig.offer(Rig.custom("a"));
    rig.service.tick();
    assertThat(rig.applied).containsExactly("a");
    String mismatch = "a completed " + ResultReporter.MISMATCH + "said";
    assertThat(rig.acknowledgeResults()).containsExactly("a completed said", mismatch);
    rig.offer(Rig.custom("a"));
    assertThat(rig.acknowledgeResults()).as("long after").containsExactly(mismatch);
    assertThat(rig.applied).containsExactly("a");
    assertThat(rig.service.stats().mismatches()).isEqualTo(3);
  }

  @Test
  void knowsTheSameContentInAnotherOrder() throws Exception {
    ActionDecoder decoder = new ActionDecoder(() -> false);
    int one = content(decoder, "{\"a\":1,\"b\":{\"x\":\"é\",\"y\":[1,2]}}");
    assertThat(content(decoder, "{ \"b\" : {\"y\":[1, 2],\n\"x\":\"\\u00e9\"}, \"a\": 1}"))
        .isEqualTo(one);
    assertThat(content(decoder, "{\"a\":1,\"b\":{\"x\":\"é\",\"y\":[2,1]}}")).isNotEqualTo(one);
    assertThat(content(decoder, "{\"a\":\"\\ud800\"}")).isNotEqualTo(one);
  }

  private static int content(ActionDecoder decoder, String json) throws InvalidAction {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return ActionFingerprint.ofContent(decoder.parse(bytes, 0, bytes.length));
  }

  @Test
  void remembersThroughItsHorizonAndForgetsThen() {
    open();
    rig.offer(Rig.broadcast("a"));
    rig.service.tick();
    rig.acknowledgeResults();
    rig.clock.advance(rig.limits.memory);
    rig.service.runOnce();
    assertThat(rig.applied).containsExactly("a");
    rig.clock.advance(Duration.ofHours(1));
    rig.service.runOnce();
    rig.transport.next();
    crashless();
    rig.clock.advance(rig.limits.memory.plusHours(2));
    rig.service.runOnce();
    rig.offer(Rig.broadcast("a"));
    rig.service.tick();
    assertThat(rig.applied).containsExactly("a");
  }

  /** Another start, which has forgotten what is older than the memory. */
  private void crashless() {
    rig.close();
    open();
    assertThat(rig.applied).isEmpty();
  }

  @Test
  void reportsARefusalWithItsReason() {
    open();
    rig.offer(
        "{\"action_id\":\"a\",\"action_type\":\"broadcast\",\"payload\":{}}",
        Rig.broadcast("b"),
        "{\"action_id\":\"c\",\"action_type\":\"weather\"}",
        "{\"action_type\":\"broadcast\"}",
        "7",
        "\"text\"");
    rig.service.tick();
    assertThat(rig.acknowledgeResults())
        .containsExactlyInAnyOrder(
            "a failed message is missing, a text of 1 to 255 characters",
            "b completed said",
            "c failed unknown action type");
    assertThat(rig.service.stats().refused()).isEqualTo(5);
  }

  @Test
  void survivesTextsThatCannotBeWrittenAsTheyAre() {
    open();
    String half = "\ud83d";
    rig.service.onCustomAction(
        "custom", action -> ActionReply.failed("x".repeat(499) + "🐉" + half + "\n" + half));
    String cutsAPair = "🐉".repeat(31);
    rig.offer(
        Rig.custom("a"),
        "{\"action_id\":\"b\",\"action_type\":\"\\ud800\"}",
        "{\"action_id\":\"c\",\"action_type\":\"broadcast\",\"payload\":{\"message\":\"m\",\"type\":\"x"
            + cutsAPair
            + "\"}}",
        "{\"action_id\":\"\\ud800\",\"action_type\":\"broadcast\"}",
        "{\"action_id\":\"d\",\"action_type\":\"spawn_monster\",\"payload\":{\"map\":\"m\",\"monster_id\":\"xy"
            + cutsAPair
            + "\"}}",
        Rig.broadcast("e"));
    rig.service.tick();
    List<String> results = rig.acknowledgeResults();
    assertThat(results)
        .hasSize(5)
        .contains("a failed " + "x".repeat(497) + "...", "e completed said");
    assertThat(results).allMatch(Shown::isClean);
  }
}

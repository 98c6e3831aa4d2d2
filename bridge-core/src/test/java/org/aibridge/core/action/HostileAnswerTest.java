package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers that a service in its right mind does not give. */
final class HostileAnswerTest {
  private static final int MANY = 60_000;

  @TempDir Path folder;
  private Rig rig;

  @BeforeEach
  void open() {
    rig = new Rig(folder.resolve("ledger"));
    rig.limits.actionTtl = Duration.ZERO;
    rig.limits.tickBudget = Duration.ofSeconds(1);
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private static byte[] many(int from, int count, String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("{\"actions\":[".getBytes(StandardCharsets.UTF_8));
    for (int i = from; i < from + count; i++) {
      out.writeBytes(
          ((i == from ? "" : ",") + format.formatted(i)).getBytes(StandardCharsets.UTF_8));
    }
    out.writeBytes("]}".getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  @Test
  void takesWhatItHasRoomForAndTheRestLater() {
    byte[] answer = many(0, MANY, Rig.broadcast("%d"));
    rig.answerPoll(answer);
    assertThat(rig.service.pending()).isEqualTo(1000);
    Set<String> applied = new HashSet<>();
    for (int poll = 1; poll <= 5; poll++) {
      rig.service.tick();
      rig.acknowledgeResults();
      applied.addAll(rig.applied);
      assertThat(rig.applied).hasSize(poll * 1000).hasSize(applied.size());
      rig.answerPoll(answer);
      assertThat(rig.service.pending()).isEqualTo(1000);
    }
  }

  @Test
  void boundsWhatItKeepsOfActionsItRefuses() {
    byte[] answer = many(0, MANY, "{\"action_id\":\"%d\",\"action_type\":\"broadcast\"}");
    rig.answerPoll(answer);
    assertThat(rig.service.stats().unreported()).isEqualTo(ResultReporter.MAX_UNREPORTED);
    int polls = rig.transport.polls().size();
    for (int i = 0; i < 20; i++) {
      rig.clock.advance(Duration.ofMinutes(1));
      rig.service.runOnce();
    }
    assertThat(rig.transport.polls()).as("no poll while results wait").hasSize(polls);
    assertThat(rig.acknowledgeResults()).hasSize(ResultReporter.MAX_UNREPORTED);
    rig.answerPoll(answer);
    assertThat(rig.service.stats().unreported()).isPositive();
  }

  @Test
  void boundsWhatItKeepsOfActionsWithoutAnId() {
    rig.answerPoll(many(0, MANY, "{\"n\":%d}"));
    assertThat(rig.service.stats().refused()).isEqualTo(MANY);
    assertThat(rig.service.stats().unreported()).isZero();
    assertThat(rig.service.pending()).isZero();
  }

  @Test
  void takesTheGoodOnesAroundAnActionOfEightMegabytes() {
    for (String monster :
        List.of(
            "\"" + "x".repeat(8_000_000) + "\"",
            "[".repeat(4_000_000) + "]".repeat(4_000_000),
            "9".repeat(8_000_000),
            "{\"a\":".repeat(1_000_000) + "1" + "}".repeat(1_000_000))) {
      String id = "m" + monster.hashCode();
      rig.offer(
          Rig.broadcast("before" + id),
          "{\"payload\":{\"a\":"
              + monster
              + "},\"action_id\":\""
              + id
              + "\",\"action_type\":\"broadcast\"}",
          Rig.broadcast("after" + id));
      rig.service.tick();
      assertThat(rig.acknowledgeResults())
          .hasSize(3)
          .anyMatch(result -> result.startsWith(id + " failed unreadable: "))
          .contains("before" + id + " completed said", "after" + id + " completed said");
    }
  }

  @Test
  void keepsTheTickWithinItsBudgetWhileItWorksThroughAFullInbox() {
    rig.limits.tickBudget = Duration.ofMillis(1);
    rig.service.onAction(
        org.aibridge.api.action.Broadcast.class,
        action -> {
          rig.clock.advance(Duration.ofNanos(100_000));
          return org.aibridge.api.action.ActionReply.done();
        });
    rig.answerPoll(many(0, MANY, Rig.broadcast("%d")));
    for (int tick = 0; tick < 100; tick++) {
      long before = rig.clock.nanos();
      rig.service.tick();
      assertThat(rig.clock.nanos() - before).isEqualTo(1_000_000);
    }
    rig.service.runOnce();
    assertThat(rig.service.stats().applied()).isEqualTo(1000);
  }

  @Test
  void refusesAnActionTooLongForAnAnswerAndWaitsForAShortOneThatWasCut() {
    String head = "{\"actions\":[" + Rig.broadcast("a") + ",{\"action_id\":\"%s\",\"x\":\"";
    rig.answerPoll(head.formatted("short") + "x".repeat(ActionAdmission.MAX_CUT_BYTES / 2));
    rig.service.tick();
    assertThat(rig.acknowledgeResults()).containsExactly("a completed said");
    for (int i = 0; i < 2; i++) {
      rig.clock.advance(Duration.ofMinutes(1));
      rig.answerPoll(head.formatted("long") + "x".repeat(ActionAdmission.MAX_CUT_BYTES));
      assertThat(rig.acknowledgeResults())
          .contains("long failed longer than 1048576 bytes, and cut by the end of the answer");
    }
    assertThat(rig.service.stats().refused()).isEqualTo(1);
    rig.clock.advance(Duration.ofMinutes(1));
    rig.offer(Rig.broadcast("short"));
    rig.service.tick();
    assertThat(rig.acknowledgeResults()).contains("short completed said");
  }
}

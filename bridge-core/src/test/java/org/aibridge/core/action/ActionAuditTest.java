package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.ManualClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who decided what, and what came of it. */
final class ActionAuditTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  static List<JsonNode> lines(Path file) throws IOException {
    return Files.readAllLines(file).stream().map(ActionAuditTest::parse).toList();
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(line, e);
    }
  }

  @Test
  void saysWhoDecidedWhatWhenAndWhatCameOfItWhereAndInWhichTick() throws Exception {
    try (Rig rig = new Rig(folder.resolve("ledger"))) {
      rig.permits.typesOff = Set.of("custom");
      rig.offer(
          ActionLimitCheckTest.action(
              "a", "broadcast", "\"message\":\"m\",\"type\":\"map\",\"map\":\"geffen\""),
          Rig.custom("b"),
          "{\"n\":1}");
      rig.service.tick();
      rig.service.runOnce();
      rig.offer(Rig.custom("a"));
      List<JsonNode> lines = lines(rig.audit());
      assertThat(lines)
          .extracting(l -> l.path("event").asText())
          .containsExactly("decided", "refused", "refused", "ended", "mismatch");
      JsonNode decided = lines.get(0);
      assertThat(decided.path("by").asText()).isEqualTo("http://ai");
      assertThat(decided.path("at").asText()).startsWith("2023-11-14T22:13:");
      assertThat(decided.path("what").toString()).contains("\"message\":\"m\"");
      assertThat(lines.get(1).path("reason").asText()).contains("custom = off");
      JsonNode ended = lines.get(3);
      assertThat(ended.path("outcome").asText()).isEqualTo("applied");
      assertThat(ended.path("where").asText()).isEqualTo("map geffen");
      assertThat(ended.path("tick").asLong()).isEqualTo(2);
    }
  }

  @Test
  void saysOfWhichPlayerACustomActionWasAsAnExecutorIsAsked() throws Exception {
    try (Rig rig = new Rig(folder.resolve("ledger"))) {
      rig.offer(
          "{\"action_id\":\"a\",\"action_type\":\"custom\",\"payload\":{},"
              + "\"target_player_id\":7,\"target_map\":\"geffen\"}");
      rig.service.tick();
      rig.service.runOnce();
      assertThat(lines(rig.audit()).get(1).path("where").asText()).isEqualTo("player 7");
    }
  }

  @Test
  void keepsTheNewestTenFilesAndLosesNoLineBetweenThem() throws Exception {
    ManualClock clock = new ManualClock();
    try (AuditLog log = new AuditLog(folder, () -> 2000, clock, new LogThrottle(clock))) {
      for (int i = 0; i < 1000; i++) {
        log.write(log.line("decided", "id" + i, "broadcast"));
        log.flush();
      }
    }
    int expected = 999;
    assertThat(folder.toFile().list()).hasSize(10);
    for (int file = 0; file < 10; file++) {
      String suffix = file == 0 ? "" : "." + file;
      Path path = folder.resolve(AuditLog.NAME + suffix);
      assertThat(Files.size(path)).isLessThan(2000);
      List<JsonNode> lines = lines(path);
      for (int i = lines.size() - 1; i >= 0; i--) {
        assertThat(lines.get(i).path("action_id").asText()).isEqualTo("id" + expected--);
      }
    }
  }

  @Test
  void keepsWhatWasAppliedWhateverIsRefusedAndCountsWhatItDoesNotWrite() throws Exception {
    try (Rig rig = new Rig(folder.resolve("ledger"))) {
      rig.offer(Rig.broadcast("a"));
      rig.service.tick();
      rig.acknowledgeResults();
      String unnamed = "[" + "1,".repeat(100_000) + "1]";
      for (int poll = 0; poll < 5; poll++) {
        rig.answerPoll("{\"actions\":" + unnamed + "}");
        for (int i = 0; i < 10; i++) {
          rig.offer("{\"action_id\":\"a\",\"n\":%d%d}".formatted(poll, i));
          rig.acknowledgeResults();
        }
      }
      rig.clock.advance(Duration.ofMinutes(1));
      rig.offer();
      List<JsonNode> lines = lines(rig.audit());
      assertThat(lines).extracting(l -> l.path("event").asText()).contains("decided", "ended");
      assertThat(Files.size(rig.audit())).as("an hour's share of 1 MB").isLessThan(50_000);
      assertThat(number(lines, "refused")).isEqualTo(5 * 100_001);
      assertThat(number(lines, "mismatch")).isEqualTo(50);
      assertThat(lines.get(lines.size() - 1).path("reason").asText())
          .isEqualTo("more than are written one by one");
      rig.offer(Rig.broadcast("b"));
      rig.service.tick();
      rig.service.runOnce();
      assertThat(lines(rig.audit()))
          .filteredOn(l -> l.path("action_id").asText().equals("b"))
          .extracting(l -> l.path("event").asText())
          .containsExactly("decided", "ended");
    }
  }

  private static long number(List<JsonNode> lines, String event) {
    return lines.stream()
        .filter(line -> line.path("event").asText().equals(event))
        .mapToLong(line -> line.path("count").asLong(1))
        .sum();
  }

  @Test
  void beginsANewLineBehindWhatAKilledProcessLeft() throws Exception {
    ManualClock clock = new ManualClock();
    Path file = folder.resolve(AuditLog.NAME);
    Files.writeString(file, "{\"at\":\"20", StandardOpenOption.CREATE);
    try (AuditLog log = new AuditLog(folder, () -> 2000, clock, new LogThrottle(clock))) {
      log.write(log.line("decided", "a", "broadcast"));
    }
    assertThat(Files.readAllLines(file)).hasSize(2).last().asString().contains("\"a\"");
  }

  @Test
  void appliesActionsAlsoWhenItCannotBeWritten() throws Exception {
    Files.createDirectories(folder.resolve("ledger-journal").resolve(AuditLog.NAME));
    try (Rig rig = new Rig(folder.resolve("ledger"))) {
      rig.offer(Rig.broadcast("a"));
      rig.service.tick();
      assertThat(rig.acknowledgeResults()).containsExactly("a completed said");
    }
  }
}

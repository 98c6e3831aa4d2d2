package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that makes up ids without end. */
final class RefusalFloodTest {
  private static final int EACH = 10_000;

  @TempDir Path folder;

  private static String answer(int round, String offer) {
    return IntStream.range(0, EACH)
        .mapToObj(i -> offer.formatted(round + "-" + i))
        .collect(Collectors.joining(",", "{\"max_results\":1000,\"actions\":[", "]}"));
  }

  private long bytes(Path of) throws IOException {
    try (Stream<Path> files = Files.walk(of)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  @Test
  void leavesNothingOnDiskOfWhatIsRefusedAndForgetsNothingThatWasApplied() throws Exception {
    try (Rig rig = new Rig(folder.resolve("ledger"))) {
      rig.offer(Rig.broadcast("a"));
      rig.service.tick();
      rig.acknowledgeResults();
      long before = bytes(rig.limits.ledger);
      for (int round = 0; round < 20; round++) {
        rig.answerPoll(answer(round, "{\"action_id\":\"%s\"}"));
        rig.acknowledgeResults();
      }
      assertThat(rig.service.stats().refused()).isEqualTo(20 * EACH);
      assertThat(rig.service.isDrained()).isTrue();
      assertThat(bytes(rig.limits.ledger)).isEqualTo(before);
      rig.offer(Rig.broadcast("a"));
      rig.service.tick();
      assertThat(rig.applied).containsExactly("a");
      assertThat(rig.acknowledgeResults()).containsExactly("a completed said");
    }
  }

  @Test
  void knowsTheNewestRefusalsAndNoMore() {
    RefusedActions refusals = new RefusedActions();
    for (int i = 0; i < 5 * RefusedActions.MAX_TOLD; i++) {
      LedgerEntry entry = new LedgerEntry("id" + i, "", 1);
      refusals.add(entry);
      assertThat(refusals.find("id" + i)).isSameAs(entry);
      refusals.told(entry);
    }
    long known =
        IntStream.range(0, 5 * RefusedActions.MAX_TOLD)
            .filter(i -> refusals.find("id" + i) != null)
            .count();
    assertThat(known).isEqualTo(RefusedActions.MAX_TOLD);
    assertThat(refusals.find("id" + (5 * RefusedActions.MAX_TOLD - 1))).isNotNull();
  }

  @Test
  void takesNoSecondTimeWhatIsStillOnOfferAfterItsRefusalWasAcknowledged() {
    try (Rig rig = new Rig(folder.resolve("ledger"))) {
      rig.permits.typesOff = java.util.Set.of("broadcast");
      rig.offer(Rig.broadcast("a"));
      assertThat(rig.acknowledgeResults()).hasSize(1);
      rig.permits.typesOff = java.util.Set.of();
      rig.offer(Rig.broadcast("a")); // An answer that was on its way.
      rig.service.tick();
      assertThat(rig.applied).isEmpty();
      assertThat(rig.acknowledgeResults().get(0)).startsWith("a failed broadcast is off");
    }
  }

  @Test
  void tellsWhatCameOfAnActionWhoseRefusalWasForgotten() {
    try (Rig rig = new Rig(folder.resolve("ledger"))) {
      rig.permits.typesOff = java.util.Set.of("broadcast");
      rig.offer(Rig.broadcast("a"));
      rig.acknowledgeResults();
      rig.answerPoll(answer(0, "{\"action_id\":\"%s\"}"));
      rig.acknowledgeResults();
      rig.permits.typesOff = java.util.Set.of();
      rig.offer(Rig.broadcast("a"));
      rig.service.tick();
      assertThat(rig.applied).containsExactly("a");
      assertThat(rig.acknowledgeResults()).containsExactly("a completed said");
    }
  }

  @Test
  void boundsWhatItTellsAgainOfWhatItKnows() {
    try (Rig rig = new Rig(folder.resolve("ledger"))) {
      rig.answerPoll(answer(0, "{\"action_id\":\"%s\"}"));
      rig.acknowledgeResults();
      String known = answer(0, "{\"action_id\":\"%s\"}");
      String others = answer(0, "{\"action_id\":\"%s\",\"n\":1}");
      rig.answerPoll(known.replace("]}", ",") + others.substring(others.indexOf('[') + 1));
      assertThat(rig.service.stats().unreported()).isEqualTo(ResultReporter.MAX_UNREPORTED);
    }
  }
}

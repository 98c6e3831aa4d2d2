package org.aibridge.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  @TempDir Path folder;

  @Test
  void whatWasNotedIsThereForTheNextReader() {
    AcceptedLedger writer = AcceptedLedger.open(folder.resolve("accepted"), 100);
    writer.accept(0);
    writer.accept(99);

    AcceptedLedger reader = AcceptedLedger.open(folder.resolve("accepted"), 100);

    assertThat(reader.accepted().stream().boxed()).containsExactly(0, 99);
    assertThat(reader.count()).isEqualTo(2);
    assertThat(reader.end()).isEqualTo(100);
    assertThat(reader.isAccepted(1)).isFalse();
  }

  @Test
  void countsEachApplicationOfAnAction() {
    AppliedLedger writer = AppliedLedger.open(folder.resolve("applied"), 10);
    writer.applied("action-3");
    writer.applied("action-3");
    writer.applied("action-9");
    writer.applied("action-10");
    writer.applied("no number");

    AppliedLedger reader = AppliedLedger.open(folder.resolve("applied"), 10);

    assertThat(reader.times(3)).isEqualTo(2);
    assertThat(reader.times(9)).isEqualTo(1);
    assertThat(reader.times(0)).isZero();
  }

  @Test
  void aPlanGoesOnBehindEverythingADeadHostMayHavePublished() {
    HostPlan plan =
        HostPlan.in(folder, folder.resolve("conf"), 1)
            .withEvents(new NumberedEvents(1, 2, 10, 100))
            .withNumbers(0, 100);
    plan.ledger().accept(6);
    plan.ledger().accept(7);

    assertThat(plan.resumed().first()).isGreaterThan(9).isEven();
    assertThat(plan.resumed().total()).isEqualTo(100);
  }

  @Test
  void aNumberIsTheSameEventInEveryProcess() {
    NumberedEvents events = new NumberedEvents(7, 2, 10, 500);
    NumberedEvents again = new NumberedEvents(7, 2, 10, 500);

    for (int i = 0; i < 200; i++) {
      assertThat(events.event(i).playerId()).isEqualTo(again.event(i).playerId());
      assertThat(events.event(i).payload())
          .isEqualTo(again.event(i).payload())
          .contains(":" + i + ",");
    }
  }

  @Test
  void aBatchThatWasHalfWrittenWasNotTaken() throws Exception {
    Path file = folder.resolve("commits.log");
    try (CommitLog log = new CommitLog(file)) {
      log.append("a", -5, List.of(new CommittedEvent("s:1", 1, -1)));
      log.append("b", 6, List.of(new CommittedEvent("s:2", 2, 150_001)));
    }
    String text = Files.readString(file);
    Files.writeString(file, text.substring(0, text.length() - 3));

    List<Commit> read = CommitLog.read(file);

    assertThat(read).hasSize(1);
    assertThat(read.get(0).key()).isEqualTo("a");
    assertThat(read.get(0).contentSum()).isEqualTo(-5);
    assertThat(read.get(0).events()).containsExactly(new CommittedEvent("s:1", 1, -1));
  }
}

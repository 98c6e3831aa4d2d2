package org.aibridge.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.event.Events;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.run.World;
import org.aibridge.core.store.StoreLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalScanTest {
  private static final int LANES = 4;
  private static final int EVENTS = 3000;

  @TempDir Path folder;

  @Test
  void readsWhatIsSettledAndWhatWaitsWhileTheOwnerRunsAndChangesNoFile() throws Exception {
    try (Journal journal = open()) {
      fill(journal);
      settleTheFirst(journal, EVENTS / 2);
      Map<Path, Long> before = files();
      List<String> read = scan();
      assertThat(read).hasSize(EVENTS);
      for (int i = 0; i < EVENTS; i++) {
        assertThat(read.get(i)).isEqualTo(i + (i < EVENTS / 2 ? " settled" : " waits"));
      }
      assertThat(files()).isEqualTo(before);
    }
  }

  @Test
  void takesAllForWaitingWhereTheCursorIsGone() throws Exception {
    try (Journal journal = open()) {
      fill(journal);
      settleTheFirst(journal, EVENTS);
    }
    Files.delete(folder.resolve("cursor"));
    assertThat(scan()).hasSize(EVENTS).allMatch(event -> event.endsWith("waits"));
    assertThat(folder.resolve("cursor")).doesNotExist();
  }

  @Test
  void leavesOutReplayedEventsAndCountsRecordsItCannotRead() throws Exception {
    try (Journal journal = open()) {
      Intake intake = Intake.create(folder.resolve("ring"), 1000, 65_536, new Refusals());
      intake.publish(Events.numbered(0, 1, 10));
      intake.publish(Events.numbered(1, 1, 10));
      intake.drain().read(1, (buffer, index, length) -> Events.makeUnknown(buffer, index));
      journal.move(intake.drain());
      journal.replay(List.of(Events.encoded(Events.numbered(2, 1, 10)).byteArray()));
    }
    try (JournalScan scan = new JournalScan(folder)) {
      assertThat(scan.next()).isTrue();
      assertThat(number(scan)).isEqualTo(1);
      assertThat(scan.next()).isFalse();
      assertThat(scan.unreadable()).isEqualTo(1);
    }
  }

  private Journal open() throws IOException {
    return Journal.open(folder, new StoreLimits(1 << 20, 0, 0), LANES, World.ofJvm());
  }

  /** Over several segments, the last of which is being written. */
  private void fill(Journal journal) throws IOException {
    Intake intake = Intake.create(folder.resolve("ring"), 1000, 65_536, new Refusals());
    RingDrain drain = intake.drain();
    for (int i = 0; i < EVENTS; i++) {
      assertThat(intake.publish(Events.numbered(i, i, 700))).isTrue();
      if (i % 37 == 0 || i == EVENTS - 1) {
        journal.move(drain);
      }
    }
  }

  private static void settleTheFirst(Journal journal, int count) {
    try (JournalReader reader = journal.reader()) {
      for (int i = 0; i < count; i++) {
        assertThat(reader.next()).isTrue();
        long player = EventCodec.playerNumber(reader.buffer(), reader.index());
        journal.cursor().acknowledge(journal.cursor().laneOf(player), reader.sequence());
      }
    }
    journal.cursor().save();
  }

  private List<String> scan() throws IOException {
    List<String> read = new ArrayList<>();
    long last = 0;
    try (JournalScan scan = new JournalScan(folder)) {
      while (scan.next()) {
        assertThat(scan.sequence()).isGreaterThan(last);
        last = scan.sequence();
        read.add(number(scan) + (scan.isSettled() ? " settled" : " waits"));
      }
      assertThat(scan.unreadable()).isZero();
    }
    return read;
  }

  private static long number(JournalScan scan) {
    return Events.numberIn(scan.buffer(), scan.index());
  }

  private Map<Path, Long> files() throws IOException {
    Map<Path, Long> sizes = new TreeMap<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.toList()) {
        sizes.put(file, Files.size(file) + Files.getLastModifiedTime(file).toMillis());
      }
    }
    return sizes;
  }
}

package org.aibridge.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.aibridge.core.event.Events;
import org.aibridge.core.run.World;
import org.aibridge.core.store.LeftByAShortage;
import org.aibridge.core.store.StoreLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal whose events went on behind an end mark, as an earlier version left it. */
class ShortageOfOldTest {
  @TempDir Path temp;

  @Test
  void deliversEveryEventInOrderUnderItsOwnIdOnce() throws Exception {
    Path folder = LeftByAShortage.unpack("journal", temp.resolve("journal"));
    List<Long> sequences = new ArrayList<>();
    for (int start = 0; start < 2; start++) {
      try (Journal journal =
              Journal.open(folder, new StoreLimits(1 << 20, 0, 0), 4, World.ofJvm());
          JournalReader reader = journal.reader()) {
        assertThat(journal.carriedOver()).isEqualTo(300);
        List<Long> numbers = new ArrayList<>();
        List<Long> ids = new ArrayList<>();
        while (reader.next()) {
          numbers.add(Events.numberIn(reader.buffer(), reader.index()));
          ids.add(reader.sequence());
        }
        assertThat(numbers).isEqualTo(LongStream.range(0, 300).boxed().toList());
        assertThat(ids).isSorted().doesNotHaveDuplicates();
        assertThat(start == 0 ? ids : sequences).isEqualTo(ids);
        sequences = ids;
        assertThat(journal.damaged()).isZero();
      }
    }
    try (Stream<Path> kept = Files.list(folder.resolve("quarantine"))) {
      assertThat(kept.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("19700101-0001.cq4", "19700101-0001.cq4.report.txt");
    }
  }
}

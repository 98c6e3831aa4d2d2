package org.aibridge.core.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.aibridge.core.store.Records;
import org.aibridge.core.store.SegmentScan;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Letters, marks, counts and the format as a later version may leave them. */
@Tag("slow")
class LetterLaterVersionTest {
  private static final int LETTERS = 4;

  private final ManualClock clock = new ManualClock();
  private Path folder;

  @BeforeEach
  @BeforeTry
  void write() throws IOException {
    folder = Files.createTempDirectory("letters");
    try (DeadLetterStore store = open()) {
      for (int i = 0; i < LETTERS; i++) {
        store.append(letter(i));
      }
    }
  }

  @AfterEach
  @AfterTry
  void delete() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private DeadLetterStore open() throws IOException {
    return DeadLetterStore.open(
        folder,
        new DeadLetterStore.Limits(1 << 30, 0, Duration.ZERO, Duration.ofDays(1), false),
        World.of(clock));
  }

  private static DeadLetter letter(int number) {
    String json = "{\"event_id\":\"s1:%d\",\"event_type\":\"test\"}".formatted(number);
    return new DeadLetter(
        "s1:" + number,
        json.getBytes(StandardCharsets.UTF_8),
        DeadLetter.Reason.REFUSED,
        422,
        "no",
        "",
        1,
        1,
        1,
        "b",
        "k",
        0,
        List.of(),
        0);
  }

  private List<String> ids() throws IOException {
    List<String> ids = new ArrayList<>();
    try (LetterScan scan = new LetterScan(folder)) {
      while (scan.next()) {
        if (scan.mark().isThere()) {
          ids.add(scan.letter().eventId());
        }
      }
    }
    return ids;
  }

  private List<LetterRef> refs() throws IOException {
    List<LetterRef> refs = new ArrayList<>();
    try (LetterScan scan = new LetterScan(folder)) {
      while (scan.next()) {
        refs.add(scan.letter().ref());
      }
    }
    return refs;
  }

  private static List<String> idsWithout(int number) {
    return Stream.iterate(0, i -> i < LETTERS, i -> i + 1)
        .filter(i -> i != number)
        .map(i -> "s1:" + i)
        .toList();
  }

  /** The version is the last byte of a record. */
  @Property(tries = 15)
  void stepsOverALetterOfALaterVersionAndKeepsItForThatVersion(
      @ForAll @IntRange(max = LETTERS - 1) int which,
      @ForAll @IntRange(min = 4, max = 127) int version)
      throws IOException {
    byte[] before = new byte[1];
    Records.change(
        folder,
        which,
        bytes -> {
          before[0] = bytes[bytes.length - 1];
          bytes[bytes.length - 1] = (byte) version;
        });
    try (DeadLetterStore store = open()) {
      while (store.countSome()) {
        continue;
      }
      assertThat(ids()).isEqualTo(idsWithout(which));
      assertThat(store.unreadable()).as("is no damage").isZero();
      store.mark(Mark.DELIVERED, refs(), 0);
      for (int i = 0; i < 3; i++) {
        store.trim();
      }
      assertThat(store.removed(Removals.Why.FILE_DELETED)).isZero();
      store.append(letter(9));
      assertThat(ids()).containsExactly("s1:9");
    }
    Records.change(folder, which, bytes -> bytes[bytes.length - 1] = before[0]);
    assertThat(ids()).as("forward again").containsExactly("s1:" + which, "s1:9");
  }

  @Property(tries = 15)
  void readsALetterWhoseReasonOrFlagsItDoesNotKnow(
      @ForAll @IntRange(max = LETTERS - 1) int which, @ForAll byte reason, @ForAll byte flags)
      throws IOException {
    Assume.that(reason < 0 || reason > 5);
    Records.change(
        folder,
        which,
        bytes -> {
          int fixed = bytes.length - LetterRecord.FIXED;
          bytes[fixed + LetterRecord.REASON] = reason;
          bytes[fixed + LetterRecord.FLAGS] |= (byte) (flags & 0xFE);
        });
    assertThat(ids()).isEqualTo(List.of("s1:0", "s1:1", "s1:2", "s1:3"));
    try (DeadLetterStore store = open()) {
      assertThat(store.mark(Mark.QUEUED, refs(), 0)).hasSize(LETTERS);
    }
  }

  @Property(tries = 15)
  void goesOnBehindAMarkThatItDoesNotKnow(@ForAll int code) throws IOException {
    Assume.that(code < 0 || code > 8);
    List<LetterRef> all = refs();
    Path marks = LetterMarks.fileOf(SegmentScan.file(folder, all.get(0).segment()));
    ByteBuffer entry = ByteBuffer.allocate(LetterMarks.ENTRY).order(ByteOrder.LITTLE_ENDIAN);
    entry.putInt(4, code).putLong(8, all.get(1).key());
    CRC32C sum = new CRC32C();
    sum.update(entry.array(), 4, LetterMarks.ENTRY - 4);
    entry.putInt(0, (int) sum.getValue());
    try (DeadLetterStore store = open()) {
      store.mark(Mark.PURGED, all.subList(0, 1), 5);
    }
    Files.write(marks, entry.array(), StandardOpenOption.APPEND);
    try (DeadLetterStore store = open()) {
      store.mark(Mark.DELIVERED, all.subList(2, 3), 0);
      assertThat(ids()).containsExactly("s1:1", "s1:3");
      assertThat(store.undo(5)).isEqualTo(1);
      assertThat(ids()).containsExactly("s1:0", "s1:1", "s1:3");
    }
  }

  @Test
  void addsItsOwnLettersToAFolderOfALaterFormatAndLeavesTheFormat() throws IOException {
    String later = "ai-bridge dead letters 30\n";
    Files.writeString(folder.resolve(DeadLetterFormat.FILE), later);
    for (int start = 0; start < 2; start++) {
      try (DeadLetterStore store = open()) {
        store.append(letter(10 + start));
      }
    }
    assertThat(ids()).contains("s1:0", "s1:10", "s1:11");
    assertThat(folder.resolve(DeadLetterFormat.FILE)).hasContent(later.strip());
  }

  @Test
  void countsOnBesideRemovalsThatItDoesNotKnow() throws IOException {
    Path counts = folder.resolve("removed.counts");
    Files.writeString(
        counts, "purged 7\nforwarded 3\nsegment 1 2 3 4\nsegment later\n\u00ff\npurged\n");
    try (DeadLetterStore store = open()) {
      store.mark(Mark.FORGOTTEN, refs().subList(0, 1), 0);
      assertThat(store.removed(Removals.Why.PURGED)).isEqualTo(8);
    }
  }
}

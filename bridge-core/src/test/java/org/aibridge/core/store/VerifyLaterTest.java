package org.aibridge.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.aibridge.core.run.World;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A log of ten segments with ten records each, of which only the newest is looked at. */
@Tag("slow")
@Timeout(60)
class VerifyLaterTest {
  private static final int SEGMENTS = 10;
  private static final int IN_EACH = 10;
  private static final int RECORDS = SEGMENTS * IN_EACH;
  private static final int BYTES = 300;
  private static final StoreLimits LIMITS = new StoreLimits((long) IN_EACH * (BYTES + 8), 0, 0);

  @TempDir Path temp;
  private Path folder;

  @BeforeEach
  void fill() throws Exception {
    folder = temp.resolve("log");
    try (SegmentLog log = open()) {
      for (int i = 0; i < RECORDS; i++) {
        log.append(ByteBuffer.allocate(BYTES).putInt(0, i).array());
      }
      assertThat(log.segmentNumbers()).hasSize(SEGMENTS);
    }
  }

  @Test
  void findsDamageWhenATailComesToItAndNotBefore() throws Exception {
    damage(5);
    try (SegmentLog log = open();
        SegmentTail tail = log.tail()) {
      for (int i = 0; i < 3 * IN_EACH; i++) {
        assertThat(next(tail)).hasValue(i);
      }
      assertThat(log.damagedRecords()).isZero();
      assertThat(folder.resolve("quarantine")).doesNotExist();

      assertThat(drain(tail)).hasSize(7 * IN_EACH - 1).isSorted();
      assertThat(log.damagedRecords()).isEqualTo(1);
      assertThat(log.saved()).containsExactly(java.util.Map.entry(5, (long) IN_EACH - 1));
    }
    try (SegmentLog log = open();
        SegmentTail tail = log.tail()) {
      assertThat(drain(tail)).hasSize(RECORDS - 1);
      assertThat(log.damagedRecords()).as("found once").isZero();
    }
  }

  /** Chronicle itself must meet no file that was not looked at, also when it appends. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void losesNoMoreThanTheRecordAFlippedBitHits(long seed) throws Exception {
    Random random = new Random(seed);
    for (int i = 0; i < 15; i++) {
      byte[] good = Files.readAllBytes(file(1 + i % SEGMENTS));
      Path file = file(1 + i % SEGMENTS);
      flip(file, i % 3 == 0 ? random.nextInt(0xC8) : random.nextInt(good.length), random);
      int more = RECORDS + i;
      try (SegmentLog log = open();
          SegmentTail tail = log.tail()) {
        log.append(ByteBuffer.allocate(BYTES).putInt(0, more).array());
        List<Integer> found = drain(tail);
        assertThat(found).as("%s", file).isSorted().doesNotHaveDuplicates().contains(more);
        assertThat(found.stream().filter(n -> n < RECORDS)).hasSizeGreaterThanOrEqualTo(99);
      }
      Files.write(file, good);
    }
  }

  @Test
  void readsOnWhereSegmentsAreMissingEmptyOrCannotBeReadAtAll() throws Exception {
    Files.delete(file(3));
    Files.write(file(5), new byte[0]);
    Files.write(file(6), new byte[100_000]);
    Files.write(file(8), new Random(1).ints(20_000).mapToObj(n -> "x").toList());
    try (SegmentLog log = open();
        SegmentTail tail = log.tail()) {
      assertThat(drain(tail)).isEqualTo(without(3, 5, 6, 8));
    }
  }

  @Test
  void marksTheEndOfASegmentInTheMiddleThatHasNone() throws Exception {
    try (RawSegment raw = RawSegment.open(file(4));
        RandomAccessFile bytes = new RandomAccessFile(file(4).toFile(), "rw")) {
      long end = new SegmentCheck(raw, () -> SegmentCheck.template(raw)).run().position();
      bytes.seek(end);
      bytes.writeInt(0);
    }
    try (SegmentLog log = open();
        SegmentTail tail = log.tail()) {
      assertThat(drain(tail)).isEqualTo(without());
    }
  }

  @Test
  void looksAtNothingMoreWhenItIsToBeClosed() throws Exception {
    try (SegmentLog log = open();
        SegmentTail tail = log.tail()) {
      assertThat(next(tail)).hasValue(0);
      log.stopVerification();
      assertThat(drain(tail)).as("what is at hand").allMatch(n -> n < 2 * IN_EACH);
      assertThat(next(tail)).isEmpty();
    }
    try (SegmentLog log = open();
        SegmentTail tail = log.tail()) {
      assertThat(drain(tail)).isEqualTo(without());
    }
  }

  @Test
  void seeksIntoWhatWasNotLookedAt() throws Exception {
    damage(7);
    try (SegmentLog log = open();
        SegmentTail tail = log.tail()) {
      tail.seek(SegmentLog.firstPositionOf(7) + 4);
      assertThat(drain(tail))
          .as("a segment written anew is read from its beginning")
          .hasSize(4 * IN_EACH - 1)
          .startsWith(6 * IN_EACH);
      tail.seek(SegmentLog.firstPositionOf(2) + 4);
      assertThat(next(tail)).hasValue(IN_EACH + 4);
    }
    damage(5);
    try (SegmentLog log = open()) {
      log.deleteBefore(SegmentLog.firstPositionOf(4));
      try (SegmentTail tail = log.tail()) {
        tail.seek(SegmentLog.firstPositionOf(2));
        assertThat(next(tail)).hasValue(3 * IN_EACH);
        assertThat(drain(tail)).hasSize(7 * IN_EACH - 3);
      }
    }
  }

  @Test
  void tellsTheEndsOfASegmentItHasNotLookedAt() throws Exception {
    damage(5);
    try (SegmentLog log = open()) {
      for (int segment = 1; segment <= SEGMENTS; segment++) {
        SegmentEnds ends = log.endsOf(segment).orElseThrow();
        assertThat(number(ends.first().getInt(0))).isEqualTo((segment - 1) * IN_EACH);
        assertThat(number(ends.last().getInt(0))).isEqualTo(segment * IN_EACH - 1);
      }
      assertThat(folder.resolve("quarantine")).doesNotExist();
      assertThat(log.hasRecords(5)).isTrue();
      assertThat(log.endsOf(5)).as("of what was damaged all must be read").isEmpty();
    }
  }

  @Test
  void tellsNoEndsThatCannotBeTrusted() throws Exception {
    for (int at : new int[] {0x40, 0x8110 + 4, 0x8110 + 20}) {
      byte[] good = Files.readAllBytes(file(5));
      byte[] bad = good.clone();
      bad[at] ^= 4;
      Files.write(file(5), bad);
      try (SegmentLog log = open()) {
        assertThat(log.endsOf(5)).as("byte %d", at).isEmpty();
      }
      Files.write(file(5), good);
    }
  }

  @Test
  void saysThatADamagedSegmentCannotBeReadForWantOfRoomAndGoesOnWhenThereIs() throws Exception {
    byte[] bytes = Files.readAllBytes(file(5));
    bytes[offset(bytes, 3) + 3] ^= 0x20; // a length beyond the end of the file
    Files.write(file(5), bytes);
    try (SegmentLog log = open();
        SegmentTail tail = log.tail()) {
      Path inTheWay = Files.createFile(folder.resolve("quarantine"));
      assertThatThrownBy(() -> drain(tail)).isInstanceOf(UncheckedIOException.class);
      Files.delete(inTheWay);
      assertThat(drain(tail)).contains(RECORDS - 1).hasSizeGreaterThanOrEqualTo(6 * IN_EACH - 1);
    }
  }

  private SegmentLog open() throws Exception {
    return SegmentLog.openAndVerifyLater(
        folder, LIMITS, (payload, length) -> Optional.of(span(payload)), World.ofJvm());
  }

  private static RecordSpan.Span span(byte[] payload) {
    int number = ByteBuffer.wrap(payload).getInt(0);
    return new RecordSpan.Span(number, number);
  }

  /** Flips a bit of a record's payload in the middle of a segment. */
  private void damage(int segment) throws Exception {
    byte[] bytes = Files.readAllBytes(file(segment));
    bytes[offset(bytes, IN_EACH / 2) + 12 + 100] ^= 1;
    Files.write(file(segment), bytes);
  }

  private static int offset(byte[] bytes, int record) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    int seen = 0;
    for (int at = 0; at + 8 < bytes.length; at += 4) {
      if (buffer.getInt(at + 4) == Frame.MAGIC && seen++ == record) {
        return at;
      }
    }
    throw new AssertionError("no record " + record);
  }

  private static void flip(Path file, int at, Random random) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= (byte) (1 << random.nextInt(8));
    Files.write(file, bytes);
  }

  private Path file(int segment) {
    return SegmentLog.fileOf(folder, segment);
  }

  private static List<Integer> without(Integer... segments) {
    return IntStream.range(0, RECORDS)
        .filter(n -> Stream.of(segments).noneMatch(s -> n / IN_EACH == s - 1))
        .boxed()
        .toList();
  }

  private static Optional<Integer> next(SegmentTail tail) {
    return tail.next() ? Optional.of(number(tail.payload().getInt(0))) : Optional.empty();
  }

  private static int number(int nativeOrder) {
    return Integer.reverseBytes(nativeOrder);
  }

  private static List<Integer> drain(SegmentTail tail) {
    List<Integer> found = new ArrayList<>();
    for (Optional<Integer> n = next(tail); n.isPresent(); n = next(tail)) {
      found.add(n.get());
    }
    return found;
  }
}

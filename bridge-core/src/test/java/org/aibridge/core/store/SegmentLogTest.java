package org.aibridge.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class SegmentLogTest {
  private static final long SEGMENT = 1 << 20;
  private static final int PAYLOAD_START = 12;

  private final BridgeClock clock = BridgeClock.system();

  @TempDir Path folder;

  private SegmentLog open() throws IOException {
    return SegmentLog.open(folder, SEGMENT, 0, World.of(clock));
  }

  private SegmentLog open(StoreLimits limits, ManualClock time, AtomicLong free)
      throws IOException {
    return SegmentLog.open(folder, limits, RecordSpan.NONE, World.of(time), free::get);
  }

  @Test
  void rollsBySizeAndKeepsOrderAndPositionsAcrossRestarts() throws Exception {
    List<Long> positions = new ArrayList<>();
    for (int run = 0; run < 3; run++) {
      try (SegmentLog log = open()) {
        for (int i = 0; i < 30; i++) {
          positions.add(log.append(record(run * 30 + i, 100_000)));
        }
        assertThat(log.segmentNumbers()).hasSize((run + 1) * 3);
      }
    }
    assertThat(positions).isSorted().doesNotHaveDuplicates();
    try (SegmentLog log = open();
        SegmentTail tail = log.tail()) {
      for (int i = 0; i < 90; i++) {
        assertThat(tail.next()).isTrue();
        assertThat(numberOf(tail)).isEqualTo(i);
        assertThat(tail.position()).isEqualTo(positions.get(i));
      }
      assertThat(tail.next()).isFalse();
      for (int i = 89; i >= 0; i -= 7) {
        tail.seek(positions.get(i));
        assertThat(tail.next()).isTrue();
        assertThat(numberOf(tail)).isEqualTo(i);
      }
      assertThat(tail.damaged()).isZero();
    }
  }

  @Test
  void takesTheLargestRecordAtAnyPlace() throws Exception {
    Random random = new Random(1);
    List<Integer> sizes = new ArrayList<>();
    try (SegmentLog log = SegmentLog.open(folder, 1 << 30, 0, World.of(clock));
        SegmentTail tail = log.tail()) {
      for (int i = 0; i < 60; i++) {
        int size =
            i % 3 == 0 ? SegmentLog.MAX_PAYLOAD : 4 + random.nextInt(SegmentLog.MAX_PAYLOAD - 3);
        sizes.add(size);
        log.append(record(i, size));
      }
      for (int i = 0; i < 60; i++) {
        assertThat(tail.next()).isTrue();
        assertThat(numberOf(tail)).isEqualTo(i);
        assertThat(tail.length()).isEqualTo(sizes.get(i));
      }
      assertThatThrownBy(() -> log.append(new byte[SegmentLog.MAX_PAYLOAD + 1]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void showsATailEachAppendAsItIsMade() throws Exception {
    try (SegmentLog log = open();
        SegmentTail tail = log.tail()) {
      for (int i = 0; i < 50; i++) {
        assertThat(tail.next()).isFalse();
        log.append(record(i, 100_000));
        assertThat(tail.next()).isTrue();
        assertThat(numberOf(tail)).isEqualTo(i);
      }
    }
  }

  @Test
  void seeksToTheOldestRecordAfterAPositionThatIsGone() throws Exception {
    List<Long> positions = new ArrayList<>();
    try (SegmentLog log = open();
        SegmentTail early = log.tail()) {
      for (int i = 0; i < 50; i++) {
        positions.add(log.append(record(i, 100_000)));
      }
      assertThat(early.next()).isTrue();
      int firstLeft = 20;
      log.deleteBefore(positions.get(firstLeft));
      assertThat(SegmentLog.segmentOf(positions.get(firstLeft)))
          .isEqualTo(log.segmentNumbers().get(0));

      assertThat(early.next()).isTrue();
      try (SegmentTail tail = log.tail()) {
        tail.seek(positions.get(3));
        assertThat(tail.next()).isTrue();
        assertThat(tail.position()).isEqualTo(positions.get(firstLeft));
        int count = 1;
        while (tail.next()) {
          count++;
        }
        assertThat(count).isEqualTo(30);
        log.append(record(50, 10));
        assertThat(tail.next()).isTrue();
        tail.seek(0);
        assertThat(tail.next()).isTrue();
        assertThat(numberOf(tail)).isEqualTo(firstLeft);
      }
    }
    assertThat(readAll()).isEqualTo(numbers(20, 51));
  }

  @Test
  void goesOnAfterEverythingWasDeleted() throws Exception {
    long last;
    try (SegmentLog log = open()) {
      for (int i = 0; i < 30; i++) {
        log.append(record(i, 100_000));
      }
      last = log.append(record(30, 100_000));
      log.deleteBefore(SegmentLog.firstPositionOf(SegmentLog.segmentOf(last) + 1));
      try (SegmentTail tail = log.tail()) {
        assertThat(tail.next()).isFalse();
      }
    }
    try (SegmentLog log = open()) {
      log.beginAfter(last);
      assertThat(log.append(record(31, 10))).isGreaterThan(last);
      try (SegmentTail tail = log.tail()) {
        tail.seek(last);
        assertThat(tail.next()).isTrue();
        assertThat(numberOf(tail)).isEqualTo(31);
      }
    }
  }

  @Test
  void stepsOverARecordWithAFlippedByteAndCountsIt() throws Exception {
    fill(100, 300);
    int at = offsetOf(40) + PAYLOAD_START + 200;
    flip(segment(), at, 4);

    try (SegmentLog log = open();
        SegmentTail tail = log.tail()) {
      List<Integer> expected = numbers(0, 100);
      expected.remove(40);
      assertThat(drain(tail)).isEqualTo(expected);
      assertThat(log.damagedRecords()).isEqualTo(1);
    }
    try (SegmentLog log = open()) {
      assertThat(log.damagedRecords()).as("found once").isZero();
    }
  }

  @Test
  void stepsOverARecordThatIsSpoiltWhileTheLogIsOpenAndCountsItOnce() throws Exception {
    try (SegmentLog log = open();
        SegmentTail tail = log.tail();
        SegmentTail second = log.tail()) {
      for (int i = 0; i < 3; i++) {
        log.append(record(i, 300));
      }
      flip(segment(), offsetOf(1) + PAYLOAD_START + 200, 4);
      assertThat(drain(tail)).containsExactly(0, 2);
      assertThat(drain(second)).containsExactly(0, 2);
      assertThat(log.damagedRecords()).isEqualTo(1);
    }
  }

  /**
   * Whatever byte flips: no wait, no exception, nothing wrong handed on, one record lost at most.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void losesNoMoreThanTheRecordAFlippedBitHits(long seed) throws Exception {
    fill(100, 300);
    byte[] good = Files.readAllBytes(segment());
    int end = offsetOf(99) + PAYLOAD_START + 300 + 4;
    Random random = new Random(seed);
    for (int i = 0; i < 60; i++) {
      int at =
          i % 3 == 0
              ? random.nextInt(0xC8)
              : i % 3 == 1 ? random.nextInt(end) : offsetOf(i) + random.nextInt(12);
      resetTo(good);
      flip(segment(), at, random.nextInt(8));

      List<Integer> found = assertOpensWithin(Duration.ofSeconds(10), "byte " + at);
      assertThat(found)
          .as("byte %d", at)
          .isSorted()
          .doesNotHaveDuplicates()
          .hasSizeGreaterThanOrEqualTo(99);
    }
  }

  @Test
  void keepsEarlierRecordsOfATruncatedFile() throws Exception {
    fill(100, 300);
    byte[] good = Files.readAllBytes(segment());
    Random random = new Random(8);
    for (int i = 0; i < 40; i++) {
      int first = offsetOf(0);
      int end = offsetOf(99) + PAYLOAD_START + 300;
      int size = i < 4 ? random.nextInt(first) : first + random.nextInt(end - first);
      resetTo(good);
      try (RandomAccessFile file = new RandomAccessFile(segment().toFile(), "rw")) {
        file.setLength(size);
        if (i % 2 == 1) {
          file.setLength(good.length);
        }
      }
      int whole =
          (int)
              IntStream.range(0, 100)
                  .filter(n -> offsetOf(n) + PAYLOAD_START + 300 <= size)
                  .count();

      assertThat(assertOpensWithin(Duration.ofSeconds(10), "size " + size))
          .isEqualTo(numbers(0, whole));
    }
  }

  @Test
  void findsRecordsBehindAHoleOfZeros() throws Exception {
    fill(100, 300);
    try (RandomAccessFile file = new RandomAccessFile(segment().toFile(), "rw")) {
      file.seek(offsetOf(30) / 4096 * 4096L);
      file.write(new byte[4096]);
    }
    List<Integer> found = assertOpensWithin(Duration.ofSeconds(10), "hole");
    assertThat(found).hasSizeGreaterThan(83).startsWith(0, 1, 2).endsWith(98, 99);
    assertThat(quarantine()).hasSize(1);
  }

  @Test
  void putsAFileThatCannotBeReadAtAllIntoQuarantine() throws Exception {
    fill(10, 300);
    byte[] noise = new byte[100_000];
    new Random(4).nextBytes(noise);
    Files.write(segment(), noise);

    try (SegmentLog log = open()) {
      log.append(record(77, 10));
    }
    assertThat(readAll()).containsExactly(77);
    assertThat(quarantine()).hasSize(1);
    assertThat(Files.readAllBytes(quarantine().get(0))).isEqualTo(noise);
  }

  @Test
  void givesNoPositionTwiceThoughTheNewestSegmentWentToQuarantine() throws Exception {
    long last;
    try (SegmentLog log = open()) {
      last = log.append(record(1, 10));
    }
    Files.write(segment(), new byte[] {1, 2, 3});
    try (SegmentLog log = open()) {
      assertThat(log.append(record(2, 10))).isGreaterThan(last);
    }
  }

  @Test
  void readsARewrittenSegmentFromItsBeginningAlsoAfterTheNextStart() throws Exception {
    List<Long> positions = fill(100, 300);
    flip(segment(), offsetOf(20), 3);
    for (int start = 0; start < 2; start++) {
      try (SegmentLog log = open();
          SegmentTail tail = log.tail()) {
        tail.seek(positions.get(90));
        List<Integer> expected = numbers(0, 100);
        expected.remove(20);
        assertThat(drain(tail)).isEqualTo(expected);
      }
    }
    assertThat(quarantine()).hasSize(1);
  }

  @Test
  void keepsTheDamagedFileAsItWas() throws Exception {
    fill(100, 300);
    byte[] damaged = Files.readAllBytes(segment());
    damaged[offsetOf(20)] ^= 64;
    Files.write(segment(), damaged);
    open().close();
    assertThat(Files.readAllBytes(quarantine().get(0))).isEqualTo(damaged);
  }

  @Test
  void doesWithoutChroniclesOwnNotes() throws Exception {
    fill(10, 300);
    assertThat(folder.resolve("metadata.cq4t")).doesNotExist();
    Files.write(folder.resolve("metadata.cq4t"), new byte[] {1, 2, 3});
    assertThat(assertOpensWithin(Duration.ofSeconds(5), "notes")).isEqualTo(numbers(0, 10));
    assertThat(folder.resolve("beginning")).doesNotExist();
  }

  @Test
  void sealsWhatADeadWriterLeftUnfinishedWithoutWaiting() throws Exception {
    fill(50, 300);
    int next = offsetOf(49) + PAYLOAD_START + 300;
    try (RandomAccessFile file = new RandomAccessFile(segment().toFile(), "rw")) {
      file.seek(next);
      file.write(new byte[] {0, 0, 0, (byte) 0x80, 1, 2, 3, 4});
    }
    long before = System.nanoTime();
    open().close();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
    assertThat(readAll()).isEqualTo(numbers(0, 50));
    assertThat(quarantine()).isEmpty();
  }

  /**
   * Found by killing: what was written of it was taken for a record behind the end mark at the
   * start after the next, and the ring's events in it went out under other ids once more.
   */
  @Test
  void countsNoRecordInThatADeadWriterHadNotEnded() throws Exception {
    fill(50, 300);
    byte[] whole = new byte[PAYLOAD_START + 300];
    try (RandomAccessFile file = new RandomAccessFile(segment().toFile(), "rw")) {
      file.seek(offsetOf(49));
      file.readFully(whole);
      System.arraycopy(new byte[] {0, 0, 0, (byte) 0x80}, 0, whole, 0, 4);
      file.seek(offsetOf(50));
      file.write(whole);
    }
    for (int start = 0; start < 3; start++) {
      assertThat(readAll()).as("start %d", start).isEqualTo(numbers(0, 50));
    }
    assertThat(quarantine()).isEmpty();
  }

  /** Found by killing: the process died between making the next file and its first document. */
  @Test
  void doesAwayWithASegmentThatWasNeverBegun() throws Exception {
    fill(10, 300);
    Files.write(SegmentLog.fileOf(folder, 2), new byte[100_000]);
    byte[] begun = new byte[100_000];
    begun[3] = (byte) 0x80;
    begun[60] = 7;
    Files.write(SegmentLog.fileOf(folder, 3), begun);
    Files.write(SegmentLog.fileOf(folder, 4), new byte[0]);

    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      assertThat(readAll()).isEqualTo(numbers(0, 10));
    } finally {
      System.setErr(before);
    }
    assertThat(quarantine()).isEmpty();
    assertThat(SegmentLog.fileOf(folder, 4)).doesNotExist();
    // Somebody may have emptied what had records.
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("WARN")
        .contains("0004.cq4 holds no");
  }

  @Test
  void leavesForeignFilesAlone() throws Exception {
    Files.writeString(folder.resolve("notes.txt"), "mine");
    Files.writeString(folder.resolve("readme.cq4x"), "mine");
    fill(3, 10);
    assertThat(readAll()).isEqualTo(numbers(0, 3));
    assertThat(folder.resolve("notes.txt")).hasContent("mine");
  }

  @Test
  void goesByItsOwnTimelineWhateverTheClockSays() throws Exception {
    for (long ms : new long[] {1_700_000_000_000L, 0, 4_000_000_000_000L, 5}) {
      try (SegmentLog log = SegmentLog.open(folder, SEGMENT, 0, World.of(new ManualClock(ms)))) {
        log.append(record((int) (ms % 1000), 10));
      }
    }
    assertThat(readAll()).hasSize(4);
    try (SegmentLog log = open()) {
      assertThat(log.segmentNumbers()).containsExactly(1, 2, 3, 4);
    }
  }

  @Test
  void refusesBelowTheReserveAndWritesNothing() throws Exception {
    AtomicLong free = new AtomicLong(1L << 30);
    ManualClock time = new ManualClock(0);
    try (SegmentLog log = open(new StoreLimits(SEGMENT, 100 << 20, 0), time, free)) {
      log.append(record(1, 10));
      assertThat(log.problem()).isEmpty();
      free.set(100 << 20);
      time.advanceMs(200);
      assertThat(log.problem()).isNotEmpty();
      List<Path> before = files();
      assertThatThrownBy(() -> log.append(record(2, 10)))
          .isInstanceOf(StoreFullException.class)
          .hasMessageContaining("100 MB free", "100 MB are kept in reserve");
      assertThat(files()).isEqualTo(before);
      free.set(1L << 30);
      time.advanceMs(200);
      log.append(record(3, 10));
    }
    assertThat(readAll()).containsExactly(1, 3);
  }

  @Test
  void countsWhatItWritesBetweenTwoLooksAtTheDisk() throws Exception {
    AtomicLong free = new AtomicLong((10 << 20) + (8 << 20));
    ManualClock time = new ManualClock(0);
    try (SegmentLog log = open(new StoreLimits(1 << 30, 10 << 20, 0), time, free)) {
      int written = 0;
      try {
        while (written < 100) {
          log.append(record(written, 1 << 20));
          written++;
        }
      } catch (StoreFullException e) {
        assertThat(written).isBetween(5, 7);
      }
      assertThat(written).isLessThan(100);
    }
  }

  @Test
  void opensAndReadsOnAFullDiskAndMakesNoSegmentThere() throws Exception {
    fill(10, 300);
    AtomicLong free = new AtomicLong(5);
    ManualClock time = new ManualClock(0);
    try (SegmentLog log = open(new StoreLimits(SEGMENT, 1 << 20, 0), time, free);
        SegmentTail tail = log.tail()) {
      assertThat(drain(tail)).isEqualTo(numbers(0, 10));
      assertThat(log.problem()).contains(folder.toString(), "0 MB free", "1 MB are kept");
      assertThatThrownBy(() -> log.append(record(1, 10))).isInstanceOf(StoreFullException.class);
      assertThat(log.segmentNumbers()).containsExactly(1);
      free.set(1L << 30);
      time.advanceMs(200);
      log.append(record(10, 10));
      assertThat(drain(tail)).containsExactly(10);
    }
  }

  /** Only whole segments are ever deleted, so the cap holds several. */
  @Test
  void takesNoMoreThanItsCapAndGoesOnWhenSegmentsWereDeleted() throws Exception {
    long cap = StoreLimits.MIN_CAP;
    try (SegmentLog log =
        open(new StoreLimits(1 << 30, 0, cap), new ManualClock(0), new AtomicLong(1L << 40))) {
      List<Long> positions = new ArrayList<>();
      assertThatThrownBy(
              () -> {
                while (true) {
                  positions.add(log.append(record(positions.size(), 100_000)));
                }
              })
          .isInstanceOf(StoreFullException.class)
          .hasMessageContaining(folder.toString())
          .hasMessageContaining("may take 8 MB (max_mb)");
      assertThat(positions).hasSizeBetween(60, 83);
      assertThat(log.diskBytes()).isLessThanOrEqualTo(cap);
      assertThat(log.problem()).isNotEmpty();
      assertThat(log.segmentNumbers()).hasSizeGreaterThan(3);
      log.deleteBefore(positions.get(positions.size() - 1));
      assertThat(log.problem()).isEmpty();
      log.append(record(1000, 100_000));
    }
    try (SegmentLog log =
        open(new StoreLimits(1 << 30, 0, cap), new ManualClock(0), new AtomicLong(1L << 40))) {
      assertThat(log.diskBytes()).isBetween(100_000L, 3L << 20);
    }
  }

  @Test
  void takesNothingIntoAFolderThatWasTakenAwayAndGoesOnWhenItIsBack() throws Exception {
    Path inner = folder.resolve("log");
    ManualClock time = new ManualClock(0);
    StoreLimits limits = new StoreLimits(SEGMENT, 0, 0);
    try (SegmentLog log =
        SegmentLog.open(inner, limits, RecordSpan.NONE, World.of(time), () -> 1L << 40)) {
      log.append(record(1, 10));
      Files.move(inner, folder.resolve("elsewhere"));
      time.advanceMs(10);
      assertThatThrownBy(() -> log.append(record(2, 10)))
          .isInstanceOf(StoreFullException.class)
          .hasMessageContaining(inner.toString())
          .hasMessageContaining("removed");
      Files.createDirectory(inner);
      Files.writeString(inner.resolve("owner.lock"), "1");
      time.advanceMs(10);
      assertThat(log.problem()).contains("removed");
      Files.delete(inner.resolve("owner.lock"));
      Files.delete(inner);
      Files.move(folder.resolve("elsewhere"), inner);
      time.advanceMs(10);
      assertThat(log.problem()).isEmpty();
      log.append(record(2, 10));
      try (SegmentTail tail = log.tail()) {
        assertThat(drain(tail)).containsExactly(1, 2);
      }
    }
  }

  @Test
  void beginsANewSegmentWhenSomeoneDeletedTheOneItWrites() throws Exception {
    ManualClock time = new ManualClock(0);
    try (SegmentLog log = open(new StoreLimits(SEGMENT, 0, 0), time, new AtomicLong(1L << 40))) {
      log.append(record(1, 10));
      Files.delete(segment());
      time.advanceMs(10);
      log.append(record(2, 10));
      assertThat(log.segmentNumbers()).containsExactly(2);
    }
    assertThat(readAll()).containsExactly(2);
  }

  @Test
  void removesWhatAProcessLeftThatDiedWhileItMadeASegment() throws Exception {
    fill(3, 10);
    Path unfinished = Files.write(folder.resolve("19700101-0002.cq4.new"), new byte[100_000]);
    assertThat(readAll()).isEqualTo(numbers(0, 3));
    assertThat(unfinished).doesNotExist();
  }

  @Test
  void closesTwice() throws Exception {
    SegmentLog log = open();
    log.close();
    log.close();
    open().close();
  }

  // ---- helpers

  private List<Long> fill(int count, int size) throws IOException {
    List<Long> positions = new ArrayList<>();
    try (SegmentLog log = open()) {
      for (int i = 0; i < count; i++) {
        positions.add(log.append(record(i, size)));
      }
    }
    return positions;
  }

  private List<Integer> assertOpensWithin(Duration limit, String what) throws IOException {
    long before = System.nanoTime();
    List<Integer> found = readAll();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).as(what).isLessThan(limit);
    return found;
  }

  private List<Integer> readAll() throws IOException {
    try (SegmentLog log = open();
        SegmentTail tail = log.tail()) {
      return drain(tail);
    }
  }

  private static List<Integer> drain(SegmentTail tail) {
    List<Integer> found = new ArrayList<>();
    while (tail.next()) {
      found.add(numberOf(tail));
      for (int i = 4; i < tail.length(); i++) {
        assertThat(tail.bytes()[i]).isEqualTo((byte) (numberOf(tail) + i));
      }
    }
    return found;
  }

  /** A payload that begins with {@code number} and tells its own damage. */
  private static byte[] record(int number, int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (number + i);
    }
    java.nio.ByteBuffer.wrap(bytes).putInt(0, number);
    return bytes;
  }

  private static int numberOf(SegmentTail tail) {
    return java.nio.ByteBuffer.wrap(tail.bytes()).getInt(0);
  }

  private static List<Integer> numbers(int from, int to) {
    return IntStream.range(from, to).boxed().collect(Collectors.toCollection(ArrayList::new));
  }

  /** Where the header of record {@code number} of a file made by {@code fill(100, 300)} lies. */
  private static int offsetOf(int number) {
    return 0x8110 + number * (PAYLOAD_START + 300);
  }

  private Path segment() {
    return SegmentLog.fileOf(folder, 1);
  }

  private static void flip(Path file, int at, int bit) throws IOException {
    try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.seek(at);
      int old = raw.read();
      raw.seek(at);
      raw.write(old ^ 1 << bit);
    }
  }

  private void resetTo(byte[] good) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.filter(Files::isRegularFile).toList()) {
        if (!path.endsWith("owner.lock")) { // By which the folder is known as one of ours.
          Files.delete(path);
        }
      }
    }
    Files.write(segment(), good);
  }

  private List<Path> quarantine() throws IOException {
    Path quarantine = folder.resolve(SegmentRepair.QUARANTINE);
    if (!Files.isDirectory(quarantine)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(quarantine)) {
      return files.filter(file -> !file.toString().endsWith(".report.txt")).toList();
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return new ArrayList<>(files.collect(Collectors.toCollection(TreeSet::new)));
    }
  }
}

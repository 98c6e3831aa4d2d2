package org.aibridge.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.ErrorOutput;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.event.Events;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.aibridge.core.store.SegmentLog;
import org.aibridge.core.store.StoreLimits;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JournalTest {
  private static final int LANES = 4;

  private final BridgeClock clock = BridgeClock.system();

  @TempDir Path temp;
  private Path folder;
  private Path ring;

  @BeforeEach
  void nameFiles() {
    folder = temp.resolve("journal");
    ring = temp.resolve("ring");
  }

  private Journal open() throws Exception {
    return open(LANES);
  }

  private Journal open(int lanes) throws Exception {
    return Journal.open(folder, new StoreLimits(1 << 20, 0, 0), lanes, World.of(clock));
  }

  private Intake ring() throws Exception {
    return Intake.create(ring, 1000, 65_536, new Refusals());
  }

  /** Found by the simulator: each start that failed left the cursor's file open. */
  @Test
  void leavesNothingOpenWhereItCannotBeOpened() throws Exception {
    open().close();
    byte[] cursor = Files.readAllBytes(folder.resolve("cursor"));
    BridgeClock failing =
        new BridgeClock() {
          @Override
          public long nanos() {
            return clock.nanos();
          }

          @Override
          public long epochMs() {
            throw new IllegalStateException("no time");
          }
        };
    SegmentLog log = SegmentLog.open(folder, 1 << 20, 0, World.of(clock));
    assertThatThrownBy(() -> Journal.open(log, LANES, failing)).hasMessage("no time");
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      assertThat(all.map(JournalTest::target).filter(file -> file.startsWith(folder))).isEmpty();
    }
    assertThat(folder.resolve("cursor")).hasBinaryContent(cursor);
  }

  private static Path target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor);
    } catch (IOException e) {
      return descriptor; // It was the listing's own.
    }
  }

  @Test
  void movesEventsInOrderUnderGrowingSequences() throws Exception {
    Intake intake = ring();
    RingDrain drain = intake.drain();
    try (Journal journal = open();
        JournalReader reader = journal.reader()) {
      long last = 0;
      int read = 0;
      for (int i = 0; i < 3000; i++) {
        assertThat(intake.publish(Events.numbered(i, i, 700))).isTrue();
        if (i % 37 == 0 || i == 2999) {
          journal.move(drain);
          while (reader.next()) {
            assertThat(Events.numberIn(reader.buffer(), reader.index())).isEqualTo(read++);
            assertThat(EventCodec.isWellFormed(reader.buffer(), reader.index(), reader.length()))
                .isTrue();
            assertThat(reader.sequence()).isGreaterThan(last);
            last = reader.sequence();
          }
        }
      }
      assertThat(read).isEqualTo(3000);
      assertThat(journal.moved()).isEqualTo(3000);
      assertThat(journal.malformed()).isZero();
    }
  }

  @Test
  void tellsOfEventsInTheRingThatSomebodyWroteOver() throws Exception {
    Intake intake = ring();
    RingDrain drain = intake.drain();
    try (Journal journal = open();
        JournalReader reader = journal.reader()) {
      for (int i = 0; i < 3; i++) {
        assertThat(intake.publish(Events.numbered(i, 1, 10))).isTrue();
      }
      damageSecond(drain);

      assertThat(journal.move(drain)).isEqualTo(2);

      assertThat(journal.malformed()).isEqualTo(1);
      assertThat(journal.lostInRing()).as("was accepted").isEqualTo(1);
      assertThat(journal.damaged()).isEqualTo(1);
      assertThat(readAll(reader)).containsExactly(0L, 2L);
      assertThat(intake.hasWaiting()).isFalse();
    }
  }

  @Test
  void countsEachEventThatSomebodyWroteOverAndLogsFewLines() throws Exception {
    Intake intake = ring();
    RingDrain drain = intake.drain();
    ManualClock manual = new ManualClock();
    StoreLimits limits = new StoreLimits(1 << 20, 0, 0);
    try (Journal journal = Journal.open(folder, limits, 4, World.of(manual));
        ErrorOutput output = new ErrorOutput()) {
      for (int i = 1; i <= 50; i++) {
        assertThat(intake.publish(Events.numbered(i, 1, 10))).isTrue();
        assertThat(intake.publish(Events.numbered(i, 1, 10))).isTrue();
        damageSecond(drain);
        journal.move(drain);
        assertThat(journal.malformed()).isEqualTo(i);
      }
      manual.advance(Duration.ofHours(1));
      assertThat(intake.publish(Events.numbered(0, 1, 10))).isTrue();
      assertThat(intake.publish(Events.numbered(0, 1, 10))).isTrue();
      damageSecond(drain);
      journal.move(drain);
      assertThat(output.errors()).hasSize(2);
      assertThat(output.errors().get(1)).contains("51 events in the ring are damaged");
    }
  }

  @Test
  void tellsOfEventsInTheRingOfADeadProcessThatSomebodyWroteOver() throws Exception {
    Intake dead = ring();
    for (int i = 0; i < 3; i++) {
      assertThat(dead.publish(Events.numbered(i, 1, 10))).isTrue();
    }
    damageSecond(dead.drain());
    try (Journal journal = open()) {
      assertThat(journal.recover(Intake.leftovers(ring).orElseThrow())).isEqualTo(2);
      assertThat(journal.malformed()).isEqualTo(1);
      assertThat(journal.damaged()).isEqualTo(1);
      assertThat(journal.lostInRing()).as("this process has accepted none").isZero();
    }
  }

  @Test
  void takesOverTheRingOfALaterVersion() throws Exception {
    Intake dead = ring();
    for (int i = 0; i < 3; i++) {
      assertThat(dead.publish(Events.numbered(i, 1, 10))).isTrue();
    }
    dead.drain().read(1, (buffer, index, length) -> Events.makeUnknown(buffer, index));
    try (Journal journal = open();
        JournalReader reader = journal.reader()) {
      assertThat(journal.recover(Intake.leftovers(ring).orElseThrow())).isEqualTo(3);
      assertThat(journal.malformed()).isZero();
      assertThat(readAll(reader)).containsExactly(0L, 1L, 2L);
    }
  }

  @Test
  void stepsOverARecordWhoseHeaderMakesNoSense() throws Exception {
    Intake intake = ring();
    RingDrain drain = intake.drain();
    try (Journal journal = open()) {
      intake.publish(Events.numbered(0, 1, 10));
      journal.move(drain);
    }
    try (SegmentLog log = SegmentLog.open(folder, 1 << 20, 0, World.of(clock))) {
      byte[] later = new byte[JournalRecord.HEADER];
      later[0] = 9;
      log.append(later, 0, later.length);
    }
    try (Journal journal = open();
        JournalReader reader = journal.reader()) {
      intake.publish(Events.numbered(1, 1, 10));
      journal.move(drain);
      assertThat(readAll(reader)).containsExactly(0L, 1L);
      assertThat(reader.damaged()).isEqualTo(1);
    }
  }

  private static void damageSecond(RingDrain drain) {
    int[] seen = new int[1];
    long before = drain.position();
    drain.read(
        1 << 20,
        (buffer, index, length) -> {
          if (seen[0]++ == 1) {
            Events.damage(buffer, index);
          }
        });
    drain.rewindTo(before);
  }

  private static List<Long> readAll(JournalReader reader) {
    List<Long> numbers = new ArrayList<>();
    while (reader.next()) {
      numbers.add(Events.numberIn(reader.buffer(), reader.index()));
    }
    return numbers;
  }

  /**
   * The process dies after the append, and the ring is freed or not, and cleared in part or not.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void doublesNothingWhenTheProcessDiesBetweenAppendAndFree(int how) throws Exception {
    Intake intake = ring();
    publish(intake, 0, 50);
    try (Journal journal = open()) {
      RingDrain drain = intake.drain();
      switch (how) {
        case 0 -> journal.moveSealed(drain);
        case 1 -> journal.move(drain);
        case 2 -> {
          journal.moveSealed(drain);
          publish(intake, 50, 60);
        }
        default -> {
          Path copy = temp.resolve("copy");
          Files.copy(ring, copy);
          journal.move(drain);
          Files.move(copy, ring, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    int late = how == 2 ? 10 : 0;
    for (int start = 0; start < 3; start++) {
      try (Journal journal = open()) {
        assertThat(journal.recover(Intake.leftovers(ring).orElseThrow()))
            .isEqualTo(start == 0 ? late : 0);
        assertThat(read(journal)).isEqualTo(range(0, 50 + late));
      }
    }
  }

  /** Found by review: records written in the middle of a recovery said that nothing was moved. */
  @Test
  void doublesNothingWhenTheProcessDiesWithinARecovery() throws Exception {
    Intake intake = ring();
    publish(intake, 0, 900, 1500);
    try (Journal journal = open()) {
      RingDrain leftovers = Intake.leftovers(ring).orElseThrow();
      journal.recover(leftovers);
      assertThat(read(journal)).isEqualTo(range(0, 900));
    }
    // Cut the log after its first record: so it looks if the process dies there.
    List<Long> first;
    try (Journal journal = open();
        JournalReader reader = journal.reader()) {
      reader.next();
      long position = reader.position();
      first = new ArrayList<>();
      do {
        first.add(Events.numberIn(reader.buffer(), reader.index()));
      } while (reader.next() && reader.position() == position);
    }
    assertThat(first).hasSizeBetween(100, 800);
    cutAfterFirstRecord();
    try (Journal journal = open()) {
      assertThat(read(journal)).isEqualTo(first);
      assertThat(journal.recover(Intake.leftovers(ring).orElseThrow()))
          .isEqualTo(900 - first.size());
      assertThat(read(journal)).isEqualTo(range(0, 900));
    }
  }

  private void cutAfterFirstRecord() throws Exception {
    List<Path> segments;
    try (Stream<Path> files = Files.list(folder)) {
      segments = files.filter(f -> f.toString().endsWith(".cq4")).sorted().toList();
    }
    Path segment = segments.get(0);
    for (Path later : segments.subList(1, segments.size())) {
      Files.delete(later);
    }
    byte[] bytes = Files.readAllBytes(segment);
    java.nio.ByteBuffer view =
        java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    int at = 0x8110;
    int next = at + 4 + view.getInt(at) + 3 & ~3;
    java.util.Arrays.fill(bytes, next, bytes.length, (byte) 0);
    Files.write(segment, bytes);
  }

  /** Everything was sent and acknowledged before the restart; the ring was not freed. */
  @Test
  void doublesNothingThoughAllWasAcknowledgedBeforeTheRestart() throws Exception {
    Intake intake = ring();
    publish(intake, 0, 100);
    intake.seal();
    long position = 0;
    try (Journal journal = open();
        JournalReader reader = journal.reader()) {
      journal.moveSealed(intake.drain());
      while (reader.next()) {
        journal.cursor().acknowledge(laneOf(journal, reader), reader.sequence());
        position = reader.position();
      }
      journal.cursor().readFrom(position + 1);
      journal.cursor().save();
    }
    try (Journal journal = open()) {
      assertThat(journal.carriedOver()).isZero();
      assertThat(journal.recover(Intake.leftovers(ring).orElseThrow())).isZero();
      assertThat(read(journal)).isEmpty();
    }
  }

  @Test
  void bringsOverLeftoversOnlyOnceThoughAskedTwice() throws Exception {
    Intake intake = ring();
    publish(intake, 0, 100);
    try (Journal journal = open()) {
      RingDrain drain = Intake.leftovers(ring).orElseThrow();
      assertThat(journal.recover(drain)).isEqualTo(100);
      assertThat(journal.recover(Intake.leftovers(ring).orElseThrow())).isZero();
    }
  }

  @Test
  void keepsEventsInTheRingWhenTheAppendFails() throws Exception {
    Intake intake = ring();
    publish(intake, 0, 20);
    RingDrain drain = intake.drain();
    Journal broken = open();
    broken.close();
    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> broken.move(drain)))
        .isNotNull();
    try (Journal journal = open()) {
      assertThat(journal.move(drain)).isEqualTo(20);
      assertThat(read(journal)).isEqualTo(range(0, 20));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"restart", "files deleted", "cursor lost", "both", "all acknowledged"})
  void neverGivesASequenceTwice(String what) throws Exception {
    ManualClock time = new ManualClock();
    long last = 0;
    for (int start = 0; start < 4; start++) {
      Intake intake = ring();
      publish(intake, 0, 100);
      try (Journal journal =
              Journal.open(folder, new StoreLimits(1 << 20, 0, 0), LANES, World.of(time));
          JournalReader reader = journal.reader()) {
        journal.move(intake.drain());
        long first = Long.MAX_VALUE;
        long max = 0;
        while (reader.next()) {
          if (reader.sequence() > last) {
            first = Math.min(first, reader.sequence());
          }
          max = Math.max(max, reader.sequence());
          if (what.equals("all acknowledged")) {
            journal.cursor().acknowledge(laneOf(journal, reader), reader.sequence());
            journal.cursor().readFrom(reader.position());
          }
        }
        assertThat(max - first).isEqualTo(99);
        assertThat(first).isGreaterThan(last);
        last = max;
      }
      time.advanceMs(1);
      if (what.equals("files deleted") || what.equals("both")) {
        delete(".cq4");
      }
      if (what.equals("cursor lost") || what.equals("both")) {
        delete("cursor");
      }
    }
  }

  /** The cursor points far ahead of an empty folder: new events must not be taken for old ones. */
  @Test
  void readsNewEventsThoughTheFilesWereDeletedAndTheCursorWasNot() throws Exception {
    for (int start = 0; start < 5; start++) {
      Intake intake = ring();
      publish(intake, 0, 2000);
      try (Journal journal = open();
          JournalReader reader = journal.reader()) {
        journal.move(intake.drain());
        while (reader.next()) {
          journal.cursor().readFrom(reader.position());
        }
      }
    }
    delete(".cq4");
    Intake intake = ring();
    publish(intake, 0, 10);
    try (Journal journal = open()) {
      journal.move(intake.drain());
      assertThat(read(journal)).isEqualTo(range(0, 10));
    }
    try (Journal journal = open()) {
      assertThat(journal.carriedOver()).isEqualTo(10);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void countsTheBacklogToTheEventAndSkipsWhatEachLaneHasAcknowledged(long seed) throws Exception {
    Random random = new Random(seed);
    Intake intake = ring();
    RingDrain drain = intake.drain();
    List<Long> waiting = new ArrayList<>();
    try (Journal journal = open()) {
      for (int i = 0; i < 2000; i++) {
        intake.publish(
            Events.numbered(i, i % 50 == 0 ? GameEvent.NO_PLAYER : random.nextInt(500), 100));
        if (random.nextInt(100) == 0) {
          journal.move(drain);
        }
      }
      journal.move(drain);
      try (JournalReader reader = journal.reader()) {
        int[] upTo = random.ints(LANES, 0, 2000).toArray();
        long oldest = 0;
        while (reader.next()) {
          long number = Events.numberIn(reader.buffer(), reader.index());
          int lane = laneOf(journal, reader);
          if (number < upTo[lane]) {
            journal.cursor().acknowledge(lane, reader.sequence());
          } else {
            waiting.add(number);
            oldest = oldest == 0 ? reader.position() : oldest;
          }
        }
        journal.cursor().readFrom(oldest == 0 ? reader.position() : oldest);
      }
    }
    try (Journal journal = open()) {
      assertThat(journal.carriedOver()).isEqualTo(waiting.size());
      assertThat(read(journal)).isEqualTo(waiting);
    }
    try (Journal journal = open(LANES + 1)) {
      assertThat(read(journal)).containsAll(waiting);
      assertThat(journal.carriedOver()).isEqualTo(read(journal).size());
    }
  }

  @Test
  void deletesWhatLiesBehindAndReadsOn() throws Exception {
    Intake intake = ring();
    RingDrain drain = intake.drain();
    try (Journal journal = open();
        JournalReader reader = journal.reader()) {
      for (int i = 0; i < 100; i++) {
        publish(intake, i * 100, i * 100 + 100, 600);
        journal.move(drain);
        for (int n = 0; n < 100; n++) {
          assertThat(reader.next()).isTrue();
          assertThat(Events.numberIn(reader.buffer(), reader.index())).isEqualTo(i * 100 + n);
        }
        journal.deleteBefore(reader.position());
      }
      try (Stream<Path> files = Files.list(folder)) {
        assertThat(files.filter(f -> f.toString().endsWith(".cq4"))).hasSizeLessThanOrEqualTo(2);
      }
    }
  }

  /** A lane that is not acknowledged keeps its place when its segment is damaged and rewritten. */
  @Test
  void losesNoOtherEventWhenASegmentIsDamaged() throws Exception {
    Intake intake = ring();
    RingDrain drain = intake.drain();
    long position = 0;
    try (Journal journal = open();
        JournalReader reader = journal.reader()) {
      for (int i = 0; i < 100; i++) {
        intake.publish(Events.numbered(i, i, 100));
        journal.move(drain);
        reader.next();
        if (i == 80) {
          position = reader.position();
        }
        if (i < 80) {
          journal.cursor().acknowledge(laneOf(journal, reader), reader.sequence());
        }
      }
      journal.cursor().readFrom(position);
    }
    Path segment = folder.resolve("19700101-0001.cq4");
    byte[] bytes = Files.readAllBytes(segment);
    bytes[0x8110 + 3] ^= 1;
    Files.write(segment, bytes);
    for (int start = 0; start < 2; start++) {
      try (Journal journal = open()) {
        assertThat(journal.carriedOver()).isEqualTo(20);
        assertThat(read(journal)).isEqualTo(range(80, 100));
      }
    }
  }

  /** A start reads the ends of the segments; what is between them is read when its turn comes. */
  @Test
  void takesOffTheBacklogWhatTurnsOutToBeDamaged() throws Exception {
    Intake intake = ring();
    RingDrain drain = intake.drain();
    try (Journal journal = open()) {
      for (int i = 0; i < 100; i++) {
        publish(intake, i * 100, i * 100 + 100, 600);
        journal.move(drain);
      }
    }
    Path segment = folder.resolve("19700101-0003.cq4");
    byte[] bytes = Files.readAllBytes(segment);
    bytes[0x8110 + 100_000] ^= 1; // in its second record
    Files.write(segment, bytes);
    try (Journal journal = open()) {
      assertThat(journal.carriedOver()).isEqualTo(10_000);
      assertThat(journal.damaged()).isZero();
      assertThat(read(journal)).hasSize(9900).isSorted();
      assertThat(journal.carriedOver()).isEqualTo(9900);
      assertThat(journal.damaged()).isEqualTo(1);
    }
    try (Journal journal = open()) {
      assertThat(journal.carriedOver()).isEqualTo(9900);
    }
  }

  @Test
  void givesTheFolderBackWhenTheCursorCannotBeOpened() throws Exception {
    Files.createDirectories(folder.resolve("cursor"));
    assertThat(org.assertj.core.api.Assertions.catchThrowable(this::open))
        .isInstanceOf(java.io.IOException.class);
    Files.delete(folder.resolve("cursor"));
    open().close();
  }

  private static int laneOf(Journal journal, JournalReader reader) {
    return journal.cursor().laneOf(EventCodec.playerId(reader.buffer(), reader.index()));
  }

  private static void publish(Intake intake, int from, int to) {
    publish(intake, from, to, 100);
  }

  private static void publish(Intake intake, int from, int to, int size) {
    for (int i = from; i < to; i++) {
      assertThat(intake.publish(Events.numbered(i, i, size))).isTrue();
    }
  }

  private static List<Long> read(Journal journal) {
    List<Long> found = new ArrayList<>();
    try (JournalReader reader = journal.reader()) {
      while (reader.next()) {
        found.add(Events.numberIn(reader.buffer(), reader.index()));
      }
      assertThat(reader.damaged()).isZero();
    }
    return found;
  }

  private static List<Long> range(int from, int to) {
    return LongStream.range(from, to).boxed().toList();
  }

  private void delete(String suffix) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(suffix)).toList()) {
        Files.delete(file);
      }
    }
  }
}

package org.aibridge.core.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.event.EventPublisher;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.Priority;
import org.aibridge.core.event.EventKinds;
import org.aibridge.core.event.Events;
import org.aibridge.core.run.Chance;
import org.aibridge.core.run.RecentTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IntakeTest {
  private static final int MAX_EVENT = 65_536;

  @TempDir Path folder;
  private Path path;
  private Intake intake;

  @BeforeEach
  void createRing() throws Exception {
    path = folder.resolve("ring");
    intake = Intake.create(path, 1000, MAX_EVENT, new Refusals());
  }

  @Test
  void refusesLowEventsFirstAndKeepsTheLastPartForUrgentOnes() {
    Map<Priority, Integer> percentWhenRefused = new HashMap<>();
    int capacity = Intake.capacityFor(1000, MAX_EVENT);
    for (Priority priority : Priority.values()) {
      GameEvent event = Events.numbered(1, 1, 4000).withPriority(priority);
      while (intake.publish(event)) {
        continue;
      }
      percentWhenRefused.put(priority, usedPercent(capacity));
    }

    assertThat(percentWhenRefused.get(Priority.LOW)).isBetween(59, 60);
    assertThat(percentWhenRefused.get(Priority.NORMAL)).isBetween(79, 80);
    assertThat(percentWhenRefused.get(Priority.HIGH)).isBetween(89, 90);
    assertThat(percentWhenRefused.get(Priority.URGENT)).isBetween(99, 100);
    assertThat(intake.refusals().byTypeAndReason()).isEqualTo(Map.of("custom/ring_full", 4L));
  }

  @Test
  void writesTheSameBytesForAnEventWithoutAnObject() {
    EventPublisher typed = new EventPublisher(intake);
    intake.publish(GameEvent.tradeComplete(7, "m", 8, 900).at(intake.now()));
    typed.tradeComplete(7, "m", 8, 900);
    intake.publish(GameEvent.mapChange(7, "a", "b").at(intake.now()));
    typed.mapChange(7, "a", "b");
    intake.publish(GameEvent.custom("c", 7, "m", "{\"é\":1}").at(intake.now()));
    typed.custom("c", 7, "m", "{\"é\":1}");

    List<String> found = new ArrayList<>();
    intake
        .drain()
        .read(
            MAX_EVENT,
            (buffer, index, length) -> {
              byte[] bytes = new byte[length];
              buffer.getBytes(index, bytes);
              found.add(HexFormat.of().formatHex(bytes));
            });
    assertThat(found).hasSize(6);
    assertThat(found.get(1)).isEqualTo(found.get(0));
    assertThat(found.get(3)).isEqualTo(found.get(2));
    assertThat(found.get(5)).isEqualTo(found.get(4));
  }

  @Test
  void refusesTheKindsOfAFullSinkAndTakesAllOthers() {
    GameEvent kill = GameEvent.monsterKill(1, "prontera", 1);
    intake.refuse(EventKinds.routed(List.of(EventType.MONSTER_KILL)));
    assertThat(intake.publish(kill)).isFalse();
    assertThat(intake.publish(kill.withPriority(Priority.URGENT))).isTrue();
    assertThat(intake.publish(GameEvent.mapChange(1, "a", "b"))).isTrue();
    assertThat(intake.refusals().byTypeAndReason())
        .containsExactly(Map.entry("monster_kill/disk_low", 1L));
    intake.open(); // That the disk has room is another matter.
    assertThat(intake.publish(kill)).isFalse();
    intake.refuse(EventKinds.NONE);
    assertThat(intake.publish(kill)).isTrue();
  }

  @Test
  void refusesAnEventWithoutAnObjectAsItDoesAnEvent() {
    EventPublisher typed = new EventPublisher(intake);
    assertThat(typed.monsterKill(-2, "m", 1)).isFalse();
    assertThat(typed.monsterKill(1, "ö", 1)).isFalse();
    assertThat(typed.monsterKill(1, "m", -1)).isFalse();
    assertThat(typed.custom(null, 1, "m", "{}")).isFalse();
    assertThat(typed.custom("a", 1, "m", "x".repeat(MAX_EVENT + 1))).isFalse();
    intake.shut(RefusalReason.DISK_LOW);
    assertThat(typed.dailyReset()).isFalse();
    assertThat(intake.refusals().byTypeAndReason())
        .isEqualTo(
            Map.of(
                "monster_kill/malformed",
                3L,
                "custom/malformed",
                1L,
                "custom/too_large",
                1L,
                "daily_reset/disk_low",
                1L));
  }

  @Test
  void givesAnEventWithoutATimeTheClocksLastOne() throws Exception {
    long[] wall = {1000};
    Intake own =
        Intake.create(
            path,
            1000,
            MAX_EVENT,
            new Refusals(),
            Chance.OF_JVM,
            new RecentTime(() -> wall[0]),
            lost -> lost);
    EventPublisher typed = new EventPublisher(own);
    typed.dailyReset();
    wall[0] = 2000;
    typed.dailyReset();
    own.time().refresh();
    typed.dailyReset();
    List<Long> times = new ArrayList<>();
    own.drain().read(MAX_EVENT, (b, i, l) -> times.add(Events.numberIn(b, i)));
    assertThat(times).containsExactly(1000L, 1000L, 2000L);
  }

  private int usedPercent(int capacity) {
    long[] bytes = new long[1];
    intake.drain().read(capacity, (b, i, l) -> bytes[0] += l + 8 + 7 & ~7);
    return (int) Math.ceil(bytes[0] * 100.0 / capacity);
  }

  @Test
  void holdsAsManyTypicalLowEventsAsQueueSizeSays() throws Exception {
    for (int queueSize : new int[] {1000, 100_000}) {
      Intake sized = Intake.create(path, queueSize, MAX_EVENT, new Refusals());
      GameEvent event = GameEvent.itemDrop(1, "prt_fild08", 501, 1);
      int taken = 0;
      while (taken < queueSize && sized.publish(event)) {
        taken++;
      }
      assertThat(taken).isEqualTo(queueSize);
    }
  }

  @Test
  void takesEightOfTheLargestEventsThatMayBeConfigured() throws Exception {
    Intake large = Intake.create(path, 1000, 1 << 20, new Refusals());
    GameEvent event = Events.numbered(1, 1, (1 << 20) - 40 - 8 - 8 - 8);
    for (int i = 0; i < 8; i++) {
      assertThat(large.publish(event)).isTrue();
    }
  }

  @Test
  void countsRefusalsByTypeAndReason() {
    intake.publish(null);
    intake.publish(GameEvent.monsterKill(1, "m", -1));
    intake.publish(Events.numbered(1, 1, MAX_EVENT));
    intake.shut(RefusalReason.DISK_LOW);
    intake.publish(GameEvent.dailyReset());
    intake.publish(GameEvent.dailyReset());
    intake.open();
    assertThat(intake.publish(GameEvent.playerLogin(1, "m"))).isTrue();
    intake.shut(RefusalReason.OFF);
    intake.publish(GameEvent.playerLogin(1, "m"));

    assertThat(intake.accepted()).isEqualTo(1);
    assertThat(intake.refusals().total()).isEqualTo(6);
    assertThat(intake.refusals().byTypeAndReason())
        .isEqualTo(
            Map.of(
                "null/malformed", 1L,
                "monster_kill/malformed", 1L,
                "custom/too_large", 1L,
                "daily_reset/disk_low", 2L,
                "player_login/off", 1L));
  }

  @Test
  void refusesAsClosedOnceSealed() {
    intake.publish(Events.numbered(7, 1, 10));
    intake.seal();
    intake.open();

    assertThat(intake.publish(GameEvent.dailyReset())).isFalse();
    intake.shut(RefusalReason.DISK_LOW);
    intake.open();
    assertThat(intake.publish(GameEvent.dailyReset())).isFalse();
    assertThat(intake.refusals().byTypeAndReason()).containsEntry("daily_reset/closed", 2L);
    assertThat(numbers(intake.drain())).containsExactly(7L);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 17, 64, 1000, 5000})
  void sealsAtAnyPlaceInTheRing(int eventsBefore) {
    RingDrain drain = intake.drain();
    for (int i = 0; i < eventsBefore; i++) {
      assertThat(intake.publish(Events.numbered(i, 1, 3001))).isTrue();
      drain.read(1 << 20, (b, at, l) -> {});
      drain.free();
    }
    intake.publish(Events.numbered(42, 1, 3001));
    intake.seal();
    intake.open();

    assertThat(intake.publish(GameEvent.dailyReset().withPriority(Priority.URGENT))).isFalse();
    assertThat(numbers(drain)).containsExactly(42L);
  }

  @Test
  void keepsEachPublishersOrderAndLosesNothingOverManyRounds() throws Exception {
    int publishers = 4;
    int each = 60_000;
    List<Thread> threads = new ArrayList<>();
    for (int p = 0; p < publishers; p++) {
      int player = p;
      Random random = new Random(p);
      threads.add(
          new Thread(
              () -> {
                for (int i = 0; i < each; i++) {
                  GameEvent event = Events.numbered(i, player, random.nextInt(200));
                  while (!intake.publish(event)) {
                    Thread.onSpinWait();
                  }
                }
              }));
    }
    threads.forEach(Thread::start);

    long[] next = new long[publishers];
    AtomicBoolean wrong = new AtomicBoolean();
    RingDrain drain = intake.drain();
    long seen = 0;
    while (seen < (long) publishers * each && !wrong.get()) {
      int[] count = new int[1];
      drain.read(
          1 << 16,
          (buffer, index, length) -> {
            int player = (int) org.aibridge.core.event.EventCodec.playerId(buffer, index);
            if (Events.numberIn(buffer, index) != next[player]++) {
              wrong.set(true);
            }
            count[0]++;
          });
      drain.free();
      seen += count[0];
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(wrong).isFalse();
    assertThat(next).containsOnly(each);
    assertThat(intake.accepted()).isEqualTo((long) publishers * each);
    assertThat(numbers(drain)).isEmpty();
  }

  @Test
  void allocatesNothingWhenPublishing() {
    GameEvent login = GameEvent.playerLogin(150_001, "prontera");
    GameEvent custom = Events.numbered(1, 1, 30);
    RingDrain drain = intake.drain();
    RingDrain.EventVisitor nobody = (b, i, l) -> {};
    var threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().getId();
    long allocated = Long.MAX_VALUE;
    for (int round = 0; round < 20 && allocated != 0; round++) {
      long before = threads.getThreadAllocatedBytes(id);
      for (int i = 0; i < 10_000; i++) {
        intake.publish(login);
        intake.publish(custom);
        intake.publish(null);
        drain.read(1 << 20, nobody);
        drain.free();
      }
      allocated = threads.getThreadAllocatedBytes(id) - before;
    }
    assertThat(allocated).isZero();
  }

  @Test
  void findsWhatADeadProcessLeftAndStepsOverHalfWrittenClaims() throws Exception {
    RingFile file = RingFile.openExisting(path).orElseThrow();
    ManyToOneRingBuffer raw = new ManyToOneRingBuffer(file.ring());
    intake.publish(Events.numbered(1, 1, 50));
    int claimed = raw.tryClaim(Intake.EVENT, 500);
    file.ring().setMemory(claimed, 300, (byte) 1);
    intake.publish(Events.numbered(2, 1, 5000));
    claimWithoutLength(raw, 208);
    intake.publish(Events.numbered(3, 1, 0));
    raw.tryClaim(Intake.EVENT, 77);

    assertThat(leftovers()).containsExactly(1L, 2L, 3L);
    assertThat(leftovers()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void findsLeftoversAcrossTheRingsEnd() throws Exception {
    RingDrain drain = intake.drain();
    int capacity = Intake.capacityFor(1000, MAX_EVENT);
    int size = 60_000;
    long number = 0;
    while (drain.position() < capacity - 2 * size) {
      intake.publish(Events.numbered(number++, 1, size));
      drain.read(1, (b, i, l) -> {});
      drain.free();
    }
    List<Long> expected = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      expected.add(number);
      assertThat(intake.publish(Events.numbered(number++, 1, size))).isTrue();
    }
    assertThat(leftovers()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "empty",
        "short",
        "header only",
        "cut",
        "longer",
        "zeroed",
        "version",
        "garbage",
        "huge",
        "capacity"
      })
  void startsAfreshWhenTheFileIsNotARingOfOurs(String damage) throws Exception {
    intake.publish(Events.numbered(1, 1, 50));
    long size = Files.size(path);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      switch (damage) {
        case "empty" -> file.setLength(0);
        case "short" -> file.setLength(17);
        case "header only" -> file.setLength(RingFile.HEADER);
        case "cut" -> file.setLength(size - 1);
        case "longer" -> file.setLength(size + 8);
        case "zeroed" -> file.write(new byte[(int) size]);
        case "version" -> {
          file.seek(8);
          file.write(9);
        }
        case "capacity" -> {
          file.seek(12);
          file.writeInt(-1);
        }
        case "huge" -> {
          file.write(new byte[RingFile.HEADER]);
          file.setLength(5L << 30);
        }
        default -> {
          byte[] noise = new byte[(int) size];
          new Random(5).nextBytes(noise);
          file.write(noise);
        }
      }
    }

    assertThat(Intake.leftovers(path)).isEmpty();
    Intake fresh = Intake.create(path, 1000, MAX_EVENT, new Refusals());
    assertThat(fresh.publish(Events.numbered(2, 1, 50))).isTrue();
    assertThat(leftovers()).containsExactly(2L);
  }

  /** The header is ours and the rest is noise: nothing may throw, whatever it shows. */
  @Test
  void survivesNoiseInTheRing() throws Exception {
    for (int seed = 0; seed < 200; seed++) {
      Intake.create(path, 1000, MAX_EVENT, new Refusals());
      Random random = new Random(seed);
      try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
        int capacity = Intake.capacityFor(1000, MAX_EVENT);
        boolean trailerToo = seed % 2 == 0;
        byte[] noise = new byte[trailerToo ? 1024 : 8192];
        random.nextBytes(noise);
        file.seek(RingFile.HEADER + (trailerToo ? capacity : 0));
        file.write(noise, 0, trailerToo ? 768 : noise.length);
        if (!trailerToo) {
          file.seek(
              RingFile.HEADER
                  + capacity
                  + org.agrona.concurrent.ringbuffer.RingBufferDescriptor.TAIL_POSITION_OFFSET);
          file.writeLong(Long.reverseBytes(random.nextInt(capacity) & ~7L));
        }
      }
      Intake.leftovers(path)
          .orElseThrow()
          .readLeftovers(
              (buffer, index, length) ->
                  org.aibridge.core.event.EventCodec.isWellFormed(buffer, index, length));
    }
  }

  @Test
  void lookingAtLeftoversChangesNothingForALaterLook() throws Exception {
    intake.publish(Events.numbered(1, 1, 50));
    byte[] before = Files.readAllBytes(path);
    leftovers();
    assertThat(Files.readAllBytes(path)).isEqualTo(before);
  }

  /** A writer that died between taking the room and noting how much. */
  private static void claimWithoutLength(ManyToOneRingBuffer raw, int bytes) {
    int index = raw.tryClaim(Intake.EVENT, bytes - 8);
    raw.buffer().putLong(index - 8, 0);
  }

  private List<Long> leftovers() throws Exception {
    List<Long> found = new ArrayList<>();
    Intake.leftovers(path)
        .orElseThrow()
        .readLeftovers((buffer, index, length) -> found.add(Events.numberIn(buffer, index)));
    return found;
  }

  private static List<Long> numbers(RingDrain drain) {
    List<Long> found = new ArrayList<>();
    int passed;
    do {
      passed =
          drain.read(1 << 20, (buffer, index, length) -> found.add(Events.numberIn(buffer, index)));
      assertThat(drain.position()).as("round the ring again").isLessThan(1L << 30);
    } while (passed > 0);
    return found;
  }
}

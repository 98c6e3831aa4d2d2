package org.aibridge.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.aibridge.core.event.Events;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.aibridge.core.store.StoreLimits;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Somebody removes the ring's file under a running bridge, as systemd does at a logout. */
class LostRingTest {
  private static final int PUBLISHERS = 3;

  /** More than a publisher gets to. */
  private static final long BLOCK = 1_000_000_000_000L;

  @TempDir Path temp;
  private final ManualClock clock = new ManualClock();
  private Path path;
  private Intake intake;

  @BeforeEach
  void createRing() throws Exception {
    path = Files.createDirectory(temp.resolve("shm")).resolve("ring");
    intake = Intake.create(path, 1000, 65_536, new Refusals());
  }

  @Test
  void makesItAgainAndLosesNothingOfEither() throws Exception {
    try (Journal journal =
        Journal.open(temp.resolve("j"), new StoreLimits(1 << 20, 0, 0), 4, World.of(clock))) {
      JournalDuty duty =
          new JournalDuty(intake, journal, JournalDuty.Arrears.NONE, World.of(clock), () -> {});
      duty.runOnce();
      publish(0, 10);
      Files.delete(path);
      clock.advanceMs(1000);
      duty.runOnce();
      publish(10, 20);
      assertThat(path).exists();
      assertThat(Intake.leftovers(path)).get().matches(ring -> ring.hasMore());
      runUntilIdle(duty);
      assertThat(duty.problem()).isEmpty();
      assertThat(numbers(journal, 20)).isSorted().hasSize(20);
      duty.finish(1000);
      assertThat(duty.emptied()).isTrue();
    }
  }

  /** A thread that was inside publish when the ring was changed must not leave anything there. */
  @Test
  void hasNoRoomInARingThatWasGivenUp() throws Exception {
    try (Journal journal =
        Journal.open(temp.resolve("j"), new StoreLimits(1 << 20, 0, 0), 4, World.of(clock))) {
      JournalDuty duty =
          new JournalDuty(intake, journal, JournalDuty.Arrears.NONE, World.of(clock), () -> {});
      publish(0, 10);
      ManyToOneRingBuffer old = anotherViewOfTheRing();
      Files.delete(path);
      clock.advanceMs(1000);
      runUntilIdle(duty);
      publish(10, 20);
      runUntilIdle(duty);
      assertThat(old.tryClaim(1, 8)).isEqualTo(RingBuffer.INSUFFICIENT_CAPACITY);
      assertThat(numbers(journal, 20)).isSorted().hasSize(20);
    }
  }

  @Test
  void takesNothingWhileItCannotBeMadeAgain() throws Exception {
    try (Journal journal =
        Journal.open(temp.resolve("j"), new StoreLimits(1 << 20, 0, 0), 4, World.of(clock))) {
      JournalDuty duty =
          new JournalDuty(intake, journal, JournalDuty.Arrears.NONE, World.of(clock), () -> {});
      publish(0, 10);
      Files.delete(path);
      Files.delete(path.getParent());
      Files.writeString(path.getParent(), "no folder any more");
      clock.advanceMs(1000);
      duty.runOnce();
      assertThat(duty.problem()).contains("removed " + path, "events are refused");
      assertThat(intake.publish(Events.numbered(10, 1, 10))).isFalse();

      Files.delete(path.getParent());
      clock.advanceMs(1000);
      duty.runOnce();
      assertThat(duty.problem()).isEmpty();
      publish(10, 20);
      runUntilIdle(duty);
      assertThat(numbers(journal, 20)).isSorted().hasSize(20);
    }
  }

  @Test
  @Timeout(180)
  void losesNothingThatIsPublishedInThatMoment() throws Exception {
    try (Journal journal =
        Journal.open(temp.resolve("j"), new StoreLimits(64 << 20, 0, 0), 4, World.of(clock))) {
      JournalDuty duty =
          new JournalDuty(intake, journal, JournalDuty.Arrears.NONE, World.of(clock), () -> {});
      AtomicBoolean over = new AtomicBoolean();
      int[] accepted = new int[PUBLISHERS];
      List<Thread> threads = new ArrayList<>();
      for (int p = 0; p < PUBLISHERS; p++) {
        int publisher = p;
        Thread thread = new Thread(() -> accepted[publisher] = publishUntil(over, publisher));
        thread.start();
        threads.add(thread);
      }
      for (int i = 0; i < 100; i++) {
        for (int k = 0; k < 20; k++) {
          duty.runOnce();
        }
        Files.deleteIfExists(path);
        clock.advanceMs(1000);
        duty.runOnce();
      }
      over.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      duty.finish(1000);
      assertThat(duty.emptied()).isTrue();
      assertInOrder(journal, accepted);
    }
  }

  /** Numbers of each publisher begin at 0 and have no gap: only what is accepted is counted. */
  private int publishUntil(AtomicBoolean over, int publisher) {
    int next = 0;
    while (!over.get()) {
      if (intake.publish(Events.numbered(publisher * BLOCK + next, publisher, 10))) {
        next++;
      }
    }
    return next;
  }

  private static void assertInOrder(Journal journal, int[] accepted) {
    int[] expected = new int[PUBLISHERS];
    try (JournalReader reader = journal.reader()) {
      while (reader.next()) {
        long number = Events.numberIn(reader.buffer(), reader.index());
        int publisher = (int) (number / BLOCK);
        assertThat(number % BLOCK).isEqualTo(expected[publisher]++);
      }
    }
    assertThat(expected).isEqualTo(accepted);
  }

  private ManyToOneRingBuffer anotherViewOfTheRing() throws Exception {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
      return new ManyToOneRingBuffer(new UnsafeBuffer(mapped, 4096, mapped.capacity() - 4096));
    }
  }

  private void publish(int from, int to) {
    for (int i = from; i < to; i++) {
      assertThat(intake.publish(Events.numbered(i, i, 10))).isTrue();
    }
  }

  private static void runUntilIdle(JournalDuty duty) {
    for (int i = 0; i < 10; i++) {
      duty.runOnce();
    }
  }

  private static List<Long> numbers(Journal journal, int most) {
    List<Long> numbers = new ArrayList<>();
    try (JournalReader reader = journal.reader()) {
      while (numbers.size() <= most && reader.next()) {
        numbers.add(Events.numberIn(reader.buffer(), reader.index()));
      }
    }
    return numbers;
  }
}

package org.aibridge.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.aibridge.api.RefusalReason;
import org.aibridge.core.event.Events;
import org.aibridge.core.intake.AttachedRing;
import org.aibridge.core.intake.EventBytes;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.aibridge.core.store.SegmentLogs;
import org.aibridge.core.store.StoreLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalDutyTest {
  @TempDir Path temp;

  @Test
  void shutsTheIntakeBelowTheReserveAndOpensItWhenThereIsRoom() throws Exception {
    ManualClock clock = new ManualClock();
    SegmentLogs.Disk disk = new SegmentLogs.Disk(1L << 30);
    Intake intake = Intake.create(temp.resolve("ring"), 1000, 65_536, new Refusals());
    try (Journal journal = Journal.open(disk.open(temp.resolve("j"), 100 << 20, clock), 4, clock)) {
      int[] told = new int[1];
      JournalDuty duty =
          new JournalDuty(
              intake, journal, JournalDuty.Arrears.NONE, World.of(clock), () -> told[0]++);
      publish(intake, 0, 10);
      assertThat(duty.runOnce()).isEqualTo(10);
      assertThat(duty.problem()).isEmpty();

      publish(intake, 10, 20);
      disk.free(50 << 20);
      clock.advanceMs(500);
      assertThat(duty.runOnce()).isZero();
      assertThat(duty.problem()).contains("50 MB free", "events are refused");
      assertThat(intake.publish(Events.numbered(99, 1, 10))).isFalse();
      assertThat(intake.refusals().byTypeAndReason())
          .containsOnlyKeys("custom/" + RefusalReason.DISK_LOW.wireName());

      disk.free(1L << 30);
      clock.advanceMs(1000);
      assertThat(duty.runOnce()).isEqualTo(10);
      assertThat(duty.problem()).isEmpty();
      publish(intake, 20, 30);
      duty.finish(1000);
      assertThat(told[0]).isEqualTo(2);
      assertThat(journal.moved()).isEqualTo(30);
      try (JournalReader reader = journal.reader()) {
        for (int i = 0; i < 30; i++) {
          assertThat(reader.next()).isTrue();
          assertThat(Events.numberIn(reader.buffer(), reader.index())).isEqualTo(i);
        }
        assertThat(reader.next()).isFalse();
      }
    }
  }

  /** The middle does not know whose ring it is. */
  @Test
  void takesTheEventsOfAHostThatIsNoPartOfThisProcess() throws Exception {
    ManualClock clock = new ManualClock();
    SegmentLogs.Disk disk = new SegmentLogs.Disk(1L << 30);
    Path ring = temp.resolve("ring");
    Intake host = Intake.create(ring, 1000, 65_536, new Refusals());
    AttachedRing attached = AttachedRing.at(ring);
    try (Journal journal = Journal.open(disk.open(temp.resolve("j"), 100 << 20, clock), 4, clock)) {
      JournalDuty duty =
          new JournalDuty(attached, journal, JournalDuty.Arrears.NONE, World.of(clock), () -> {});
      publish(host, 0, 10);
      assertThat(duty.hasWaiting()).isTrue();
      assertThat(duty.runOnce()).isEqualTo(10);
      assertThat(host.hasWaiting()).as("the room is the host's again").isFalse();
      disk.free(50 << 20);
      clock.advanceMs(1000);
      duty.runOnce();
      assertThat(attached.shut).isEqualTo(RefusalReason.DISK_LOW);
      publish(host, 10, 20);
      disk.free(1L << 30);
      clock.advanceMs(1000);
      assertThat(duty.runOnce()).isEqualTo(10);
      assertThat(attached.shut).isNull();
      duty.finish(1000);
      assertThat(duty.emptied()).isTrue();
      assertThat(journal.moved()).isEqualTo(20);
    }
  }

  /** A companion that ends under load would else read for ever, or leave its server a full ring. */
  @Test
  void endsWhileTheHostGoesOnAndLeavesItTheRoomOfWhatWasMoved() throws Exception {
    ManualClock clock = new ManualClock();
    SegmentLogs.Disk disk = new SegmentLogs.Disk(1L << 30);
    Path ring = temp.resolve("ring");
    Intake host = Intake.create(ring, 1000, 65_536, new Refusals());
    AttachedRing attached = AttachedRing.at(ring);
    try (Journal journal = Journal.open(disk.open(temp.resolve("j"), 100 << 20, clock), 4, clock)) {
      JournalDuty duty =
          new JournalDuty(attached, journal, JournalDuty.Arrears.NONE, World.of(clock), () -> {});
      publish(host, 0, 500);
      AtomicBoolean stopped = new AtomicBoolean();
      AtomicInteger published = new AtomicInteger(500);
      Thread game =
          new Thread(
              () -> {
                while (!stopped.get()) {
                  if (host.publish(Events.numbered(published.get(), 1, 10))) {
                    published.getAndIncrement();
                  }
                }
              });
      game.start();
      while (published.get() < 1000) {
        Thread.onSpinWait();
      }
      duty.finish(60_000);
      long moved = journal.moved();
      stopped.set(true);
      game.join();
      assertThat(duty.emptied()).isTrue();
      assertThat(moved).isGreaterThanOrEqualTo(1000);
      RingDrain left = attached.drain();
      int[] events = new int[1];
      while (left.read(Integer.MAX_VALUE, (buffer, index, length) -> events[0]++) > 0) {
        continue;
      }
      assertThat(moved + events[0]).as("moved, or still there").isEqualTo(published.get());
    }
  }

  @Test
  void acceptsAnEventBesideAnothersRingOnceItIsInTheJournal() throws Exception {
    ManualClock clock = new ManualClock();
    SegmentLogs.Disk disk = new SegmentLogs.Disk(1L << 30);
    Path ring = temp.resolve("ring");
    Intake host = Intake.create(ring, 1000, 65_536, new Refusals());
    AttachedRing attached = AttachedRing.at(ring);
    byte[] event = EventBytes.of(Events.numbered(99, 1, 10), 65_536, attached);
    assertThat(EventBytes.of(Events.numbered(99, 1, 10), 40, attached)).as("too large").isNull();
    try (Journal journal = Journal.open(disk.open(temp.resolve("j"), 100 << 20, clock), 4, clock)) {
      JournalDuty duty =
          new JournalDuty(attached, journal, JournalDuty.Arrears.NONE, World.of(clock), () -> {});
      publish(host, 0, 10);
      CompletableFuture<Boolean> taken = duty.add(event).toCompletableFuture();
      assertThat(taken).isNotDone();
      duty.runOnce();
      assertThat(taken).isCompletedWithValue(true);
      assertThat(journal.moved()).isEqualTo(11);
      assertThat(duty.accepted()).isEqualTo(1);

      disk.free(50 << 20);
      clock.advanceMs(1000);
      CompletableFuture<Boolean> refused = duty.add(event).toCompletableFuture();
      duty.runOnce();
      assertThat(refused).isCompletedWithValue(false);
      duty.finish(1000);
      assertThat(duty.add(event)).isCompletedWithValue(false);
      assertThat(attached.refusals().byTypeAndReason())
          .containsOnlyKeys(
              "custom/" + RefusalReason.TOO_LARGE.wireName(),
              "custom/" + RefusalReason.DISK_LOW.wireName(),
              "custom/" + RefusalReason.CLOSED.wireName());
      assertThat(duty.accepted()).isEqualTo(1);
    }
  }

  @Test
  void isLookedForWhenAnEventWaitsThatTheDiskCanTake() throws Exception {
    ManualClock clock = new ManualClock();
    SegmentLogs.Disk disk = new SegmentLogs.Disk(1L << 30);
    Intake intake = Intake.create(temp.resolve("ring"), 1000, 65_536, new Refusals());
    try (Journal journal = Journal.open(disk.open(temp.resolve("j"), 100 << 20, clock), 4, clock)) {
      JournalDuty duty =
          new JournalDuty(intake, journal, JournalDuty.Arrears.NONE, World.of(clock), () -> {});
      duty.runOnce();
      assertThat(duty.hasWaiting()).isFalse();
      assertThat(duty.mayRestNanos()).as("until it looks at the disk").isEqualTo(1_000_000_000);
      publish(intake, 0, 1);
      assertThat(duty.hasWaiting()).isTrue();
      duty.runOnce();
      assertThat(duty.hasWaiting()).isFalse();

      publish(intake, 1, 2);
      disk.free(50 << 20);
      clock.advanceMs(1000);
      duty.runOnce();
      assertThat(duty.hasWaiting()).as("nothing can be done about it").isFalse();
      disk.free(1L << 30);
      clock.advanceMs(900);
      assertThat(duty.mayRestNanos()).isEqualTo(100_000_000);
    }
  }

  @Test
  void goesOnWithARecoveryThatAFullDiskInterrupted() throws Exception {
    ManualClock clock = new ManualClock();
    SegmentLogs.Disk disk = new SegmentLogs.Disk(1L << 30);
    Intake intake = Intake.create(temp.resolve("ring"), 1000, 65_536, new Refusals());
    for (int i = 0; i < 900; i++) {
      intake.publish(Events.numbered(i, i, 1500));
    }
    disk.free((100 << 20) + (1 << 20) + (1 << 20));
    try (Journal journal = Journal.open(disk.open(temp.resolve("j"), 100 << 20, clock), 4, clock)) {
      assertThat(
              org.assertj.core.api.Assertions.catchThrowable(
                  () -> journal.recover(Intake.leftovers(temp.resolve("ring")).orElseThrow())))
          .isInstanceOf(org.aibridge.core.store.StoreFullException.class);
      assertThat(journal.moved()).isBetween(100L, 800L);
      disk.free(1L << 30);
      clock.advanceMs(1000);
      journal.recover(Intake.leftovers(temp.resolve("ring")).orElseThrow());
      assertThat(journal.moved()).isEqualTo(900);
    }
  }

  @Test
  void shutsTheIntakeWhenTheJournalHasReachedItsCap() throws Exception {
    ManualClock clock = new ManualClock();
    Intake intake = Intake.create(temp.resolve("ring"), 1000, 65_536, new Refusals());
    StoreLimits capped = new StoreLimits(1 << 30, 0, StoreLimits.MIN_CAP);
    try (Journal journal = Journal.open(temp.resolve("j"), capped, 4, World.of(clock))) {
      JournalDuty duty =
          new JournalDuty(intake, journal, JournalDuty.Arrears.NONE, World.of(clock), () -> {});
      int accepted = 0;
      while (accepted < 1000 && intake.publish(Events.numbered(accepted, accepted, 50_000))) {
        accepted++;
        duty.runOnce();
      }
      assertThat(accepted).isBetween(100, 170);
      assertThat(duty.problem()).contains("may take 8 MB (max_mb)", "events are refused");
    }
  }

  @Test
  void answersWhoReplaysAlsoWhenAnErrorEndsTheSlice() throws Exception {
    ManualClock clock = new ManualClock();
    Intake intake = Intake.create(temp.resolve("ring"), 1000, 65_536, new Refusals());
    StoreLimits limits = new StoreLimits(1 << 20, 0, 0);
    try (Journal journal = Journal.open(temp.resolve("j"), limits, 4, World.of(clock))) {
      JournalDuty duty =
          new JournalDuty(intake, journal, JournalDuty.Arrears.NONE, World.of(clock), () -> {});
      List<byte[]> events =
          new AbstractList<>() {
            @Override
            public byte[] get(int index) {
              throw new OutOfMemoryError("as a large event may bring about");
            }

            @Override
            public int size() {
              return 1;
            }
          };
      CompletableFuture<JournalDuty.Replayed> done = duty.replay(events).toCompletableFuture();
      assertThatThrownBy(duty::runOnce).isInstanceOf(OutOfMemoryError.class);
      assertThat(done)
          .isCompletedWithValueMatching(r -> r.appended() == 0 && !r.problem().isEmpty());
    }
  }

  private static void publish(Intake intake, int from, int to) {
    for (int i = from; i < to; i++) {
      assertThat(intake.publish(Events.numbered(i, i, 10))).isTrue();
    }
  }
}

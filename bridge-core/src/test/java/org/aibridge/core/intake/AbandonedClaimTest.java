package org.aibridge.core.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.journal.Journal;
import org.aibridge.core.journal.JournalDuty;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.World;
import org.aibridge.core.store.StoreLimits;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class AbandonedClaimTest {
  private static final int ROUNDS = 1000;

  /** So many events, and publish is compiled; interpreted, it leaves no claims. */
  private static final int COMPILED = 100_000;

  private static final int MAX_EVENT = 1024;

  @TempDir Path dir;

  /** How deep the last recursion came. */
  private volatile int deepest;

  /** Time as the test sets it, on top of the machine's. */
  private final AtomicLong aheadNanos = new AtomicLong();

  private final BridgeClock clock =
      new BridgeClock() {
        private final BridgeClock system = BridgeClock.system();

        @Override
        public long nanos() {
          return system.nanos() + aheadNanos.get();
        }

        @Override
        public long epochMs() {
          return system.epochMs() + aheadNanos.get() / 1_000_000;
        }
      };

  @Test
  void movesEveryAcceptedEventThoughPublishersOverflowTheirStacks() throws Exception {
    AtomicLong accepted = new AtomicLong();
    Intake intake = intake();
    try (Journal journal = journal()) {
      JournalDuty duty =
          new JournalDuty(intake, journal, JournalDuty.Arrears.NONE, World.of(clock), () -> {});
      for (int i = 0; i < COMPILED; i++) {
        intake.publish(GameEvent.monsterKill(7, "prontera", 1002));
        if (i % 1000 == 0) {
          duty.runOnce();
        }
      }
      runUntilIdle(duty);
      long before = journal.moved();
      for (int round = 0; round < ROUNDS; round++) {
        publishUntilItEnds(intake, accepted, round);
        runUntilIdle(duty);
        for (int second = 0; second < 6; second++) {
          aheadNanos.addAndGet(1_000_000_000L);
          runUntilIdle(duty);
        }
      }
      assertThat(accepted.get()).isPositive();
      assertThat(journal.moved() - before).isGreaterThanOrEqualTo(accepted.get());
      assertThat(intake.publish(GameEvent.monsterKill(1, "prontera", 1))).isTrue();
      before = journal.moved();
      duty.runOnce();
      assertThat(journal.moved()).isEqualTo(before + 1);
    }
  }

  @Test
  void waitsForAPublisherThatIsMerelySlow() throws Exception {
    Intake intake = intake();
    try (Journal journal = journal()) {
      JournalDuty duty =
          new JournalDuty(intake, journal, JournalDuty.Arrears.NONE, World.of(clock), () -> {});
      ManyToOneRingBuffer ring = anotherViewOfTheRing();
      int claim = ring.tryClaim(Intake.EVENT, 40);
      intake.publish(GameEvent.monsterKill(1, "prontera", 1));
      for (int i = 0; i < 5; i++) {
        duty.runOnce();
        aheadNanos.addAndGet(60_000_000_000L);
      }
      assertThat(journal.moved()).isZero();

      duty.finish(1);
      assertThat(duty.emptied()).isFalse();

      ring.abort(claim);
      duty.finish(1);
      assertThat(duty.emptied()).isTrue();
      assertThat(journal.moved()).isEqualTo(1);
    }
  }

  /** What publish relies on when it answers false instead of losing an event it took. */
  @Test
  void cannotCommitAPlaceThatWasTakenBack() throws Exception {
    Intake intake = intake();
    try (Journal journal = journal()) {
      JournalDuty duty =
          new JournalDuty(intake, journal, JournalDuty.Arrears.NONE, World.of(clock), () -> {});
      ManyToOneRingBuffer ring = anotherViewOfTheRing();
      int claim = ring.tryClaim(Intake.EVENT, 40);
      RingDrain drain = intake.drain();
      assertThat(drain.unblock(drain.tail())).isTrue();
      assertThatThrownBy(() -> ring.commit(claim)).isInstanceOf(IllegalStateException.class);

      duty.runOnce();
      assertThatThrownBy(() -> ring.commit(claim)).isInstanceOf(IllegalStateException.class);
      assertThat(journal.moved()).isZero();
    }
  }

  /** As for a ring that was given up: it is read without being freed. */
  @Test
  void takesBackEachPlaceOfARingThatIsNotFreed() throws Exception {
    Intake intake = intake();
    ManyToOneRingBuffer ring = anotherViewOfTheRing();
    int[] claims = new int[2];
    for (int i = 0; i < 2; i++) {
      intake.publish(GameEvent.monsterKill(1, "prontera", 1));
      claims[i] = ring.tryClaim(Intake.EVENT, 40);
    }
    intake.publish(GameEvent.monsterKill(1, "prontera", 1));
    RingDrain drain = intake.drain();
    int[] shown = new int[1];
    for (int i = 0; i < 2; i++) {
      drain.read(1 << 20, (buffer, index, length) -> shown[0]++);
      assertThat(shown[0]).isEqualTo(i + 1);
      assertThat(drain.unblock(drain.tail())).isTrue();
    }
    drain.read(1 << 20, (buffer, index, length) -> shown[0]++);
    assertThat(shown[0]).isEqualTo(3);
    assertThat(drain.unblock(drain.tail())).as("nothing is left").isFalse();
    for (int claim : claims) {
      assertThatThrownBy(() -> ring.commit(claim)).isInstanceOf(IllegalStateException.class);
    }
  }

  /** Passes all that is old, however many claims an overflow left: the compiled code decides. */
  private static void runUntilIdle(JournalDuty duty) {
    while (duty.runOnce() > 0) {
      // There may be more.
    }
  }

  private Intake intake() throws Exception {
    return Intake.create(dir.resolve("ring"), 50_000, MAX_EVENT, new Refusals());
  }

  private Journal journal() throws Exception {
    return Journal.open(
        dir.resolve("journal"), new StoreLimits(64 << 20, 0, 0), 2, World.of(clock));
  }

  private ManyToOneRingBuffer anotherViewOfTheRing() throws Exception {
    try (FileChannel channel =
        FileChannel.open(dir.resolve("ring"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
      return new ManyToOneRingBuffer(
          new UnsafeBuffer(mapped, RingFile.HEADER, mapped.capacity() - RingFile.HEADER));
    }
  }

  /**
   * Recurses until the stack ends, on a thread of its own, and publishes where the end is near:
   * some JVMs have room for tens of thousands of events above that.
   *
   * @param lead shifts the depth at which it ends
   */
  private void publishUntilItEnds(Intake intake, AtomicLong accepted, int lead)
      throws InterruptedException {
    int from = deepest - deepest / 10;
    Thread game = new Thread(null, () -> overflow(intake, accepted, lead, from), "game", 256 << 10);
    game.start();
    game.join();
  }

  private void overflow(Intake intake, AtomicLong accepted, int lead, int from) {
    try {
      lead(intake, accepted, lead, from);
    } catch (StackOverflowError e) {
      // What the test is about.
    }
  }

  private void lead(Intake intake, AtomicLong accepted, int left, int from) {
    if (left > 0) {
      lead(intake, accepted, left - 1, from);
    } else {
      recurse(intake, accepted, 0, from);
    }
  }

  private void recurse(Intake intake, AtomicLong accepted, int depth, int from) {
    deepest = depth;
    if (depth >= from && intake.publish(GameEvent.monsterKill(7, "prontera", 1002))) {
      accepted.incrementAndGet();
    }
    recurse(intake, accepted, depth + 1, from);
  }
}

package org.aibridge.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.aibridge.core.event.Events;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.World;
import org.aibridge.core.store.StoreLimits;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Publishers that race with the end of the intake. */
@Tag("slow")
class SealTest {
  private static final int RUNS = 40;
  private static final int PUBLISHERS = 3;

  @TempDir Path temp;

  @Test
  void journalsExactlyWhatWasAcceptedHoweverTheRaceEnds() throws Exception {
    BridgeClock clock = BridgeClock.system();
    for (int run = 0; run < RUNS; run++) {
      Random random = new Random(run);
      Intake intake = Intake.create(temp.resolve("ring"), 1000, 65_536, new Refusals());
      BitSet[] accepted = new BitSet[PUBLISHERS];
      Thread[] threads = new Thread[PUBLISHERS];
      AtomicBoolean over = new AtomicBoolean();
      CountDownLatch begun = new CountDownLatch(100 * PUBLISHERS);
      for (int p = 0; p < PUBLISHERS; p++) {
        int publisher = p;
        int size = random.nextInt(2000);
        accepted[p] = new BitSet();
        threads[p] =
            new Thread(
                () ->
                    publishUntilClosed(intake, publisher, size, accepted[publisher], begun, over));
      }
      Path folder = temp.resolve("journal" + run);
      try (Journal journal =
              Journal.open(folder, new StoreLimits(8 << 20, 0, 0), 4, World.of(clock));
          JournalReader reader = journal.reader()) {
        while (reader.next()) {
          continue;
        }
        JournalDuty duty =
            new JournalDuty(intake, journal, JournalDuty.Arrears.NONE, World.of(clock), () -> {});
        Arrays.stream(threads).forEach(Thread::start);
        begun.await();
        int slices = random.nextInt(20);
        for (int i = 0; i < slices; i++) {
          duty.runOnce();
        }
        duty.finish(60_000);
        over.set(true);
        for (Thread thread : threads) {
          thread.join();
        }
        assertThat(read(reader)).as("run %d", run).isEqualTo(accepted);
        assertThat(journal.moved()).isEqualTo(intake.accepted());
        if (run % 5 == 0) {
          assertThat(journal.recover(Intake.leftovers(temp.resolve("ring")).orElseThrow()))
              .isZero();
        }
      }
    }
  }

  /** Publishes until the race is over, and then some: none of those may be taken. */
  private static void publishUntilClosed(
      Intake intake,
      int publisher,
      int size,
      BitSet accepted,
      CountDownLatch begun,
      AtomicBoolean over) {
    int next = 0;
    while (!over.get()) {
      if (intake.publish(Events.numbered(next, publisher, size))) {
        accepted.set(next++);
      }
      begun.countDown();
    }
    for (int i = 0; i < 200; i++) {
      if (intake.publish(Events.numbered(next, publisher, size))) {
        accepted.set(next++);
      }
    }
  }

  private static BitSet[] read(JournalReader reader) {
    BitSet[] found = new BitSet[PUBLISHERS];
    Arrays.setAll(found, i -> new BitSet());
    while (reader.next()) {
      int publisher =
          (int) org.aibridge.core.event.EventCodec.playerId(reader.buffer(), reader.index());
      int number = (int) Events.numberIn(reader.buffer(), reader.index());
      assertThat(found[publisher].get(number)).as("doubled %d", number).isFalse();
      assertThat(found[publisher].length()).as("order").isLessThanOrEqualTo(number);
      found[publisher].set(number);
    }
    return found;
  }
}

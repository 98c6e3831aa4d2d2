package org.aibridge.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.aibridge.core.event.Events;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.aibridge.core.store.LogSync;
import org.aibridge.core.store.StoreLimits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class JournalSyncTest {
  private static final Duration INTERVAL = Duration.ofMillis(1000);

  @TempDir Path temp;
  private final ManualClock clock = new ManualClock();
  private Intake intake;
  private Journal journal;
  private JournalDuty duty;
  private int syncs;

  @BeforeEach
  void open() throws Exception {
    intake = Intake.create(temp.resolve("ring"), 1000, 65_536, new Refusals());
    journal = Journal.open(temp.resolve("j"), new StoreLimits(1 << 20, 0, 0), 4, World.of(clock));
    duty = new JournalDuty(intake, journal, JournalDuty.Arrears.NONE, World.of(clock), () -> {});
  }

  @AfterEach
  void close() {
    journal.close();
  }

  @Test
  void syncsAtTheIntervalWhileThereIsSomethingToSync() {
    JournalSync sync = new JournalSync(journal, () -> syncs++, INTERVAL, clock);
    assertThat(sync.synced()).isEqualTo(JournalSync.UNKNOWN);
    assertThat(sync.lastAgeMs()).isEqualTo(JournalSync.UNKNOWN);
    sync.runOnce();
    assertThat(syncs).as("what an earlier process left").isEqualTo(1);
    assertThat(sync.synced()).isZero();

    publishAndMove(0, 10);
    for (int ms = 0; ms < 999; ms += 111) {
      sync.runOnce();
      assertThat(syncs).as("after %d ms", ms).isEqualTo(1);
      clock.advanceMs(111);
    }
    assertThat(sync.isDone()).isFalse();
    clock.advanceMs(1);
    sync.runOnce();
    assertThat(syncs).isEqualTo(2);
    assertThat(sync.synced()).isEqualTo(10);
    assertThat(sync.isDone()).isTrue();

    clock.advanceMs(60_000);
    sync.runOnce();
    assertThat(syncs).as("nothing new").isEqualTo(2);
    assertThat(sync.lastAgeMs()).isEqualTo(60_000);
    publishAndMove(10, 11);
    sync.runOnce();
    assertThat(syncs).as("the first after a quiet time does not wait").isEqualTo(3);
    publishAndMove(11, 12);
    sync.beginClosing();
    sync.runOnce();
    assertThat(sync.synced()).as("the end does not wait either").isEqualTo(12);
  }

  @Test
  void isLookedForOnceWhatWaitsIsDue() {
    JournalSync sync = new JournalSync(journal, () -> syncs++, INTERVAL, clock);
    sync.runOnce();
    assertThat(sync.hasWaiting()).isFalse();
    assertThat(sync.mayRestNanos()).isEqualTo(Long.MAX_VALUE);
    publishAndMove(0, 10);
    clock.advanceMs(400);
    assertThat(sync.hasWaiting()).isFalse();
    assertThat(sync.mayRestNanos()).isEqualTo(600_000_000);
    clock.advanceMs(600);
    assertThat(sync.hasWaiting()).isTrue();
    sync.runOnce();
    assertThat(sync.hasWaiting()).isFalse();
  }

  @Test
  void claimsOnlyWhatWasInTheJournalBeforeTheSyncBegan() {
    JournalSync sync = new JournalSync(journal, () -> publishAndMove(5, 9), INTERVAL, clock);
    publishAndMove(0, 5);
    sync.runOnce();
    assertThat(journal.moved()).isEqualTo(9);
    assertThat(sync.synced()).isEqualTo(5);
    assertThat(sync.isDone()).isFalse();
  }

  @Test
  void syncsEventsOfDeadLettersToo() {
    JournalSync sync = new JournalSync(journal, () -> syncs++, INTERVAL, clock);
    sync.runOnce();
    duty.replay(List.of(new byte[100], new byte[100]));
    assertThat(duty.runOnce()).isEqualTo(1);
    assertThat(journal.replayed()).isEqualTo(2);
    assertThat(sync.isDone()).isFalse();
    clock.advanceMs(1000);
    sync.runOnce();
    assertThat(syncs).isEqualTo(2);
    assertThat(sync.isDone()).isTrue();
  }

  @Test
  void claimsNothingThatTheDiskRefusedAndTriesAgain() {
    boolean[] broken = {true};
    JournalSync sync =
        new JournalSync(
            journal,
            () -> {
              syncs++;
              if (broken[0]) {
                throw new IOException("Input/output error");
              }
            },
            INTERVAL,
            clock);
    publishAndMove(0, 3);
    sync.runOnce();
    sync.beginClosing();
    sync.runOnce();
    assertThat(syncs).isEqualTo(1);
    assertThat(sync.synced()).isEqualTo(JournalSync.UNKNOWN);
    assertThat(sync.failed()).isEqualTo(1);
    assertThat(sync.runningMs()).isZero();
    assertThat(sync.problem()).contains("Input/output error", journal.folder().toString());
    clock.advanceMs(1000);
    broken[0] = false;
    sync.runOnce();
    assertThat(sync.synced()).isEqualTo(3);
    assertThat(sync.problem()).isEmpty();
    assertThat(sync.failed()).isEqualTo(1);
  }

  @Test
  void aStalledDiskStopsNeitherPublishNorTheRing() throws Exception {
    CountDownLatch stalled = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    LogSync disk =
        () -> {
          stalled.countDown();
          try {
            release.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        };
    JournalSync sync = new JournalSync(journal, disk, INTERVAL, clock);
    publishAndMove(0, 10);
    Thread thread = new Thread(sync::runOnce);
    thread.start();
    stalled.await();
    for (int i = 10; i < 5010; i += 100) {
      publishAndMove(i, i + 100);
      clock.advanceMs(100);
    }
    assertThat(journal.moved()).isEqualTo(5010);
    assertThat(sync.synced()).isEqualTo(JournalSync.UNKNOWN);
    assertThat(sync.runningMs()).isEqualTo(5000);
    assertThat(sync.problem()).isEmpty();
    clock.advanceMs(2000);
    assertThat(sync.problem()).contains("has not ended a sync for 7 s");
    release.countDown();
    thread.join();
    assertThat(sync.synced()).isEqualTo(10);
    assertThat(sync.lastMs()).isEqualTo(7000);
    assertThat(sync.runningMs()).isZero();
    assertThat(sync.problem()).isEmpty();
  }

  private void publishAndMove(int from, int to) {
    for (int i = from; i < to; i++) {
      assertThat(intake.publish(Events.numbered(i, i, 10))).isTrue();
    }
    assertThat(duty.runOnce()).isEqualTo(to - from);
  }
}

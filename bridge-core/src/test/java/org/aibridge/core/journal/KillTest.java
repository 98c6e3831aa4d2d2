package org.aibridge.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.event.Events;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.run.World;
import org.aibridge.core.store.StoreLimits;
import org.aibridge.testlib.ChildJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A real process is killed with SIGKILL while it publishes; the many rounds are {@code ./ai-bridge
 * torture --experiment kill}.
 */
@Tag("slow")
class KillTest {
  @TempDir Path temp;

  @ParameterizedTest
  @CsvSource({"1,true", "2,true", "3,true", "7,false", "8,false"})
  void findsEveryAcceptedEventOnce(long seed, boolean moving) throws Exception {
    Process child = ChildJvm.process(temp, PublishingProcess.class, temp, moving);
    UnsafeBuffer ledger = new UnsafeBuffer(PublishingProcess.ledger(temp));
    try {
      while (ledger.getLongVolatile(PublishingProcess.BEGUN_AT) == 0) {
        assertThat(child.isAlive()).as(Files.readString(temp.resolve("err"))).isTrue();
        LockSupport.parkNanos(1_000_000);
      }
      LockSupport.parkNanos(
          (moving ? 900_000_000L : 60_000_000L) * new Random(seed).nextInt(1000) / 1000);
    } finally {
      child.destroyForcibly();
      assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(child.exitValue()).isEqualTo(128 + 9);
    long[] accepted = new long[PublishingProcess.PUBLISHERS];
    Arrays.setAll(accepted, p -> ledger.getLongVolatile(p * 64));

    long before = System.nanoTime();
    try (Journal journal =
        Journal.open(temp.resolve("journal"), new StoreLimits(4 << 20, 0, 0), 4, World.ofJvm())) {
      journal.recover(Intake.leftovers(temp.resolve("ring")).orElseThrow());
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
      BitSet[] found = read(journal);
      for (int p = 0; p < accepted.length; p++) {
        assertThat(found[p].cardinality())
            .as("accepted, and at most the one that publish had not answered for")
            .isBetween((int) accepted[p], (int) accepted[p] + 1);
        assertThat(found[p].nextClearBit(0)).isEqualTo(found[p].cardinality());
      }
    }
    assertThat(temp.resolve("journal/quarantine")).doesNotExist();
    try (Journal journal =
        Journal.open(temp.resolve("journal"), new StoreLimits(4 << 20, 0, 0), 4, World.ofJvm())) {
      assertThat(journal.recover(Intake.leftovers(temp.resolve("ring")).orElseThrow())).isZero();
      read(journal);
    }
  }

  private static BitSet[] read(Journal journal) {
    BitSet[] found = new BitSet[PublishingProcess.PUBLISHERS];
    Arrays.setAll(found, p -> new BitSet());
    try (JournalReader reader = journal.reader()) {
      while (reader.next()) {
        int publisher = (int) EventCodec.playerId(reader.buffer(), reader.index());
        int number = (int) Events.numberIn(reader.buffer(), reader.index());
        assertThat(number).as("order, and none twice").isEqualTo(found[publisher].length());
        found[publisher].set(number);
      }
      assertThat(reader.damaged()).isZero();
    }
    return found;
  }
}

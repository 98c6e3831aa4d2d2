package org.aibridge.core.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RecordDescriptor;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.event.EventParts;
import org.aibridge.core.journal.Journal;
import org.aibridge.core.journal.JournalDuty;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.World;
import org.aibridge.core.store.StoreLimits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Claims that nobody commits, in a ring whose file somebody removed: no next start finds it. */
@Timeout(60)
class NamelessRingTest {
  private static final int MAX_EVENT = 1024;
  private static final GameEvent EVENT = GameEvent.monsterKill(1, "prontera", 1);

  @TempDir Path dir;

  private final AtomicLong nowNanos = new AtomicLong();

  /** What others do while time passes. */
  private Runnable meanwhile = () -> {};

  /** A millisecond passes with each look. */
  private final BridgeClock clock =
      new BridgeClock() {
        @Override
        public long nanos() {
          meanwhile.run();
          return nowNanos.addAndGet(1_000_000);
        }

        @Override
        public long epochMs() {
          return 1_700_000_000_000L + nowNanos.get() / 1_000_000;
        }
      };

  private Intake intake;
  private Journal journal;
  private JournalDuty duty;
  private UnsafeBuffer buffer;
  private ManyToOneRingBuffer ring;
  private long before;

  @BeforeEach
  void open() throws Exception {
    intake = Intake.create(dir.resolve("ring"), 50_000, MAX_EVENT, new Refusals());
    journal =
        Journal.open(dir.resolve("journal"), new StoreLimits(64 << 20, 0, 0), 2, World.of(clock));
    duty = new JournalDuty(intake, journal, JournalDuty.Arrears.NONE, World.of(clock), () -> {});
    // As after a publisher whose stack ended there; which depth does that depends on the compiler.
    Field abandoned = Intake.class.getDeclaredField("claimAbandoned");
    abandoned.setAccessible(true);
    abandoned.setBoolean(intake, true);
    lookAtTheRing();
    before = journal.moved();
  }

  @AfterEach
  void close() {
    journal.close();
  }

  @Test
  void bringsOverAtTheEndWhatLiesBehindAClaim() throws Exception {
    ring.tryClaim(Intake.EVENT, 40);
    intake.publish(EVENT);
    loseTheRingForGood();
    duty.finish(1);
    assertThat(journal.moved()).isEqualTo(before + 1);
    assertThat(duty.emptied()).isTrue();
  }

  @Test
  void bringsOverAtTheEndAlsoWhatTheRingThatFollowsHolds() throws Exception {
    ring.tryClaim(Intake.EVENT, 40);
    intake.publish(EVENT);
    Files.delete(dir.resolve("ring"));
    nowNanos.addAndGet(1_000_000_000L);
    duty.runOnce();
    intake.publish(EVENT);
    duty.finish(1);
    assertThat(journal.moved()).isEqualTo(before + 2);
    assertThat(duty.emptied()).isTrue();
  }

  @Test
  void bringsOverWhatLiesBehindAClaimWhileTheRingCannotBeMadeAgain() throws Exception {
    ring.tryClaim(Intake.EVENT, 40);
    intake.publish(EVENT);
    loseTheRingForGood();
    runForAMinute();
    assertThat(duty.problem()).contains("cannot be made again");
    assertThat(journal.moved()).isEqualTo(before + 1);
  }

  /** The wait begins anew when the publisher goes on: it is alive. */
  @Test
  void waitsAtTheEndForAPublisherThatHasOnlyBegun() throws Exception {
    int length = EventParts.of(EVENT).measure(MAX_EVENT);
    int record = length + RecordDescriptor.HEADER_LENGTH;
    int index = (int) ring.producerPosition() & ring.capacity() - 1;
    int tail = ring.capacity() + RingBufferDescriptor.TAIL_POSITION_OFFSET;
    buffer.putLongVolatile(tail, ring.producerPosition() + (record + 7 & -8));
    intake.publish(EVENT);
    loseTheRingForGood();
    long start = nowNanos.get();
    meanwhile =
        () -> {
          long ms = (nowNanos.get() - start) / 1_000_000;
          if (ms == 60) {
            buffer.putInt(RecordDescriptor.typeOffset(index), Intake.EVENT);
            buffer.putIntRelease(RecordDescriptor.lengthOffset(index), -record);
          } else if (ms == 140) {
            EventParts.of(EVENT).encode(length, buffer, RecordDescriptor.encodedMsgOffset(index));
            ring.commit(RecordDescriptor.encodedMsgOffset(index));
          }
        };
    duty.finish(0);
    assertThat(journal.moved()).isEqualTo(before + 2);
    assertThat(duty.emptied()).isTrue();
  }

  /** Both rings begin at the same position, and so do their first claims. */
  @Test
  void leavesAClaimMadeJustNowWhereTheOldRingHadOneThatStood() throws Exception {
    int stood = ring.tryClaim(Intake.EVENT, 40);
    duty.runOnce();
    ring.abort(stood);
    Files.delete(dir.resolve("ring"));
    nowNanos.addAndGet(6_000_000_000L);
    duty.runOnce();
    lookAtTheRing();
    int length = EventParts.of(EVENT).measure(MAX_EVENT);
    int claim = ring.tryClaim(Intake.EVENT, length);
    duty.runOnce();
    EventParts.of(EVENT).encode(length, buffer, claim);
    ring.commit(claim);
    duty.runOnce();
    assertThat(journal.moved()).isEqualTo(before + 1);
  }

  /** Through another mapping of the file that has the name now. */
  private void lookAtTheRing() throws Exception {
    try (FileChannel channel =
        FileChannel.open(dir.resolve("ring"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size());
      buffer = new UnsafeBuffer(mapped, RingFile.HEADER, mapped.capacity() - RingFile.HEADER);
    }
    ring = new ManyToOneRingBuffer(buffer);
  }

  private void loseTheRingForGood() throws Exception {
    Files.createDirectories(dir.resolve("ring.new").resolve("in the way"));
    Files.delete(dir.resolve("ring"));
  }

  private void runForAMinute() {
    for (int i = 0; i < 20; i++) {
      nowNanos.addAndGet(3_000_000_000L);
      duty.runOnce();
    }
  }
}

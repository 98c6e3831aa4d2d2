package org.aibridge.core.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RecordDescriptor;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.aibridge.core.run.Chance;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Claims of threads that ended before they wrote how long they are. */
class UnbegunClaimTest {
  private static final int CAPACITY = 1 << 12;
  private static final long OLD = 5_000_000_000L;
  private static final long LOOK = 20_000_000;
  private static final int RECORD = RecordDescriptor.HEADER_LENGTH + Long.BYTES;

  @TempDir Path dir;
  private RingFile file;
  private ManyToOneRingBuffer ring;
  private RingDrain drain;
  private final UnsafeBuffer message = new UnsafeBuffer(new byte[Long.BYTES]);
  private final List<Long> shown = new ArrayList<>();
  private long now;

  @BeforeEach
  void createRing() throws Exception {
    file = RingFile.create(dir.resolve("ring"), CAPACITY, Chance.OF_JVM);
    ring = new ManyToOneRingBuffer(file.ring());
    drain = new RingDrain(file);
  }

  @Test
  void passesOneThatLiesBehindWhatIsReadAndNotFreed() {
    put(1);
    claim(4 * RecordDescriptor.ALIGNMENT);
    put(2);
    read();
    assertThat(shown).containsExactly(1L);
    assertThat(drain.unblock(drain.tail())).isTrue();
    read();
    assertThat(shown).containsExactly(1L, 2L);
    assertThat(drain.hasMore()).isFalse();
    assertThat(drain.unblock(drain.tail())).as("nothing is left").isFalse();
  }

  @Test
  void passesOneThatNothingFollows() {
    put(1);
    claim(4 * RecordDescriptor.ALIGNMENT);
    read();
    assertThat(drain.unblock(drain.tail())).isTrue();
    read();
    assertThat(drain.hasMore()).isFalse();
    put(2);
    read();
    assertThat(shown).as("it ended with the claim").containsExactly(1L, 2L);
  }

  @Test
  void passesOneThatGoesOnAtTheBeginningOfTheRing() {
    while (ring.producerPosition() < CAPACITY - 3 * RECORD) {
      put(0);
    }
    read();
    drain.free();
    shown.clear();
    put(1);
    // As when a record does not fit at the end: its room there is claimed with it, for nothing.
    int left = (int) (CAPACITY - ring.producerPosition());
    claim(left + 4 * RecordDescriptor.ALIGNMENT);
    put(2);
    read();
    assertThat(shown).containsExactly(1L);
    assertThat(drain.unblock(drain.tail())).isTrue();
    read();
    assertThat(drain.position()).as("no record goes beyond the end").isEqualTo(CAPACITY);
    assertThat(drain.unblock(drain.tail())).isTrue();
    read();
    assertThat(shown).containsExactly(1L, 2L);
    assertThat(drain.hasMore()).isFalse();
  }

  @Test
  void passesOneThatGoesOnAtTheBeginningOfARingThatIsFreed() {
    while (ring.producerPosition() < CAPACITY - 3 * RECORD) {
      put(0);
    }
    read();
    drain.free();
    shown.clear();
    int left = (int) (CAPACITY - ring.producerPosition());
    claim(left + 4 * RecordDescriptor.ALIGNMENT);
    put(1);
    for (int part = 0; part < 2; part++) {
      assertThat(drain.unblock(drain.tail())).isTrue();
      read();
      drain.free();
    }
    assertThat(shown).containsExactly(1L);
  }

  @Test
  void leavesOneThatWasMadeSinceTheFirstBeganToStand() {
    claim(4 * RecordDescriptor.ALIGNMENT);
    long tail = drain.tail();
    claim(4 * RecordDescriptor.ALIGNMENT);
    assertThat(drain.unblock(tail)).isTrue();
    read();
    assertThat(drain.position()).isEqualTo(tail);
    assertThat(drain.unblock(tail)).isFalse();
  }

  @Test
  void passesAllThatWereLeftTogetherAtOnceAndNoneThatCameLater() {
    for (int i = 0; i < 20; i++) {
      claim(4 * RecordDescriptor.ALIGNMENT);
      put(i);
    }
    assertThat(passAll(0)).isZero();
    claim(4 * RecordDescriptor.ALIGNMENT);
    put(20);

    assertThat(passAll(OLD)).as("not old yet").isZero();
    assertThat(passAll(OLD + 1)).isEqualTo(20);
    assertThat(shown).hasSize(20);
    assertThat(passAll(2 * OLD + 1)).as("not old yet").isZero();
    assertThat(passAll(2 * OLD + 2)).isEqualTo(1);
    assertThat(shown).hasSize(21).isSorted();
  }

  /** A process that was stopped for an hour, as in a paused container, while it published. */
  @Test
  void waitsForAPublisherThatStoodStillAsLongAsTheReader() {
    claim(4 * RecordDescriptor.ALIGNMENT);
    assertThat(passAll(0)).isZero();
    assertThat(passAll(OLD / 2)).isZero();
    now += 720 * OLD;
    assertThat(passAll(now)).isZero();
    assertThat(passAll(now + OLD)).as("it is gone after all").isEqualTo(1);
  }

  /** As the journal's duty does, as long as there is something to read or to pass. */
  private int passAll(long untilNanos) {
    int passed = 0;
    do {
      now = Math.min(untilNanos, now + LOOK);
      read();
      while (drain.passAbandonedClaim(now)) {
        passed++;
        read();
      }
    } while (now < untilNanos);
    return passed;
  }

  private void put(long number) {
    message.putLong(0, number);
    assertThat(ring.write(Intake.EVENT, message, 0, Long.BYTES)).isTrue();
  }

  /** What a publisher does first. */
  private void claim(int bytes) {
    int tail = CAPACITY + RingBufferDescriptor.TAIL_POSITION_OFFSET;
    file.ring().putLongVolatile(tail, ring.producerPosition() + bytes);
  }

  private void read() {
    drain.read(CAPACITY, (buffer, index, length) -> shown.add(buffer.getLong(index)));
  }
}

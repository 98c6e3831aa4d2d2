package org.aibridge.core.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RecordDescriptor;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A ring that another process writes into, and over. */
class OverwrittenRingTest {
  private static final int CAPACITY = 4096;

  private final UnsafeBuffer memory =
      new UnsafeBuffer(ByteBuffer.allocateDirect(CAPACITY + RingBufferDescriptor.TRAILER_LENGTH));
  private final ManyToOneRingBuffer ring = new ManyToOneRingBuffer(memory);
  private final List<Integer> shown = new ArrayList<>();
  private final RingDrain drain =
      new RingDrain(
          memory,
          CAPACITY,
          1,
          (type, buffer, index, length, visitor) -> visitor.onEvent(buffer, index, length));

  private void write(int length) {
    ring.write(1, new UnsafeBuffer(new byte[length]), 0, length);
  }

  private void read() {
    drain.read(Integer.MAX_VALUE, (buffer, index, length) -> shown.add(length));
    drain.free();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 80, 4096, Integer.MAX_VALUE})
  void aLengthThatCannotBeCostsWhatLiesBehindItAndNothingLater(int wild) {
    write(16);
    write(24);
    write(32);
    memory.putInt(RecordDescriptor.lengthOffset(24), wild);
    read();
    assertThat(shown).containsExactly(16, 0);
    write(40);
    read();
    assertThat(shown).containsExactly(16, 0, 40);
    assertThat(ring.size()).isZero();
  }

  @Test
  void aHeadThatSomebodyWroteOverIsPutRight() {
    for (long wild : new long[] {-8, 3, Long.MAX_VALUE, Long.MIN_VALUE}) {
      write(16);
      memory.putLong(CAPACITY + RingBufferDescriptor.HEAD_POSITION_OFFSET, wild);
      read();
      assertThat(ring.size()).isZero();
    }
    assertThat(shown).containsExactly(16, 16, 16, 16);
  }

  @Test
  void aClaimLongerThanTheRingIsPassedOverToItsEnd() {
    write(16);
    memory.putInt(RecordDescriptor.lengthOffset(0), Integer.MIN_VALUE);
    assertThat(drain.unblock(drain.tail())).isTrue();
    write(24);
    read();
    assertThat(shown).last().isEqualTo(24);
    assertThat(ring.size()).isZero();
  }
}

package org.aibridge.core.intake;

import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.RecordDescriptor;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * Takes events out of the ring in two steps: {@link #read} shows them, {@link #free} gives their
 * room back.
 *
 * <p>Agrona's own {@code read} frees what it has shown before its caller can store it; here the
 * journal commits in between, so that a process that dies at any moment has each event in the ring
 * or in the journal. For one thread.
 */
public final class RingDrain {
  /** What an event is shown to. */
  @FunctionalInterface
  public interface EventVisitor {
    void onEvent(DirectBuffer buffer, int index, int length);
  }

  /** How long ago a claim was made that may count as abandoned; claiming takes nanoseconds. */
  private static final long OLD_NANOS = 5_000_000_000L;

  private final UnsafeBuffer buffer;
  private final int capacity;
  private final int mask;
  private final long generation;
  private final int headIndex;
  private final int tailIndex;
  private long position;

  /** Where the claims ended at {@link #seenNanos}. */
  private long seenTail = -1;

  private long seenNanos;

  RingDrain(RingFile file) {
    this.buffer = file.ring();
    this.capacity = file.capacity();
    this.mask = capacity - 1;
    this.generation = file.generation();
    this.headIndex = capacity + RingBufferDescriptor.HEAD_POSITION_OFFSET;
    this.tailIndex = capacity + RingBufferDescriptor.TAIL_POSITION_OFFSET;
    this.position = buffer.getLongVolatile(headIndex);
  }

  /** Tells this ring's positions from those of any other ring file. */
  public long generation() {
    return generation;
  }

  /** How far {@link #read} has come, as a position that only grows within one generation. */
  public long position() {
    return position;
  }

  /**
   * Goes on after {@code newPosition} if that is ahead; what lies before is in the journal already.
   */
  public void skipTo(long newPosition) {
    position = Math.max(position, newPosition);
  }

  /**
   * Shows the committed events from {@link #position} on, in order, until an uncommitted one or
   * until {@code maxBytes} were shown; at least one record if there is one. Never beyond the tail:
   * a full ring that is not freed would begin again from its start.
   *
   * @return how many bytes of the ring were passed
   */
  public int read(int maxBytes, EventVisitor visitor) {
    long start = position;
    long tail = buffer.getLongVolatile(tailIndex);
    while (position < tail && position - start < maxBytes) {
      int index = (int) position & mask;
      int length = buffer.getIntVolatile(RecordDescriptor.lengthOffset(index));
      if (length <= 0) {
        break;
      }
      show(index, length, visitor);
      position += BitUtil.align(length, RecordDescriptor.ALIGNMENT);
    }
    return (int) (position - start);
  }

  /**
   * Shows what a dead process left, stepping over records that were claimed and never committed:
   * {@code publish} had not answered for those.
   */
  public void readLeftovers(EventVisitor visitor) {
    long tail = buffer.getLongVolatile(tailIndex);
    if (((position | tail) & (RecordDescriptor.ALIGNMENT - 1)) != 0 || position < 0) {
      return;
    }
    while (position < tail && tail - position <= capacity) {
      int index = (int) position & mask;
      int length = buffer.getIntVolatile(RecordDescriptor.lengthOffset(index));
      int room = (int) Math.min(capacity - index, tail - position);
      if (length > 0 && length <= room) {
        show(index, length, visitor);
        position += BitUtil.align(length, RecordDescriptor.ALIGNMENT);
      } else if (length < 0 && length != Integer.MIN_VALUE && -length <= room) {
        position += BitUtil.align(-length, RecordDescriptor.ALIGNMENT);
      } else {
        position += RecordDescriptor.ALIGNMENT;
      }
    }
  }

  /** Shows what lies after {@code oldPosition}, which is not freed, once more. */
  public void rewindTo(long oldPosition) {
    position = oldPosition;
  }

  /** Gives back the room of everything shown so far. */
  public void free() {
    long head = buffer.getLong(headIndex);
    int used = (int) (position - head);
    if (used > 0) {
      int index = (int) head & mask;
      int first = Math.min(used, capacity - index);
      buffer.setMemory(index, first, (byte) 0);
      buffer.setMemory(0, used - first, (byte) 0);
      buffer.putLongRelease(headIndex, position);
    }
  }

  /** Whether a record lies at {@link #position}, be it committed or only claimed. */
  public boolean hasMore() {
    return buffer.getLongVolatile(tailIndex) > position;
  }

  /**
   * How far the publisher of what lies at {@link #position} has come: 0 before it wrote how long
   * that is, below 0 before it committed it. Only to be compared with an earlier answer.
   */
  public int stage() {
    return buffer.getIntVolatile(RecordDescriptor.lengthOffset((int) position & mask));
  }

  /** Behind the last claim there is: a position as {@link #position} tells it. */
  public long tail() {
    return buffer.getLongVolatile(tailIndex);
  }

  /**
   * Turns the claim that lies at {@link #position} into nothing if it is old. What one stack
   * overflow left is old at the same time, however many claims that are; how the JVM compiled the
   * publisher decides. To be called while {@link EventSource#hasAbandonedClaims} and nothing
   * committed lies there.
   *
   * @param nowNanos as a clock tells it that only grows
   * @return whether there was one, and what follows can be read
   */
  public boolean passAbandonedClaim(long nowNanos) {
    if (position >= seenTail) {
      seenTail = tail();
      seenNanos = nowNanos;
      return false;
    }
    return nowNanos - seenNanos > OLD_NANOS && unblock(seenTail);
  }

  /**
   * Turns the claim that lies at {@link #position} into nothing; see {@link
   * EventSource#hasAbandonedClaims}.
   *
   * <p>Not by Agrona's own: that finds no end of a claim which goes on at the ring's beginning, and
   * takes one that was made just now for a part of the one before.
   *
   * @param upTo what {@link #tail} was so long ago that nobody can be about to begin with a claim
   *     that lies before it
   */
  public boolean unblock(long upTo) {
    if (upTo <= position) {
      return false;
    }
    int index = (int) position & mask;
    int length = buffer.getIntVolatile(RecordDescriptor.lengthOffset(index));
    if (length < 0) {
      passOver(index, -length);
      return true;
    }
    return length == 0 && passOverUnbegun(index, upTo);
  }

  /** What was claimed without its length being written ends where something else begins. */
  private boolean passOverUnbegun(int index, long upTo) {
    int end = (int) Math.min(capacity, index + (upTo - position));
    int next = index + RecordDescriptor.ALIGNMENT;
    while (next < end && buffer.getIntVolatile(RecordDescriptor.lengthOffset(next)) == 0) {
      next += RecordDescriptor.ALIGNMENT;
    }
    // Somebody may have begun behind our back.
    for (int i = next - RecordDescriptor.ALIGNMENT; i >= index; i -= RecordDescriptor.ALIGNMENT) {
      if (buffer.getIntVolatile(RecordDescriptor.lengthOffset(i)) != 0) {
        return false;
      }
    }
    passOver(index, next - index);
    return true;
  }

  private void passOver(int index, int length) {
    buffer.putInt(RecordDescriptor.typeOffset(index), RingBuffer.PADDING_MSG_TYPE_ID);
    buffer.putIntRelease(RecordDescriptor.lengthOffset(index), length);
  }

  private void show(int index, int length, EventVisitor visitor) {
    if (buffer.getInt(RecordDescriptor.typeOffset(index)) == Intake.EVENT) {
      visitor.onEvent(
          buffer,
          RecordDescriptor.encodedMsgOffset(index),
          length - RecordDescriptor.HEADER_LENGTH);
    }
  }
}

package org.aibridge.core.intake;

import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.RecordDescriptor;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * Drains events from the ring in two steps: {@link #read} shows the events, {@link #free} frees
 * their room.
 *
 * <p>Agrona's own {@code read} frees the events that it has shown before its caller can store them.
 * Here the journal commits in between: a process that dies at any moment has each event in the ring
 * or in the journal. For one thread.
 */
public final class RingDrain {
  /** Receives the events of the ring. */
  @FunctionalInterface
  public interface EventVisitor {
    void onEvent(DirectBuffer buffer, int index, int length);
  }

  /** Passes a record of the ring to a visitor as an event, or skips it. */
  @FunctionalInterface
  public interface RecordReader {
    void read(int type, DirectBuffer buffer, int index, int length, EventVisitor visitor);
  }

  /** The age in ns from which a claim may be abandoned; a commit normally takes nanoseconds. */
  private static final long OLD_NANOS = 5_000_000_000L;

  /**
   * The most that the time between two looks adds to a claim's age, in ns: where the process or the
   * machine stood still, the publisher stood still, too, and needs some more nanoseconds.
   */
  private static final long MOST_BETWEEN_NANOS = 1_000_000_000L;

  private final UnsafeBuffer buffer;
  private final int capacity;
  private final int mask;
  private final long generation;
  private final int headIndex;
  private final int tailIndex;
  private long position;

  /**
   * The end of what was freed. Kept here: another process may write over the copy in the ring's
   * trailer.
   */
  private long head;

  /** The tail of the ring {@link #ageNanos} ago. */
  private long seenTail = -1;

  private long ageNanos;
  private long lookedNanos;

  private final RecordReader reader;

  RingDrain(RingFile file) {
    this(file.ring(), file.capacity(), file.generation(), RingDrain::readEvent);
  }

  /**
   * Creates the reading end of a ring.
   *
   * @param ring the ring's bytes and Agrona's trailer
   * @param generation the number of the ring's file
   */
  public RingDrain(UnsafeBuffer ring, int capacity, long generation, RecordReader reader) {
    this.buffer = ring;
    this.capacity = capacity;
    this.mask = capacity - 1;
    this.generation = generation;
    this.reader = reader;
    this.headIndex = capacity + RingBufferDescriptor.HEAD_POSITION_OFFSET;
    this.tailIndex = capacity + RingBufferDescriptor.TAIL_POSITION_OFFSET;
    this.head = buffer.getLongVolatile(headIndex);
    this.position = head;
  }

  /** The number that identifies this ring file. Different files' positions are not comparable. */
  public long generation() {
    return generation;
  }

  /** The position of the next read; it only grows as long as the generation stays the same. */
  public long position() {
    return position;
  }

  /**
   * Moves to {@code newPosition} if that is ahead; the events before it are in the journal already.
   */
  public void skipTo(long newPosition) {
    position = Math.max(position, newPosition);
  }

  /**
   * Shows the committed events from {@link #position} on, in order, up to an uncommitted one or
   * until {@code maxBytes} were shown; at least one record if there is one. Never reads beyond the
   * tail: in a full ring that is not freed the oldest events would come again.
   *
   * @return the number of bytes of the ring that were read
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
      if (length < RecordDescriptor.HEADER_LENGTH
          || length > Math.min(capacity - index, tail - position)) {
        // Another process overwrote the ring, so nobody can tell where the next record begins.
        visitor.onEvent(buffer, index, 0);
        position = tail;
        break;
      }
      show(index, length, visitor);
      position += BitUtil.align(length, RecordDescriptor.ALIGNMENT);
    }
    return (int) (position - start);
  }

  /**
   * Shows the events of a dead process, and skips records that were claimed and never committed:
   * for those {@code publish} had not returned.
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

  /** Moves back to {@code oldPosition}, so that events that were not freed are shown again. */
  public void rewindTo(long oldPosition) {
    position = oldPosition;
  }

  /** Frees the room of all events shown so far. */
  public void free() {
    int used = (int) Math.min(capacity, position - head);
    if (used > 0) {
      int index = (int) head & mask;
      int first = Math.min(used, capacity - index);
      buffer.setMemory(index, first, (byte) 0);
      buffer.setMemory(0, used - first, (byte) 0);
      head = position;
      buffer.putLongRelease(headIndex, head);
    }
  }

  /** True if there is a record at {@link #position}, committed or only claimed. */
  public boolean hasMore() {
    return buffer.getLongVolatile(tailIndex) > position;
  }

  /**
   * Returns the progress of the record at {@link #position}: 0 before its publisher wrote the
   * length, below 0 before the commit. Only for comparison with an earlier result.
   */
  public int stage() {
    return buffer.getIntVolatile(RecordDescriptor.lengthOffset((int) position & mask));
  }

  /** The position after the last claim, counted like {@link #position}. */
  public long tail() {
    return buffer.getLongVolatile(tailIndex);
  }

  /**
   * Turns the claim at {@link #position} into padding if it is old. All claims that one stack
   * overflow left become old at the same time; their number depends on how the JVM compiled the
   * publisher. To be called while {@link EventSource#hasAbandonedClaims} and no committed record
   * lies at the position.
   *
   * @param nowNanos the time of a monotonic clock
   * @return true if there was such a claim, so that reading can continue
   */
  public boolean passAbandonedClaim(long nowNanos) {
    if (position >= seenTail) {
      seenTail = tail();
      ageNanos = 0;
      lookedNanos = nowNanos;
      return false;
    }
    ageNanos += Math.min(nowNanos - lookedNanos, MOST_BETWEEN_NANOS);
    lookedNanos = nowNanos;
    return ageNanos > OLD_NANOS && unblock(seenTail);
  }

  /**
   * Turns the claim at {@link #position} into padding; see {@link EventSource#hasAbandonedClaims}.
   *
   * <p>It does not use Agrona's {@code unblock}, which finds no end of a claim that continues at
   * the ring's beginning, and which takes a claim made just now for a part of the one before.
   *
   * @param upTo a value of {@link #tail} from so long ago that no writer can still be about to
   *     begin with a claim before it
   */
  public boolean unblock(long upTo) {
    if (upTo <= position) {
      return false;
    }
    int index = (int) position & mask;
    int length = buffer.getIntVolatile(RecordDescriptor.lengthOffset(index));
    if (length < 0) {
      int room = (int) Math.min(capacity - index, upTo - position);
      passOver(index, -length > 0 && -length <= room ? -length : room);
      return true;
    }
    return length == 0 && passOverUnbegun(index, upTo);
  }

  /** Skips a claim that has no length yet, up to the start of the next record. */
  private boolean passOverUnbegun(int index, long upTo) {
    int end = (int) Math.min(capacity, index + (upTo - position));
    int next = index + RecordDescriptor.ALIGNMENT;
    while (next < end && buffer.getIntVolatile(RecordDescriptor.lengthOffset(next)) == 0) {
      next += RecordDescriptor.ALIGNMENT;
    }
    // Skips nothing if a writer meanwhile began a record among the bytes just scanned.
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
    reader.read(
        buffer.getInt(RecordDescriptor.typeOffset(index)),
        buffer,
        RecordDescriptor.encodedMsgOffset(index),
        length - RecordDescriptor.HEADER_LENGTH,
        visitor);
  }

  private static void readEvent(
      int type, DirectBuffer buffer, int index, int length, EventVisitor visitor) {
    if (type == Intake.EVENT) {
      visitor.onEvent(buffer, index, length);
    }
  }
}

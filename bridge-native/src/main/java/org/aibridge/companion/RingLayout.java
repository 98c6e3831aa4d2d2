package org.aibridge.companion;

import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/** The layout of the files that a server and its companion share; see docs/ring.md. */
final class RingLayout {
  static final int VERSION = 2;
  static final long EVENTS_MAGIC = 0x474E_4952_4249_4141L; // the text "AAIBRING"
  static final long DOOR_MAGIC = 0x524F_4F44_4249_4141L; // the text "AAIBDOOR"
  static final int HEADER = 4096;
  static final int MIN_CAPACITY = 64 << 10;
  static final int MAX_CAPACITY = 1 << 30;
  static final int MAX_EVENT = 65_536;

  static final int VERSION_AT = 8;
  static final int CAPACITY_AT = 12;
  static final int GENERATION_AT = 16;
  static final int SERVER_PID_AT = 24;
  static final int FLAGS_AT = 28;
  static final int INCARNATION_AT = 32;
  static final int SERVER_BEAT_AT = 40;
  static final int DEAD_BEFORE_AT = 48;
  static final int COMPANION_AT = 64;
  static final int COMPANION_BEAT_AT = 72;
  static final int TURNS_DEAD_BEFORE_AT = 80;
  static final int COMPANION_PID_AT = 88;
  static final int REFUSED_NOW_AT = 92;
  static final int CHARSET_AT = 128;
  static final int CHARSET_SIZE = 32;
  static final int SERVER_ID_AT = 160;
  static final int SERVER_ID_SIZE = 72;
  static final int TAKEN_IN_AT = 232;
  static final int TAKEN_BEFORE_AT = 240;
  static final int TAKEN_AT = 256;
  static final int TAKEN_TYPES = 32;
  static final int REFUSED_AT = 512;
  static final int REFUSED_TYPES = 32;
  static final int REFUSED_REASONS = 8;

  static final int FLAG_CLOSED = 1;

  static final int DOOR_CALLS_AT = 12;
  static final int DOOR_INCARNATION_AT = 16;
  static final int DOOR_TURNS_AT = 24;
  static final int STATUS_NUMBER_AT = 64;
  static final int STATUS_LENGTH_AT = 72;
  static final int STATUS_SIZE = 65_536;
  static final int DOOR_RINGS = HEADER + STATUS_SIZE;

  /** A record type: an event with ASCII texts, in the journal's own format. */
  static final int EVENT = 1;

  /** A record type: an event with texts in the server's charset, or a custom one with fields. */
  static final int RAW_EVENT = 2;

  static final int CALL_REQUEST = 1;
  static final int CALL_FORGET = 2;
  static final int CALL_RESULT = 3;
  static final int CALL_RELOAD = 4;
  static final int TURN_ACTION = 1;
  static final int TURN_ANSWER = 2;
  static final int TURN_LOG = 3;
  static final int TURN_GIVEN_UP = 4;

  static final int END_DONE = 1;
  static final int END_NOT_BEGUN = 2;

  /** The types of a field's value. */
  static final int INTEGER = 1;

  static final int REAL = 2;
  static final int TEXT = 3;
  static final int BOOLEAN = 4;

  /** The numbers of the reasons for which the server refuses events. */
  static final int OFF = 1;

  static final int RING_FULL = 2;
  static final int MALFORMED = 3;
  static final int TOO_LARGE = 4;
  static final int DISK_LOW = 5;

  private RingLayout() {}

  static boolean isCapacity(int capacity) {
    return BitUtil.isPowerOfTwo(capacity) && capacity >= MIN_CAPACITY && capacity <= MAX_CAPACITY;
  }

  /** True if the ring at {@code at} has plausible positions. */
  static boolean isSound(UnsafeBuffer memory, int at, int capacity) {
    int trailer = at + capacity;
    long head = memory.getLongVolatile(trailer + RingBufferDescriptor.HEAD_POSITION_OFFSET);
    long tail = memory.getLongVolatile(trailer + RingBufferDescriptor.TAIL_POSITION_OFFSET);
    return head >= 0 && tail >= head && tail - head <= capacity && ((head | tail) & 7) == 0;
  }
}

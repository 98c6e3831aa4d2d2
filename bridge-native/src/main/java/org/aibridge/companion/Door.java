package org.aibridge.companion;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.slf4j.Logger;

/**
 * The door of one life of a server: its calls come in, answers and actions go out. For the
 * companion's thread; never blocks.
 */
final class Door {
  private static final Logger log = Logs.of(Door.class);
  private static final int READ_BYTES = 1 << 20;
  private static final byte ZERO = 0;

  /** The calls that a server makes. */
  interface Calls {
    /**
     * A script's HTTP request.
     *
     * @param timesOutAt when nobody waits for the answer any more, in milliseconds of the monotonic
     *     clock
     */
    void request(
        long number, long timesOutAt, boolean post, byte[] script, byte[] url, byte[] body);

    void forget(long number);

    /**
     * The end of an action.
     *
     * @param end one of {@link RingLayout}
     */
    void result(long number, int end, String id, byte[] sentence);

    void reload();
  }

  private final UnsafeBuffer memory;
  private final ManyToOneRingBuffer turns;
  private final RingDrain calls;
  private final long companion;
  private final ExpandableArrayBuffer record = new ExpandableArrayBuffer(4096);
  private final Queue<Consumer<Calls>> came = new ArrayDeque<>();
  private final LogThrottle throttle;
  private long statusNumber;

  private Door(
      UnsafeBuffer memory, int callsSize, int turnsSize, long companion, BridgeClock clock) {
    this.throttle = new LogThrottle(clock);
    this.memory = memory;
    this.companion = companion;
    this.calls =
        new RingDrain(
            new UnsafeBuffer(
                memory, RingLayout.DOOR_RINGS, callsSize + RingBufferDescriptor.TRAILER_LENGTH),
            callsSize,
            0,
            this::show);
    this.turns =
        new ManyToOneRingBuffer(
            new UnsafeBuffer(
                memory, turnsAt(callsSize), turnsSize + RingBufferDescriptor.TRAILER_LENGTH));
    this.statusNumber = memory.getLong(RingLayout.STATUS_NUMBER_AT) & ~1L;
  }

  /** The ring position up to which messages to the server (turns) are written. */
  long turnsWritten() {
    return turns.producerPosition();
  }

  /** The ring position up to which the server has read its messages (turns). */
  long turnsRead() {
    return turns.consumerPosition();
  }

  /**
   * Opens the door of a server's life, and takes the companion's side of it: what an earlier
   * companion has claimed and not written is nobody's from now on.
   *
   * @param companion the number of this companion's life, above 0
   * @throws IOException if the file cannot be used, with a sentence that says why
   */
  static Door open(HostFolder folder, HostRing ring, long incarnation, long companion)
      throws IOException {
    UnsafeBuffer memory = HostFolder.map(folder.door(incarnation), RingLayout.DOOR_MAGIC);
    int callsSize = memory.getInt(RingLayout.DOOR_CALLS_AT, LITTLE_ENDIAN);
    int turnsSize = memory.getInt(RingLayout.DOOR_TURNS_AT, LITTLE_ENDIAN);
    if (!RingLayout.isCapacity(callsSize)
        || !RingLayout.isCapacity(turnsSize)
        || (long) RingLayout.DOOR_RINGS + callsSize + RingLayout.HEADER + turnsSize
            > memory.capacity() - RingBufferDescriptor.TRAILER_LENGTH
        || !RingLayout.isSound(memory, RingLayout.DOOR_RINGS, callsSize)
        || !RingLayout.isSound(memory, turnsAt(callsSize), turnsSize)
        || memory.getLong(RingLayout.DOOR_INCARNATION_AT, LITTLE_ENDIAN) != incarnation) {
      throw new IOException(folder.door(incarnation) + " was cut or written over");
    }
    Door door = new Door(memory, callsSize, turnsSize, companion, ring.clock());
    UnsafeBuffer header = ring.header();
    header.putLong(RingLayout.TURNS_DEAD_BEFORE_AT, door.turns.producerPosition(), LITTLE_ENDIAN);
    ring.begin(incarnation, companion);
    return door;
  }

  private static int turnsAt(int callsSize) {
    return RingLayout.DOOR_RINGS + callsSize + RingLayout.HEADER;
  }

  /**
   * Shows the calls that have come; returns whether there were any. They are freed first, so that
   * no later companion makes a script's request again.
   */
  boolean read(Calls visitor) {
    int bytes = calls.read(READ_BYTES, (buffer, index, length) -> tellDamage());
    calls.free();
    for (Consumer<Calls> call = came.poll(); call != null; call = came.poll()) {
      try {
        call.accept(visitor);
      } catch (RuntimeException e) {
        log.error("a call of the server failed: {}", Reason.of(e), e);
      }
    }
    return bytes > 0;
  }

  private void tellDamage() {
    throttle.run(
        "damaged",
        () ->
            log.error(
                "a call of the server is damaged, and lost: its client of the rings has an error"));
  }

  private void show(
      int type, DirectBuffer buffer, int index, int length, RingDrain.EventVisitor damaged) {
    if (type != RingBuffer.PADDING_MSG_TYPE_ID && !isCall(type, buffer, index, length)) {
      damaged.onEvent(buffer, index, 0);
    }
  }

  /** Queues the call in a record; false if the record is not a valid call. */
  private boolean isCall(int type, DirectBuffer buffer, int index, int length) {
    RawEvents.Reader in = new RawEvents.Reader(buffer, index, length);
    switch (type) {
      case RingLayout.CALL_REQUEST -> {
        long number = in.longNumber();
        long timesOutAt = in.longNumber();
        boolean post = in.number() == 2;
        int script = in.number();
        int url = in.number();
        int body = in.number();
        byte[] scriptBytes = in.bytes(script);
        byte[] urlBytes = in.bytes(url);
        byte[] bodyBytes = in.bytes(body);
        if (in.isWhole()) {
          came.add(to -> to.request(number, timesOutAt, post, scriptBytes, urlBytes, bodyBytes));
        }
      }
      case RingLayout.CALL_FORGET -> {
        long number = in.longNumber();
        if (in.isWhole()) {
          came.add(to -> to.forget(number));
        }
      }
      case RingLayout.CALL_RESULT -> {
        long number = in.longNumber();
        int end = in.number();
        int id = in.number();
        int sentence = in.number();
        in.skip(4);
        String idText = new String(in.bytes(id), StandardCharsets.UTF_8);
        byte[] words = in.bytes(sentence);
        if (in.isWhole()) {
          came.add(to -> to.result(number, end, idText, words));
        }
      }
      case RingLayout.CALL_RELOAD -> came.add(Calls::reload);
      default -> {
        return false; // The call is from a later version, or damaged.
      }
    }
    return in.isWhole();
  }

  /** The largest body of an answer, in bytes. */
  int maxBody() {
    return turns.maxMsgLength() - 32;
  }

  /** Sends an answer; false if there is no room now. */
  boolean answer(long number, int status, byte[] body) {
    record.putLong(0, number, LITTLE_ENDIAN);
    record.putInt(8, status, LITTLE_ENDIAN);
    record.putInt(12, 0);
    record.putBytes(16, body);
    return turns.write(RingLayout.TURN_ANSWER, record, 0, 16 + body.length);
  }

  /** Sends an action; false if there is no room now. */
  boolean action(long number, String id, String type, Iterable<ActionField> fields) {
    byte[] idBytes = id.getBytes(StandardCharsets.UTF_8);
    byte[] typeBytes = type.getBytes(StandardCharsets.UTF_8);
    int at = 32;
    at = putText(at, idBytes);
    at = putText(at, typeBytes);
    int count = 0;
    for (ActionField field : fields) {
      byte[] name = field.name().getBytes(StandardCharsets.UTF_8);
      record.putByte(at, (byte) name.length);
      at = putText(at + 1, name);
      record.putByte(at, (byte) field.kind());
      record.putLong(at + 1, field.number(), LITTLE_ENDIAN);
      record.putInt(at + 9, field.text().length, LITTLE_ENDIAN);
      at = putText(at + 13, field.text());
      count++;
    }
    record.putLong(0, number, LITTLE_ENDIAN);
    record.putLong(8, companion, LITTLE_ENDIAN);
    record.putInt(16, idBytes.length, LITTLE_ENDIAN);
    record.putInt(20, typeBytes.length, LITTLE_ENDIAN);
    record.putInt(24, count, LITTLE_ENDIAN);
    record.putInt(28, 0);
    return at <= turns.maxMsgLength() - 8 && turns.write(RingLayout.TURN_ACTION, record, 0, at);
  }

  private int putText(int at, byte[] text) {
    record.putBytes(at, text);
    record.putByte(at + text.length, ZERO);
    return at + text.length + 1;
  }

  /** Tells the server that the bridge has given up an action; false if there is no room now. */
  boolean givenUp(long number) {
    record.putLong(0, number, LITTLE_ENDIAN);
    return turns.write(RingLayout.TURN_GIVEN_UP, record, 0, 8);
  }

  /** Sends a line for the server's log if there is room. */
  void log(int level, byte[] sentence) {
    record.putInt(0, level, LITTLE_ENDIAN);
    record.putBytes(4, sentence);
    turns.write(RingLayout.TURN_LOG, record, 0, 4 + sentence.length);
  }

  /** Shows the status to the server; skips a status that is too long. */
  void status(byte[] json) {
    if (json.length < RingLayout.STATUS_SIZE) {
      memory.putLongVolatile(RingLayout.STATUS_NUMBER_AT, statusNumber + 1);
      memory.putInt(RingLayout.STATUS_LENGTH_AT, json.length, LITTLE_ENDIAN);
      memory.putBytes(RingLayout.HEADER, json);
      statusNumber += 2;
      memory.putLongVolatile(RingLayout.STATUS_NUMBER_AT, statusNumber);
    }
  }
}

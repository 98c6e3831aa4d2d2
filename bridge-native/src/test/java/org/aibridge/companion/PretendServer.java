package org.aibridge.companion;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.aibridge.core.intake.RingDrain;

/** A server's side of the rings in this process, which also does what no server should. */
final class PretendServer implements AutoCloseable {
  static final int CAPACITY = RingLayout.MIN_CAPACITY;
  static final int TURNS_AT = RingLayout.DOOR_RINGS + CAPACITY + RingLayout.HEADER;

  private final FileChannel lock;
  private final RingDrain turns;
  private final List<Turn> came = new ArrayList<>();
  final UnsafeBuffer header;
  final UnsafeBuffer door;
  final ManyToOneRingBuffer events;
  final ManyToOneRingBuffer calls;

  /** What the companion has sent. */
  record Turn(int type, byte[] bytes) {
    long number() {
      return new UnsafeBuffer(bytes).getLong(0, LITTLE_ENDIAN);
    }

    /** What an answer says of its end. */
    int status() {
      return new UnsafeBuffer(bytes).getInt(8, LITTLE_ENDIAN);
    }

    /** The texts in it, and what else looks like a character. */
    String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /** Makes a server's files in {@code folder}; keeps a ring of events that is there. */
  PretendServer(Path folder, long incarnation) throws IOException {
    if (!Files.exists(folder)) {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    lock = channel(folder.resolve("server.lock"));
    take(lock);
    int end = CAPACITY + RingBufferDescriptor.TRAILER_LENGTH;
    door =
        file(folder.resolve(String.format(Locale.ROOT, "door.%016x", incarnation)), TURNS_AT + end);
    door.putInt(RingLayout.DOOR_CALLS_AT, CAPACITY, LITTLE_ENDIAN);
    door.putLong(RingLayout.DOOR_INCARNATION_AT, incarnation, LITTLE_ENDIAN);
    door.putInt(RingLayout.DOOR_TURNS_AT, CAPACITY, LITTLE_ENDIAN);
    door.putInt(RingLayout.VERSION_AT, RingLayout.VERSION, LITTLE_ENDIAN);
    door.putLong(0, RingLayout.DOOR_MAGIC, LITTLE_ENDIAN);
    calls = new ManyToOneRingBuffer(new UnsafeBuffer(door, RingLayout.DOOR_RINGS, end));
    turns =
        new RingDrain(
            new UnsafeBuffer(door, TURNS_AT, end),
            CAPACITY,
            0,
            (type, buffer, index, length, visitor) -> {
              byte[] bytes = new byte[length];
              buffer.getBytes(index, bytes);
              came.add(new Turn(type, bytes));
            });
    header = file(folder.resolve("events.ring"), RingLayout.HEADER + end);
    events = new ManyToOneRingBuffer(new UnsafeBuffer(header, RingLayout.HEADER, end));
    header.putInt(RingLayout.VERSION_AT, RingLayout.VERSION, LITTLE_ENDIAN);
    header.putInt(RingLayout.CAPACITY_AT, CAPACITY, LITTLE_ENDIAN);
    if (header.getLong(RingLayout.GENERATION_AT, LITTLE_ENDIAN) == 0) {
      header.putLong(RingLayout.GENERATION_AT, 7 + incarnation, LITTLE_ENDIAN);
    }
    header.putInt(RingLayout.SERVER_PID_AT, (int) ProcessHandle.current().pid(), LITTLE_ENDIAN);
    header.putBytes(RingLayout.CHARSET_AT, "windows-874".getBytes(StandardCharsets.US_ASCII));
    header.putBytes(RingLayout.SERVER_ID_AT, "map-server".getBytes(StandardCharsets.US_ASCII));
    header.putLong(0, RingLayout.EVENTS_MAGIC, LITTLE_ENDIAN);
    tick();
    header.putLongVolatile(RingLayout.INCARNATION_AT, incarnation);
  }

  /** Takes the lock, which a companion that asks for it may hold for a moment. */
  private static void take(FileChannel lock) throws IOException {
    for (int i = 0; true; i++) {
      try {
        lock.lock();
        return;
      } catch (OverlappingFileLockException e) {
        if (i == 1000) {
          throw e;
        }
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  private static FileChannel channel(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return channel;
  }

  private static UnsafeBuffer file(Path file, int size) throws IOException {
    try (FileChannel channel = channel(file)) {
      ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, size);
      return new UnsafeBuffer(mapped);
    }
  }

  /** Says that the game ticks; a server that does not gets no actions. */
  void tick() {
    header.putLongVolatile(RingLayout.SERVER_BEAT_AT, System.nanoTime() / 1_000_000);
  }

  /** Writes a record into the ring of events; false if it is full. */
  boolean publish(int type, byte[] record) {
    return events.write(type, new UnsafeBuffer(record), 0, record.length);
  }

  /** Sends a call. */
  void call(int type, byte[] record) {
    if (!calls.write(type, new UnsafeBuffer(record), 0, record.length)) {
      throw new AssertionError("no room for a call");
    }
  }

  /** Says how an action ended. */
  void result(long number, int end, String id) {
    byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
    call(
        RingLayout.CALL_RESULT,
        ByteBuffer.allocate(24 + bytes.length)
            .order(LITTLE_ENDIAN)
            .putLong(number)
            .putInt(end)
            .putInt(bytes.length)
            .putInt(0)
            .putInt(0)
            .put(bytes)
            .array());
  }

  /** The position up to which turns were written for this server. */
  long turnsWritten() {
    int end = CAPACITY + RingBufferDescriptor.TRAILER_LENGTH;
    return new ManyToOneRingBuffer(new UnsafeBuffer(door, TURNS_AT, end)).producerPosition();
  }

  /** Asks for a script to post {@code body}. */
  void post(long number, String url, String body) {
    byte[] texts = ("npc" + url + body).getBytes(StandardCharsets.UTF_8);
    call(
        RingLayout.CALL_REQUEST,
        ByteBuffer.allocate(32 + texts.length)
            .order(LITTLE_ENDIAN)
            .putLong(number)
            .putLong(System.nanoTime() / 1_000_000 + 60_000)
            .putInt(2)
            .putInt(3)
            .putInt(url.length())
            .putInt(body.length())
            .put(texts)
            .array());
  }

  /** Ticks, and returns what has come since the last time. */
  List<Turn> takeTurns() {
    tick();
    turns.read(Integer.MAX_VALUE, (buffer, index, length) -> {});
    turns.free();
    List<Turn> all = List.copyOf(came);
    came.clear();
    return all;
  }

  boolean hasDrained() {
    return events.size() == 0;
  }

  /** The status that the companion shows; empty before there is one. */
  String status() {
    for (int i = 0; i < 1000; i++) {
      long number = door.getLongVolatile(RingLayout.STATUS_NUMBER_AT);
      byte[] json = new byte[door.getInt(RingLayout.STATUS_LENGTH_AT, LITTLE_ENDIAN)];
      door.getBytes(RingLayout.HEADER, json);
      if ((number & 1) == 0 && number == door.getLongVolatile(RingLayout.STATUS_NUMBER_AT)) {
        return new String(json, StandardCharsets.UTF_8);
      }
    }
    return "";
  }

  /** Ends as a process does that is killed. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}

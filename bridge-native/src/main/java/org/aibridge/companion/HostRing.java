package org.aibridge.companion;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.aibridge.api.RefusalReason;
import org.aibridge.core.files.Disk;
import org.aibridge.core.intake.EventSource;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.RecentTime;
import org.slf4j.Logger;

/**
 * The ring into which a server in another process writes its events. It outlives both sides: it is
 * never cut, replaced or deleted here.
 */
final class HostRing implements EventSource {
  private static final Logger log = Logs.of(HostRing.class);
  private static final long ASK_AGAIN_NANOS = 200_000_000L;

  private final HostFolder folder;
  private final BridgeClock clock;
  private final RecentTime time;
  private final LogThrottle throttle;
  private final Refusals refusals = new Refusals();
  private final AtomicLong taken = new AtomicLong();
  private final AtomicLong replaced;
  private volatile Mapped now;
  private long nextAskNanos;
  private boolean serverAlive = true;

  /** One file, and what it is told by. */
  private record Mapped(UnsafeBuffer memory, int capacity, long generation, Object key) {}

  /**
   * Attaches to the ring in {@code folder}.
   *
   * @param replaced counts characters that one side does not have
   * @throws IOException if there is no ring that can be used, with a sentence that says why
   */
  static HostRing attach(HostFolder folder, BridgeClock clock, RecentTime time, AtomicLong replaced)
      throws IOException {
    return new HostRing(folder, map(folder), clock, time, replaced);
  }

  private HostRing(
      HostFolder folder, Mapped now, BridgeClock clock, RecentTime time, AtomicLong replaced) {
    this.folder = folder;
    this.now = now;
    this.clock = clock;
    this.time = time;
    this.throttle = new LogThrottle(clock);
    this.replaced = replaced;
    this.nextAskNanos = clock.nanos();
  }

  private static Mapped map(HostFolder folder) throws IOException {
    Path file = folder.events();
    Object key = Disk.key(file);
    UnsafeBuffer memory = HostFolder.map(file, RingLayout.EVENTS_MAGIC);
    int capacity = memory.getInt(RingLayout.CAPACITY_AT, LITTLE_ENDIAN);
    if (!BitUtil.isPowerOfTwo(capacity)
        || capacity < RingLayout.MIN_CAPACITY
        || capacity > RingLayout.MAX_CAPACITY
        || memory.capacity()
            != RingLayout.HEADER + capacity + RingBufferDescriptor.TRAILER_LENGTH) {
      throw new IOException(file + " was cut; take it away");
    }
    return new Mapped(
        memory, capacity, memory.getLong(RingLayout.GENERATION_AT, LITTLE_ENDIAN), key);
  }

  /** The header that both sides write. */
  UnsafeBuffer header() {
    return now.memory;
  }

  /** The server's life: another number each time it starts; 0 before its first. */
  long incarnation() {
    return now.memory.getLongVolatile(RingLayout.INCARNATION_AT);
  }

  String serverId() {
    return text(RingLayout.SERVER_ID_AT, RingLayout.SERVER_ID_SIZE);
  }

  /**
   * Returns the server's charset; UTF-8, and a line in the log, if this JVM has none by its name.
   */
  Charset charset() {
    String name = text(RingLayout.CHARSET_AT, RingLayout.CHARSET_SIZE);
    try {
      return Charset.forName(name);
    } catch (IllegalArgumentException e) {
      throttle.run(
          "charset", () -> log.error("there is no charset {}; texts are read as UTF-8", name));
      return StandardCharsets.UTF_8;
    }
  }

  private String text(int at, int size) {
    byte[] bytes = new byte[size];
    now.memory.getBytes(at, bytes);
    int end = 0;
    while (end < size && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
  }

  @Override
  public boolean hasWaiting() {
    Mapped ring = now;
    int trailer = RingLayout.HEADER + ring.capacity;
    return ring.memory.getLongVolatile(trailer + RingBufferDescriptor.TAIL_POSITION_OFFSET)
        > ring.memory.getLongVolatile(trailer + RingBufferDescriptor.HEAD_POSITION_OFFSET);
  }

  @Override
  public RingDrain drain() {
    Mapped ring = now;
    UnsafeBuffer records =
        new UnsafeBuffer(
            ring.memory, RingLayout.HEADER, ring.capacity + RingBufferDescriptor.TRAILER_LENGTH);
    RawEvents raw = new RawEvents(new ServerText(charset(), replaced));
    return new RingDrain(
        records,
        ring.capacity,
        ring.generation,
        (type, buffer, index, length, visitor) ->
            show(ring.memory, raw, type, buffer, index, length, visitor));
  }

  private void show(
      UnsafeBuffer header,
      RawEvents raw,
      int type,
      DirectBuffer buffer,
      int index,
      int length,
      RingDrain.EventVisitor visitor) {
    if (type == RingLayout.EVENT) {
      count(header, buffer.getByte(index));
      visitor.onEvent(buffer, index, length);
    } else if (type == RingLayout.RAW_EVENT) {
      int size = raw.convert(buffer, index, length);
      count(header, buffer.getByte(index));
      if (size < 0) {
        visitor.onEvent(buffer, index, 0); // The journal counts it as malformed, and tells.
      } else {
        visitor.onEvent(raw.event(), 0, size);
      }
    } else if (type > 0) {
      throttle.run(
          "type",
          () ->
              log.error("a record of type {} in {} is of a later version and lost", type, path()));
      visitor.onEvent(buffer, index, 0);
    }
  }

  /** Counts an event that was taken out of the ring, where the server can read it too. */
  private void count(UnsafeBuffer header, int type) {
    taken.getAndIncrement();
    if (type >= 0 && type < 32) {
      header.addLongOrdered(RingLayout.TAKEN_AT + 8 * type, 1);
    }
  }

  @Override
  public Path path() {
    return folder.events();
  }

  @Override
  public boolean isRingLost() {
    try {
      return !Objects.equals(Disk.key(folder.events()), now.key);
    } catch (IOException e) {
      return false; // Without a file the server goes on in the old one, and so does this.
    }
  }

  @Override
  public boolean isRingCut() {
    try {
      return Disk.size(folder.events()) < now.memory.capacity() && !isRingLost();
    } catch (IOException e) {
      return false;
    }
  }

  /** Attaches to the ring that a server has made in the place of the old one. */
  @Override
  public RingDrain renew() throws IOException {
    now = map(folder);
    return drain();
  }

  /** The events taken out of the ring since this process attached to it. */
  @Override
  public long accepted() {
    return taken.get();
  }

  @Override
  public Refusals refusals() {
    return refusals;
  }

  @Override
  public RecentTime time() {
    return time;
  }

  /** Tells the server to refuse events. A closed companion does not: the ring keeps them. */
  @Override
  public void shut(RefusalReason reason) {
    if (reason == RefusalReason.DISK_LOW) {
      refuse(RingLayout.DISK_LOW);
    }
  }

  /** Tells the server why it must refuse events; 0 if it need not. */
  void refuse(int why) {
    now.memory.putIntVolatile(RingLayout.REFUSED_NOW_AT, why);
  }

  @Override
  public void open() {
    refuse(0);
  }

  /** Returns false: only the server's life and its next one say which claims are abandoned. */
  @Override
  public boolean hasAbandonedClaims() {
    return false;
  }

  @Override
  public boolean passAbandonedClaim(RingDrain ring, long nowNanos) {
    long dead =
        isServerAlive(nowNanos)
            ? now.memory.getLongVolatile(RingLayout.DEAD_BEFORE_AT)
            : ring.tail();
    return ring.position() < dead && ring.unblock(dead);
  }

  private boolean isServerAlive(long nowNanos) {
    if (nowNanos - nextAskNanos >= 0) {
      nextAskNanos = nowNanos + ASK_AGAIN_NANOS;
      try {
        serverAlive = folder.isServerAlive();
      } catch (IOException e) {
        serverAlive = true; // Whose life is unknown may still commit its claims.
      }
    }
    return serverAlive;
  }

  /** Does nothing: the server goes on writing, and the next companion goes on reading. */
  @Override
  public void seal() {}
}

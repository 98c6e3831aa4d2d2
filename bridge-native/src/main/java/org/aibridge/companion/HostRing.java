package org.aibridge.companion;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.event.EventType;
import org.aibridge.core.event.EventCodec;
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

  /** A record that stays unfinished for longer than this, in ns, is a fault. */
  private static final long LONG_NANOS = 5_000_000_000L;

  /** The reasons for refusals; the index is the reason's number in the ring's header. */
  private static final RefusalReason[] REASONS = {
    null,
    RefusalReason.OFF,
    RefusalReason.RING_FULL,
    RefusalReason.MALFORMED,
    RefusalReason.TOO_LARGE,
    RefusalReason.DISK_LOW
  };

  private static final EventType[] TYPES = new EventType[RingLayout.REFUSED_TYPES];

  static {
    UnsafeBuffer code = new UnsafeBuffer(new byte[1]);
    for (int i = 0; i < TYPES.length; i++) {
      code.putByte(0, (byte) i);
      TYPES[i] = EventCodec.type(code, 0);
    }
  }

  private final HostFolder folder;
  private final BridgeClock clock;
  private final RecentTime time;
  private final LogThrottle throttle;
  private final Refusals refusals = new Refusals();
  private final AtomicLong taken = new AtomicLong();
  private final AtomicLong damaged = new AtomicLong();
  private final AtomicLong replaced;
  private volatile Mapped now;

  private long nextAskNanos;

  /** The position of the record that blocks the drain; used only by the journal's thread. */
  private long blockedAt = -1;

  private long blockedSince;
  private volatile int refused;

  /** The number that identifies this companion in the header; 0 before it serves. */
  private volatile long companion;

  private final long[][] toldRefused =
      new long[RingLayout.REFUSED_TYPES][RingLayout.REFUSED_REASONS];

  /** A mapped file, with the key and the generation that identify it. */
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
    if (!RingLayout.isCapacity(capacity)
        || memory.capacity()
            != RingLayout.HEADER + capacity + RingBufferDescriptor.TRAILER_LENGTH) {
      throw new IOException(file + " was cut; take it away");
    }
    if (!RingLayout.isSound(memory, RingLayout.HEADER, capacity)) {
      throw new IOException("somebody wrote over " + file + "; take it away");
    }
    return new Mapped(
        memory, capacity, memory.getLong(RingLayout.GENERATION_AT, LITTLE_ENDIAN), key);
  }

  BridgeClock clock() {
    return clock;
  }

  /** The header of the ring; the server and the companion both write to it. */
  UnsafeBuffer header() {
    return now.memory;
  }

  /** The number of the server's current run, new at each start; 0 before the first start. */
  long incarnation() {
    return now.memory.getLongVolatile(RingLayout.INCARNATION_AT);
  }

  /** The time of the server's last tick, in milliseconds of the monotonic clock. */
  long serverBeat() {
    return now.memory.getLongVolatile(RingLayout.SERVER_BEAT_AT);
  }

  String serverId() {
    return text(RingLayout.SERVER_ID_AT, RingLayout.SERVER_ID_SIZE);
  }

  /** Returns the server's charset; logs an unknown name and returns UTF-8 instead. */
  Charset charset() {
    String name = text(RingLayout.CHARSET_AT, RingLayout.CHARSET_SIZE);
    Charset charset = ServerText.charset(name);
    if (charset == null) {
      throttle.run(
          "charset",
          () -> log.error("{} is no charset for a server; texts are read as UTF-8", name));
      return StandardCharsets.UTF_8;
    }
    return charset;
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
    RingDrain[] drain = new RingDrain[1];
    long[] countedTo = new long[1]; // What is shown again counts once.
    drain[0] =
        new RingDrain(
            records,
            ring.capacity,
            ring.generation,
            (type, buffer, index, length, visitor) -> {
              if (!isOurs(ring)) {
                throw new IllegalStateException("another companion has it");
              }
              if (type != RingBuffer.PADDING_MSG_TYPE_ID && drain[0].position() >= countedTo[0]) {
                countedTo[0] = drain[0].position() + 1;
                count(ring.memory, buffer.getByte(index));
              }
              show(raw, type, buffer, index, length, visitor);
            });
    return drain[0];
  }

  private void show(
      RawEvents raw,
      int type,
      DirectBuffer buffer,
      int index,
      int length,
      RingDrain.EventVisitor visitor) {
    if (type == RingBuffer.PADDING_MSG_TYPE_ID) {
      return;
    }
    int size = type == RingLayout.RAW_EVENT ? raw.convert(buffer, index, length) : -1;
    if (size >= 0) {
      visitor.onEvent(raw.event(), 0, size);
    } else if (type == RingLayout.EVENT && RawEvents.isEvent(buffer, index, length)) {
      visitor.onEvent(buffer, index, length);
    } else {
      damaged.getAndIncrement();
      throttle.run(
          "damaged",
          () ->
              log.error(
                  "a record in {} is no event (type {}, {} bytes), and lost: the server's client of the"
                      + " ring has an error",
                  path(),
                  type,
                  length));
      visitor.onEvent(buffer, index, 0); // The journal counts the event too.
    }
  }

  /** Counts an event taken from the ring; the server can read the count in the header. */
  private void count(UnsafeBuffer header, int type) {
    taken.getAndIncrement();
    if (type >= 0 && type < RingLayout.TAKEN_TYPES) {
      header.addLongOrdered(RingLayout.TAKEN_AT + 8 * type, 1);
    }
  }

  /**
   * True if no other companion serves the server. The lock sees to that; where somebody has taken
   * its file away, the header does.
   */
  boolean isOurs() {
    return isOurs(now);
  }

  private boolean isOurs(Mapped ring) {
    return companion == 0 || ring.memory.getLongVolatile(RingLayout.COMPANION_AT) == companion;
  }

  /**
   * Makes the ring that of the companion whose life has the number {@code life}. Has {@code taken}
   * of the figures count from here on, unless an earlier companion of the same life of the server
   * has done so. For the companion's thread, before the journal's uses the ring.
   */
  void begin(long incarnation, long life) {
    begin(now.memory, incarnation, life);
  }

  private void begin(UnsafeBuffer header, long incarnation, long life) {
    header.putInt(RingLayout.COMPANION_PID_AT, (int) ProcessHandle.current().pid(), LITTLE_ENDIAN);
    header.putLongVolatile(RingLayout.COMPANION_AT, life);
    companion = life;
    if (header.getLongVolatile(RingLayout.TAKEN_IN_AT) != incarnation) {
      header.putLongVolatile(RingLayout.TAKEN_IN_AT, 0);
      header.putLongVolatile(RingLayout.TAKEN_BEFORE_AT, takenEver(header));
      header.putLongVolatile(RingLayout.TAKEN_IN_AT, incarnation);
    }
  }

  private static long takenEver(UnsafeBuffer header) {
    long sum = 0;
    for (int type = 0; type < RingLayout.TAKEN_TYPES; type++) {
      sum += header.getLongVolatile(RingLayout.TAKEN_AT + 8 * type);
    }
    return sum;
  }

  @Override
  public Map<String, Long> figures() {
    Mapped ring = now;
    int trailer = RingLayout.HEADER + ring.capacity;
    long head = ring.memory.getLongVolatile(trailer + RingBufferDescriptor.HEAD_POSITION_OFFSET);
    long tail = ring.memory.getLongVolatile(trailer + RingBufferDescriptor.TAIL_POSITION_OFFSET);
    Map<String, Long> figures = new LinkedHashMap<>();
    figures.put("pid", (long) ring.memory.getInt(RingLayout.SERVER_PID_AT, LITTLE_ENDIAN));
    figures.put("taken", takenEver(ring.memory) - ring.memory.getLong(RingLayout.TAKEN_BEFORE_AT));
    figures.put("ring_bytes", (long) ring.capacity);
    figures.put("ring_used_bytes", Math.max(0, Math.min(ring.capacity, tail - head)));
    figures.put("damaged_records", damaged.get());
    figures.put("replaced_characters", replaced.get());
    return figures;
  }

  @Override
  public Path path() {
    return folder.events();
  }

  @Override
  public boolean isRingLost() {
    try {
      Object key = Disk.key(folder.events());
      return key != null && !key.equals(now.key); // Without a file, both use the old one.
    } catch (IOException e) {
      return false;
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

  /** Attaches to the ring that the server made in place of the old one. */
  @Override
  public RingDrain renew() throws IOException {
    Mapped next = map(folder);
    begin(next.memory, next.memory.getLongVolatile(RingLayout.INCARNATION_AT), companion);
    now = next;
    return drain();
  }

  /** The number of events taken from the ring since this process attached to it. */
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

  /** Makes the server refuse events if {@code reason} is a low disk; ignores any other reason. */
  @Override
  public void shut(RefusalReason reason) {
    if (reason == RefusalReason.DISK_LOW) {
      refuse(RingLayout.DISK_LOW);
    }
  }

  /** Tells the server to refuse events for the reason {@code why}; 0 lets it accept events. */
  void refuse(int why) {
    refused = why;
    if (isOurs()) {
      now.memory.putIntVolatile(RingLayout.REFUSED_NOW_AT, why);
    }
  }

  /**
   * Shows the server that this companion lives, and what it says. For the companion's thread.
   *
   * @param monotonicMs the beat; 0 at the end
   */
  void beat(long monotonicMs) {
    UnsafeBuffer header = now.memory;
    if (!isOurs()) {
      return;
    }
    // Repeated at each beat, since the server clears the reason after some seconds without one.
    header.putIntVolatile(RingLayout.REFUSED_NOW_AT, monotonicMs == 0 ? 0 : refused);
    header.putLongVolatile(RingLayout.COMPANION_BEAT_AT, monotonicMs);
  }

  /**
   * Counts what the server has refused since the last call; at the first one, in all of its life,
   * most of it perhaps while no companion was there. For the companion's thread.
   */
  void countRefusals() {
    for (int type = 0; type < RingLayout.REFUSED_TYPES; type++) {
      long[] counts = new long[RingLayout.REFUSED_REASONS];
      for (int reason = 0; reason < counts.length; reason++) {
        int row = RingLayout.REFUSED_REASONS * type + reason;
        counts[reason] = now.memory.getLongVolatile(RingLayout.REFUSED_AT + 8 * row);
        if (reason < REASONS.length && REASONS[reason] != null) {
          long more = counts[reason] - toldRefused[type][reason];
          refusals.add(TYPES[type], REASONS[reason], Math.max(0, more));
        }
      }
      toldRefused[type] = counts;
    }
  }

  @Override
  public void open() {
    refuse(0);
  }

  /** Returns false, since only the server's next life can tell which claims were abandoned. */
  @Override
  public boolean hasAbandonedClaims() {
    return false;
  }

  @Override
  public boolean passAbandonedClaim(RingDrain ring, long nowNanos) {
    if (ring.position() >= ring.tail()) {
      return false;
    }
    if (ring.generation() != now.generation) {
      return ring.unblock(ring.tail()); // Only a later life of the server makes another ring.
    }
    if (ring.tail() - ring.position() > now.capacity) {
      throttle.run(
          "positions",
          () ->
              log.error(
                  "somebody wrote over the positions of {}: what the server publishes is lost until it is"
                      + " restarted without that file",
                  path()));
      return false;
    }
    long dead = now.memory.getLongVolatile(RingLayout.DEAD_BEFORE_AT);
    if (ring.position() >= dead && nowNanos - nextAskNanos >= 0) {
      nextAskNanos = nowNanos + ASK_AGAIN_NANOS;
      long tail = ring.tail(); // Read first: the next server may claim after the question.
      dead = isServerAlive() ? dead : tail;
      tellBlock(ring, nowNanos);
    }
    return ring.position() < dead && ring.unblock(dead);
  }

  /** Logs a fault of a living server: it has left a record unfinished for a long time. */
  private void tellBlock(RingDrain ring, long nowNanos) {
    if (ring.position() != blockedAt) {
      blockedAt = ring.position();
      blockedSince = nowNanos;
    } else if (nowNanos - blockedSince > LONG_NANOS) {
      throttle.run(
          "blocked",
          () ->
              log.error(
                  "process {} has begun a record in {} and not finished it for {} s; the events behind"
                      + " it wait until it has, or has ended",
                  now.memory.getInt(RingLayout.SERVER_PID_AT, LITTLE_ENDIAN),
                  path(),
                  (nowNanos - blockedSince) / 1_000_000_000));
    }
  }

  private boolean isServerAlive() {
    try {
      return folder.isServerAlive();
    } catch (IOException e) {
      return true; // A server of unknown life may still commit its claims.
    }
  }

  @Override
  public boolean seal() {
    return false;
  }
}

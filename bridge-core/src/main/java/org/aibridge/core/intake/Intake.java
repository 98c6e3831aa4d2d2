package org.aibridge.core.intake;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.aibridge.api.Position;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.Priority;
import org.aibridge.api.spi.EventIntake;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.event.EventKinds;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Chance;
import org.aibridge.core.run.RecentTime;

/**
 * The place where the game thread puts its events: a ring in a mapped file.
 *
 * <p>{@link #publish} and {@link #take} may be called by any thread; they never block, throw or
 * allocate. An accepted event survives the death of this process: the next start finds it in the
 * file. When the ring fills, low events are refused first, and the last part is kept for urgent
 * ones.
 */
public final class Intake implements EventSource, EventIntake {
  /** The record type of an event in the ring. */
  static final int EVENT = 1;

  /** The fill level of the ring, in percent, up to which events of each priority are accepted. */
  private static final Map<Priority, Integer> USABLE_PERCENT =
      Map.of(Priority.LOW, 60, Priority.NORMAL, 80, Priority.HIGH, 90, Priority.URGENT, 100);

  /** The bytes of a typical event in the ring, rounded up: header, map name, Agrona's header. */
  private static final int TYPICAL_EVENT_BYTES = 64;

  /**
   * The smallest capacity in bytes, for any {@code queue_size}: room for a burst between two visits
   * of the journal thread.
   */
  private static final int MIN_CAPACITY = 1 << 22;

  /** The ring. A lost ring can be replaced at any time, so {@link #publish} reads this once. */
  private volatile Ring ring;

  private final int maxEventBytes;
  private final AtomicLong accepted = new AtomicLong();
  private final Refusals refusals;
  private final Renewal renewal;
  private final Chance chance;
  private final RecentTime time;

  /** Why events are refused now; null while they are accepted. */
  private final AtomicReference<RefusalReason> shut = new AtomicReference<>();

  /** The kinds of events that are refused now, because the journal of their sink has no room. */
  private volatile long refused = EventKinds.NONE;

  /** True if an error ended {@link #publish} between claim and commit in some thread. */
  private volatile boolean claimAbandoned;

  /** Chooses where a new ring is made. */
  @FunctionalInterface
  public interface Renewal {
    /** Returns the path for a new ring in place of the one at {@code lost}; may be the same. */
    Path placeAfter(Path lost) throws IOException;
  }

  private Intake(
      RingFile file,
      int maxEventBytes,
      Refusals refusals,
      Chance chance,
      RecentTime time,
      Renewal renewal) {
    this.chance = chance;
    this.time = time;
    this.ring = new Ring(file);
    this.renewal = renewal;
    this.maxEventBytes = maxEventBytes;
    this.refusals = refusals;
  }

  /** Returns the ring of an earlier process, which must be emptied before {@link #create}. */
  public static Optional<RingDrain> leftovers(Path path) throws IOException {
    return RingFile.openExisting(path).map(RingDrain::new);
  }

  /** True if only a later version of the bridge can empty the ring at {@code path}. */
  public static boolean isOfLaterVersion(Path path) throws IOException {
    return RingFile.isOfLaterVersion(path);
  }

  /**
   * Makes a new ring at {@code path}, in place of the old one.
   *
   * @param queueSize the number of typical events for which the ring surely has room
   */
  public static Intake create(Path path, int queueSize, int maxEventBytes, Refusals refusals)
      throws IOException {
    return create(
        path,
        queueSize,
        maxEventBytes,
        refusals,
        Chance.OF_JVM,
        new RecentTime(BridgeClock.WALL_MS),
        lost -> lost);
  }

  /**
   * Makes a new ring at {@code path}, in place of the old one.
   *
   * @param chance gives each ring its identity
   * @param time the time of events that are published without one
   * @param renewal chooses the place of the ring after one whose file was lost
   */
  public static Intake create(
      Path path,
      int queueSize,
      int maxEventBytes,
      Refusals refusals,
      Chance chance,
      RecentTime time,
      Renewal renewal)
      throws IOException {
    RingFile file = RingFile.create(path, capacityFor(queueSize, maxEventBytes), chance);
    return new Intake(file, maxEventBytes, refusals, chance, time, renewal);
  }

  /**
   * Makes an intake on a ring without a file, whose events end with this process: for short use.
   *
   * @param capacity the ring's size in bytes, a power of two
   */
  public static Intake inMemory(int capacity, int maxEventBytes) {
    return new Intake(
        RingFile.inMemory(capacity),
        maxEventBytes,
        new Refusals(),
        Chance.OF_JVM,
        new RecentTime(BridgeClock.WALL_MS),
        lost -> lost);
  }

  /**
   * Returns the ring's capacity in bytes for these settings: a power of two, with room for eight of
   * the largest events.
   */
  public static int capacityFor(int queueSize, int maxEventBytes) {
    long wanted = Math.max((long) queueSize * TYPICAL_EVENT_BYTES * 2, 16L * maxEventBytes);
    long capacity = MIN_CAPACITY;
    while (capacity < wanted && capacity < 1 << 30) {
      capacity *= 2;
    }
    return (int) capacity;
  }

  /** Publishes an event; see {@link org.aibridge.api.AiBridge#publish}. */
  public boolean publish(GameEvent event) {
    if (event == null) {
      RefusalReason reason = shut.get();
      return refusals.refuse(null, reason != null ? reason : RefusalReason.MALFORMED);
    }
    return event.handTo(this);
  }

  @Override
  public long now() {
    return time.ms();
  }

  @Override
  public boolean take(
      EventType type,
      Priority priority,
      long playerId,
      String playerKey,
      String map,
      Position position,
      long timestampMs,
      long number1,
      long number2,
      String text1,
      String text2) {
    RefusalReason reason = shut.get();
    if (reason != null) {
      return refusals.refuse(type, reason);
    }
    long without = refused;
    if (without != EventKinds.NONE && (without & EventKinds.of(type, priority)) != 0) {
      return refusals.refuse(type, RefusalReason.DISK_LOW);
    }
    int length =
        EventCodec.measure(
            type,
            playerId,
            playerKey,
            map,
            position,
            timestampMs,
            number1,
            number2,
            text1,
            text2,
            maxEventBytes);
    if (length < 0) {
      return refusals.refuse(
          type, length == EventCodec.TOO_LARGE ? RefusalReason.TOO_LARGE : RefusalReason.MALFORMED);
    }
    Ring now = ring;
    ManyToOneRingBuffer buffer = now.buffer;
    if (buffer.size() + length > now.usable[priority.ordinal()]) {
      return refusals.refuse(type, RefusalReason.RING_FULL);
    }
    boolean ended = false;
    boolean taken = false;
    try {
      int index = buffer.tryClaim(EVENT, length);
      if (index >= 0) {
        boolean filled = false;
        try {
          EventCodec.encode(
              type,
              priority,
              playerId,
              playerKey,
              map,
              position,
              timestampMs,
              number1,
              number2,
              text1,
              text2,
              length,
              buffer.buffer(),
              index);
          filled = true;
        } finally {
          if (!filled) {
            buffer.abort(index);
          }
        }
        commit(index, buffer);
        taken = true;
      }
      ended = true;
    } catch (StackOverflowError | IllegalStateException e) {
      // Either a game script recursed endlessly, or this thread lost its claim in a long pause.
      // In both cases the event is refused.
      taken = false;
    } finally {
      if (!ended) {
        claimAbandoned = true;
      }
    }
    if (!taken && ended) {
      RefusalReason later = shut.get();
      refusals.refuse(type, later != null ? later : RefusalReason.RING_FULL);
    }
    return taken;
  }

  @Override
  public RecentTime time() {
    return time;
  }

  @Override
  public boolean hasWaiting() {
    return ring.buffer.size() > 0;
  }

  @Override
  public RingDrain drain() {
    return new RingDrain(ring.file);
  }

  @Override
  public Path path() {
    return ring.file.path();
  }

  @Override
  public boolean isRingLost() {
    return ring.file.isLost() || isRingCut();
  }

  @Override
  public boolean isRingCut() {
    return ring.file.isCut();
  }

  @Override
  public RingDrain renew() throws IOException {
    Ring old = ring;
    old.file.mend();
    Path place = renewal.placeAfter(old.file.path());
    RingFile file = RingFile.create(place, old.file.capacity(), chance);
    ring = new Ring(file);
    old.fillUp();
    return new RingDrain(file);
  }

  @Override
  public long accepted() {
    return accepted.get();
  }

  @Override
  public Refusals refusals() {
    return refusals;
  }

  @Override
  public void shut(RefusalReason reason) {
    // A closed intake stays closed and keeps its reason.
    shut.updateAndGet(now -> now == RefusalReason.CLOSED ? now : reason);
  }

  /** Refuses all events from now on, because the bridge is turned off. */
  public void turnOff() {
    shut.set(RefusalReason.OFF);
  }

  @Override
  public boolean refuse(long kinds) {
    refused = kinds;
    return true;
  }

  @Override
  public void open() {
    shut.compareAndSet(RefusalReason.DISK_LOW, null);
  }

  @Override
  public boolean hasAbandonedClaims() {
    return claimAbandoned;
  }

  @Override
  public boolean seal() {
    shut.set(RefusalReason.CLOSED);
    ring.fillUp();
    return true;
  }

  private void commit(int index, ManyToOneRingBuffer buffer) {
    accepted.getAndIncrement();
    boolean committed = false;
    try {
      buffer.commit(index);
      committed = true;
    } finally {
      if (!committed) {
        accepted.getAndDecrement();
      }
    }
  }

  /** A ring file with the fill levels up to which it accepts the events of each priority. */
  private static final class Ring {
    private final RingFile file;
    private final ManyToOneRingBuffer buffer;
    private final int[] usable = new int[Priority.values().length];

    private Ring(RingFile file) {
      this.file = file;
      this.buffer = new ManyToOneRingBuffer(file.ring());
      USABLE_PERCENT.forEach(
          (p, percent) -> usable[p.ordinal()] = (int) (file.capacity() * (long) percent / 100));
    }

    /** Claims all room left in the ring, and aborts the claims. */
    private void fillUp() {
      int length = buffer.maxMsgLength();
      while (length > 0) {
        int index = buffer.tryClaim(EVENT, length);
        if (index >= 0) {
          buffer.abort(index);
          length = buffer.maxMsgLength();
        } else {
          length /= 2;
        }
      }
    }
  }
}

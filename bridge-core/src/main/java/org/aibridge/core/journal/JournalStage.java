package org.aibridge.core.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.files.Disk;
import org.aibridge.core.intake.EventBytes;
import org.aibridge.core.intake.EventSource;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.World;
import org.aibridge.core.store.StoreLimits;
import org.slf4j.Logger;

/**
 * The path of an event from {@code publish} to the disk: the ring, the rings of earlier processes,
 * the journal, and the two duties that write and sync the journal.
 */
public final class JournalStage implements AutoCloseable {
  private static final Logger log = Logs.of(JournalStage.class);

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Journal journal;
  private final RingSeat seat;
  private final EventSource source;
  private final Intake intake;
  private final JournalDuty duty;
  private final JournalSync sync;
  private final boolean synced;
  private final String ringCost;

  /**
   * The settings from the configuration.
   *
   * @param lanes the number of lanes in the cursor
   * @param syncInterval the longest time for which an event may be only in the machine's memory;
   *     null for no limit
   */
  public record Settings(
      Path folder, StoreLimits limits, int lanes, Ring ring, Duration syncInterval) {}

  /**
   * The settings of the ring.
   *
   * @param path the place that the operator wants; null for any place
   * @param queueSize the number of typical events for which the ring has room
   * @param maxEventBytes the largest size of an event in bytes
   */
  public record Ring(Path path, int queueSize, int maxEventBytes) {}

  /**
   * Opens the journal, moves the events in the rings of earlier processes to it, and makes a new
   * ring.
   *
   * @param onMoved called when there are new events in the journal
   * @throws IOException if a folder cannot be used, with a sentence that says why
   */
  public JournalStage(Settings settings, World world, Runnable onMoved) throws IOException {
    this(RingSeat.claim(settings, world), world, onMoved);
  }

  /**
   * Opens the journal as the other constructor does, in a seat that may have a ring already.
   *
   * @param seat closed with this stage, or if this fails
   */
  public JournalStage(RingSeat seat, World world, Runnable onMoved) throws IOException {
    this.seat = open(seat);
    Duration syncInterval = seat.settings().syncInterval;
    synced = syncInterval != null;
    try {
      journal = seat.openJournal();
      opened.addLast(journal); // Closed last, since it holds the folder's lock.
      RingTakeover takeover = new RingTakeover(journal);
      takeover.run(seat.earlier());
      source = seat.handOver();
      intake = seat.intake();
      if (source == intake) {
        opened.push(this::deleteRing);
      }
      seat.deleteOthers();
      ringCost = seat.cost();
      if (!ringCost.isEmpty()) {
        log.warn("{}", ringCost);
      }
      duty = new JournalDuty(source, journal, takeover.arrears(), world, onMoved);
      sync =
          new JournalSync(
              journal, journal.syncer(), synced ? syncInterval : Duration.ZERO, world.clock());
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  public Journal journal() {
    return journal;
  }

  /** Returns the intake of this process; it takes nothing if the host is another process. */
  public Intake intake() {
    return intake;
  }

  /**
   * Publishes an event of a script: into the ring, or, where the ring is another process's, into
   * the journal. Any thread but the game's; never blocks.
   *
   * @return completed with true once the event is accepted, false if it is refused
   */
  public CompletionStage<Boolean> publish(GameEvent event) {
    if (source == intake) {
      return CompletableFuture.completedFuture(intake.publish(event));
    }
    byte[] bytes = EventBytes.of(event, seat.settings().ring().maxEventBytes(), source);
    return bytes == null ? CompletableFuture.completedFuture(false) : duty.add(bytes);
  }

  /** Returns the ring that is drained. */
  public EventSource source() {
    return source;
  }

  /** Returns our folder in shared memory; null if there is none. */
  public Path sharedFolder() {
    return seat.sharedFolder();
  }

  public JournalDuty duty() {
    return duty;
  }

  public JournalSync sync() {
    return sync;
  }

  /** True if events are synced to the disk, so that {@link #sync} has work to do. */
  public boolean isSynced() {
    return synced;
  }

  /** Returns a sentence on the cost of the ring's place; empty if it costs nothing. */
  public String ringCost() {
    return ringCost;
  }

  /** Closes the files after the duties have ended; deletes a ring that is wholly journaled. */
  @Override
  public void close() {
    for (AutoCloseable part = opened.poll(); part != null; part = opened.poll()) {
      try {
        part.close();
      } catch (Throwable e) {
        log.error(
            "a part of the journal could not be closed, the others are: {}",
            Reason.sentence(e),
            Reason.trace(e));
      }
    }
  }

  private void deleteRing() throws IOException {
    boolean inJournal = intake.accepted() == journal.moved() - journal.recovered();
    if (!inJournal || intake.isRingLost()) {
      return;
    }
    if (duty != null && duty.emptied() || seat.isUnusedForGood()) {
      Disk.deleteIfExists(intake.path());
    }
  }

  private <T extends AutoCloseable> T open(T part) {
    opened.push(part);
    return part;
  }
}

package org.aibridge.core.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.aibridge.core.files.Disk;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.RecentTime;
import org.aibridge.core.run.World;
import org.aibridge.core.store.SharedMemory;
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
  private final SharedMemory memory;
  private final Intake intake;
  private final JournalDuty duty;
  private final JournalSync sync;
  private final boolean synced;
  private final String ringCost;

  /** True if hosts may have published. */
  private boolean serving;

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
   * Opens the journal, brings over the events in the rings of earlier processes, and makes a new
   * ring.
   *
   * @param onMoved called when there are new events in the journal
   * @throws IOException if a folder cannot be used, with a sentence that says why
   */
  public JournalStage(Settings settings, World world, Runnable onMoved) throws IOException {
    synced = settings.syncInterval != null;
    try {
      journal = open(Journal.open(settings.folder, settings.limits, settings.lanes, world));
      memory =
          open(
              SharedMemory.open(world, journal.folder(), RingPlace.notedFolders(journal.folder())));
      memory.troubles().forEach(log::warn);
      Ring ring = settings.ring;
      int capacity = Intake.capacityFor(ring.queueSize, ring.maxEventBytes);
      RingPlace place = open(new RingPlace(world, journal.folder(), ring.path, capacity, memory));
      RingTakeover takeover = new RingTakeover(journal);
      takeover.run(place);
      intake = place.make(path -> create(path, ring, place, world));
      opened.push(this::deleteRing);
      place.deleteOthers();
      ringCost = place.cost();
      if (!ringCost.isEmpty()) {
        log.warn("{}", ringCost);
      }
      duty = new JournalDuty(intake, journal, takeover.arrears(), world, onMoved);
      sync =
          new JournalSync(
              journal,
              journal.syncer(),
              synced ? settings.syncInterval : Duration.ZERO,
              world.clock());
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  private static Intake create(Path path, Ring ring, RingPlace place, World world)
      throws IOException {
    return Intake.create(
        path,
        ring.queueSize,
        ring.maxEventBytes,
        new Refusals(),
        world.chance(),
        new RecentTime(world.wallMs()),
        place::renewed);
  }

  public Journal journal() {
    return journal;
  }

  public Intake intake() {
    return intake;
  }

  /** Returns our folder in shared memory; null if there is none. */
  public Path sharedFolder() {
    return memory.folder();
  }

  public JournalDuty duty() {
    return duty;
  }

  public JournalSync sync() {
    return sync;
  }

  /** True if events are synced to the disk itself, so that {@link #sync} has work. */
  public boolean isSynced() {
    return synced;
  }

  /** Returns a sentence on the cost of the ring's place; empty if it costs nothing. */
  public String ringCost() {
    return ringCost;
  }

  /** Notes that the duties run and hosts can publish from now on. */
  public void serve() {
    serving = true;
  }

  /** Closes the files after the duties ended. Deletes the ring if the journal has all of it. */
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
    boolean emptied = !serving || duty.emptied();
    boolean inJournal = intake.accepted() == journal.moved() - journal.recovered();
    if (emptied && inJournal && !intake.isRingLost()) {
      Disk.deleteIfExists(intake.path());
    }
  }

  private <T extends AutoCloseable> T open(T part) {
    opened.push(part);
    return part;
  }
}

package org.aibridge.core.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.event.EventKinds;
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
  private final Shares shares;
  private final boolean synced;
  private final String ringCost;

  /**
   * The settings from the configuration.
   *
   * @param lanes the number of lanes in the cursor
   * @param limits the limits on all journals together
   * @param syncInterval the longest time for which an event may be only in the machine's memory;
   *     null for no limit
   * @param routes the sinks that may have a journal of their own
   */
  public record Settings(
      Path folder,
      StoreLimits limits,
      int lanes,
      Ring ring,
      Duration syncInterval,
      List<Route> routes) {

    /** Returns the routes whose sink has its own journal, due to a current or an earlier route. */
    List<Route> branches() {
      return routes.stream()
          .filter(r -> r.kinds != EventKinds.NONE || Disk.isFolder(folder.resolve(r.sink)))
          .toList();
    }

    /**
     * Returns the limits on each journal alone. Beside others a journal has no cap but its share,
     * to which {@link Shares} sees, so that no full one keeps the events of others in the ring.
     */
    StoreLimits limitsOfEach() {
      return branches().isEmpty()
          ? limits
          : new StoreLimits(limits.segmentBytes(), limits.reserveBytes(), 0);
    }
  }

  /**
   * The way to a sink beside that of all events that no route names.
   *
   * @param sink the sink's name, and that of its journal's folder
   * @param number tells the sinks apart in the ids of events, for ever; from 1 on
   * @param kinds the kinds of events that go there, as {@link EventKinds} has them
   */
  public record Route(String sink, int number, long kinds) {}

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
      opened.addLast(journal); // The last to be closed, since it has the folder's lock.
      openBranches(world);
      StoreLimits limits = seat.settings().limits();
      shares = new Shares(journal, limits.maxBytes(), limits.reserveBytes());
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
      duty = new JournalDuty(source, journal, takeover.arrears(), shares, world, onMoved);
      sync =
          new JournalSync(
              journal, journal.syncer(), synced ? syncInterval : Duration.ZERO, world.clock());
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  private void openBranches(World world) throws IOException {
    Settings settings = seat.settings();
    List<Branch> branches = new ArrayList<>();
    for (Route route : settings.branches()) {
      Journal branch =
          Journal.open(
              journal.folder().resolve(route.sink),
              settings.limitsOfEach(),
              settings.lanes,
              route.number,
              world);
      opened.push(branch);
      branches.add(new Branch(route.sink, branch, route.kinds));
    }
    journal.branchInto(branches);
  }

  /** Returns the main journal, which has the events that no route names. */
  public Journal journal() {
    return journal;
  }

  /** Returns the journals of the sinks with a journal of their own, by sink name. */
  public Map<String, Journal> branches() {
    Map<String, Journal> all = new LinkedHashMap<>();
    journal.branches().forEach(branch -> all.put(branch.sink, branch.journal));
    return all;
  }

  /** Returns the object that divides the disk space among the journals. */
  public Shares shares() {
    return shares;
  }

  /** Returns this process's intake; it takes no events if the host is another process. */
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

  /** True if events are synced to the disk by {@link #sync}. */
  public boolean isSynced() {
    return synced;
  }

  /** Returns a sentence on the drawback of the ring's place; empty if there is none. */
  public String ringCost() {
    return ringCost;
  }

  /** Closes the files after the duties have ended; deletes a ring whose events are journaled. */
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
    long moved = journal.ofAll(Journal::moved) - journal.ofAll(Journal::recovered);
    boolean inJournal = intake.accepted() == moved;
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

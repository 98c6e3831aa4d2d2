package org.aibridge.core.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.aibridge.api.RefusalReason;
import org.aibridge.core.files.Disk;
import org.aibridge.core.intake.EventSource;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.RecentTime;
import org.aibridge.core.run.World;
import org.aibridge.core.store.OwnerLock;
import org.aibridge.core.store.SegmentLog;
import org.aibridge.core.store.SharedMemory;
import org.slf4j.Logger;

/**
 * The folder, the shared memory and the ring of a bridge, before its journal is open.
 *
 * <p>A bridge that accepts events while it starts makes its ring {@linkplain #early first}: the
 * rings of earlier processes are put aside and taken over once the journal is open, before anything
 * of the new ring. For the thread that starts the bridge; blocks on files.
 */
public final class RingSeat implements AutoCloseable {
  private static final Logger log = Logs.of(RingSeat.class);

  /** The size in bytes of a placeholder ring, which accepts no events. */
  private static final int NO_RING = 4096;

  private final JournalStage.Settings settings;
  private final World world;
  private final OwnerLock claim;
  private SharedMemory memory;
  private RingPlace place;
  private List<Path> earlier;
  private Intake intake;

  /** Attaches to the ring of a host in another process; null if the host is in this process. */
  private Attachment host;

  /** True once the journal owns the claim. */
  private boolean journaled;

  /** True once another object decides what happens to the ring. */
  private boolean handedOver;

  /** Attaches to the ring of a host in another process. */
  @FunctionalInterface
  public interface Attachment {
    EventSource attach() throws IOException;
  }

  private RingSeat(JournalStage.Settings settings, World world) throws IOException {
    this.settings = settings;
    this.world = world;
    claim = SegmentLog.claim(settings.folder(), world);
    try {
      Path folder = settings.folder().toAbsolutePath().normalize();
      memory = SharedMemory.open(world, folder, RingPlace.notedFolders(folder));
      memory.troubles().forEach(log::warn);
      JournalStage.Ring ring = settings.ring();
      int capacity = Intake.capacityFor(ring.queueSize(), ring.maxEventBytes());
      place = new RingPlace(world, folder, ring.path(), capacity, memory);
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  /**
   * Returns the rings in which a killed process of the bridge with its journal in {@code journal}
   * has left events; while no process has that journal.
   */
  public static List<Path> leftBehind(Path journal) throws IOException {
    return LeftRings.in(journal);
  }

  /**
   * Returns the rings with events at {@code place}, which is a ring's own or a folder of {@link
   * org.aibridge.core.store.SharedMemory}; while no process has it.
   */
  public static List<Path> leftIn(Path place) throws IOException {
    return LeftRings.at(place);
  }

  /** Claims the journal's folder and the ring's place. Makes no ring yet. */
  static RingSeat claim(JournalStage.Settings settings, World world) throws IOException {
    RingSeat seat = new RingSeat(settings, world);
    try {
      seat.earlier = seat.place.everywhere();
      return seat;
    } catch (Throwable e) {
      seat.close();
      throw e;
    }
  }

  /** Like {@link #claim}, but for a host in another process, which has its own ring. */
  public static RingSeat attached(JournalStage.Settings settings, World world, Attachment host)
      throws IOException {
    RingSeat seat = claim(settings, world);
    seat.host = host;
    return seat;
  }

  /**
   * Makes a ring that accepts events from now on, before the journal is open.
   *
   * @throws IOException if a folder cannot be used, or so many rings wait already that no further
   *     one can be put aside; then nothing of an earlier process is lost
   */
  public static RingSeat early(JournalStage.Settings settings, World world) throws IOException {
    RingSeat seat = new RingSeat(settings, world);
    try {
      seat.earlier = seat.putAside();
      seat.intake = seat.make();
      return seat;
    } catch (Throwable e) {
      seat.close();
      throw e;
    }
  }

  private List<Path> putAside() throws IOException {
    List<Path> waiting = new ArrayList<>();
    for (Path path : place.everywhere()) {
      RingDrain leftovers = Intake.leftovers(path).orElse(null);
      if (leftovers == null) {
        RingPlace.keepUnreadable(path, settings.folder());
      } else if (leftovers.hasMore() || RingPlace.isAside(path)) {
        waiting.add(RingPlace.putAside(path));
      }
    }
    return waiting;
  }

  private Intake make() throws IOException {
    return place.make(this::create);
  }

  private Intake create(Path path) throws IOException {
    return Intake.create(
        path,
        settings.ring().queueSize(),
        settings.ring().maxEventBytes(),
        new Refusals(),
        world.chance(),
        new RecentTime(world.wallMs()),
        place::renewed);
  }

  JournalStage.Settings settings() {
    return settings;
  }

  /** Opens the journal in the claimed folder. */
  Journal openJournal() throws IOException {
    journaled = true;
    return Journal.open(settings.folder(), claim, settings.limitsOfEach(), settings.lanes(), world);
  }

  /** Returns the rings to take over, oldest first. */
  List<Path> earlier() {
    return earlier;
  }

  /**
   * Makes the ring unless it is there, and hands it over: what becomes of it at the end is the
   * caller's matter. The events of {@link #earlier} are in the journal or put aside.
   */
  EventSource handOver() throws IOException {
    if (host != null) {
      EventSource attached = host.attach();
      intake = Intake.inMemory(NO_RING, settings.ring().maxEventBytes());
      intake.shut(RefusalReason.OFF);
      return attached;
    }
    if (intake == null) {
      intake = make();
    }
    handedOver = true;
    return intake;
  }

  /** Deletes the rings of earlier starts whose events are in the journal. */
  void deleteOthers() throws IOException {
    place.deleteOthers();
  }

  /** Returns the intake of this process; null before it exists. */
  public Intake intake() {
    return intake;
  }

  /** Returns our folder in shared memory; null if there is none. */
  Path sharedFolder() {
    return memory.folder();
  }

  /** Returns a sentence on the drawback of the ring's place; empty if there is none. */
  String cost() {
    return place.cost();
  }

  /** Refuses all events for good; true if the ring has no event, not even one being published. */
  boolean isUnusedForGood() {
    intake.seal();
    boolean[] used = {false};
    RingDrain drain = intake.drain();
    while (drain.read(Integer.MAX_VALUE, (buffer, index, length) -> used[0] = true) > 0) {
      continue;
    }
    return !used[0] && !drain.hasMore();
  }

  /** Refuses events for good, deletes a ring that nobody has used, and releases the folders. */
  @Override
  public void close() {
    try {
      if (intake != null && host == null && !intake.isRingLost()) {
        intake.seal();
        if (!handedOver && isUnusedForGood()) {
          Disk.deleteIfExists(intake.path());
        }
      }
    } catch (IOException e) {
      log.warn("{} stays for the next start: {}", intake.path(), Reason.of(e));
    }
    if (place != null) {
      place.close();
    }
    if (memory != null) {
      memory.close();
    }
    if (!journaled) {
      claim.close();
    }
  }
}

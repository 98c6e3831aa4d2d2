package org.aibridge.core.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.aibridge.core.files.Disk;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.run.Logs;
import org.aibridge.core.store.StoreFullException;
import org.slf4j.Logger;

/**
 * Moves the events in the rings of earlier processes to the journal, before any other event is
 * journaled. A ring for which the journal has no room is put aside, and its events are moved later,
 * as {@link #arrears}. For the thread that has the journal.
 */
final class RingTakeover {
  private static final Logger log = Logs.of(RingTakeover.class);

  private final Journal journal;
  private final List<Path> untaken = new ArrayList<>();

  RingTakeover(Journal journal) {
    this.journal = journal;
  }

  /** Takes over {@code rings} in their order. */
  void run(List<Path> rings) throws IOException {
    for (Path path : rings) {
      // If one ring has to wait, newer rings wait too, which keeps the order of the events.
      // The journal records the progress of only one ring, the last one.
      if (!untaken.isEmpty() && Intake.leftovers(path).filter(RingDrain::hasMore).isPresent()) {
        untaken.add(RingPlace.putAside(path));
        continue;
      }
      try {
        take(path);
      } catch (StoreFullException e) {
        log.warn("{}: what is in {} is taken over when there is room", e.getMessage(), path);
        untaken.add(RingPlace.putAside(path));
      }
    }
  }

  JournalDuty.Arrears arrears() {
    return untaken.isEmpty() ? JournalDuty.Arrears.NONE : this::takeUntaken;
  }

  private void takeUntaken() throws IOException {
    for (Path path : untaken) {
      take(path);
    }
  }

  /** Moves the events of one ring to the journal and deletes the ring. */
  private void take(Path path) throws IOException {
    RingDrain leftovers = Intake.leftovers(path).orElse(null);
    if (leftovers == null) {
      RingPlace.keepUnreadable(path, journal.folder());
      return;
    }
    int events = journal.recover(leftovers);
    if (events > 0) {
      log.info("{} events of an earlier process were found in {}", events, path);
    }
    Disk.delete(path);
  }
}

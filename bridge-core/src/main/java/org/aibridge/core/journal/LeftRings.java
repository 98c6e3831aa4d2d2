package org.aibridge.core.journal;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.store.SharedMemory;

/** Finds the rings that a stopped bridge has left, and changes nothing. */
final class LeftRings {
  private LeftRings() {}

  /** See {@link RingSeat#leftBehind}. */
  static List<Path> in(Path journal) throws IOException {
    List<Path> left = new ArrayList<>();
    for (String noted : RingPlace.noted(journal.resolve(RingPlace.NOTE))) {
      Path place;
      try {
        place = journal.getFileSystem().getPath(noted);
      } catch (InvalidPathException damaged) {
        continue; // The next start tells it.
      }
      addAllUnread(place, left);
    }
    return left;
  }

  /** See {@link RingSeat#leftIn}. */
  static List<Path> at(Path place) throws IOException {
    List<Path> left = new ArrayList<>();
    addAllUnread(SharedMemory.isFolder(place) ? place.resolve(RingPlace.NAME) : place, left);
    return left;
  }

  /** Adds those of a ring, and of the ones put aside there, that have events. */
  private static void addAllUnread(Path place, List<Path> left) throws IOException {
    addUnread(place, left);
    for (int number = 1; number <= RingPlace.MAX_ASIDE; number++) {
      addUnread(RingPlace.aside(place, number), left);
    }
  }

  private static void addUnread(Path ring, List<Path> left) throws IOException {
    if (Intake.leftovers(ring).filter(RingDrain::hasMore).isPresent()) {
      left.add(ring);
    }
  }
}

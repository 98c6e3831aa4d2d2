package org.aibridge.core.journal;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.RingDrain;

/** Finds the rings of a bridge that does not run, and takes nothing over. */
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
      addUnread(place, left);
      for (int number = 1; number <= RingPlace.MAX_ASIDE; number++) {
        addUnread(RingPlace.aside(place, number), left);
      }
    }
    return left;
  }

  private static void addUnread(Path ring, List<Path> left) throws IOException {
    if (Intake.leftovers(ring).filter(RingDrain::hasMore).isPresent()) {
      left.add(ring);
    }
  }
}

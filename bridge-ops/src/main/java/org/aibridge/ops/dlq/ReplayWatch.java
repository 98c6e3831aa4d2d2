package org.aibridge.ops.dlq;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.aibridge.core.deadletter.LetterMarks;
import org.aibridge.core.deadletter.Mark;
import org.aibridge.core.store.SegmentScan;

/** Watches a replay's letters through the marks that the folder's owner writes. */
final class ReplayWatch {
  private final Path folder;
  private final Map<Integer, LetterMarks> marks = new HashMap<>();
  private final Map<Integer, List<Long>> underWay = new HashMap<>();
  private int waiting;
  long delivered;
  long diedAgain;
  long released;
  long unknown;

  ReplayWatch(Path folder) {
    this.folder = folder;
  }

  /** The number of watched letters that have not ended yet. */
  int waiting() {
    return waiting;
  }

  long ended() {
    return delivered + diedAgain + released + unknown;
  }

  void add(int segment, long key) {
    underWay.computeIfAbsent(segment, s -> new ArrayList<>()).add(key);
    waiting++;
  }

  /** The current mark of a letter. */
  Mark markOf(int segment, long key) throws IOException {
    return marks(segment).of(key);
  }

  /** Reads the marks again and counts the letters that have ended; quick if nothing has changed. */
  void refresh() throws IOException {
    for (Iterator<Map.Entry<Integer, List<Long>>> all = underWay.entrySet().iterator();
        all.hasNext(); ) {
      Map.Entry<Integer, List<Long>> entry = all.next();
      int segment = entry.getKey();
      LetterMarks of = marks(segment);
      of.refresh();
      boolean gone = !Files.exists(SegmentScan.file(folder, segment));
      entry.getValue().removeIf(key -> hasEnded(of.of(key), gone));
      if (entry.getValue().isEmpty()) {
        all.remove();
        marks.remove(segment);
      }
    }
  }

  void refresh(int segment) throws IOException {
    marks(segment).refresh();
  }

  private LetterMarks marks(int segment) throws IOException {
    LetterMarks of = marks.get(segment);
    if (of == null) {
      of = LetterMarks.read(folder, segment);
      marks.put(segment, of);
    }
    return of;
  }

  private boolean hasEnded(Mark mark, boolean gone) {
    switch (mark) {
      case DELIVERED -> delivered++;
      case DIED_AGAIN -> diedAgain++;
      case QUEUED -> {
        if (!gone) {
          return false;
        }
        unknown++;
      }
      case NONE -> released++;
      default -> unknown++;
    }
    waiting--;
    return true;
  }
}

package org.aibridge.core.deadletter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.aibridge.core.run.Reason;

/**
 * Writes letters into the store. With {@code durability = os} a letter is on the disk before the
 * cursor passes its event, after which the event's segment may be deleted.
 */
public final class LetterWriter implements LetterSink {
  private final DeadLetterStore store;
  private final DeathStats stats = new DeathStats();

  public LetterWriter(DeadLetterStore store) {
    this.store = store;
  }

  @Override
  public void append(DeadLetter letter) {
    store.append(letter);
    try {
      stats.add(letter);
    } catch (Throwable e) { // For example an OutOfMemoryError; the letter is stored even so.
      return;
    }
  }

  /** Returns the counts of the letters written so far. */
  public DeathStats stats() {
    return stats;
  }

  @Override
  public void sync() {
    try {
      store.syncIfSynced();
    } catch (IOException e) {
      throw new UncheckedIOException(
          store.folder() + " cannot be synced to its disk: " + Reason.of(e), e);
    }
  }

  @Override
  public void delivered(List<LetterRef> letters) {
    mark(Mark.DELIVERED, letters);
  }

  @Override
  public void diedAgain(List<LetterRef> letters) {
    mark(Mark.DIED_AGAIN, letters);
  }

  private void mark(Mark mark, List<LetterRef> letters) {
    try {
      store.mark(mark, letters, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(store.folder() + " cannot be written: " + Reason.of(e), e);
    }
  }
}

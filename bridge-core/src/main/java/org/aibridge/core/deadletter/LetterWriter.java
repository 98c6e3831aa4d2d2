package org.aibridge.core.deadletter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.aibridge.core.run.Reason;

/**
 * Letters on their way into the store. With {@code durability = os} they are on the disk before the
 * cursor passes their events, whose segment may be deleted then.
 */
public final class LetterWriter implements LetterSink {
  private final DeadLetterStore store;
  private final boolean synced;

  /**
   * @param synced whether {@link #sync} brings them to the disk
   */
  public LetterWriter(DeadLetterStore store, boolean synced) {
    this.store = store;
    this.synced = synced;
  }

  @Override
  public void append(DeadLetter letter) {
    store.append(letter);
  }

  @Override
  public void sync() {
    if (!synced) {
      return;
    }
    try {
      store.sync();
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

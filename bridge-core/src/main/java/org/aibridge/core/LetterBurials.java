package org.aibridge.core;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.deadletter.DeadLetterStore;
import org.aibridge.core.deadletter.LetterRef;
import org.aibridge.core.deadletter.Mark;
import org.aibridge.core.dispatch.Dispatcher;
import org.aibridge.core.run.Reason;

/**
 * The dispatcher's way to the dead letters. With {@code durability = os} they are on the disk
 * before the cursor passes their events, whose segment may be deleted then.
 */
final class LetterBurials implements Dispatcher.Burials {
  private final DeadLetterStore store;
  private final boolean synced;

  LetterBurials(DeadLetterStore store, boolean synced) {
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

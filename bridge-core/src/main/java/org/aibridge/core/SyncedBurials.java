package org.aibridge.core;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.deadletter.DeadLetterStore;
import org.aibridge.core.dispatch.Dispatcher;

/**
 * Dead letters with {@code durability = os}: on the disk before the cursor passes their events,
 * whose segment may be deleted then.
 */
final class SyncedBurials implements Dispatcher.Burials {
  private final DeadLetterStore store;

  SyncedBurials(DeadLetterStore store) {
    this.store = store;
  }

  @Override
  public void append(DeadLetter letter) {
    store.append(letter);
  }

  @Override
  public void sync() {
    try {
      store.sync();
    } catch (IOException e) {
      throw new UncheckedIOException(store.folder() + " cannot be synced to its disk: " + e, e);
    }
  }
}

package org.aibridge.core.deadletter;

/** What has happened to a letter since it was written. The order is the one on disk. */
public enum Mark {
  /** Nothing; also after {@link #UNDONE} and {@link #RELEASED}. */
  NONE,
  /** In the journal, on its way to the AI service once more. */
  QUEUED,
  /** It will not be sent after all: it did not reach the journal. */
  RELEASED,
  /** The AI service has taken its event: it is gone. */
  DELIVERED,
  /** Its event died again, as another letter: this one is gone. */
  DIED_AGAIN,
  /** Removed by an operator, who may undo it. */
  PURGED,
  /** Brought back by an operator. */
  UNDONE,
  /** Removed for good: by an operator, or since the trash was emptied. */
  FORGOTTEN,
  /** Older than the retention: it is gone. */
  AGED;

  private static final Mark[] ALL = values();

  /** The mark written as {@code code}; null for one that we do not know. */
  static Mark of(int code) {
    return code > 0 && code < ALL.length ? ALL[code] : null;
  }

  /** Whether nothing can follow. */
  public boolean isFinal() {
    return this == DELIVERED || this == DIED_AGAIN || this == FORGOTTEN || this == AGED;
  }

  /** Whether the letter is there: neither gone nor in the trash. */
  public boolean isThere() {
    return this == NONE || this == QUEUED;
  }

  /** What counts after {@code next} was written behind this one. */
  Mark then(Mark next) {
    if (isFinal()) {
      return this;
    }
    return switch (next) {
      case RELEASED -> this == QUEUED ? NONE : this;
      case UNDONE -> this == PURGED ? NONE : this;
      case QUEUED, PURGED -> this == NONE ? next : this;
      default -> next;
    };
  }
}

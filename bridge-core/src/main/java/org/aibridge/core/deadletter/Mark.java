package org.aibridge.core.deadletter;

/** The fate of a letter since it was written. The order is the one on disk. */
public enum Mark {
  /** Nothing has happened; also after {@link #UNDONE} and {@link #RELEASED}. */
  NONE,
  /** The event is in the journal, on its way to the AI service once more. */
  QUEUED,
  /** The event will not be sent after all: it did not reach the journal. */
  RELEASED,
  /** The AI service has accepted the event: the letter is gone. */
  DELIVERED,
  /** The event died again, as another letter: this letter is gone. */
  DIED_AGAIN,
  /** An operator has removed the letter and may undo that. */
  PURGED,
  /** An operator has restored the letter. */
  UNDONE,
  /** The letter is removed for good: by an operator, or when the trash was emptied. */
  FORGOTTEN,
  /** The letter was older than the retention: it is gone. */
  AGED;

  private static final Mark[] ALL = values();

  /** Returns the mark with the number {@code code} on disk; null if there is none. */
  static Mark of(int code) {
    return code > 0 && code < ALL.length ? ALL[code] : null;
  }

  /** True if no other mark can follow. */
  public boolean isFinal() {
    return this == DELIVERED || this == DIED_AGAIN || this == FORGOTTEN || this == AGED;
  }

  /** True if the letter is there: neither gone nor in the trash. */
  public boolean isThere() {
    return this == NONE || this == QUEUED;
  }

  /** Returns the letter's state once {@code next} is written after this mark. */
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

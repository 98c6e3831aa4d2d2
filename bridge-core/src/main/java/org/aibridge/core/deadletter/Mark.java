package org.aibridge.core.deadletter;

/** The fate of a letter since it was written. */
public enum Mark {
  /** Nothing has happened; also after {@link #UNDONE} and {@link #RELEASED}. */
  NONE(0),
  /** The event is in the journal, on its way to the AI service once more. */
  QUEUED(1),
  /** The event will not be sent after all: it did not reach the journal. */
  RELEASED(2),
  /** The AI service has accepted the event: the letter is gone. */
  DELIVERED(3),
  /** The replayed event died again: a new letter has it, and this letter is gone. */
  DIED_AGAIN(4),
  /** An operator has removed the letter and may undo that. */
  PURGED(5),
  /** An operator has restored the letter. */
  UNDONE(6),
  /** The letter is removed for good: by an operator, or when the trash was emptied. */
  FORGOTTEN(7),
  /** The letter was older than the retention: it is gone. */
  AGED(8);

  private static final Mark[] ALL = values();

  /** The number on disk; given once, for ever. */
  private final int code;

  Mark(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /** Returns the mark with that {@link #code}; null for {@link #NONE}'s and for unknown ones. */
  static Mark of(int code) {
    for (Mark mark : ALL) {
      if (mark.code == code && mark != NONE) {
        return mark;
      }
    }
    return null;
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

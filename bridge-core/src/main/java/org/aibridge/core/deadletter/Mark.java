package org.aibridge.core.deadletter;

/** What has happened to a letter since it was written. */
public enum Mark {
  /** The letter is as it was written, or was restored by {@link #UNDONE} or {@link #RELEASED}. */
  NONE(0),
  /** The event is in the journal again, on its way to the AI service. */
  QUEUED(1),
  /** The replayed event did not reach the journal, so it will not be sent. */
  RELEASED(2),
  /** The AI service accepted the event, and the letter is removed. */
  DELIVERED(3),
  /** The replayed event died again; it has a new letter, and this letter is removed. */
  DIED_AGAIN(4),
  /** An operator removed the letter and can still undo that. */
  PURGED(5),
  /** An operator has restored the letter. */
  UNDONE(6),
  /** The letter is removed for good: by an operator, or when the trash was emptied. */
  FORGOTTEN(7),
  /** The letter was older than the retention, and is removed. */
  AGED(8);

  private static final Mark[] ALL = values();

  /** The number on disk; must never change. */
  private final int code;

  Mark(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /** Returns the mark with this {@link #code}; null for {@link #NONE} and for unknown codes. */
  static Mark of(int code) {
    for (Mark mark : ALL) {
      if (mark.code == code && mark != NONE) {
        return mark;
      }
    }
    return null;
  }

  /** True if no other mark can follow this one. */
  public boolean isFinal() {
    return this == DELIVERED || this == DIED_AGAIN || this == FORGOTTEN || this == AGED;
  }

  /** True if the letter exists: it is neither removed nor in the trash. */
  public boolean isThere() {
    return this == NONE || this == QUEUED;
  }

  /** Returns the resulting mark if {@code next} is written after this mark. */
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

package org.aibridge.core.notice;

import java.util.List;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.deadletter.LetterRef;
import org.aibridge.core.deadletter.LetterSink;

/** Stores dead letters, and reports each one after it is stored. For the dispatcher's thread. */
public final class NoticedLetters implements LetterSink {
  private final LetterSink letters;
  private final EventNotices notices;

  /** Creates a sink that stores in {@code letters}, then reports to {@code notices}. */
  public NoticedLetters(LetterSink letters, EventNotices notices) {
    this.letters = letters;
    this.notices = notices;
  }

  @Override
  public void append(DeadLetter letter) {
    letters.append(letter);
    try {
      notices.dead(letter);
    } catch (Throwable e) { // For example an OutOfMemoryError; the letter is stored even so.
      notices.missed();
    }
  }

  @Override
  public void sync() {
    letters.sync();
  }

  @Override
  public void delivered(List<LetterRef> delivered) {
    letters.delivered(delivered);
  }

  @Override
  public void diedAgain(List<LetterRef> again) {
    letters.diedAgain(again);
  }
}

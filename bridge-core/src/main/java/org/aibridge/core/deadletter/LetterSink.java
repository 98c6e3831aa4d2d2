package org.aibridge.core.deadletter;

import java.util.List;

/**
 * Where dead letters go. For the dispatcher's thread. What a method throws keeps the batch where it
 * is; a second later it is called again with the same.
 */
public interface LetterSink {
  /** Keeps a letter. */
  void append(DeadLetter letter);

  /**
   * Brings what was kept to where it must be before the cursor passes the events. Only {@code
   * durability = os} has anything to do.
   */
  default void sync() {}

  /** The service has taken the replayed events of these letters, which go now. */
  default void delivered(List<LetterRef> letters) {}

  /** The replayed events of these letters have died again and were appended anew; they go. */
  default void diedAgain(List<LetterRef> letters) {}
}

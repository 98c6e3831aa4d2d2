package org.aibridge.core.deadletter;

import java.util.List;

/**
 * Receives dead letters. For the dispatcher's thread. If a method throws, the batch stays, and a
 * second later the method is called again with the same letters.
 */
public interface LetterSink {
  /** Stores a letter. */
  void append(DeadLetter letter);

  /**
   * Fsyncs the stored letters before the cursor passes their events. Only needed with {@code
   * durability = os}.
   */
  default void sync() {}

  /** Removes {@code letters}, since the service has accepted their replayed events. */
  default void delivered(List<LetterRef> letters) {}

  /** Removes {@code letters}, since their replayed events died again and have new letters. */
  default void diedAgain(List<LetterRef> letters) {}
}

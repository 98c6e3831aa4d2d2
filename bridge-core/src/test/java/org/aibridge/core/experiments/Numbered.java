package org.aibridge.core.experiments;

import org.aibridge.api.event.GameEvent;

/** Events that carry a number, and a text by which damage to them is seen. */
final class Numbered {
  private static final int PLAYERS = 31;
  private static final int POISON_EVERY = 97;
  private static final int WORDS = 12;

  private Numbered() {}

  static GameEvent event(int number) {
    return GameEvent.custom(
        "numbered",
        number % PLAYERS,
        null,
        "{\"n\":%d,\"text\":\"%s\"}".formatted(number, text(number)));
  }

  /** Whether the service rejects the event, so that it becomes a dead letter. */
  static boolean isPoison(int number) {
    return number % POISON_EVERY == 0;
  }

  static String text(int number) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < WORDS; i++) {
      text.append(Integer.toHexString(number * 31 + i * 0x9E3779B9)).append(' ');
    }
    return text.toString();
  }
}

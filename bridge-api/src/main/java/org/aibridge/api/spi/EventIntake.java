package org.aibridge.api.spi;

import org.aibridge.api.Position;
import org.aibridge.api.event.EventPublisher;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.Priority;
import org.jspecify.annotations.Nullable;

/**
 * Takes events in parts, so that publishing needs no object. A bridge implements it; {@link
 * GameEvent} and {@link EventPublisher} call it.
 *
 * <p>Any thread may call it; it never blocks, throws or allocates.
 */
public interface EventIntake {
  /** Returns the current time for an event's timestamp, in milliseconds since the epoch. */
  long now();

  /**
   * Takes one event; returns whether it was accepted, as {@link org.aibridge.api.AiBridge#publish}
   * does.
   *
   * @param playerId the player's number; {@link GameEvent#NO_PLAYER} for none
   * @param playerKey the player's key; null for none
   * @param position the place; null for none
   * @param number1 the first number in the payload, in the order of {@link EventType#fields}; 0 for
   *     none
   * @param number2 the second number
   * @param text1 the first text in the payload; of a custom event, its name; of an event whose type
   *     {@linkplain EventType#takesName takes a name}, that instead of the first number, or null
   * @param text2 the second text; of a custom event, its JSON
   */
  boolean take(
      EventType type,
      Priority priority,
      long playerId,
      @Nullable String playerKey,
      @Nullable String map,
      @Nullable Position position,
      long timestampMs,
      long number1,
      long number2,
      @Nullable String text1,
      @Nullable String text2);
}

package org.aibridge.core.event;

import org.agrona.MutableDirectBuffer;
import org.aibridge.api.Position;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.Priority;
import org.aibridge.api.spi.EventIntake;

/** The parts of an event as an intake gets them, and as the codec takes them. */
public final class EventParts implements EventIntake {
  EventType type;
  Priority priority;
  long playerId;
  String playerKey;
  String map;
  Position position;
  long timestampMs;
  long number1;
  long number2;
  String text1;
  String text2;

  private EventParts() {}

  public static EventParts of(GameEvent event) {
    EventParts parts = new EventParts();
    event.handTo(parts);
    return parts;
  }

  /** See {@link EventCodec#measure}. */
  public int measure(int maxBytes) {
    return EventCodec.measure(
        type,
        playerId,
        playerKey,
        map,
        position,
        timestampMs,
        number1,
        number2,
        text1,
        text2,
        maxBytes);
  }

  /** See {@link EventCodec#encode}. */
  public void encode(int length, MutableDirectBuffer buffer, int index) {
    EventCodec.encode(
        type,
        priority,
        playerId,
        playerKey,
        map,
        position,
        timestampMs,
        number1,
        number2,
        text1,
        text2,
        length,
        buffer,
        index);
  }

  @Override
  public long now() {
    return 0;
  }

  @Override
  public boolean take(
      EventType type,
      Priority priority,
      long playerId,
      String playerKey,
      String map,
      Position position,
      long timestampMs,
      long number1,
      long number2,
      String text1,
      String text2) {
    this.type = type;
    this.priority = priority;
    this.playerId = playerId;
    this.playerKey = playerKey;
    this.map = map;
    this.position = position;
    this.timestampMs = timestampMs;
    this.number1 = number1;
    this.number2 = number2;
    this.text1 = text1;
    this.text2 = text2;
    return true;
  }
}

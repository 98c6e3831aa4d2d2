package org.aibridge.core.intake;

import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.api.Position;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.Priority;
import org.aibridge.api.spi.EventIntake;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.run.RecentTime;

/** Encodes an event in the ring's format, for a bridge whose ring another process writes. */
public final class EventBytes implements EventIntake {
  private final int maxEventBytes;
  private final Refusals refusals;
  private final RecentTime time;
  private byte[] bytes;

  private EventBytes(int maxEventBytes, Refusals refusals, RecentTime time) {
    this.maxEventBytes = maxEventBytes;
    this.refusals = refusals;
    this.time = time;
  }

  /**
   * Returns the event's bytes; null if it is refused, which is counted in the refusals of {@code
   * source}. Any thread but the game's; never blocks.
   */
  public static byte[] of(GameEvent event, int maxEventBytes, EventSource source) {
    EventBytes one = new EventBytes(maxEventBytes, source.refusals(), source.time());
    return event.handTo(one) ? one.bytes : null;
  }

  @Override
  public long now() {
    return time.ms();
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
    int length =
        EventCodec.measure(
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
            maxEventBytes);
    if (length < 0) {
      return refusals.refuse(
          type, length == EventCodec.TOO_LARGE ? RefusalReason.TOO_LARGE : RefusalReason.MALFORMED);
    }
    bytes = new byte[length];
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
        new UnsafeBuffer(bytes),
        0);
    return true;
  }
}

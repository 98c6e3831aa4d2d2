package org.aibridge.benchmarks.peers;

import java.nio.charset.StandardCharsets;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.event.ByteSink;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.event.EventJson;

/** The monster kill that every peer sends, as an event, as bytes and as JSON. */
public final class Kill {
  static final String MAP = "prt_fild08";

  private static final int FIRST_MONSTER = 1002;
  private static final int MONSTERS = 100;
  private static final int LIMIT = 256;
  private static final int SEQUENCE = 1_763_600;
  private static final EventJson JSON = new EventJson("map-server");

  private Kill() {}

  /** The id of the monster that {@code player} kills. */
  static int monster(int player) {
    return FIRST_MONSTER + player % MONSTERS;
  }

  static GameEvent event(int player) {
    return GameEvent.monsterKill(player, MAP, monster(player));
  }

  /** Encodes {@code event} at the beginning of {@code buffer}; returns its length in bytes. */
  public static int encode(GameEvent event, MutableDirectBuffer buffer) {
    int length = measure(event);
    encode(event, length, buffer);
    return length;
  }

  /** Returns the bytes of the player's kill as a new array, for queues of references. */
  public static byte[] bytes(int player) {
    GameEvent event = event(player);
    int length = measure(event);
    byte[] bytes = new byte[length];
    encode(event, length, new UnsafeBuffer(bytes));
    return bytes;
  }

  /** Returns the JSON that the bridge would send for the player's kill. */
  public static String json(int player) {
    UnsafeBuffer buffer = new UnsafeBuffer(bytes(player));
    ByteSink out = new ByteSink(LIMIT);
    JSON.write(SEQUENCE, buffer, 0, out);
    return new String(out.array(), 0, out.length(), StandardCharsets.US_ASCII);
  }

  private static int measure(GameEvent e) {
    return EventCodec.measure(
        e.type(),
        e.playerId(),
        null,
        e.map(),
        null,
        e.timestampMs(),
        monster((int) e.playerId()),
        0,
        null,
        null,
        LIMIT);
  }

  private static void encode(GameEvent e, int length, MutableDirectBuffer buffer) {
    EventCodec.encode(
        e.type(),
        e.priority(),
        e.playerId(),
        null,
        e.map(),
        null,
        e.timestampMs(),
        monster((int) e.playerId()),
        0,
        null,
        null,
        length,
        buffer,
        0);
  }
}

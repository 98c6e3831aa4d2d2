package org.aibridge.core.event;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;

/**
 * Reads from an event's bytes what stands beside its JSON where events travel one by one. For
 * events that this version knows; no state.
 */
public final class EventLabels {
  private static final String TYPE = "\",\"event_type\":\"";
  private static final String MAP = ",\"map\":\"";
  private static final String TIMESTAMP = ",\"timestamp\":";
  private static final String PAYLOAD = ",\"payload\":";

  private EventLabels() {}

  /** Returns the event's type as in the contract; for a custom event, its name. */
  public static String type(DirectBuffer event, int index) {
    if (ReplayedEvent.is(event, index)) {
      return behind(replayedHead(event, index), TYPE, '"');
    }
    EventType type = EventCodec.type(event, index);
    if (type != EventType.CUSTOM) {
      return type.wireName();
    }
    int name = index + EventCodec.HEADER + event.getByte(index + EventCodec.MAP_LENGTH);
    return text(event, name, event.getInt(index + EventCodec.TEXT1_LENGTH, LITTLE_ENDIAN));
  }

  /**
   * Returns what the event keeps its order with: the player's id or else key, else the map, else
   * {@code serverId}.
   */
  public static String orderKey(DirectBuffer event, int index, String serverId) {
    long player = EventCodec.playerId(event, index);
    if (player != GameEvent.NO_PLAYER) {
      return Long.toString(player);
    }
    if ((event.getByte(index + EventCodec.FLAGS) & EventCodec.HAS_KEY) != 0) {
      int key = EventCodec.keyAt(event, index);
      return text(event, key + 1, event.getByte(key) & 0xFF);
    }
    String map =
        ReplayedEvent.is(event, index)
            ? behind(replayedHead(event, index), MAP, '"')
            : text(event, index + EventCodec.HEADER, event.getByte(index + EventCodec.MAP_LENGTH));
    return map.isEmpty() ? serverId : map;
  }

  /** Returns the time of the event, in milliseconds since the epoch; 0 if the event has none. */
  public static long timestampMs(DirectBuffer event, int index) {
    if (!ReplayedEvent.is(event, index)) {
      return event.getLong(index + EventCodec.TIMESTAMP, LITTLE_ENDIAN);
    }
    String digits = behind(replayedHead(event, index), TIMESTAMP, ',');
    return digits.matches("[0-9]{1,18}") ? Long.parseLong(digits) : 0;
  }

  /** Returns the part before the payload of a replayed event's JSON, with quotes escaped. */
  private static String replayedHead(DirectBuffer event, int index) {
    int id = event.getInt(index + EventCodec.TEXT1_LENGTH, LITTLE_ENDIAN);
    int length = event.getInt(index + EventCodec.TEXT2_LENGTH, LITTLE_ENDIAN);
    String json = text(event, index + EventCodec.HEADER + id, length);
    int payload = json.indexOf(PAYLOAD);
    return payload < 0 ? json : json.substring(0, payload);
  }

  /** Returns the text between {@code mark} and {@code end}; empty if {@code mark} is missing. */
  private static String behind(String head, String mark, char end) {
    int at = head.indexOf(mark);
    int from = at + mark.length();
    int to = at < 0 ? -1 : head.indexOf(end, from);
    return to < 0 ? "" : head.substring(from, to);
  }

  private static String text(DirectBuffer event, int index, int length) {
    byte[] bytes = new byte[length];
    event.getBytes(index, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}

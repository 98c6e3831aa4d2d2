package org.aibridge.core.event;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.agrona.DirectBuffer;
import org.aibridge.api.event.EventType;

/**
 * Says which events are sent, by type and map. The answer for an event is always the same, since
 * samples are taken by the number in its id. Allocates nothing; any thread.
 */
public final class EventSieve {
  /** A sieve that lets every event through. */
  public static final EventSieve OPEN = new EventSieve(List.of());

  private static final String ANY = "*";
  private static final String ALL_CUSTOM = "custom";
  private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

  /**
   * A rule; of several the first that fits counts.
   *
   * @param type an event's type or the name of a custom one, {@code custom} for all of these,
   *     {@code *} for all events
   * @param map a map; empty for any place
   * @param oneIn of how many events one is sent: 1 for all, 0 for none
   */
  public record Rule(String type, String map, int oneIn) {}

  private final Known[] rules;

  /** Creates a sieve from {@code rules}. */
  public EventSieve(List<Rule> rules) {
    this.rules = rules.stream().map(Known::of).toArray(Known[]::new);
  }

  /** True if the event at {@code index} must be sent. */
  public boolean passes(long sequence, DirectBuffer event, int index) {
    if (rules.length == 0 || ReplayedEvent.is(event, index) || !EventCodec.isKnown(event, index)) {
      return true;
    }
    EventType type = EventCodec.type(event, index);
    for (Known rule : rules) {
      if (rule.fits(type, event, index)) {
        return rule.oneIn > 0 && Long.remainderUnsigned(mixed(sequence), rule.oneIn) == 0;
      }
    }
    return true;
  }

  private static long mixed(long sequence) {
    long mixed = sequence * MIX;
    mixed = (mixed ^ mixed >>> 32) * MIX;
    return mixed ^ mixed >>> 29;
  }

  /** A rule prepared for the comparison with events; a null field matches any value. */
  private static final class Known {
    private final EventType type;
    private final byte[] name;
    private final byte[] map;
    private final int oneIn;

    private Known(EventType type, byte[] name, byte[] map, int oneIn) {
      this.type = type;
      this.name = name;
      this.map = map;
      this.oneIn = oneIn;
    }

    static Known of(Rule rule) {
      EventType type = null;
      byte[] name = null;
      if (!rule.type.equals(ANY)) {
        type = EventType.CUSTOM;
        name = rule.type.equals(ALL_CUSTOM) ? null : rule.type.getBytes(StandardCharsets.US_ASCII);
        for (EventType known : EventType.values()) {
          if (known.wireName().equals(rule.type)) {
            type = known;
            name = null;
          }
        }
      }
      byte[] map = rule.map.isEmpty() ? null : rule.map.getBytes(StandardCharsets.US_ASCII);
      return new Known(type, name, map, rule.oneIn);
    }

    boolean fits(EventType its, DirectBuffer event, int index) {
      int mapLength = event.getByte(index + EventCodec.MAP_LENGTH);
      int mapAt = index + EventCodec.HEADER;
      if (map != null && !is(map, event, mapAt, mapLength)) {
        return false;
      }
      return type == null
          || type == its
              && (name == null
                  || is(
                      name,
                      event,
                      mapAt + mapLength,
                      event.getInt(
                          index + EventCodec.TEXT1_LENGTH, java.nio.ByteOrder.LITTLE_ENDIAN)));
    }

    private static boolean is(byte[] text, DirectBuffer event, int at, int length) {
      return length == text.length && ReformedJson.is(event, at, at + length, text);
    }
  }
}

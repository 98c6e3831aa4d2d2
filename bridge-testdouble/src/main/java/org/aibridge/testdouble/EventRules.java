package org.aibridge.testdouble;

import org.aibridge.api.Position;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.Priority;
import org.aibridge.api.spi.EventIntake;
import org.jspecify.annotations.Nullable;

/**
 * What {@code publish} asks of an event. Written plainly, where the bridge has code for the game
 * thread; a test of the bridge holds one against the other.
 */
final class EventRules implements EventIntake {
  /** The default of {@code max_event_bytes}. */
  static final int MAX_EVENT_BYTES = 65_536;

  private static final long MAX_PLAYER = 0xFFFF_FFFFL;
  private static final long MAX_NUMBER = (1L << 53) - 1;

  /** The size of an event, in bytes, without its texts and its position. */
  private static final int HEADER_BYTES = 40;

  private @Nullable RefusalReason refusal;

  private EventRules() {}

  /** Returns why every bridge refuses {@code event}; null if the event itself is acceptable. */
  static @Nullable RefusalReason refusal(@Nullable GameEvent event) {
    if (event == null) {
      return RefusalReason.MALFORMED;
    }
    EventRules rules = new EventRules();
    event.handTo(rules);
    return rules.refusal;
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
      @Nullable String playerKey,
      @Nullable String map,
      @Nullable Position position,
      long timestampMs,
      long number1,
      long number2,
      @Nullable String text1,
      @Nullable String text2) {
    boolean good =
        isMap(map)
            && (playerKey == null || isShortText(playerKey))
            && playerId >= GameEvent.NO_PLAYER
            && playerId <= MAX_PLAYER
            && isNumber(timestampMs)
            && isNumber(number1)
            && isNumber(number2);
    if (!good) {
      refusal = RefusalReason.MALFORMED;
    } else if (type == EventType.CUSTOM) {
      refusal = custom(filled(text1), filled(text2), HEADER_BYTES + rest(map, playerKey, position));
    } else if (text1 != null && type.takesName()) {
      refusal = isShortText(text1) ? null : RefusalReason.MALFORMED;
    } else {
      refusal = isMap(text1) && isMap(text2) ? null : RefusalReason.MALFORMED;
    }
    return refusal == null;
  }

  /** Checks a custom event, the only kind that can be too large. */
  private static @Nullable RefusalReason custom(String name, String json, int others) {
    if (!name.matches("[a-z0-9_]{1," + GameEvent.MAX_NAME_LENGTH + "}")) {
      return RefusalReason.MALFORMED;
    }
    int bytes = JsonRules.bytes(json);
    if (bytes > MAX_EVENT_BYTES) {
      return RefusalReason.TOO_LARGE;
    }
    if (!JsonRules.isObject(json)) {
      return RefusalReason.MALFORMED;
    }
    return others + name.length() + bytes > MAX_EVENT_BYTES ? RefusalReason.TOO_LARGE : null;
  }

  private static int rest(
      @Nullable String map, @Nullable String playerKey, @Nullable Position position) {
    int place = position == null ? 0 : position.hasZ() ? 12 : 8;
    return JsonRules.bytes(filled(map))
        + place
        + (playerKey == null ? 0 : 1 + JsonRules.bytes(playerKey));
  }

  private static boolean isMap(@Nullable String map) {
    return map == null
        || map.length() <= GameEvent.MAX_MAP_LENGTH
            && map.chars().allMatch(c -> c >= ' ' && c <= '~');
  }

  private static boolean isShortText(String text) {
    return !text.isEmpty()
        && JsonRules.bytes(text) <= GameEvent.MAX_KEY_BYTES
        && text.chars().noneMatch(Character::isISOControl)
        && JsonRules.isWhole(text);
  }

  private static boolean isNumber(long number) {
    return number >= 0 && number <= MAX_NUMBER;
  }

  private static String filled(@Nullable String text) {
    return text == null ? "" : text;
  }
}

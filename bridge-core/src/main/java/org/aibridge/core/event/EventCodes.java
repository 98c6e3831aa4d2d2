package org.aibridge.core.event;

import org.aibridge.api.event.EventType;
import org.aibridge.api.event.Priority;

/**
 * The codes of event types and priorities in the ring and in the journal. A code is given once and
 * never to another kind; {@link ReplayedEvent#TYPE} and {@link RecordPart#TYPE} are taken too.
 */
final class EventCodes {
  private static final EventType[] TYPES = new EventType[1 << Byte.SIZE];
  private static final Priority[] PRIORITIES = new Priority[1 << Byte.SIZE];
  private static final byte[] OF_TYPE = new byte[EventType.values().length];
  private static final byte[] OF_PRIORITY = new byte[Priority.values().length];

  static {
    for (EventType type : EventType.values()) {
      byte code = code(type);
      OF_TYPE[type.ordinal()] = code;
      TYPES[code & 0xFF] = type;
    }
    for (Priority priority : Priority.values()) {
      byte code = code(priority);
      OF_PRIORITY[priority.ordinal()] = code;
      PRIORITIES[code & 0xFF] = priority;
    }
  }

  private EventCodes() {}

  static byte of(EventType type) {
    return OF_TYPE[type.ordinal()];
  }

  static byte of(Priority priority) {
    return OF_PRIORITY[priority.ordinal()];
  }

  /** Returns the type with this code; null if this version knows none. */
  static EventType type(byte code) {
    return TYPES[code & 0xFF];
  }

  /** Returns the priority with this code; null if this version knows none. */
  static Priority priority(byte code) {
    return PRIORITIES[code & 0xFF];
  }

  private static byte code(EventType type) {
    return switch (type) {
      case PLAYER_LOGIN -> 0;
      case PLAYER_LOGOUT -> 1;
      case NPC_INTERACTION -> 2;
      case MONSTER_KILL -> 3;
      case MVP_KILL -> 4;
      case DAILY_RESET -> 5;
      case MAP_CHANGE -> 6;
      case ITEM_DROP -> 7;
      case QUEST_COMPLETE -> 8;
      case TRADE_COMPLETE -> 9;
      case CUSTOM -> 10;
    };
  }

  private static byte code(Priority priority) {
    return switch (priority) {
      case LOW -> 0;
      case NORMAL -> 1;
      case HIGH -> 2;
      case URGENT -> 3;
    };
  }
}

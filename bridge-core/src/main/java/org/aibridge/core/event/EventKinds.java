package org.aibridge.core.event;

import java.util.Collection;
import org.agrona.DirectBuffer;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.Priority;

/**
 * What routes tell events apart by: the type, and whether they are urgent. A set of kinds is a
 * {@code long} with a bit for each. Allocates nothing; any thread.
 */
public final class EventKinds {
  /** No kind at all. */
  public static final long NONE = 0;

  /** Every kind. */
  public static final long ALL = -1;

  /** The number of type codes that have a kind. */
  static final int CODES = 32;

  private EventKinds() {}

  /** Returns the kind of an event. For the game thread, too. */
  public static long of(EventType type, Priority priority) {
    return bit(EventCodes.of(type), priority == Priority.URGENT);
  }

  /**
   * Returns the kind of the event at {@code index}, of a replayed one that of its letter's event;
   * {@link #NONE} for what no route can name.
   */
  public static long of(DirectBuffer event, int index) {
    if (ReplayedEvent.is(event, index)) {
      return ReplayedEvent.kind(event, index);
    }
    return bit(
        event.getByte(index + EventCodec.TYPE) & 0xFF,
        EventCodec.priority(event, index) == Priority.URGENT);
  }

  /** Returns the kinds that a route for {@code types} takes: their events that are not urgent. */
  public static long routed(Collection<EventType> types) {
    long kinds = NONE;
    for (EventType type : types) {
      kinds |= bit(EventCodes.of(type), false);
    }
    return kinds;
  }

  /** Returns the kind for a type and a priority from JSON; an unknown type counts as custom. */
  public static long named(String type, String priority) {
    EventType known = EventType.CUSTOM;
    for (EventType one : EventType.values()) {
      known = one.wireName().equals(type) ? one : known;
    }
    return bit(EventCodes.of(known), Priority.URGENT.wireName().equals(priority));
  }

  private static long bit(int code, boolean urgent) {
    return code >= CODES ? NONE : 1L << (urgent ? code + CODES : code);
  }
}

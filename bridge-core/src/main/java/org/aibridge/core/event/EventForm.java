package org.aibridge.core.event;

/**
 * The form in which a service takes events.
 *
 * @param textPlayerIds whether players' numbers are written as texts
 * @param eventIds whether events carry their ids
 * @param namedCustomEvents whether the type of a custom event is its name; if not, it is {@code
 *     custom}, and the payload holds the name
 */
public record EventForm(boolean textPlayerIds, boolean eventIds, boolean namedCustomEvents) {
  /** The form that the contract defines; dead letters always have this form. */
  public static final EventForm CONTRACT = new EventForm(false, true, true);

  /**
   * True if both are the same form. Not {@code equals}, which a record gets from the JDK at its
   * first call, and which keeps the record's class in the JVM for good.
   */
  public boolean isSame(EventForm other) {
    return textPlayerIds == other.textPlayerIds
        && eventIds == other.eventIds
        && namedCustomEvents == other.namedCustomEvents;
  }
}

package org.aibridge.api;

/** The reasons for which {@link AiBridge#publish} answers {@code false}. */
public enum RefusalReason {
  /** The bridge is switched off, or could not start. */
  OFF,
  /** The bridge is closed or closing. */
  CLOSED,
  /** The intake ring has no room left for an event of this priority. */
  RING_FULL,
  /** The journal cannot be written, most often because free disk space is below the reserve. */
  DISK_LOW,
  /** The event is larger than {@code max_event_bytes}. */
  TOO_LARGE,
  /** The event breaks the contract: a bad name, number, map or JSON. */
  MALFORMED;

  /** The name in status and metrics, such as {@code ring_full}. */
  public String wireName() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}

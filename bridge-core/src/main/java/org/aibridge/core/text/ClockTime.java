package org.aibridge.core.text;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Writes times for people: with seconds, in the time zone of this machine, as its logs have it. */
public final class ClockTime {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

  private ClockTime() {}

  /** Returns the time {@code epochMs}, in milliseconds since the epoch. */
  public static String of(long epochMs) {
    return SECONDS.format(Instant.ofEpochMilli(epochMs).atZone(ZoneId.systemDefault()));
  }
}

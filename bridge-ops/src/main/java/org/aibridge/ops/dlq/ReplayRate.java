package org.aibridge.ops.dlq;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.aibridge.ops.Trouble;

/**
 * A limit on the letters sent in a time.
 *
 * @param perSecond letters a second; 0 for no limit
 */
record ReplayRate(double perSecond) {
  static final ReplayRate FREE = new ReplayRate(0);

  private static final Pattern TEXT = Pattern.compile("([0-9]{1,7})(?:/(s|m|h))?");

  /** Parses a rate like {@code 50/s}. */
  static ReplayRate parse(String text) {
    Matcher rate = TEXT.matcher(text);
    if (!rate.matches() || Long.parseLong(rate.group(1)) == 0) {
      throw Trouble.usage("--rate '" + text + "' is none: give 50/s, 600/m or 1000/h");
    }
    String unit = rate.group(2) == null ? "s" : rate.group(2);
    double seconds = unit.equals("s") ? 1 : unit.equals("m") ? 60 : 3600;
    return new ReplayRate(Long.parseLong(rate.group(1)) / seconds);
  }

  /**
   * The number of letters that may be sent up to {@code nanos} after the first; the largest long
   * for no limit.
   */
  long allowed(long nanos) {
    return perSecond == 0 ? Long.MAX_VALUE : 1 + (long) (nanos / 1e9 * perSecond);
  }
}

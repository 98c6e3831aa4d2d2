package org.aibridge.core.config;

import java.util.regex.Pattern;

/**
 * Checks the form of a host: a name as name servers and container networks know it, underscores
 * included, or an address in its usual notation. {@code 127.1}, {@code 2130706433} and {@code
 * 0x7f.1} are addresses to some readers and names to others, so they are not hosts here.
 */
final class Hosts {
  private static final String LABEL = "[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";
  private static final Pattern NAME = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*\\.?");
  private static final Pattern ENDS_IN_A_NUMBER =
      Pattern.compile("(?:.*\\.)?(?:\\d+|0[xX][0-9A-Fa-f]*)\\.?");
  private static final Pattern IN_BRACKETS = Pattern.compile("\\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*]");
  private static final int MAX_LENGTH = 253;

  private Hosts() {}

  static boolean isHost(String text) {
    if (IN_BRACKETS.matcher(text).matches()) {
      return Network.address(text.substring(1, text.length() - 1)) != null;
    }
    if (text.length() > MAX_LENGTH || !NAME.matcher(text).matches()) {
      return false;
    }
    return !ENDS_IN_A_NUMBER.matcher(text).matches() || Network.address(text) != null;
  }
}

package org.aibridge.core.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A range of addresses, written as {@code 172.16.0.0/12}, {@code fd12::/48} or one address. */
public final class Network {
  private static final Pattern WRITTEN = Pattern.compile("([0-9A-Fa-f:.]+)(?:/(\\d{1,3}))?");
  private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final Pattern DOTTED = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");

  private final byte[] first;
  private final int bits;

  private Network(byte[] first, int bits) {
    this.first = first;
    this.bits = bits;
  }

  /**
   * Reads a network.
   *
   * @throws IllegalArgumentException if {@code text} is no network; the message is worded to follow
   *     the value's name
   */
  public static Network of(String text) {
    Matcher written = WRITTEN.matcher(text);
    byte[] address = written.matches() ? address(written.group(1)) : null;
    if (address == null) {
      throw new IllegalArgumentException("holds something that is not a network");
    }
    int most = 8 * address.length;
    int bits = written.group(2) == null ? most : Integer.parseInt(written.group(2));
    if (bits > most) {
      throw new IllegalArgumentException("holds a prefix that is longer than /" + most);
    }
    Network network = new Network(address, bits);
    for (int i = bits; i < most; i++) {
      if (bit(address, i) != 0) {
        throw new IllegalArgumentException("holds an address that goes on behind its /" + bits);
      }
    }
    return network;
  }

  /** True if {@code address}, which has 4 or 16 bytes, lies in this network. */
  public boolean contains(byte[] address) {
    boolean same = address.length == first.length;
    for (int i = 0; same && i < bits; i++) {
      same = bit(address, i) == bit(first, i);
    }
    return same;
  }

  /** Returns the bytes of a numeric IP address; null if the text is no such address. */
  static byte[] address(String text) {
    if (text.indexOf(':') < 0 && !DOTTED.matcher(text).matches()) {
      return null;
    }
    try {
      // The text is a numeric address, so this call never asks a name server.
      return InetAddress.getByName(text).getAddress();
    } catch (UnknownHostException notOne) {
      return null;
    }
  }

  private static int bit(byte[] bytes, int at) {
    return bytes[at / 8] >> 7 - at % 8 & 1;
  }
}

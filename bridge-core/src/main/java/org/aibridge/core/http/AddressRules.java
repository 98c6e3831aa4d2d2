package org.aibridge.core.http;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.aibridge.core.config.Network;

/**
 * Decides which addresses the hosts of {@code allowed_hosts} may have: public ones and those in
 * {@code allowed_networks}. Addresses that no such host can have are always refused.
 *
 * <p>An IPv6 address that carries an IPv4 address (mapped, compatible, translated, NAT64, 6to4,
 * Teredo, ISATAP) is judged by the IPv4 address too, as a gateway may forward to it. A NAT64 prefix
 * of a network's own cannot be recognized. Any thread; no waiting.
 */
public final class AddressRules {
  /** The networks that scripts reach only if {@code allowed_networks} has them; with names. */
  private static final Map<Network, String> LOCAL = new LinkedHashMap<>();

  private static final Map<Network, String> NEVER = new LinkedHashMap<>();

  /** The networks of IPv6 addresses that contain an IPv4 address, mostly in the last 4 bytes. */
  private static final List<Network> WRAPPERS =
      networks("::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48");

  private static final Network LOCAL_NAT64 = Network.of("64:ff9b:1::/48");

  private static final Network SIX_TO_FOUR = Network.of("2002::/16");
  private static final Network TEREDO = Network.of("2001::/32");
  private static final Network GLOBAL = Network.of("2000::/3");
  private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

  static {
    put(LOCAL, "loopback", "127.0.0.0/8", "::1");
    put(LOCAL, "private", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10");
    put(LOCAL, "shared", "100.64.0.0/10");
    put(LOCAL, "for tests of networks", "198.18.0.0/15");
    put(NEVER, "cloud metadata", "169.254.169.254", "169.254.170.2", "100.100.100.200");
    put(NEVER, "cloud metadata", "168.63.129.16", "192.0.0.192", "fd00:ec2::/32", "fd20:ce::/32");
    put(NEVER, "cloud metadata", "fd00:c1::a9fe:a9fe", "fd00:42::42");
    put(NEVER, "unspecified", "0.0.0.0/8", "::");
    put(NEVER, "link-local", "169.254.0.0/16", "fe80::/10");
    put(NEVER, "multicast", "224.0.0.0/4", "ff00::/8");
    put(NEVER, "broadcast", "255.255.255.255");
    put(NEVER, "reserved", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.51.100.0/24");
    put(NEVER, "reserved", "203.0.113.0/24", "240.0.0.0/4");
    put(NEVER, "reserved", "2001::/23", "2001:db8::/32", "3fff::/20");
  }

  private final List<Network> allowed;

  /**
   * @param allowedNetworks the networks as written in the configuration
   */
  public AddressRules(List<String> allowedNetworks) {
    this.allowed = networks(allowedNetworks.toArray(String[]::new));
  }

  /** Returns why scripts may not connect to {@code address}; empty if they may. */
  public String refusal(InetAddress address) {
    byte[] bytes = address.getAddress();
    String shown = address.getHostAddress();
    String refusal = isWrapper(bytes) ? "" : refusal(bytes, shown + " is ");
    for (byte[] carried : carriedBy(bytes)) {
      String worse = refusal(carried, shown + " stands for " + dotted(carried) + ", which is ");
      // Prefers a refusal that no setting can lift: it is of more use to the operator.
      refusal = refusal.isEmpty() || !worse.isEmpty() && isFinal(worse) ? worse : refusal;
    }
    return refusal;
  }

  private String refusal(byte[] bytes, String shown) {
    boolean teredo = TEREDO.contains(bytes);
    String never = teredo ? null : kind(NEVER, bytes);
    String local = kind(LOCAL, bytes);
    if (never == null && local == null && bytes.length == 16 && !GLOBAL.contains(bytes)) {
      never = "reserved";
    }
    if (never != null) {
      return shown + never + ", where scripts never go";
    }
    if (local == null || allowed.stream().anyMatch(network -> network.contains(bytes))) {
      return "";
    }
    return shown + local + ", where scripts go only inside [script_http] allowed_networks";
  }

  private static boolean isFinal(String refusal) {
    return refusal.endsWith("never go");
  }

  /** Returns the IPv4 addresses to which an IPv6 address can lead. */
  private static List<byte[]> carriedBy(byte[] a) {
    List<byte[]> carried = new ArrayList<>();
    if (a.length != 16 || isOwnOfIpv6(a)) {
      return carried;
    }
    boolean isatap = (a[8] & ~2) == 0 && a[9] == 0 && a[10] == 0x5e && a[11] == (byte) 0xfe;
    if (isWrapper(a) || isatap) {
      carried.add(Arrays.copyOfRange(a, 12, 16));
    }
    if (LOCAL_NAT64.contains(a) && a[13] == 0 && a[14] == 0 && a[15] == 0) {
      // RFC 6052: after a prefix of 64 bits, the IPv4 address is in bytes 9 to 12.
      carried.add(Arrays.copyOfRange(a, 9, 13));
    }
    if (SIX_TO_FOUR.contains(a)) {
      carried.add(Arrays.copyOfRange(a, 2, 6));
    }
    if (TEREDO.contains(a)) {
      carried.add(Arrays.copyOfRange(a, 4, 8));
      carried.add(new byte[] {(byte) ~a[12], (byte) ~a[13], (byte) ~a[14], (byte) ~a[15]});
    }
    return carried;
  }

  private static boolean isWrapper(byte[] a) {
    return a.length == 16
        && !isOwnOfIpv6(a)
        && (Arrays.equals(a, 0, 12, MAPPED, 0, 12)
            || WRAPPERS.stream().anyMatch(network -> network.contains(a)));
  }

  /** True for the addresses {@code ::} and {@code ::1}. */
  private static boolean isOwnOfIpv6(byte[] a) {
    for (int i = 0; i < 15; i++) {
      if (a[i] != 0) {
        return false;
      }
    }
    return a[15] == 0 || a[15] == 1;
  }

  private static String kind(Map<Network, String> kinds, byte[] bytes) {
    return kinds.entrySet().stream()
        .filter(kind -> kind.getKey().contains(bytes))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  private static String dotted(byte[] a) {
    return (a[0] & 255) + "." + (a[1] & 255) + "." + (a[2] & 255) + "." + (a[3] & 255);
  }

  private static List<Network> networks(String... texts) {
    return Arrays.stream(texts).map(Network::of).toList();
  }

  private static void put(Map<Network, String> kinds, String kind, String... texts) {
    networks(texts).forEach(network -> kinds.put(network, kind));
  }
}

package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRulesTest {
  private static final AddressRules NONE = new AddressRules(List.of());
  private static final AddressRules ALL = new AddressRules(List.of("0.0.0.0/0", "::/0"));

  /** Each a notation of an IPv4 address within IPv6. */
  private static final List<String> CARRIERS =
      List.of(
          "::%1$s%2$s:%3$s%4$s",
          "::ffff:0:%1$s%2$s:%3$s%4$s",
          "64:ff9b::%1$s%2$s:%3$s%4$s",
          "64:ff9b:1::%1$s%2$s:%3$s%4$s",
          "64:ff9b:1:7:0:0:%1$s%2$s:%3$s%4$s",
          "2002:%1$s%2$s:%3$s%4$s::1",
          "2001:0:808:808:0:0:%5$s%6$s:%7$s%8$s",
          "2001:0:%1$s%2$s:%3$s%4$s:0:0:f7f7:f7f7",
          "2a00:1450::5efe:%1$s%2$s:%3$s%4$s",
          "2a00:1450::200:5efe:%1$s%2$s:%3$s%4$s");

  private static InetAddress address(String text) throws IOException {
    return InetAddress.getByName(text);
  }

  private static String in(String carrier, InetAddress carried) {
    Object[] octets = new Object[8];
    for (int i = 0; i < 4; i++) {
      octets[i] = String.format(Locale.ROOT, "%02x", carried.getAddress()[i] & 255);
      octets[i + 4] = String.format(Locale.ROOT, "%02x", ~carried.getAddress()[i] & 255);
    }
    return String.format(Locale.ROOT, carrier, octets);
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, unspecified",
    "0.1.2.3, unspecified",
    "169.254.0.1, link-local",
    "169.254.169.254, cloud metadata",
    "169.254.170.2, cloud metadata",
    "100.100.100.200, cloud metadata",
    "168.63.129.16, cloud metadata",
    "192.0.0.192, cloud metadata",
    "192.0.0.8, reserved",
    "192.0.2.7, reserved",
    "192.88.99.1, reserved",
    "198.51.100.7, reserved",
    "203.0.113.7, reserved",
    "224.0.0.1, multicast",
    "239.255.255.255, multicast",
    "240.0.0.1, reserved",
    "255.255.255.255, broadcast"
  })
  void letsNobodyGoWhereNoHostIs(String text, String kind) throws Exception {
    String sentence = text + " is " + kind + ", where scripts never go";
    assertThat(NONE.refusal(address(text))).isEqualTo(sentence);
    assertThat(ALL.refusal(address(text))).isEqualTo(sentence);
    for (String carrier : CARRIERS) {
      String carried = in(carrier, address(text));
      assertThat(NONE.refusal(address(carried))).as(carried).endsWith("where scripts never go");
      assertThat(ALL.refusal(address(carried))).as(carried).endsWith("where scripts never go");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, loopback, 127.0.0.0/8",
    "127.255.255.255, loopback, 127.0.0.0/8",
    "10.0.0.5, private, 10.0.0.0/8",
    "172.16.0.1, private, 172.16.0.0/12",
    "172.31.255.255, private, 172.16.0.0/12",
    "192.168.7.7, private, 192.168.7.7",
    "100.64.0.1, shared, 100.64.0.0/10",
    "100.127.255.255, shared, 0.0.0.0/0",
    "198.18.0.1, for tests of networks, 198.18.0.0/15"
  })
  void goesToLocalAddressesInsideAllowedNetworksAlone(String text, String kind, String network)
      throws Exception {
    AddressRules inside = new AddressRules(List.of("1.2.3.0/24", network));
    AddressRules outside = new AddressRules(List.of("1.2.3.0/24", "192.168.7.6", "fd00::/8"));
    String where = "where scripts go only inside [script_http] allowed_networks";
    assertThat(NONE.refusal(address(text))).isEqualTo(text + " is " + kind + ", " + where);
    assertThat(outside.refusal(address(text))).isEqualTo(text + " is " + kind + ", " + where);
    assertThat(inside.refusal(address(text))).isEmpty();
    for (String carrier : CARRIERS) {
      InetAddress carried = address(in(carrier, address(text)));
      assertThat(NONE.refusal(carried))
          .as("" + carried)
          .contains(" stands for " + text + ", which is " + kind)
          .endsWith(where);
      assertThat(inside.refusal(carried)).as("" + carried).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1.1.1.1", "9.255.255.255", "11.0.0.1", "172.15.255.255", "172.32.0.1", "8.8.8.8"})
  void goesToPublicAddresses(String text) throws Exception {
    assertThat(NONE.refusal(address(text))).isEmpty();
    for (String carrier : CARRIERS) {
      assertThat(NONE.refusal(address(in(carrier, address(text))))).as(carrier).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "::, unspecified, never",
    "::1, loopback, allowed",
    "fe80::1, link-local, never",
    "fe80::a9fe:a9fe, link-local, never",
    "fe80::5efe:808:808, link-local, never",
    "febf::1, link-local, never",
    "fec0::1, private, allowed",
    "fc00::1, private, allowed",
    "fd12:3456::7, private, allowed",
    "fd00:ec2::254, cloud metadata, never",
    "fd00:ec2::23, cloud metadata, never",
    "fd20:ce::254, cloud metadata, never",
    "fd00:c1::a9fe:a9fe, cloud metadata, never",
    "fd00:42::42, cloud metadata, never",
    "ff02::1, multicast, never",
    "ff05::1:3, multicast, never",
    "100::1, reserved, never",
    "2001:db8::1, reserved, never",
    "2001:20::1, reserved, never",
    "3fff::1, reserved, never",
    "5f00::1, reserved, never",
    "4000::1, reserved, never",
    "::2, unspecified, never"
  })
  void judgesTheAddressesThatAreIpv6sOwn(String text, String kind, String how) throws Exception {
    assertThat(NONE.refusal(address(text))).contains(kind);
    assertThat(ALL.refusal(address(text)).isEmpty()).isEqualTo(how.equals("allowed"));
  }

  /** Of a network's own NAT64, the prefix may end earlier. */
  @Test
  void looksForTheIpv4AddressBehindShorterPrefixesToo() throws Exception {
    assertThat(ALL.refusal(address("64:ff9b:1:0:a9:fea9:fe00:0"))).contains("169.254.169.254");
    assertThat(NONE.refusal(address("64:ff9b:1:0:a:0:500:0"))).contains("10.0.0.5");
    assertThat(ALL.refusal(address("64:ff9b:1:a9fe:a9:fe00::"))).isNotEmpty();
    assertThat(ALL.refusal(address("64:ff9b:1:a9:fe:a9fe::"))).isNotEmpty();
  }

  @Test
  void goesToPublicAddressesOfIpv6() throws Exception {
    assertThat(NONE.refusal(address("2a00:1450:4001::200e"))).isEmpty();
    assertThat(NONE.refusal(address("2606:4700::1111"))).isEmpty();
  }

  /** The JDK makes an {@code Inet4Address} of these wherever it can. */
  @Test
  void unmapsWhatTheJdkHasNotUnmapped() throws Exception {
    byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, (byte) 169, (byte) 254, 1, 1};
    assertThat(NONE.refusal(Inet6Address.getByAddress("h", mapped, 0))).contains("link-local");
    mapped[12] = 8;
    assertThat(NONE.refusal(Inet6Address.getByAddress("h", mapped, 0))).isEmpty();
    assertThat(NONE.refusal(address("::ffff:127.0.0.1"))).contains("loopback");
  }

  @Test
  void connectsNoSocketPastTheRules() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket socket = new WatchedSockets(NONE::refusal).createSocket();
        Socket other =
            new WatchedSockets(new AddressRules(List.of("127.0.0.0/8"))::refusal).createSocket()) {
      InetAddress liar = InetAddress.getByAddress("wiki.example", new byte[] {127, 0, 0, 1});
      InetSocketAddress there = new InetSocketAddress(liar, server.getLocalPort());
      assertThatThrownBy(() -> socket.connect(there, 1000)).hasMessageContaining("loopback");
      assertThatThrownBy(() -> socket.connect(there)).hasMessageContaining("loopback");
      assertThat(socket.isConnected()).isFalse();
      other.connect(there, 1000);
      assertThat(other.isConnected()).isTrue();
    }
  }
}

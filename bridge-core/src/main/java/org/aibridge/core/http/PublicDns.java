package org.aibridge.core.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import okhttp3.Dns;

/**
 * Resolves a host that scripts may ask, without the addresses no such host has: link-local ones
 * (cloud metadata lives there), multicast and the wildcard. The client connects to these very
 * addresses, so a name that changes its mind later gains nothing.
 */
final class PublicDns implements Dns {
  @Override
  public List<InetAddress> lookup(String hostname) throws UnknownHostException {
    List<InetAddress> usable =
        Dns.SYSTEM.lookup(hostname).stream()
            .filter(
                a -> !a.isLinkLocalAddress() && !a.isMulticastAddress() && !a.isAnyLocalAddress())
            .toList();
    if (usable.isEmpty()) {
      throw new UnknownHostException(hostname + " has no address that scripts may ask");
    }
    return usable;
  }
}

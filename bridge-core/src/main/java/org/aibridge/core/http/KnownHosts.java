package org.aibridge.core.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Dns;

/**
 * Resolves the service's host; in a shortage, returns its last known addresses: no name can be
 * resolved without a descriptor, and the JVM then says "unknown" for ten seconds more. Any thread;
 * waits for the system's resolver.
 */
final class KnownHosts implements Dns {
  private final Dns system;
  private final Shortage shortage;

  /** The last known addresses of each host. Has few hosts, since a configuration names only one. */
  private final Map<String, List<InetAddress>> found = new ConcurrentHashMap<>();

  KnownHosts(Dns system, Shortage shortage) {
    this.system = system;
    this.shortage = shortage;
  }

  @Override
  public List<InetAddress> lookup(String hostname) throws UnknownHostException {
    try {
      List<InetAddress> addresses = system.lookup(hostname);
      found.put(hostname, addresses);
      return addresses;
    } catch (UnknownHostException e) {
      List<InetAddress> before = found.get(hostname);
      if (before == null || !shortage.mayHideHosts()) {
        throw e;
      }
      return before;
    }
  }
}

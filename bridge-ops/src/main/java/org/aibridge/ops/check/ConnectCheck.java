package org.aibridge.ops.check;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import okhttp3.HttpUrl;
import org.aibridge.core.run.Reason;

/** Checks whether the host name has an address that accepts a connection. */
final class ConnectCheck {
  private static final String RESOLVE = "host name";
  private static final String CONNECT = "connect";

  private final String host;
  private final int port;
  private final Duration timeout;
  private final Consumer<Finding> findings;

  ConnectCheck(HttpUrl base, Duration timeout, Consumer<Finding> findings) {
    this.host = base.host();
    this.port = base.port();
    this.timeout = timeout;
    this.findings = findings;
  }

  /** Connects to the first address that accepts a connection; reports a failure if none accepts. */
  Optional<Socket> run() {
    List<InetAddress> addresses = resolve();
    return addresses.isEmpty() ? Optional.empty() : connect(addresses);
  }

  private List<InetAddress> resolve() {
    try {
      List<InetAddress> found =
          Bounded.call(timeout, () -> Arrays.asList(InetAddress.getAllByName(host)));
      String shown =
          found.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(", "));
      findings.accept(
          Finding.ok(
              RESOLVE, shown.equals(host) ? host + " is an address" : host + " is " + shown));
      return found;
    } catch (UnknownHostException e) {
      fail(
          RESOLVE,
          "no address is known for " + host,
          "correct the host in base_url, or add it to the name server or /etc/hosts");
    } catch (TimeoutException e) {
      fail(
          RESOLVE,
          "the name server has not answered within " + timeout.toMillis() + " ms",
          "see whether this machine reaches its name server (/etc/resolv.conf)");
    } catch (IOException e) {
      fail(RESOLVE, host + " cannot be looked up: " + Reason.of(e), "see /etc/resolv.conf");
    }
    return List.of();
  }

  private Optional<Socket> connect(List<InetAddress> addresses) {
    IOException first = null;
    for (InetAddress address : addresses) {
      Socket socket = new Socket(java.net.Proxy.NO_PROXY);
      try {
        long start = System.nanoTime();
        socket.connect(new InetSocketAddress(address, port), (int) timeout.toMillis());
        long micros = (System.nanoTime() - start) / 1000;
        findings.accept(
            Finding.ok(
                CONNECT,
                String.format(
                    java.util.Locale.ROOT,
                    "%s port %d in %.1f ms",
                    address.getHostAddress(),
                    port,
                    micros / 1000.0)));
        return Optional.of(socket);
      } catch (IOException e) {
        Quietly.close(socket);
        first = first == null ? e : first;
      }
    }
    explain(first);
    return Optional.empty();
  }

  private void explain(IOException failure) {
    String where = host + " port " + port;
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof SocketTimeoutException) {
      fail(
          CONNECT,
          where + " has not answered within " + timeout.toMillis() + " ms (timeout_connect)",
          "a firewall may drop the packets, or the address is another machine's; correct base_url"
              + " or open the port");
    } else if (message.contains("unreachable") || message.contains("No route")) {
      fail(
          CONNECT,
          where + " cannot be reached from here: " + message,
          "see the network, the route and the VPN of this machine, and the address in base_url");
    } else if (failure instanceof ConnectException && message.contains("refused")) {
      fail(
          CONNECT,
          where + " refuses connections, nothing listens there",
          "start the AI service, or correct the port in base_url");
    } else {
      fail(CONNECT, where + " takes no connection: " + message, "see the address in base_url");
    }
  }

  private void fail(String check, String detail, String advice) {
    findings.accept(Finding.failure(check, detail, advice));
  }
}

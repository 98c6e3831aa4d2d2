package org.aibridge.core.http;

import java.io.BufferedOutputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import javax.net.SocketFactory;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * Sockets that notice an answer nobody has asked for, and one that does not end.
 *
 * <p>A service that answers one request twice leaves an answer in the connection, and OkHttp takes
 * it for the answer to the next request: a batch would count as delivered that the service may
 * never have seen. So a request is not begun while something unread has come in, and an answer only
 * counts when something came in after its request had begun. Whoever is caught loses the
 * connection, and the request ends as one without an answer. What arrives between the two moments
 * cannot be told from an honest answer.
 *
 * <p>OkHttp bounds neither a line that tells a chunk's size nor what stands before compressed data,
 * and keeps them in memory. So each byte that comes is counted here for the call that the reading
 * thread carries, also those of TLS; beyond {@link Exchange#mayHear} the connection is closed.
 *
 * <p>For HTTP/1.1, where the thread of a call reads what comes for it; in HTTP/2 another would. Any
 * thread.
 */
final class WatchedSockets extends SocketFactory implements Interceptor {
  /** The first byte of every TLS connection; in there, unread bytes need not be an answer. */
  private static final int TLS_HANDSHAKE = 0x16;

  /** What is written at once; a system call costs more than to copy this. */
  private static final int GATHERED_BYTES = 32 << 10;

  /** Says why no connection may go to an address; empty when one may. */
  private final Function<InetAddress, String> refusal;

  private final Map<List<Object>, Watched> connected = new ConcurrentHashMap<>();

  /** Sockets for wherever the operator has said. */
  WatchedSockets() {
    this(address -> "");
  }

  /**
   * Sockets that go to no address for which {@code refusal} has a sentence. It is asked about the
   * very address that is connected to, so neither a notation nor a name that changes its mind leads
   * past it.
   */
  WatchedSockets(Function<InetAddress, String> refusal) {
    this.refusal = refusal;
  }

  /** The call each thread carries, whichever sockets it goes over. */
  private static final ThreadLocal<Exchange> CARRIED = new ThreadLocal<>();

  /** Has what the calling thread reads from now on come for {@code exchange}; null for nothing. */
  static void carry(Exchange exchange) {
    if (exchange == null) {
      CARRIED.remove();
    } else {
      CARRIED.set(exchange);
    }
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    Socket socket = chain.connection().socket();
    Watched watched = connected.get(ends(socket));
    // None for one that was closed over its request: what OkHttp had read before, it reads on.
    if (watched == null || watched.asking) {
      socket.close();
      throw unasked();
    }
    return response;
  }

  @Override
  public Socket createSocket() throws IOException {
    Socket socket = new Watched();
    // A large body goes piece by piece; with Nagle's algorithm the last piece waits for the
    // service's acknowledgement of the ones before: a round trip more for each batch.
    socket.setTcpNoDelay(true);
    return socket;
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return createSocket(InetAddress.getByName(host), port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return createSocket(InetAddress.getByName(host), port, local, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return createSocket(host, port, null, 0);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    Socket socket = createSocket();
    socket.bind(new InetSocketAddress(local, localPort));
    socket.connect(new InetSocketAddress(host, port));
    return socket;
  }

  /**
   * What tells one connection from another. Not a record: Java 17 keeps the class loader of the
   * last record that was compared with another for ever.
   */
  private static List<Object> ends(Socket socket) {
    return List.of(socket.getLocalPort(), socket.getInetAddress(), socket.getPort());
  }

  private static IOException unasked() {
    return new IOException("an answer came that nobody has asked for");
  }

  /** Used by the one thread that has its connection. */
  private final class Watched extends Socket {
    /** Something was written, and nothing has come in since. */
    private volatile boolean asking;

    private boolean begun;
    private boolean encrypted;
    private List<Object> ends;

    Watched() {
      super(Proxy.NO_PROXY); // not the JVM's, which OkHttp does not ask about here
    }

    @Override
    public void connect(SocketAddress to, int timeout) throws IOException {
      String problem = refusal.apply(((InetSocketAddress) to).getAddress());
      if (!problem.isEmpty()) {
        throw new IOException(problem);
      }
      super.connect(to, timeout);
    }

    @Override
    public InputStream getInputStream() throws IOException {
      return new FilterInputStream(super.getInputStream()) {
        @Override
        public int read() throws IOException {
          int next = in.read();
          heard(next < 0 ? next : 1);
          return next;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
          int count = in.read(bytes, offset, length);
          heard(count);
          return count;
        }
      };
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
      InputStream unread = super.getInputStream();
      OutputStream watched =
          new FilterOutputStream(super.getOutputStream()) {
            @Override
            public void write(int b) throws IOException {
              write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
              if (length > 0) {
                ask(bytes[offset], unread);
              }
              out.write(bytes, offset, length);
            }
          };
      // Until it is flushed, as a request is at its end: OkHttp writes a body in pieces of 8 KiB.
      return new BufferedOutputStream(watched, GATHERED_BYTES);
    }

    @Override
    public void close() throws IOException {
      if (ends != null) {
        connected.remove(ends, this);
      }
      super.close();
    }

    private void heard(int count) throws IOException {
      if (count >= 0) {
        asking = false;
      }
      Exchange exchange = CARRIED.get();
      if (exchange == null || !exchange.mayHear(count)) {
        close(); // Whatever a library makes of the exception, no more comes.
        throw new IOException("more came than an answer may have");
      }
    }

    private void ask(byte first, InputStream unread) throws IOException {
      if (!begun) {
        begun = true;
        encrypted = first == TLS_HANDSHAKE;
        ends = ends(this);
        connected.put(ends, this);
      } else if (!asking && !encrypted && unread.available() > 0) {
        close(); // or OkHttp would go on and read it although it could not write
        throw unasked();
      }
      asking = true;
    }
  }
}

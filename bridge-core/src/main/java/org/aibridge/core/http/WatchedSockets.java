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
 * Sockets that notice an answer that no request asked for, and an answer that does not end.
 *
 * <p>A service that answers one request twice leaves the second answer in the connection, and
 * OkHttp takes it for the answer to the next request: a batch that the service may never have seen
 * would count as delivered. So no request begins while unread bytes are there, and an answer counts
 * only if bytes came in after its request had begun. Otherwise the connection is closed, and the
 * request ends without an answer. A second answer that arrives after the next request has begun
 * cannot be told from an honest one.
 *
 * <p>OkHttp keeps in memory, without a bound, a line with a chunk's size and the head of compressed
 * data. So each byte that comes in, TLS included, is counted for the call of the reading thread;
 * when {@link Exchange#mayHear} returns false, the connection is closed.
 *
 * <p>For HTTP/1.1, where a call's own thread reads its answer; in HTTP/2 another thread would. Any
 * thread.
 */
final class WatchedSockets extends SocketFactory implements Interceptor {
  /**
   * The first byte of a TLS connection; unread bytes on such a connection need not be an answer.
   */
  private static final int TLS_HANDSHAKE = 0x16;

  /** The size of the write buffer, in bytes. Copying that many costs less than a system call. */
  private static final int GATHERED_BYTES = 32 << 10;

  /** Returns the reason why an address is forbidden; empty if it is allowed. */
  private final Function<InetAddress, String> refusal;

  private final Map<List<Object>, Watched> connected = new ConcurrentHashMap<>();

  /** Creates sockets for any address; used for hosts that the operator configured. */
  WatchedSockets() {
    this(address -> "");
  }

  /**
   * Makes sockets that connect to no address for which {@code refusal} returns a sentence. The
   * address checked is the very one to connect to, so that no notation, and no name that resolves
   * anew, gets around the check.
   */
  WatchedSockets(Function<InetAddress, String> refusal) {
    this.refusal = refusal;
  }

  /** The call that the current thread is making; all sockets share this field. */
  private static final ThreadLocal<Exchange> CARRIED = new ThreadLocal<>();

  /**
   * Counts this thread's reads from now on for {@code exchange}; with null, makes the reads fail.
   */
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
    // A socket that was closed meanwhile is not in the map; OkHttp may still read its buffer.
    if (watched == null || watched.asking) {
      socket.close();
      throw unasked();
    }
    return response;
  }

  @Override
  public Socket createSocket() throws IOException {
    Socket socket = new Watched();
    // Disables Nagle's algorithm, which holds a body's last piece back until an acknowledgement.
    // Nagle's algorithm would cost one more round trip per batch.
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
   * Returns the ports and the address that identify a connection. Not a record: Java 17 keeps the
   * class loader of the last record compared with another for ever.
   */
  private static List<Object> ends(Socket socket) {
    return List.of(socket.getLocalPort(), socket.getInetAddress(), socket.getPort());
  }

  private static IOException unasked() {
    return new IOException("an answer came that nobody has asked for");
  }

  /** A socket that is used only by the thread of its connection's call. */
  private final class Watched extends Socket {
    /** True if something was written and nothing has been read since. */
    private volatile boolean asking;

    private boolean begun;
    private boolean encrypted;
    private List<Object> ends;

    Watched() {
      super(Proxy.NO_PROXY); // avoids the JVM's proxy, which OkHttp does not check here
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
      // Buffers until the flush at the end of a request: OkHttp writes bodies in pieces of 8 KiB.
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
        close(); // No more bytes come, whatever a library does with the exception.
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
        close(); // Otherwise OkHttp would read an answer to half a request.
        throw unasked();
      }
      asking = true;
    }
  }
}

package org.aibridge.torture;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network between the bridge and its service, which can be made to fail.
 *
 * <p>{@link #vanish} acts like a pulled cable: a connection stays open, and nothing comes any more.
 * The system still accepts new connections, which are as silent. Any thread may call the methods.
 */
final class RelayProxy implements AutoCloseable {
  private static final int BUFFER = 8192;
  private static final int BACKLOG = 256;

  /** The number of bytes of an answer that are passed on before the connection is broken. */
  private static final int PART_OF_AN_ANSWER = 20;

  private enum Mode {
    RELAYING,
    VANISHED,
    FLAPPING
  }

  private final ServerSocket listener;
  private final int service;
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final AtomicInteger flaps = new AtomicInteger();
  private final AtomicInteger silent = new AtomicInteger();
  private volatile Mode mode = Mode.RELAYING;
  private volatile int wantedFlaps;
  private volatile boolean closed;

  /**
   * Starts to relay.
   *
   * @param address the address to listen at
   * @param port the port, or 0 for any
   * @param service the port of the service on this machine
   */
  RelayProxy(String address, int port, int service) {
    this.service = service;
    try {
      listener = new ServerSocket();
      listener.setReuseAddress(true);
      listener.bind(new InetSocketAddress(InetAddress.getByName(address), port), BACKLOG);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Relays all new connections; connections that are silent stay silent. */
  void relay() {
    mode = Mode.RELAYING;
  }

  /** Stops answering on all connections, present and later ones. */
  void vanish() {
    mode = Mode.VANISHED;
    links.forEach(Link::fallSilent);
  }

  /**
   * Breaks every present connection and the first {@code times} later ones: at once, within the
   * request, or within the answer, in turns.
   */
  void flap(int times) {
    wantedFlaps = times;
    flaps.set(0);
    mode = Mode.FLAPPING;
    links.forEach(Link::reset);
  }

  /** Returns how many connections were broken since {@link #flap}. */
  int flaps() {
    return Math.min(flaps.get(), wantedFlaps);
  }

  /** Returns how many silent connections the bridge still holds open. */
  int silent() {
    return silent.get();
  }

  @Override
  public void close() {
    closed = true;
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    links.forEach(Link::reset);
  }

  private void accept() {
    while (!closed) {
      try {
        Socket client = listener.accept();
        client.setTcpNoDelay(true);
        Link link = new Link(client);
        links.add(link);
        daemon(link::run);
      } catch (IOException e) {
        if (!closed) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "relay-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  /** A connection from the bridge. */
  private final class Link {
    private final Socket client;
    private volatile Socket server;
    private volatile boolean fallen;

    Link(Socket client) {
      this.client = client;
    }

    /** Serves the connection until the bridge or the service closes it. */
    void run() {
      try (client) {
        if (mode == Mode.FLAPPING) {
          int number = flaps.incrementAndGet();
          if (number <= wantedFlaps) {
            flap(number % 3);
            return;
          }
          relay();
        }
        if (mode == Mode.VANISHED) {
          fallSilent();
        } else {
          connect();
        }
        pumpRequests();
      } catch (IOException e) {
        // One end has closed the connection, so this closes the other end.
      } finally {
        links.remove(this);
        closeServer();
        if (fallen) {
          silent.decrementAndGet();
        }
      }
    }

    synchronized void fallSilent() {
      if (!fallen) {
        fallen = true;
        silent.incrementAndGet();
        closeServer();
      }
    }

    void reset() {
      try {
        client.setSoLinger(true, 0);
        client.close();
      } catch (IOException e) {
        // The connection has already gone.
      }
    }

    private void connect() throws IOException {
      server = new Socket(InetAddress.getLoopbackAddress(), service);
      server.setTcpNoDelay(true);
      daemon(this::pumpAnswers);
    }

    private void pumpRequests() throws IOException {
      byte[] buffer = new byte[BUFFER];
      InputStream in = client.getInputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (!fallen) {
          writeUnlessFallen(buffer, n);
        }
      }
    }

    private void writeUnlessFallen(byte[] buffer, int n) throws IOException {
      try {
        server.getOutputStream().write(buffer, 0, n);
      } catch (IOException e) {
        if (!fallen) {
          throw e;
        }
      }
    }

    private void pumpAnswers() {
      byte[] buffer = new byte[BUFFER];
      try {
        InputStream in = server.getInputStream();
        OutputStream out = client.getOutputStream();
        for (int n = in.read(buffer); n >= 0 && !fallen; n = in.read(buffer)) {
          out.write(buffer, 0, n);
        }
        if (!fallen) {
          client.close();
        }
      } catch (IOException e) {
        if (!fallen) {
          reset();
        }
      }
    }

    private void flap(int kind) throws IOException {
      byte[] buffer = new byte[BUFFER];
      if (kind > 0) {
        int n = client.getInputStream().read(buffer);
        if (kind == 2 && n > 0) {
          breakTheAnswer(buffer, n);
        }
      }
      reset();
    }

    private void breakTheAnswer(byte[] buffer, int n) throws IOException {
      server = new Socket(InetAddress.getLoopbackAddress(), service);
      // The read has a timeout: the service may get only a part of a request, and not answer it.
      server.setSoTimeout(200);
      server.getOutputStream().write(buffer, 0, n);
      byte[] part = server.getInputStream().readNBytes(PART_OF_AN_ANSWER);
      client.getOutputStream().write(part);
    }

    private void closeServer() {
      Socket now = server;
      if (now != null) {
        try {
          now.close();
        } catch (IOException e) {
          // The connection has already gone.
        }
      }
    }
  }
}

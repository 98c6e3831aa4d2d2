package org.aibridge.fakeservice;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * HTTP on a loopback port over plain sockets, because no HTTP server lets its user break the
 * protocol: two answers to one request, half an answer, an answer before the request has ended.
 *
 * <p>Each connection has a thread of its own, which may wait in the handler. Any thread may call
 * the methods.
 *
 * @param <C> the calls, as the handler wants them
 */
public final class LoopbackServer<C extends Call> implements AutoCloseable {
  private static final int BACKLOG = 256;
  private static final int READ_BUFFER = 32 << 10;
  private static final long ACCEPTOR_PATIENCE_MS = 10_000;
  private static final long SHORTAGE_NANOS = 10_000_000;

  /** A number of permits that is larger than any number of requests under way. */
  private static final int MANY = 1 << 20;

  /** Creates the call for a request whose head has been read. */
  @FunctionalInterface
  public interface Opener<C> {
    C open(Call.Head head) throws IOException;
  }

  /** Handles a request; an exception closes the connection. */
  @FunctionalInterface
  public interface Handler<C> {
    void handle(C call) throws IOException;
  }

  private final String name;
  private final int idleMs;
  private final Opener<C> opener;
  private final Handler<? super C> handler;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final Semaphore quiet = new Semaphore(MANY);
  private final Thread acceptor;
  private volatile boolean closed;

  /**
   * Listens.
   *
   * @param port the port, or 0 for any
   * @param name what its threads are called
   * @param idleMs how long a connection may stay without a further request; 0 for as long as it
   *     likes
   * @throws java.net.BindException when the port is taken
   */
  public LoopbackServer(
      int port, String name, int idleMs, Opener<C> opener, Handler<? super C> handler)
      throws IOException {
    this(new ServerSocket(), port, name, idleMs, opener, handler);
  }

  /**
   * Listens with a socket of the caller's, which may give connections that are encrypted.
   *
   * @param listener not bound yet; closed with this server
   * @throws java.net.BindException when the port is taken
   */
  public LoopbackServer(
      ServerSocket listener,
      int port,
      String name,
      int idleMs,
      Opener<C> opener,
      Handler<? super C> handler)
      throws IOException {
    this.listener = listener;
    this.name = name;
    this.idleMs = idleMs;
    this.opener = opener;
    this.handler = handler;
    listener.setReuseAddress(true);
    try {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    acceptor = daemon(this::accept, name);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Returns the URL to set as {@code base_url}. */
  public String baseUrl() {
    return "http://127.0.0.1:" + port();
  }

  /** Returns how many connections were ever opened. */
  public int connections() {
    return connections.get();
  }

  /** Returns the number of connections that are open now. */
  public int openConnections() {
    return sockets.size();
  }

  /** Waits until no request is being handled, at most {@code ms} milliseconds. */
  public void awaitQuiet(long ms) {
    try {
      if (quiet.tryAcquire(MANY, ms, TimeUnit.MILLISECONDS)) {
        quiet.release(MANY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops listening and closes all connections, even those with requests under way. */
  @Override
  public void close() {
    closed = true;
    try {
      listener.close();
      awaitAcceptor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    disconnectAll();
  }

  /** Closes all connections, even those with requests under way, and goes on listening. */
  public void disconnectAll() {
    try {
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for the acceptor's end: the port stays open as long as it is in {@code accept}. */
  private void awaitAcceptor() {
    try {
      acceptor.join(ACCEPTOR_PATIENCE_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void accept() {
    while (!closed) {
      try {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        sockets.add(socket);
        int number = connections.incrementAndGet();
        daemon(() -> serve(socket, number), name + " " + number);
      } catch (IOException e) {
        LockSupport.parkNanos(SHORTAGE_NANOS); // Closed, or the process lacks descriptors.
      }
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      BufferedInputStream in = new BufferedInputStream(socket.getInputStream(), READ_BUFFER);
      int patienceMs = 0;
      for (Call.Head head = Call.Head.read(socket, in, number, patienceMs);
          head != null;
          head = Call.Head.read(socket, in, number, patienceMs)) {
        C call = opener.open(head);
        handle(call);
        if (!call.isOpen()) {
          return;
        }
        call.rawBody(); // The rest of this request would otherwise be read as the next one.
        if (call.header("connection").equalsIgnoreCase("close")) {
          return;
        }
        patienceMs = idleMs;
      }
    } catch (IOException e) {
      // The client has gone: its call timed out, it was idle, or it was killed.
    } finally {
      sockets.remove(socket);
    }
  }

  private void handle(C call) throws IOException {
    quiet.acquireUninterruptibly();
    try {
      handler.handle(call);
    } finally {
      quiet.release();
    }
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}

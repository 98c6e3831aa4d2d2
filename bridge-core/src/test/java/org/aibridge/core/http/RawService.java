package org.aibridge.core.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that says just the bytes a test wants, on one thread a connection. */
final class RawService implements AutoCloseable {
  /** Answers one request on a connection, which it may close. */
  interface Script {
    void serve(Received request, Socket connection, OutputStream out)
        throws IOException, InterruptedException;
  }

  record Received(String line, Map<String, String> headers, byte[] body) {
    String header(String name) {
      return headers.get(name.toLowerCase(Locale.ROOT));
    }
  }

  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Thread acceptor;
  private final AtomicInteger connections = new AtomicInteger();
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private volatile Script script;

  RawService(Script script) throws IOException {
    this.script = script;
    this.server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    this.acceptor = daemon(this::accept);
  }

  /** A script that says {@code response}, with CRLF for each line end of its head. */
  static Script saying(String response) {
    return (request, connection, out) -> {
      out.write(response.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    };
  }

  /** A script that answers {@code status} with headers, one a line, and a body. */
  static Script answering(int status, String headers, String body) {
    return answering(status, headers, body.getBytes(StandardCharsets.UTF_8));
  }

  static Script answering(int status, String headers, byte[] body) {
    return (request, connection, out) -> {
      out.write(
          ("HTTP/1.1 "
                  + status
                  + " Said\r\n"
                  + (headers.isEmpty() ? "" : headers.replace("\n", "\r\n") + "\r\n")
                  + "Content-Length: "
                  + body.length
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.UTF_8));
      out.write(body);
      out.flush();
    };
  }

  void behave(Script other) {
    script = other;
  }

  String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  int port() {
    return server.getLocalPort();
  }

  List<Received> received() {
    return received;
  }

  int connections() {
    return connections.get();
  }

  int openConnections() {
    return open.size();
  }

  /**
   * Refuses connections from the moment this returns. The system listens on for as long as a thread
   * is still inside {@code accept}, and that thread would serve what came meanwhile: it is waited
   * for.
   */
  @Override
  public void close() throws IOException {
    server.close();
    try {
      acceptor.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Socket socket : open) {
      socket.close();
    }
  }

  private void accept() throws IOException {
    while (!server.isClosed()) {
      Socket socket = server.accept();
      connections.incrementAndGet();
      open.add(socket);
      daemon(() -> converse(socket));
    }
  }

  private void converse(Socket socket) throws IOException {
    try (socket) {
      InputStream in = socket.getInputStream();
      while (!socket.isClosed()) {
        Received request = read(in);
        if (request == null) {
          return;
        }
        received.add(request);
        script.serve(request, socket, socket.getOutputStream());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
    }
  }

  private static Received read(InputStream in) throws IOException {
    String line = readLine(in);
    if (line == null) {
      return null;
    }
    Map<String, String> headers = new TreeMap<>();
    for (String h = readLine(in); h != null && !h.isEmpty(); h = readLine(in)) {
      int colon = h.indexOf(':');
      headers.put(h.substring(0, colon).toLowerCase(Locale.ROOT), h.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    return new Received(line, headers, in.readNBytes(length));
  }

  private static String readLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
      }
      line.write(b);
    }
    return null;
  }

  private static Thread daemon(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // The other end went, or the test is over.
                Thread.currentThread().interrupt();
              }
            },
            "raw-service");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private interface Work {
    void run() throws IOException;
  }
}

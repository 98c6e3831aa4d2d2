package org.aibridge.core.http;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.aibridge.fakeservice.Call;
import org.aibridge.fakeservice.LoopbackServer;

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

  private static final class RawCall extends Call {
    RawCall(Head head) throws IOException {
      super(head);
    }

    void serve(Received request, Script script) throws IOException {
      try {
        script.serve(request, socket(), socket().getOutputStream());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private final LoopbackServer<RawCall> server;
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private volatile Script script;

  RawService(Script script) throws IOException {
    this.script = script;
    this.server = new LoopbackServer<>(0, "raw-service", 0, RawCall::new, this::hear);
  }

  private void hear(RawCall call) throws IOException {
    String line = call.method() + " " + call.target() + " HTTP/1.1";
    Received request = new Received(line, call.headers(), call.rawBody());
    received.add(request);
    call.serve(request, script);
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
    return server.baseUrl();
  }

  int port() {
    return server.port();
  }

  List<Received> received() {
    return received;
  }

  int connections() {
    return server.connections();
  }

  int openConnections() {
    return server.openConnections();
  }

  /** Refuses connections from the moment this returns. */
  @Override
  public void close() {
    server.close();
  }
}

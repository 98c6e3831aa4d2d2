package org.aibridge.fakeservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopbackServerTest {
  private static final String HEAD = "POST /p?a=%41&b HTTP/1.1\r\nHost: h\r\n";

  private LoopbackServer<Call> server;

  @AfterEach
  void stop() {
    server.close();
  }

  /** Says back what it was sent. */
  private void start(int idleMs) throws IOException {
    server =
        new LoopbackServer<>(
            0,
            "test",
            idleMs,
            Call::new,
            call ->
                call.answer(
                    200,
                    call.path()
                        + call.query()
                        + new String(call.body(), StandardCharsets.US_ASCII)));
  }

  @Test
  void readsABodyOfChunksAndOneThatWaitsToBeAskedFor() throws IOException {
    start(0);
    try (Socket socket = connect()) {
      say(socket, HEAD + "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
      assertThat(answer(socket)).isEqualTo("/p{a=A, b=}abcde");

      say(socket, HEAD + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
      assertThat(line(socket)).isEqualTo("HTTP/1.1 100 Continue");
      assertThat(line(socket)).isEmpty();
      say(socket, "fg");
      assertThat(answer(socket)).endsWith("fg");
    }
    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void endsAConnectionThatIsIdleAfterARequestAndNoneBefore() throws IOException {
    start(1);
    try (Socket socket = connect();
        Socket fresh = connect()) {
      say(socket, HEAD + "\r\n");
      answer(socket);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);

      say(fresh, HEAD + "\r\n");
      assertThat(answer(fresh)).startsWith("/p");
    }
  }

  @Test
  void endsTheConnectionThatIsToBeClosed() throws IOException {
    start(0);
    try (Socket socket = connect()) {
      say(socket, HEAD + "Connection: close\r\n\r\n");
      answer(socket);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void saysThatItsPortIsTaken() throws IOException {
    start(0);
    assertThatThrownBy(
            () -> new LoopbackServer<>(server.port(), "second", 0, Call::new, call -> {}))
        .isInstanceOf(BindException.class);
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket("127.0.0.1", server.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String line(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      line.append((char) c);
    }
    return line.toString().strip();
  }

  private static String answer(Socket socket) throws IOException {
    int length = 0;
    for (String line = line(socket); !line.isEmpty(); line = line(socket)) {
      length = line.startsWith("Content-Length: ") ? Integer.parseInt(line.substring(16)) : length;
    }
    return new String(socket.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
  }
}

package org.aibridge.torture;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/**
 * One request in the hands of a {@link Behaviour}, down to the bytes of its answer.
 *
 * <p>The body is read when it is first asked for, so an answer may come before it. For the thread
 * of its connection.
 */
public final class Exchange {
  private static final long NONE = -1;
  private static final int MAX_HEAD_LINE = 16 << 10;
  private static final int SMALL_BUFFER = 64 << 10;

  private final ScriptedService service;
  private final Socket socket;
  private final BufferedInputStream in;
  private final OutputStream out;
  private final SeenRequest request;
  private final Map<String, String> headers;
  private byte[] body;
  private long order = NONE;
  private boolean open = true;

  private Exchange(
      ScriptedService service,
      Socket socket,
      BufferedInputStream in,
      SeenRequest request,
      Map<String, String> headers)
      throws IOException {
    this.service = service;
    this.socket = socket;
    this.in = in;
    this.out = socket.getOutputStream();
    this.request = request;
    this.headers = headers;
  }

  /** Reads the head of the next request; null when the client has ended the connection. */
  static Exchange next(ScriptedService service, Socket socket, BufferedInputStream in, int number)
      throws IOException {
    String line = line(in);
    if (line == null) {
      return null;
    }
    long nanos = System.nanoTime();
    String[] words = line.split(" ");
    if (words.length != 3) {
      throw new IOException("not a request: " + line);
    }
    Map<String, String> headers = new TreeMap<>();
    for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
      int colon = header.indexOf(':');
      headers.put(
          header.substring(0, colon).toLowerCase(Locale.ROOT), header.substring(colon + 1).strip());
    }
    SeenRequest request =
        new SeenRequest(
            nanos,
            words[0],
            words[1].replaceAll("\\?.*", ""),
            headers.getOrDefault("idempotency-key", ""),
            headers.getOrDefault("x-api-key", ""),
            number);
    return new Exchange(service, socket, in, request, headers);
  }

  public SeenRequest request() {
    return request;
  }

  /** Returns how many dispatches with this idempotency key have arrived, this one included. */
  public int timesSeen() {
    return service.timesSeen(request.key());
  }

  /** Returns the body after decompression. */
  public byte[] body() throws IOException {
    if (body == null) {
      int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
      byte[] raw = in.readNBytes(length);
      if (raw.length < length) {
        throw new EOFException("the request ended after " + raw.length + " bytes");
      }
      body = raw;
      if (headers.getOrDefault("content-encoding", "").equals("gzip")) {
        try (GZIPInputStream unzipped = new GZIPInputStream(new ByteArrayInputStream(raw))) {
          body = unzipped.readAllBytes();
        }
      }
    }
    return body;
  }

  /** Returns the events in the body; the service does not take them by this. */
  public List<CommittedEvent> events() throws IOException {
    return ScriptedService.events(body());
  }

  /** Takes the events of this request. */
  public void commit() throws IOException {
    promise();
    service.commit(order, request.key(), body());
    order = NONE;
  }

  /** Reserves this batch's place in the order of commits before the batch is taken. */
  public void promise() {
    if (order == NONE) {
      order = service.reserve();
    }
  }

  /** Sends a whole answer with a JSON body; {@code headers} are like {@code Retry-After: 1}. */
  public void answer(int status, String json, String... headers) throws IOException {
    raw(answerText(status, json, headers));
  }

  /** Returns the text of a whole answer. */
  public static String answerText(int status, String body, String... headers) {
    StringBuilder text = new StringBuilder("HTTP/1.1 ").append(status).append(" Scripted\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    return text.append("Content-Type: application/json\r\nContent-Length: ")
        .append(length)
        .append("\r\n\r\n")
        .append(body)
        .toString();
  }

  /** Sends {@code text} as it is. */
  public void raw(String text) throws IOException {
    raw(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends {@code bytes} as they are. */
  public void raw(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** Sends a hostile answer, such as no service gives, and ends the connection. */
  public void write(HostileAnswers.Kind kind) throws IOException {
    body();
    // Small, since nobody may ever read what lies in this buffer.
    socket.setSendBufferSize(SMALL_BUFFER);
    kind.bytes().write(out);
    hangUp();
  }

  /** Ends the connection with a TCP reset. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    hangUp();
  }

  /** Ends the connection. */
  public void hangUp() throws IOException {
    open = false;
    socket.close();
  }

  /** Waits until the client ends the connection; false if it does not within {@code ms}. */
  public boolean awaitHangUp(int ms) throws IOException {
    socket.setSoTimeout(ms);
    try {
      return in.read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true; // The client ended the connection with a reset.
    } finally {
      if (!socket.isClosed()) {
        socket.setSoTimeout(0);
      }
    }
  }

  /**
   * Waits {@code ms} milliseconds, or until the service closes or {@code releaseHeld} is called.
   */
  public void hold(long ms) {
    service.hold(ms);
  }

  boolean isOpen() {
    return open;
  }

  private static String line(BufferedInputStream in) throws IOException {
    StringBuilder line = new StringBuilder(64);
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        return null;
      }
      if (line.length() > MAX_HEAD_LINE) {
        throw new IOException("a line of the head is too long");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}

package org.aibridge.fakeservice;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/**
 * One request and its answer, down to the bytes.
 *
 * <p>The body is read when it is first asked for, so an answer may come before it. For the thread
 * of its connection.
 */
public class Call {
  /** The longest body that is read, in bytes before decompression. */
  private static final int MAX_BODY = 64 << 20;

  private static final int MAX_HEAD_LINE = 16 << 10;

  private final Head head;
  private final OutputStream out;
  private byte[] rawBody;
  private byte[] body;
  private boolean open = true;

  /** A request whose head has been read. */
  public static final class Head {
    private final Socket socket;
    private final BufferedInputStream in;
    private final int connection;
    private final long nanos = System.nanoTime();
    private final String method;
    private final String target;
    private final Map<String, String> headers = new TreeMap<>();

    private Head(Socket socket, BufferedInputStream in, int connection, String line)
        throws IOException {
      this.socket = socket;
      this.in = in;
      this.connection = connection;
      String[] words = line.split(" ");
      if (words.length != 3) {
        throw new IOException("not a request: " + line);
      }
      method = words[0];
      target = words[1];
      for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
        int colon = header.indexOf(':');
        headers.put(
            header.substring(0, colon).toLowerCase(Locale.ROOT),
            header.substring(colon + 1).strip());
      }
    }

    /** Reads the next request's head; null if the client has closed the connection. */
    static Head read(Socket socket, BufferedInputStream in, int connection, int patienceMs)
        throws IOException {
      socket.setSoTimeout(patienceMs);
      in.mark(1);
      if (in.read() < 0) {
        return null;
      }
      in.reset();
      socket.setSoTimeout(0);
      String line = line(in);
      return line == null ? null : new Head(socket, in, connection, line);
    }
  }

  public Call(Head head) throws IOException {
    this.head = head;
    this.out = head.socket.getOutputStream();
  }

  public final String method() {
    return head.method;
  }

  /** Returns the request's path without its query. */
  public final String path() {
    int mark = head.target.indexOf('?');
    return mark < 0 ? head.target : head.target.substring(0, mark);
  }

  /** Returns the request's path and query as they came. */
  public final String target() {
    return head.target;
  }

  /**
   * Returns what the query says, decoded.
   *
   * @throws IllegalArgumentException when it is not encoded as a URL is
   */
  public final Map<String, String> query() {
    Map<String, String> query = new LinkedHashMap<>();
    int mark = head.target.indexOf('?');
    for (String pair : mark < 0 ? new String[0] : head.target.substring(mark + 1).split("&")) {
      int equals = pair.indexOf('=');
      query.putIfAbsent(
          decoded(equals < 0 ? pair : pair.substring(0, equals)),
          equals < 0 ? "" : decoded(pair.substring(equals + 1)));
    }
    return query;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  /** Returns the header {@code name}, which is given in lower case; empty if there is none. */
  public final String header(String name) {
    return head.headers.getOrDefault(name, "");
  }

  /** Returns all headers; their names are in lower case. */
  public final Map<String, String> headers() {
    return Map.copyOf(head.headers);
  }

  /** Returns the time when the head had arrived, on the clock of {@link System#nanoTime}. */
  public final long nanos() {
    return head.nanos;
  }

  /** Returns the number of the request's connection, counted from 1. */
  public final int connection() {
    return head.connection;
  }

  /** Returns the body after decompression. */
  public final byte[] body() throws IOException {
    if (body == null) {
      byte[] raw = rawBody();
      body = header("content-encoding").equals("gzip") ? unzipped(raw) : raw;
    }
    return body;
  }

  private static byte[] unzipped(byte[] raw) throws IOException {
    try (GZIPInputStream unzipped = new GZIPInputStream(new ByteArrayInputStream(raw))) {
      return unzipped.readNBytes(MAX_BODY);
    }
  }

  /** Returns the body as received, before decompression. */
  public final byte[] rawBody() throws IOException {
    if (rawBody == null) {
      if (header("expect").equalsIgnoreCase("100-continue")) {
        raw("HTTP/1.1 100 Continue\r\n\r\n");
      }
      rawBody =
          header("transfer-encoding").equalsIgnoreCase("chunked")
              ? chunks()
              : bytes(length(header("content-length"), 10));
    }
    return rawBody;
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (int length = chunk(); length > 0; length = chunk()) {
      whole.write(bytes(length));
      line(head.in);
      length(String.valueOf(whole.size()), 10);
    }
    for (String trailer = line(head.in);
        trailer != null && !trailer.isEmpty();
        trailer = line(head.in)) {
      // Skips the trailers, which nobody here needs.
    }
    return whole.toByteArray();
  }

  private int chunk() throws IOException {
    String size = line(head.in);
    return length(size == null ? "none" : size.replaceAll(";.*", "").strip(), 16);
  }

  private static int length(String text, int radix) throws IOException {
    try {
      int length = text.isEmpty() ? 0 : Integer.parseInt(text, radix);
      if (length >= 0 && length <= MAX_BODY) {
        return length;
      }
    } catch (NumberFormatException e) {
      // Not a number: the exception below says so.
    }
    throw new IOException("not the length of a body that is taken: " + text);
  }

  private byte[] bytes(int length) throws IOException {
    byte[] bytes = head.in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the request ended after " + bytes.length + " bytes");
    }
    return bytes;
  }

  /** Sends a complete answer with a JSON body; {@code headers} look like {@code Retry-After: 1}. */
  public final void answer(int status, String json, String... headers) throws IOException {
    raw(answerText(status, json, headers));
  }

  /** Returns a complete answer as text; the body is JSON unless a header says otherwise. */
  public static String answerText(int status, String body, String... headers) {
    StringBuilder text = new StringBuilder("HTTP/1.1 ").append(status).append(" Fake\r\n");
    String type = "Content-Type: application/json\r\n";
    for (String header : headers) {
      text.append(header).append("\r\n");
      type = header.startsWith("Content-Type:") ? "" : type;
    }
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    return text.append(type)
        .append("Content-Length: ")
        .append(length)
        .append("\r\n\r\n")
        .append(body)
        .toString();
  }

  /** Sends {@code text} as it is. */
  public final void raw(String text) throws IOException {
    raw(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends {@code bytes} as they are. */
  public final void raw(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** Returns the connection, for tests that want to disturb it. */
  protected final Socket socket() {
    return head.socket;
  }

  /** Ends the connection with a TCP reset. */
  public final void reset() throws IOException {
    head.socket.setSoLinger(true, 0);
    hangUp();
  }

  /** Ends the connection. */
  public final void hangUp() throws IOException {
    open = false;
    head.socket.close();
  }

  /** Waits until the client closes the connection; false if it does not within {@code ms}. */
  public final boolean awaitHangUp(int ms) throws IOException {
    head.socket.setSoTimeout(ms);
    try {
      return head.in.read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true; // The client closed the connection with a reset.
    } finally {
      if (!head.socket.isClosed()) {
        head.socket.setSoTimeout(0);
      }
    }
  }

  final boolean isOpen() {
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

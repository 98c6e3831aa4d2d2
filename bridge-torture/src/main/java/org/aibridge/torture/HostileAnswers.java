package org.aibridge.torture;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Answers as no service in its right mind gives them, to the byte.
 *
 * <p>There are kinds with variants: answers without an end, in each place where an answer may go
 * on, and with each filling; lengths and statuses that lie; bodies that no reader expects, in each
 * framing.
 */
public final class HostileAnswers {
  /**
   * The number of bytes after which an endless answer stops; a client that reads them all has
   * failed.
   */
  private static final long NO_END_BYTES = 1L << 30;

  private static final int BLOCK_BYTES = 64 << 10;
  private static final Charset BYTES = StandardCharsets.ISO_8859_1;
  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String CHUNKED = OK + "Transfer-Encoding: chunked\r\n\r\n";
  private static final String GZIP = OK + "Content-Encoding: gzip\r\n\r\n";

  /** The head of a gzip stream; {@code %s} stands for its flags. */
  private static final String GZIP_HEAD = "\u001f\u008b\b%s\0\0\0\0\0\u0003";

  private static final Map<String, String> FILLINGS =
      new TreeMap<>(
          Map.of(
              "letters", "a",
              "zeros", "0",
              "NULs", "\0",
              "blanks", " ",
              "carriage returns", "\r",
              "half characters", "\u00c3"));

  /** An answer, from the status line to the end of the connection. */
  public record Kind(String name, Bytes bytes) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Writes an answer; an endless answer ends when nobody reads it any more. */
  @FunctionalInterface
  public interface Bytes {
    void write(OutputStream out) throws IOException;
  }

  private final List<Kind> kinds = new ArrayList<>();

  private HostileAnswers() {}

  /** Returns all kinds, always in the same order. */
  public static List<Kind> all() {
    HostileAnswers all = new HostileAnswers();
    all.addLinesWithoutEnd();
    all.addPartsWithoutEnd();
    all.addStatuses();
    all.addLengths();
    all.addHeaders();
    all.addBodies();
    return List.copyOf(all.kinds);
  }

  private void addLinesWithoutEnd() {
    Map<String, String> places = new TreeMap<>();
    places.put("a status line", "HTTP/1.1 200 ");
    places.put("a header's name", OK + "X");
    places.put("a header's value", OK + "X: ");
    places.put("a Retry-After", "HTTP/1.1 503 Busy\r\nRetry-After: ");
    places.put("a header of an interim answer", "HTTP/1.1 103 Early Hints\r\nLink: ");
    places.put("a chunk's size", CHUNKED);
    places.put("a later chunk's size", CHUNKED + "2\r\n{}\r\n");
    places.put("a chunk's extension", CHUNKED + "1;");
    places.put("the end of a chunk", CHUNKED + "2\r\n{}");
    places.put("a trailer", CHUNKED + "2\r\n{}\r\n0\r\nX: ");
    places.put("a file name in gzip", GZIP + GZIP_HEAD.formatted("\b"));
    places.put("a comment in gzip", GZIP + GZIP_HEAD.formatted("\u0010"));
    places.put("a file name after 64 KB", GZIP + GZIP_HEAD.formatted("\f") + extraField());
    places.put("a body of no length", OK + "\r\n");
    places.put("a chunk of 2 to the 63", CHUNKED + "7fffffffffffffff\r\n");
    places.put("a text in JSON", OK + "\r\n{\"rejected\":\"");
    places.forEach(
        (place, begin) ->
            FILLINGS.forEach(
                (name, filling) -> add(place + " without end, of " + name, begin, filling)));
  }

  private void addPartsWithoutEnd() {
    add("headers without end", OK, "X: y\r\n");
    add("headers without a name", OK, ": y\r\n");
    add("headers that go on in the next line", OK + "X: y\r\n", " y\r\n");
    add("empty lines before the answer", "", "\r\n");
    add("Retry-After headers without end", "HTTP/1.1 429 Later\r\n", "Retry-After: x,y,1\r\n");
    for (int status : List.of(100, 102, 103, 199)) {
      String interim = "HTTP/1.1 " + status + " Wait\r\nX: y\r\n\r\n";
      add("interim answers " + status + " without end", "", interim);
    }
    add("trailers without end", CHUNKED + "2\r\n{}\r\n0\r\n", "X: y\r\n");
    add("chunks of one byte", CHUNKED, "1\r\n[\r\n");
    add("chunks with long extensions", CHUNKED, "1;" + "x".repeat(4000) + "\r\n \r\n");
    add("large chunks", CHUNKED, "ffff\r\n" + " ".repeat(0xffff) + "\r\n");
    add("answers without end", "", OK + "Content-Length: 2\r\n\r\n{}");
    String stored = GZIP + GZIP_HEAD.formatted("\0");
    add("empty blocks in gzip", stored, "\0\0\0\u00ff\u00ff");
    add("members of gzip", GZIP, text(gzip(bytes("{}"))));
    for (String open : List.of("[", "{\"a\":", "[{\"a\":[")) {
      add("nesting " + open + " without end", OK + "\r\n", open);
      add("nesting " + open + " in actions", OK + "\r\n{\"actions\":[", open);
      add("nesting " + open + " in rejected", OK + "\r\n{\"rejected\":[", open);
    }
    String item = "{\"event_id\":\"x\",\"error\":\"y\"},";
    add("rejected events", OK + "\r\n{\"rejected\":[", item);
    add("empty actions", OK + "\r\n{\"actions\":[", "{},");
    add("actions that are none", OK + "\r\n{\"actions\":[", "[],0,\"\",null,");
    add("commas", OK + "\r\n{\"actions\":[", ",");
    String zeros = text(deflated());
    String chunk = Integer.toHexString(zeros.length()) + "\r\n" + zeros + "\r\n";
    String head = GZIP_HEAD.formatted("\0");
    add("a gzip bomb", GZIP + head, zeros);
    String chunkedHead = OK + "Content-Encoding: gzip\r\n" + CHUNKED.substring(OK.length());
    add("a gzip bomb in chunks", chunkedHead + "a\r\n" + head + "\r\n", chunk);
  }

  private void addStatuses() {
    List<String> statuses =
        List.of(
            "HTTP/1.1 000 None",
            "HTTP/1.1 99 Few",
            "HTTP/1.1 -10 Less",
            "HTTP/1.1 +20 More",
            "HTTP/1.1 1e3 Odd",
            "HTTP/1.1 999 Many",
            "HTTP/1.1 2000 Long",
            "HTTP/1.1 200",
            "HTTP/1.1  200 OK",
            "HTTP/1.1",
            "HTTP/1.0 200 OK",
            "HTTP/0.9 200 OK",
            "HTTP/2 200 OK",
            "HTTP/9.9 200 OK",
            "ICY 200 OK",
            "PRI * HTTP/2.0",
            "HTTP/1.1 200 \0\u001b[2J",
            "\u0016\u0003\u0001\0\u0005",
            "{}");
    statuses.forEach(s -> add("the status line " + shown(s), s + "\r\nX: y\r\n\r\n{}", ""));
    for (int status : List.of(101, 204, 205, 301, 304, 401, 404, 407, 408, 413, 421, 429, 503)) {
      String begin = "HTTP/1.1 " + status + " Said\r\n";
      add(status + " with a body", begin + "Content-Length: 2\r\n\r\n{}", "");
      add(status + " with chunks", begin + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nz", "");
      add(status + " without end", begin + "\r\n", "x");
      add(status + " with a line without end", begin + CHUNKED.substring(OK.length()) + "1;", "x");
    }
    String upgrade = "Connection: upgrade\r\nUpgrade: websocket\r\n\r\n";
    add("a switch to another protocol", "HTTP/1.1 101 Switch\r\n" + upgrade, "x");
  }

  private void addLengths() {
    for (String length :
        List.of(
            "-5",
            "-1",
            "-9223372036854775808",
            "-99999999999999999999",
            "0x2",
            "2, 2",
            "2\r\nContent-Length: 5",
            "1",
            "9223372036854775807",
            "99999999999999999999",
            "\0",
            "zwei")) {
      add("a length of " + shown(length), OK + "Content-Length: " + length + "\r\n\r\n{}", "");
      add("a length of " + shown(length) + ", going on", OK + "Content-Length: " + length, "x");
      add(
          "a length of " + shown(length) + " beside chunks",
          OK + "Content-Length: " + length + "\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0",
          "");
    }
    for (String size :
        List.of("-1", "ffffffffffffffff", "8000000000000000", "f".repeat(17), "zz", "", "2 x")) {
      add("a chunk of " + size, CHUNKED + size + "\r\n{}\r\n0\r\n\r\n", "");
      add("a chunk of " + size + ", going on", CHUNKED + size + "\r\n", "x");
    }
  }

  private void addHeaders() {
    for (String value : List.of("sp\u00e4ter", "\0", "\u001b[2J", "", "-1", "9".repeat(5000))) {
      for (String name :
          List.of(
              "Retry-After",
              "Content-Type",
              "Content-Encoding",
              "Transfer-Encoding",
              "Connection",
              "Location",
              "Date",
              "Set-Cookie",
              "WWW-Authenticate",
              "Keep-Alive")) {
        String header = name + ": " + value + "\r\n";
        add(
            "a header " + shown(name + ": " + value),
            OK + header + "Content-Length: 2\r\n\r\n{}",
            "");
      }
    }
  }

  private void addBodies() {
    Map<String, Supplier<byte[]>> bodies = new TreeMap<>();
    bodies.put("a million digits", () -> bytes("{\"rejected\":" + "9".repeat(1_000_000) + "}"));
    bodies.put("a power", () -> bytes("{\"rejected\":[{\"event_id\":1e999999999}]}"));
    bodies.put("half a character", () -> bytes("{\"actions\":[\"\u00c3"));
    bodies.put("an overlong character", () -> bytes("{\"actions\":[\"\u00c1\u0081\"]}"));
    bodies.put("half a pair", () -> bytes("{\"actions\":[{\"action_id\":\"\\ud83d\"}]}"));
    bodies.put("UTF-16", () -> "\ufeff{\"actions\":[]}".getBytes(StandardCharsets.UTF_16BE));
    bodies.put("NULs", () -> new byte[100_000]);
    bodies.put("Latin-1", () -> bytes("{\"a\":\"\u00e9\"}"));
    bodies.put("two values", () -> bytes("{}{}"));
    bodies.put("HTML", () -> bytes("<html><body>Bad Gateway</body></html>"));
    bodies.put("gzip in gzip", () -> gzip(gzip(bytes("{}"))));
    bodies.put("many names", () -> bytes(names()));
    bodies.put("one name often", () -> bytes("{" + "\"actions\":[],".repeat(60_000) + "\"x\":0}"));
    bodies.put(
        "numbers for text", () -> bytes("{\"rejected\":[{\"event_id\":[[]],\"error\":{}},7]}"));
    bodies.put("a wide action", () -> bytes("{\"actions\":[" + wide("{}") + "]}"));
    bodies.put("another wide action", () -> bytes("{\"actions\":[" + wide("[]") + "]}"));
    bodies.put("wide rejections", () -> bytes("{\"rejected\":[" + "[],".repeat(330_000) + "[]]}"));
    bodies.forEach(this::addFramings);
  }

  private void addFramings(String name, Supplier<byte[]> body) {
    addBody("a body of " + name, "", body);
    addBody("half of " + name, "", () -> half(body.get()));
    addBody("gzip of " + name, "gzip", () -> gzip(body.get()));
    addBody("gzip that breaks off in " + name, "gzip", () -> half(gzip(body.get())));
    addBody(
        "gzip with a wrong sum of " + name,
        "gzip",
        () -> {
          byte[] packed = gzip(body.get());
          packed[packed.length - 6] ^= 1;
          return packed;
        });
    for (String encoding : List.of("br", "deflate", "gzip, gzip")) {
      addBody(encoding + " that is none: " + name, encoding, body);
    }
    kinds.add(
        new Kind(
            "chunks of " + name,
            out -> {
              byte[] whole = body.get();
              out.write(bytes(CHUNKED + Integer.toHexString(whole.length) + "\r\n"));
              out.write(whole);
              out.write(bytes("\r\n0\r\n\r\n"));
            }));
  }

  private void addBody(String name, String encoding, Supplier<byte[]> body) {
    String header = encoding.isEmpty() ? "" : "Content-Encoding: " + encoding + "\r\n";
    kinds.add(
        new Kind(
            name,
            out -> {
              byte[] whole = body.get();
              out.write(bytes(OK + header + "Content-Length: " + whole.length + "\r\n\r\n"));
              out.write(whole);
            }));
  }

  private static byte[] half(byte[] bytes) {
    return Arrays.copyOf(bytes, bytes.length / 2);
  }

  private static String names() {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < 90_000; i++) {
      json.append('"').append(Integer.toString(i, 36)).append("\":0,");
    }
    return json.append("\"actions\":[]}").toString();
  }

  /** Returns an action whose JSON has 1 MB but takes far more memory as objects. */
  private static String wide(String value) {
    String all = (value + ",").repeat((1_000_000 - 100) / (value.length() + 1));
    return "{\"action_id\":\"wide\",\"action_type\":\"any\",\"payload\":{\"a\":[" + all + "0]}}";
  }

  private void add(String name, String begin, String filling) {
    byte[] first = bytes(begin);
    byte[] block =
        bytes(filling.repeat(filling.isEmpty() ? 0 : 1 + BLOCK_BYTES / filling.length()));
    kinds.add(
        new Kind(
            name,
            out -> {
              out.write(first);
              out.flush();
              for (long sent = 0; block.length > 0 && sent < NO_END_BYTES; sent += block.length) {
                out.write(block);
              }
            }));
  }

  private static String extraField() {
    return "\u00ff\u00ff" + "x".repeat(0xffff);
  }

  /** Returns data that expands a thousandfold and that may be sent several times in a row. */
  private static byte[] deflated() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    try (DeflaterOutputStream deflated = new DeflaterOutputStream(out, deflater, 512, true)) {
      byte[] zeros = new byte[8 << 20];
      deflated.write(zeros);
      deflated.flush();
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      deflater.end();
    }
  }

  private static byte[] gzip(byte[] body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(BYTES);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, BYTES);
  }

  private static String shown(String text) {
    String shown = text.length() > 40 ? text.substring(0, 40) + "..." : text;
    return shown.replaceAll("[^ -~]", "?");
  }
}

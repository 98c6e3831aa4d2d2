package org.aibridge.core;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * An AI service in a process of its own that reads every batch to the letter and writes down each
 * event in it, in the order of arrival, before it answers: number (4 bytes), player (4), sequence
 * (8).
 *
 * <p>Arguments: port, file, how many events to expect. Says {@code listening}; with the last event
 * {@code done}, the microseconds of the first request and of the last answer since the epoch, the
 * counts of batches and events, and the milliseconds of processor time used.
 */
final class OutageSink {
  static final int RECORD_BYTES = 16;

  private static final JsonFactory JSON = new JsonFactory();
  private static final byte[] ANSWER =
      ascii(
          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n"
              + "{\"rejected\":[]}");

  private final FileChannel file;
  private final long expected;
  private long firstMicros;
  private long events;
  private long batches;

  private OutageSink(FileChannel file, long expected) {
    this.file = file;
    this.expected = expected;
  }

  public static void main(String[] arguments) throws IOException {
    FileChannel file =
        FileChannel.open(
            Path.of(arguments[1]),
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    OutageSink sink = new OutageSink(file, Long.parseLong(arguments[2]));
    ServerSocket server =
        new ServerSocket(Integer.parseInt(arguments[0]), 50, InetAddress.getByName("127.0.0.1"));
    Thread acceptor = new Thread(() -> sink.accept(server), "acceptor");
    acceptor.setDaemon(true);
    acceptor.start();
    System.out.println("listening");
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (input.readLine() != null) {
      sink.report("so far");
    }
  }

  private void accept(ServerSocket server) {
    while (true) {
      try {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        Thread thread = new Thread(() -> serve(socket), "connection");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      Connection connection = new Connection(socket);
      while (connection.request()) {
        noteRequest();
        connection.parse();
        keep(connection.records);
        connection.answer();
      }
    } catch (IOException e) {
      System.err.println("a connection ended: " + e);
    }
  }

  private synchronized void noteRequest() {
    if (firstMicros == 0) {
      firstMicros = OutageServer.nowMicros();
    }
  }

  private synchronized void keep(ByteBuffer records) throws IOException {
    records.flip();
    events += records.remaining() / RECORD_BYTES;
    batches++;
    while (records.hasRemaining()) {
      file.write(records);
    }
    if (events >= expected && events - records.limit() / RECORD_BYTES < expected) {
      report("done");
    }
  }

  private synchronized void report(String word) {
    System.out.println(
        "%s %d %d %d %d %d"
            .formatted(
                word,
                firstMicros,
                OutageServer.nowMicros(),
                batches,
                events,
                OutageServer.processorMs()));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** One connection's requests, one after another. */
  private static final class Connection {
    private final InputStream in;
    private final OutputStream out;
    private byte[] bytes = new byte[256 << 10];
    private int length;
    private int bodyAt;
    private int bodyLength;
    private ByteBuffer records = ByteBuffer.allocate(RECORD_BYTES << 10);

    Connection(Socket socket) throws IOException {
      this.in = socket.getInputStream();
      this.out = socket.getOutputStream();
    }

    /** Reads a request whole; false when no more come. */
    boolean request() throws IOException {
      length = 0;
      bodyAt = -1;
      while (bodyAt < 0) {
        if (!read()) {
          return false;
        }
        bodyAt = endOfHead();
      }
      bodyLength = contentLength(new String(bytes, 0, bodyAt, StandardCharsets.US_ASCII));
      while (length < bodyAt + bodyLength) {
        if (!read()) {
          throw new EOFException("within a body");
        }
      }
      return true;
    }

    void answer() throws IOException {
      out.write(ANSWER);
    }

    /** Reads the body as JSON from its first token to its last. */
    void parse() throws IOException {
      records.clear();
      try (JsonParser json = JSON.createParser(bytes, bodyAt, bodyLength)) {
        expect(json.nextToken(), JsonToken.START_OBJECT);
        expect(json.nextToken(), JsonToken.FIELD_NAME);
        expect(json.nextToken(), JsonToken.START_ARRAY);
        while (json.nextToken() == JsonToken.START_OBJECT) {
          event(json);
        }
        expect(json.currentToken(), JsonToken.END_ARRAY);
        expect(json.nextToken(), JsonToken.END_OBJECT);
        expect(json.nextToken(), null);
      }
    }

    private void event(JsonParser json) throws IOException {
      long sequence = -1;
      long player = -1;
      long number = -1;
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "event_id" -> sequence = sequence(json);
          case "player_id" -> player = json.getLongValue();
          case "payload" -> number = number(json);
          default -> json.skipChildren();
        }
      }
      if (sequence < 0 || player < 0 || number < 0) {
        throw new IOException("an event without id, player or number");
      }
      if (records.remaining() < RECORD_BYTES) {
        records =
            ByteBuffer.wrap(Arrays.copyOf(records.array(), records.capacity() * 2))
                .position(records.position());
      }
      records.putInt((int) number).putInt((int) player).putLong(sequence);
    }

    /** The digits at the end of an event id. */
    private static long sequence(JsonParser json) throws IOException {
      char[] text = json.getTextCharacters();
      int end = json.getTextOffset() + json.getTextLength();
      int at = end;
      while (at > json.getTextOffset() && text[at - 1] >= '0' && text[at - 1] <= '9') {
        at--;
      }
      long sequence = 0;
      for (; at < end; at++) {
        sequence = sequence * 10 + text[at] - '0';
      }
      return sequence;
    }

    /** The first number of a payload; see {@link OutageServer#event}. */
    private static long number(JsonParser json) throws IOException {
      long number = -1;
      while (json.nextToken() != JsonToken.END_OBJECT) {
        if (number < 0 && json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
          number = json.getLongValue();
        }
      }
      return number;
    }

    private boolean read() throws IOException {
      if (length == bytes.length) {
        bytes = Arrays.copyOf(bytes, bytes.length * 2);
      }
      int count = in.read(bytes, length, bytes.length - length);
      length += Math.max(0, count);
      return count >= 0;
    }

    private int endOfHead() {
      for (int i = 3; i < length; i++) {
        if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n') {
          return i + 1;
        }
      }
      return -1;
    }

    private static int contentLength(String head) throws IOException {
      for (String line : head.split("\r\n")) {
        if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
          return Integer.parseInt(line.substring(15).strip());
        }
      }
      throw new IOException("a request without a length: " + head);
    }

    private static void expect(JsonToken found, JsonToken wanted) throws IOException {
      if (found != wanted) {
        throw new IOException("found " + found + " and not " + wanted);
      }
    }
  }
}

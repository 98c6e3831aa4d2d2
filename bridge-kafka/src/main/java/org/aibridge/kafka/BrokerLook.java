package org.aibridge.kafka;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.utils.Utils;

/**
 * Looks whether what answers at the brokers' addresses speaks Kafka's protocol, before one of
 * Kafka's clients does. A client takes the first four bytes of any answer for its length, and has
 * the JVM allocate as much: 336 MB for a port that wants TLS, 1.2 GB for a web server. The game
 * server's heap may have no room for it, and the client's thread ends without a word.
 */
final class BrokerLook implements AutoCloseable {
  /** Thrown if something else than a broker answers; its message says what, and where. */
  static final class NotKafkaException extends KafkaException {
    private static final long serialVersionUID = 1;

    NotKafkaException(String sentence) {
      super(sentence);
    }
  }

  /** The most bytes that a broker's list of what it can do may have. */
  private static final int MAX_ANSWER_BYTES = 1 << 16;

  /** The number by which a broker's answer names the question. */
  private static final int QUESTION = 0x61696272;

  private static final int LENGTH_BYTES = 4;
  private static final int HEAD_BYTES = 8;
  private static final byte TLS_ALERT = 0x15;
  private static final byte TLS_HANDSHAKE = 0x16;
  private static final byte TLS_MAJOR = 3;

  private final List<String> addresses;
  private final int timeoutMs;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * @param addresses each {@code host:port}
   * @param timeoutMs the most that a connection may take, and the answer as well
   */
  BrokerLook(List<String> addresses, int timeoutMs) {
    this.addresses = addresses;
    this.timeoutMs = timeoutMs;
  }

  /**
   * Asks at each address which versions of the protocol it knows; waits for the answers. Silence
   * and a refused connection are left to Kafka's client, which deals well with both. Any thread.
   *
   * @return true if at least one broker answered
   * @throws NotKafkaException if anything else did
   */
  boolean look() {
    boolean answered = false;
    for (String address : addresses) {
      byte[] head = ask(Utils.getHost(address), Utils.getPort(address));
      if (head.length >= LENGTH_BYTES && !isKafka(ByteBuffer.wrap(head))) {
        throw new NotKafkaException(
            address + " in [kafka] bootstrap_servers is no broker of Kafka: " + what(head));
      }
      answered |= head.length == HEAD_BYTES;
    }
    return answered;
  }

  /** Returns the first bytes of an answer, fewer than eight where no more came. */
  private byte[] ask(String host, int port) {
    try (Socket socket = new Socket()) {
      open.add(socket);
      try {
        if (closed) {
          return new byte[0];
        }
        socket.connect(new InetSocketAddress(host, port), timeoutMs);
        if (socket.getRemoteSocketAddress().equals(socket.getLocalSocketAddress())) {
          return new byte[0]; // It has got the port that it asked, and would hear itself.
        }
        socket.getOutputStream().write(question());
        return head(socket);
      } finally {
        open.remove(socket);
      }
    } catch (IOException e) {
      return new byte[0];
    }
  }

  private byte[] head(Socket socket) {
    ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
    long start = System.nanoTime();
    try {
      while (head.hasRemaining()) {
        // Also for one that sends a byte now and then.
        long leftMs = timeoutMs - (System.nanoTime() - start) / 1_000_000;
        socket.setSoTimeout((int) Math.max(1, leftMs));
        int next = leftMs > 0 ? socket.getInputStream().read() : -1;
        if (next < 0) {
          break;
        }
        head.put((byte) next);
      }
    } catch (IOException e) { // What has come until then may tell enough.
    }
    return Utils.toArray(head.flip());
  }

  /** Returns a request for the broker's versions, itself of the version that all know. */
  private static byte[] question() {
    byte[] client = "aibridge-look".getBytes(US_ASCII);
    ByteBuffer request = ByteBuffer.allocate(LENGTH_BYTES + 10 + client.length);
    request.putInt(request.capacity() - LENGTH_BYTES);
    request.putShort(ApiKeys.API_VERSIONS.id).putShort((short) 0).putInt(QUESTION);
    return request.putShort((short) client.length).put(client).array();
  }

  private static boolean isKafka(ByteBuffer head) {
    int length = head.getInt();
    boolean known = head.remaining() < HEAD_BYTES - LENGTH_BYTES || head.getInt() == QUESTION;
    return known && length > 0 && length <= MAX_ANSWER_BYTES;
  }

  /** Returns what has answered so, and what to do. */
  private static String what(byte[] head) {
    if ((head[0] == TLS_ALERT || head[0] == TLS_HANDSHAKE) && head[1] == TLS_MAJOR) {
      return "it wants TLS; set [kafka] tls = yes, or take its port without";
    }
    if (new String(head, US_ASCII).startsWith("HTTP")) {
      return "it is a web server; take the port that its brokers listen at";
    }
    return "it answers in another protocol; take the port that its brokers listen at";
  }

  /** Ends what looks now, and whatever would. Any thread; does not wait. */
  @Override
  public void close() {
    closed = true;
    for (Socket socket : open) {
      try {
        socket.close();
      } catch (IOException e) { // It is closed all the same.
      }
    }
  }
}

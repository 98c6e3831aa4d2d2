package org.aibridge.core.operator;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.aibridge.core.run.Logs;
import org.aibridge.core.text.CommandAnswer;
import org.slf4j.Logger;

/** The server's end of a connection to one client. Never blocks; for one thread. */
final class Caller {
  private static final Logger log = Logs.of(Caller.class);
  private static final byte[] TOO_LONG = new byte[0];
  private static final String ANSWER_TOO_LONG =
      CommandAnswer.problem(
              "the command ran, and its answer has more than "
                  + CommandSocket.MAX_BYTES
                  + " bytes, which are not sent")
          .toString();
  private static final int AT_ONCE = 1 << 16;

  private final SocketChannel channel;
  private final ByteBuffer in = ByteBuffer.allocate(AT_ONCE);
  private ByteArrayOutputStream said = new ByteArrayOutputStream();
  private ByteBuffer out = ByteBuffer.allocate(0);
  private boolean whole;
  private boolean answered;
  private boolean over;
  private long movedNanos;

  Caller(SocketChannel channel, long nowNanos) {
    this.channel = channel;
    this.movedNanos = nowNanos;
  }

  /** Reads and writes as much as possible now; returns how many reads and writes succeeded. */
  int advance(long nowNanos, long patienceNanos) {
    int moved = 0;
    try {
      moved += read() + write();
    } catch (IOException e) {
      log.debug("whoever asked has gone: {}", e.toString());
      close();
    }
    if (moved > 0) {
      movedNanos = nowNanos;
    } else if ((!whole || answered) && nowNanos - movedNanos > patienceNanos) {
      close();
    }
    return moved;
  }

  private int read() throws IOException {
    int reads = 0;
    while (!over) {
      int count = channel.read(in.clear());
      if (count < 0) {
        // The client is gone, so nobody waits for an answer.
        close();
      }
      if (count <= 0) {
        break;
      }
      reads++;
      if (!whole) {
        said.write(in.array(), 0, count);
        whole = in.get(count - 1) == '\n' || said.size() > CommandSocket.MAX_BYTES;
      }
    }
    return reads;
  }

  private int write() throws IOException {
    if (over || !out.hasRemaining()) {
      return 0;
    }
    int count = channel.write(out);
    if (answered && !out.hasRemaining()) {
      close();
    }
    return count > 0 ? 1 : 0;
  }

  /** Returns a complete command once, empty if it is too long; null before and afterwards. */
  byte[] takeCommand() {
    if (!whole || said == null || over) {
      return null;
    }
    byte[] text = said.size() > CommandSocket.MAX_BYTES ? TOO_LONG : said.toByteArray();
    said = null;
    return text;
  }

  /** Tells the client that its command has begun; false if the client has gone. */
  boolean tellTaken() {
    try {
      channel.write(line(CommandSocket.TAKEN));
      return true;
    } catch (IOException e) {
      close();
      return false;
    }
  }

  /**
   * Makes {@link #advance} write {@code json} and then close the connection; of a longer answer
   * than allowed the client hears only that it is too long.
   */
  void answer(JsonNode json) {
    said = null;
    whole = true;
    answered = true;
    ByteBuffer line = line(json.toString());
    out = line.remaining() <= CommandSocket.MAX_BYTES ? line : line(ANSWER_TOO_LONG);
  }

  boolean isOver() {
    return over;
  }

  void close() {
    over = true;
    try {
      channel.close();
    } catch (IOException e) {
      log.debug("a connection cannot be closed: {}", e.toString());
    }
  }

  private static ByteBuffer line(String text) {
    return ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8));
  }
}

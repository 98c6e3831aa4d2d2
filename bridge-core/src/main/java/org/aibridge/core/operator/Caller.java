package org.aibridge.core.operator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/** One who asks, at the server's end. Never waits; for one thread. */
final class Caller {
  private static final Logger log = Logs.of(Caller.class);
  private static final byte[] TOO_LONG = new byte[0];
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

  /** Reads and writes what can be; answers how many times something could. */
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
        // Nobody waits for what it would come to.
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

  /** The command, once it is whole; empty if it is too long, null if there is none, or no more. */
  byte[] takeCommand() {
    if (!whole || said == null || over) {
      return null;
    }
    byte[] text = said.size() > CommandSocket.MAX_BYTES ? TOO_LONG : said.toByteArray();
    said = null;
    return text;
  }

  /** Says that the command is begun with; false if nobody is there any more. */
  boolean tellTaken() {
    try {
      channel.write(line(CommandSocket.TAKEN));
      return true;
    } catch (IOException e) {
      close();
      return false;
    }
  }

  /** Has {@code json} written, and then the end. */
  void answer(String json) {
    said = null;
    whole = true;
    answered = true;
    out = line(json);
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

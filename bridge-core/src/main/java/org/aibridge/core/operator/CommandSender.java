package org.aibridge.core.operator;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.aibridge.core.files.Disk;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Threads;
import org.aibridge.core.run.World;

/** Sends operators' commands to a server in another process. Blocks. */
public final class CommandSender {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final long LOOK_EVERY_NANOS = 5_000_000;

  /** The most bytes that a server sends: {@link CommandSocket#TAKEN} in a line, and the answer. */
  private static final int MAX_HEARD = CommandSocket.TAKEN.length() + 1 + CommandSocket.MAX_BYTES;

  /** The time after the deadline in which an answer is still accepted, in ns. */
  private static final long GRACE_NANOS = 500_000_000;

  private final Path socket;
  private final BridgeClock clock;
  private final Threads threads;

  /** Creates a sender to the server whose command folder lies in {@code parent}. */
  public CommandSender(Path parent, World world) {
    this.socket = CommandSocket.in(parent);
    this.clock = world.clock();
    this.threads = world.threads();
  }

  /**
   * Sends {@code command} and waits for its answer.
   *
   * @throws AccessDeniedException if this user may not send commands to the server
   * @throws IOException if the server has ended, or no answer came within {@code timeout}; the
   *     message says whether the server had begun the command
   */
  public ObjectNode ask(String group, ObjectNode command, Duration timeout) throws IOException {
    ObjectNode whole =
        JsonNodeFactory.instance
            .objectNode()
            .put("group", group)
            .put("expires", clock.epochMs() + timeout.toMillis());
    whole.set("command", command);
    byte[] line = (whole + "\n").getBytes(StandardCharsets.UTF_8);
    if (line.length > CommandSocket.MAX_BYTES) {
      throw new IOException("a command has at most " + CommandSocket.MAX_BYTES + " bytes");
    }
    long deadline = clock.nanos() + timeout.toNanos();
    try (SocketChannel channel = connect(deadline)) {
      channel.configureBlocking(false);
      return converse(channel, ByteBuffer.wrap(line), deadline + GRACE_NANOS);
    }
  }

  /** Connects, with retries: a server that has just started has no socket yet. */
  private SocketChannel connect(long deadline) throws IOException {
    while (true) {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        requirePermission();
        CommandSocket.at(socket, channel::connect);
        return channel;
      } catch (SocketException | NoSuchFileException e) {
        channel.close();
        if (clock.nanos() - deadline >= 0) {
          throw notTaken();
        }
        threads.pause(LOOK_EVERY_NANOS);
      } catch (Throwable e) {
        channel.close();
        throw e;
      }
    }
  }

  private void requirePermission() throws IOException {
    Disk.attributes(socket);
    if (!Disk.canWrite(socket)) {
      throw new AccessDeniedException(socket.toString());
    }
  }

  private ObjectNode converse(SocketChannel channel, ByteBuffer line, long deadline)
      throws IOException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    ByteBuffer in = ByteBuffer.allocate(1 << 16);
    for (int count = 0; count >= 0; count = move(channel, line, in.clear())) {
      if (in.position() > 0) {
        said.write(in.array(), 0, in.position());
        if (said.size() > MAX_HEARD) {
          throw new IOException(
              "the server's answer has more than "
                  + CommandSocket.MAX_BYTES
                  + " bytes; ask again what became of it");
        }
      } else if (clock.nanos() - deadline >= 0) {
        throw said.size() > 0
            ? new IOException(
                "the server has taken the command and not answered; ask again what became of it")
            : notTaken();
      } else {
        threads.pause(LOOK_EVERY_NANOS);
      }
    }
    return answer(said.toString(StandardCharsets.UTF_8));
  }

  /** Sends {@code line} and reads into {@code in}; returns the bytes read, or -1 at the end. */
  private static int move(SocketChannel channel, ByteBuffer line, ByteBuffer in)
      throws IOException {
    try {
      if (line.hasRemaining()) {
        channel.write(line);
      }
    } catch (SocketException e) {
      line.position(line.limit()); // The other end may have sent the reason for closing.
    }
    try {
      return channel.read(in);
    } catch (SocketException e) {
      return -1;
    }
  }

  private static ObjectNode answer(String said) throws IOException {
    boolean taken = said.startsWith(CommandSocket.TAKEN);
    String text = taken ? said.substring(CommandSocket.TAKEN.length()) : said;
    if (text.endsWith("}\n") && MAPPER.readTree(text) instanceof ObjectNode json) {
      return json;
    }
    throw new IOException(
        taken
            ? "the bridge has ended before it answered; ask again what became of it"
            : "the bridge has ended; nothing was done");
  }

  private IOException notTaken() {
    return new IOException("the server has not looked at " + socket + "; nothing was done");
  }
}

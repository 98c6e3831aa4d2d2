package org.aibridge.core.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.aibridge.core.files.Disk;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.text.CommandAnswer;
import org.aibridge.core.text.StrictUtf8;
import org.slf4j.Logger;

/**
 * The server's end of the commands: a socket in a folder that only its owner may enter, checked at
 * most once a second.
 *
 * <p>{@link #runOnce} never waits for a client, and is for one thread, never the game's; any thread
 * may register a handler. Once the socket exists, nothing here needs room on the disk. A command is
 * not run if its client is gone, or if it has expired, which the answer then says. The client sets
 * the expiry by its wall clock, so it is compared with the present wall clock, not with the
 * bridge's own clock, which ignores later changes of the wall clock.
 */
public final class CommandBox implements Duty, AutoCloseable {
  private static final Logger log = Logs.of(CommandBox.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final long LOOK_EVERY_NANOS = 1_000_000_000L;

  /**
   * The most clients at once, each with up to {@link CommandSocket#MAX_BYTES}; others must wait.
   */
  private static final int MAX_CALLERS = 4;

  /** A silent client is disconnected after this time, in ns. */
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private static final int MAX_LOGGED = 300;

  private record Answer(Caller caller, JsonNode json) {}

  private final Path parent;
  private final Path socket;
  private final BridgeClock clock;
  private final LongSupplier wallMs;
  private final LogThrottle throttle;
  private final Map<String, Function<ObjectNode, CompletionStage<ObjectNode>>> groups =
      new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final List<Caller> callers = new ArrayList<>();
  private ServerSocketChannel server;

  /** The socket's identity, to notice if another file has taken its name; null if there is none. */
  private Object key;

  private long nextLookNanos;

  /** Creates a box for a command folder in {@code parent}; {@link #runOnce} makes the folder. */
  public CommandBox(Path parent, BridgeClock clock, LongSupplier wallMs) {
    this.parent = parent;
    this.socket = CommandSocket.in(parent);
    this.clock = clock;
    this.wallMs = wallMs;
    this.throttle = new LogThrottle(clock);
    this.nextLookNanos = clock.nanos();
  }

  /** Makes {@code handler}, which must not block, answer the commands of {@code group}. */
  public void register(String group, Function<ObjectNode, CompletionStage<ObjectNode>> handler) {
    groups.put(group, handler);
  }

  @Override
  public int runOnce() {
    int work = 0;
    try {
      if (clock.nanos() - nextLookNanos >= 0) {
        nextLookNanos = clock.nanos() + LOOK_EVERY_NANOS;
        listen();
        work += accept();
      }
    } catch (IOException e) {
      throttle.run("io", () -> log.warn("commands cannot be taken: {}", Reason.of(e)));
    }
    for (Answer next = answers.poll(); next != null; next = answers.poll()) {
      next.caller.answer(next.json);
      work++;
    }
    for (Iterator<Caller> all = callers.iterator(); all.hasNext(); ) {
      Caller caller = all.next();
      work += advance(caller);
      if (caller.isOver()) {
        all.remove();
      }
    }
    return work;
  }

  /** Never rests while there are clients, since nothing wakes the thread for an answer. */
  @Override
  public long mayRestNanos() {
    return callers.isEmpty() ? nextLookNanos - clock.nanos() : 0;
  }

  /** Closes all connections without an answer; the duty's thread must have ended. */
  @Override
  public void close() throws IOException {
    callers.forEach(Caller::close);
    callers.clear();
    if (server != null) {
      server.close();
      Disk.deleteIfExists(socket);
    }
  }

  /** Binds the socket unless it is in place. An interrupt of this thread leaves the socket open. */
  private void listen() throws IOException {
    if (server != null && Disk.exists(socket) && Objects.equals(Disk.key(socket), key)) {
      CommandSocket.requirePrivate(parent);
      return;
    }
    if (server != null) {
      server.close();
      server = null;
    }
    CommandSocket.makeFolder(parent);
    Disk.deleteIfExists(socket); // A killed process left this socket; the folder is ours.
    ServerSocketChannel fresh = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      fresh.configureBlocking(false);
      CommandSocket.at(socket, fresh::bind);
      key = Disk.key(socket);
      server = fresh;
    } finally {
      if (server == null) {
        fresh.close();
      }
    }
  }

  private int accept() throws IOException {
    int accepted = 0;
    while (callers.size() < MAX_CALLERS) {
      SocketChannel channel = server.accept();
      if (channel == null) {
        break;
      }
      channel.configureBlocking(false);
      callers.add(new Caller(channel, clock.nanos()));
      accepted++;
    }
    return accepted;
  }

  private int advance(Caller caller) {
    int moved = caller.advance(clock.nanos(), PATIENCE_NANOS);
    byte[] command = caller.takeCommand();
    if (command != null) {
      take(caller, command);
      moved++;
    }
    return moved;
  }

  private void take(Caller caller, byte[] text) {
    if (text.length == 0) {
      caller.answer(
          CommandAnswer.problem("a command has at most " + CommandSocket.MAX_BYTES + " bytes"));
      return;
    }
    try {
      if (!StrictUtf8.is(text)) {
        throw new IOException("it is not UTF-8");
      }
      if (!(MAPPER.readTree(text) instanceof ObjectNode command)) {
        throw new IOException("it is not a JSON object");
      }
      long lateMs = wallMs.getAsLong() - command.path("expires").asLong();
      if (lateMs > 0) {
        log.warn("a command of {} is {} ms past its time and not done", group(command), lateMs);
        caller.answer(
            CommandAnswer.problem(
                "nothing was done: the command was "
                    + lateMs
                    + " ms past its time by the server's wall clock; ask again"));
      } else if (caller.tellTaken()) {
        handle(caller, command);
      }
    } catch (IOException e) {
      caller.answer(CommandAnswer.problem("the command cannot be read: " + Reason.of(e)));
    }
  }

  private void handle(Caller caller, ObjectNode command) {
    String group = group(command);
    var handler = groups.get(group);
    if (handler == null || !(command.path("command") instanceof ObjectNode inner)) {
      caller.answer(CommandAnswer.problem("this server answers no commands of " + group));
      return;
    }
    String text = inner.toString();
    String shown = text.length() > MAX_LOGGED ? text.substring(0, MAX_LOGGED) + " ..." : text;
    if (inner.path("again").asBoolean()) {
      log.debug("a command asks again: {} {}", group, shown);
    } else {
      log.info("an operator asks: {} {}", group, shown);
    }
    try {
      handler
          .apply(inner)
          .whenComplete(
              (json, thrown) ->
                  answers.add(
                      new Answer(
                          caller,
                          json != null ? json : CommandAnswer.problem(Reason.sentence(thrown)))));
    } catch (Throwable e) {
      log.error("a command of {} failed: {}", group, Reason.of(e), Reason.trace(e));
      caller.answer(CommandAnswer.problem("it failed: " + Reason.of(e)));
    }
  }

  private static String group(ObjectNode command) {
    return command.path("group").asText();
  }
}

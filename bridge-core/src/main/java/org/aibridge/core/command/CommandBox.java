package org.aibridge.core.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/**
 * The server's end of the commands: looks into the folder at most once a second and puts the
 * answers there.
 *
 * <p>{@link #runOnce} reads and writes files and is for one thread, never the game's; handlers may
 * be registered by any. A command is taken once: moved to another name before it is read. One that
 * is past its time is answered so and not done. Its time is the sender's wall clock, so it is held
 * against the wall clock of now and not against the bridge's own, which goes on as it was at the
 * start when somebody sets the other. What a server that was killed has taken is not done by the
 * next one: whoever asked hears nothing and can ask again.
 */
public final class CommandBox implements Duty {
  private static final Logger log = Logs.of(CommandBox.class);
  private static final long LOOK_EVERY_NANOS = 1_000_000_000L;
  private static final int MAX_AT_ONCE = 100;

  /** How long an answer lies before it is thrown away. */
  private static final long KEEP_NANOS = 60_000_000_000L;

  private record Answer(String name, JsonNode json) {}

  private record Old(Path file, long sinceNanos) {}

  private final Path parent;
  private final BridgeClock clock;
  private final LongSupplier wallMs;
  private final LogThrottle throttle;
  private final Map<String, Function<ObjectNode, CompletionStage<ObjectNode>>> groups =
      new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final Deque<Old> old = new ArrayDeque<>();
  private Path folder;

  /** Commands that were taken and are not answered yet. */
  private int open;

  private long nextLookNanos;

  /** Commands come to a folder in {@code parent}; it is made when it is first looked at. */
  public CommandBox(Path parent, BridgeClock clock) {
    // A clock of its own for each look, since one is anchored when it is made.
    this(parent, clock, () -> BridgeClock.system().epochMs());
  }

  CommandBox(Path parent, BridgeClock clock, LongSupplier wallMs) {
    this.parent = parent;
    this.clock = clock;
    this.wallMs = wallMs;
    this.throttle = new LogThrottle(clock);
    this.nextLookNanos = clock.nanos();
  }

  /** Where commands to the bridge with its journal in {@code parent} lie, and files for them. */
  public static Path folderIn(Path parent) {
    return parent.resolve(CommandFiles.FOLDER);
  }

  /** Has the commands of {@code group} answered by {@code handler}, which must not block. */
  public void register(String group, Function<ObjectNode, CompletionStage<ObjectNode>> handler) {
    groups.put(group, handler);
  }

  @Override
  public int runOnce() {
    int work = 0;
    try {
      for (Answer next = answers.poll(); next != null; next = answers.poll()) {
        open--;
        answer(next);
        work++;
      }
      if (clock.nanos() - nextLookNanos >= 0) {
        nextLookNanos = clock.nanos() + LOOK_EVERY_NANOS;
        work += look();
      }
    } catch (IOException e) {
      throttle.run("io", () -> log.warn("commands cannot be taken: {}", e.toString()));
    }
    return work;
  }

  /** An answer comes from any thread, and none of them wakes this one. */
  @Override
  public long mayRestNanos() {
    return open > 0 ? 0 : nextLookNanos - clock.nanos();
  }

  private int look() throws IOException {
    if (folder == null) {
      folder = CommandFiles.make(parent);
      // Nobody waits for these any more; a draft that is asked may be somebody's this moment.
      files(CommandFiles.TAKEN, CommandFiles.ANSWER, CommandFiles.ANSWER + CommandFiles.DRAFT)
          .forEach(this::delete);
    }
    while (!old.isEmpty() && clock.nanos() - old.peek().sinceNanos > KEEP_NANOS) {
      delete(old.poll().file);
    }
    List<Path> asked = files(CommandFiles.ASKED);
    Collections.sort(asked);
    asked.stream().limit(MAX_AT_ONCE).forEach(this::take);
    return asked.size();
  }

  private List<Path> files(String... suffixes) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path file : all) {
        for (String suffix : suffixes) {
          if (file.getFileName().toString().endsWith(suffix)) {
            found.add(file);
          }
        }
      }
    }
    return found;
  }

  private void take(Path asked) {
    String file = asked.getFileName().toString();
    String name = file.substring(0, file.length() - CommandFiles.ASKED.length());
    Path taken = asked.resolveSibling(name + CommandFiles.TAKEN);
    open++;
    try {
      Files.move(asked, taken, StandardCopyOption.ATOMIC_MOVE);
      ObjectNode command = CommandFiles.read(taken);
      long lateMs = wallMs.getAsLong() - command.path("expires").asLong();
      if (lateMs > 0) {
        log.warn("a command of {} is {} ms past its time and not done", group(command), lateMs);
        answers.add(
            new Answer(
                name,
                problem(
                    "nothing was done: the command was "
                        + lateMs
                        + " ms past its time by the server's wall clock; ask again")));
        return;
      }
      handle(name, command);
    } catch (IOException e) {
      answers.add(new Answer(name, problem("the command cannot be read: " + e.getMessage())));
    }
  }

  private void handle(String name, ObjectNode command) {
    String group = group(command);
    var handler = groups.get(group);
    if (handler == null || !(command.path("command") instanceof ObjectNode inner)) {
      answers.add(new Answer(name, problem("this server answers no commands of " + group)));
      return;
    }
    log.info("an operator asks: {} {}", group, inner);
    try {
      handler
          .apply(inner)
          .whenComplete(
              (json, thrown) ->
                  answers.add(
                      new Answer(name, json != null ? json : problem("it failed: " + thrown))));
    } catch (RuntimeException | Error e) {
      log.error("a command of {} failed", group, e);
      answers.add(new Answer(name, problem("it failed: " + e)));
    }
  }

  private static String group(ObjectNode command) {
    return command.path("group").asText();
  }

  private void answer(Answer answer) throws IOException {
    CommandFiles.put(folder, answer.name + CommandFiles.ANSWER, answer.json);
    old.add(new Old(folder.resolve(answer.name + CommandFiles.ANSWER), clock.nanos()));
    delete(folder.resolve(answer.name + CommandFiles.TAKEN));
  }

  private void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.debug("{} stays: {}", file, e.toString());
    }
  }

  private static ObjectNode problem(String problem) {
    return JsonNodeFactory.instance.objectNode().put("ok", false).put("problem", problem);
  }
}

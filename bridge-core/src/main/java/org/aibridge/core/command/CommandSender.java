package org.aibridge.core.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.aibridge.core.run.BridgeClock;

/** The operator's end of the commands: asks a server in another process. Blocks. */
public final class CommandSender {
  private static final long LOOK_EVERY_NANOS = 20_000_000;

  private final Path parent;
  private final BridgeClock clock;

  /** For the server whose command folder lies in {@code parent}. */
  public CommandSender(Path parent, BridgeClock clock) {
    this.parent = parent;
    this.clock = clock;
  }

  /** The folder the commands go to, for files that a command names; it is made if need be. */
  public Path folder() throws IOException {
    return CommandFiles.make(parent);
  }

  /**
   * Sends {@code command} and waits for its answer.
   *
   * @throws IOException if the folder cannot be written, or no answer came within {@code timeout};
   *     the message says whether the server had taken the command
   */
  public ObjectNode ask(String group, ObjectNode command, Duration timeout) throws IOException {
    Path folder = CommandFiles.make(parent);
    String name = "%016d-%s".formatted(clock.epochMs(), UUID.randomUUID());
    ObjectNode whole =
        JsonNodeFactory.instance
            .objectNode()
            .put("group", group)
            .put("expires", clock.epochMs() + timeout.toMillis());
    whole.set("command", command);
    CommandFiles.put(folder, name + CommandFiles.ASKED, whole);
    return await(folder, name, timeout);
  }

  private ObjectNode await(Path folder, String name, Duration timeout) throws IOException {
    Path answer = folder.resolve(name + CommandFiles.ANSWER);
    long deadline = clock.nanos() + timeout.toNanos();
    while (!Files.exists(answer)) {
      if (clock.nanos() - deadline >= 0) {
        boolean withdrawn = Files.deleteIfExists(folder.resolve(name + CommandFiles.ASKED));
        throw new IOException(
            withdrawn
                ? "the server has not looked into " + folder + "; nothing was done"
                : "the server has taken the command and not answered; ask again what became of it");
      }
      LockSupport.parkNanos(this, LOOK_EVERY_NANOS);
    }
    ObjectNode json = CommandFiles.read(answer);
    Files.deleteIfExists(answer);
    return json;
  }
}

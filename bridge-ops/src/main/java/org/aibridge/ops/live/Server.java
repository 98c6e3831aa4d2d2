package org.aibridge.ops.live;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.ConfigException;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.operator.BridgeCommands;
import org.aibridge.core.operator.CommandSender;
import org.aibridge.core.run.World;
import org.aibridge.core.text.CommandAnswer;
import org.aibridge.core.text.FileNames;
import org.aibridge.ops.ConfigurationChoice;
import org.aibridge.ops.Presence;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.check.Owner;

/** A server, running or not, as its configuration describes it. */
public final class Server {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Surroundings surroundings;
  private final Path file;
  private final boolean isNamed;

  /** True until the configuration's path is told, if it is to be. */
  private boolean isToTell;

  /** The configuration; null until its first use. Read once, so that a command sees one version. */
  private BridgeConfig config;

  /** The journal's folder as its line in the file says; null until its first use. */
  private Path alone;

  /**
   * Makes the server of the configuration {@code conf}; null means the first file that is in a
   * usual place, which a person at a terminal is told.
   */
  public Server(Surroundings surroundings, Path conf) {
    this(surroundings, conf, conf == null && surroundings.terminal().err());
  }

  /**
   * Creates the server of a configuration; if {@code isToTell}, prints the configuration's path.
   */
  Server(Surroundings surroundings, Path conf, boolean isToTell) {
    this.surroundings = surroundings;
    this.file = ConfigurationChoice.of(surroundings, conf);
    this.isNamed = conf != null;
    this.isToTell = isToTell;
  }

  public Path file() {
    return file;
  }

  /** Returns the configuration; if it has mistakes, ends the command and reports the first one. */
  public BridgeConfig config() throws IOException {
    if (config == null) {
      expectFile();
      config = read();
      tell();
    }
    return config;
  }

  private void tell() {
    if (isToTell) {
      isToTell = false;
      surroundings.err().println("ai-bridge: configuration " + file);
    }
  }

  /** Ends the command if there is no such file. */
  private void expectFile() throws IOException {
    if (Presence.of(file)) {
      return;
    }
    if (!isNamed) {
      throw Trouble.failed(
          "there is none of %s: name the server's configuration with --conf, or run this in the folder the server runs in"
              .formatted(
                  ConfigurationChoice.places(surroundings).stream()
                      .map(Path::toString)
                      .collect(Collectors.joining(", "))));
    }
    String why = FileNames.problem(file.toString());
    throw Trouble.failed(
        file
            + (why.isEmpty() ? "" : " is not found: " + why + "; or it")
            + " is not there: name the server's configuration with --conf, or run this in the"
            + " folder the server runs in");
  }

  private BridgeConfig read() {
    try {
      return ConfigReader.read(file, surroundings.environment()).config();
    } catch (ConfigException e) {
      throw Trouble.failed(
          file + " cannot be used: " + e.problems().get(0) + " ('ai-bridge check' tells all)");
    }
  }

  /** Resolves a path from the configuration; a relative one starts at the server's folder. */
  public Path resolve(Path path) {
    return surroundings.folder().resolve(path).normalize();
  }

  /** Returns the journal's folder, where this program finds the bridge's socket and status. */
  public Path journal() throws IOException {
    return resolve(config().journal().path());
  }

  /**
   * Returns the journal's folder, read by itself: what else the file says, and whether it has
   * mistakes, is not looked at. For a command that a monitor calls each minute, since reading the
   * whole takes most of its processor time.
   */
  Path journalAlone() throws IOException {
    if (config == null && alone == null) {
      expectFile();
      alone = ConfigReader.journal(file);
      tell();
    }
    return alone == null || config != null ? journal() : resolve(alone);
  }

  /** The base URL of the server's AI service. */
  String service() throws IOException {
    return config().aiService().baseUrl().toString();
  }

  /** The process id of the running bridge; empty if none runs. */
  public OptionalLong owner() throws IOException {
    Path journal = journalAlone();
    return Presence.of(journal) ? Owner.of(journal) : OptionalLong.empty();
  }

  /** Sends the command {@code verb} to the running bridge; ends this command if none runs. */
  ObjectNode ask(String verb) throws IOException {
    return tryAsk(JsonNodeFactory.instance.objectNode().put("do", verb));
  }

  /** Sends {@code command} to the running bridge; ends this command if none runs. */
  ObjectNode tryAsk(ObjectNode command) throws IOException {
    return send(BridgeCommands.GROUP, command);
  }

  /** Sends a command to the running bridge; ends this command if none runs or if it fails. */
  ObjectNode ask(String group, ObjectNode command) throws IOException {
    ObjectNode answer = send(group, command);
    if (!CommandAnswer.isDone(answer)) {
      throw Trouble.failed(CommandAnswer.problemOf(answer));
    }
    return answer;
  }

  private ObjectNode send(String group, ObjectNode command) throws IOException {
    if (owner().isEmpty()) {
      throw Trouble.failed("no bridge runs in " + journal());
    }
    return new CommandSender(journal(), World.ofJvm()).ask(group, command, PATIENCE);
  }
}

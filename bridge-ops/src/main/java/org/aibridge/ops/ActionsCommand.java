package org.aibridge.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.aibridge.core.JvmFlags;
import org.aibridge.core.action.OfflineLedger;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.operator.CommandSender;
import org.aibridge.core.run.World;
import org.aibridge.core.store.InUseException;
import org.aibridge.core.text.CommandAnswer;
import org.aibridge.core.text.ShellWord;
import org.aibridge.core.text.Shown;
import org.aibridge.ops.check.Owner;
import org.aibridge.ops.live.Server;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/**
 * The command {@code ai-bridge actions}: shows and settles decisions of the AI service that wait
 * for an operator.
 *
 * <p>Asks the server that owns the ledger; if no server runs, settles them in the ledger itself.
 */
@Command(
    name = "actions",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "List and settle decisions of the AI service that wait for you.",
      "Run it in the folder the server runs in, as the user it runs as; while the server runs it is"
          + " asked, and answers within a second or two."
    },
    footer = {"", "Exits with 0 when it was done, 1 when not, 2 when it was called wrongly."})
final class ActionsCommand {
  /** The output formats. */
  enum Output {
    table,
    json
  }

  private static final String ID = "The action's id; behind -- if it begins with a dash.";

  private final Surroundings surroundings;

  @Option(
      names = "--conf",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description = ConfigurationChoice.HELP)
  private Path conf;

  @Option(
      names = {"-o", "--output"},
      scope = ScopeType.INHERIT,
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}.")
  private Output output;

  @Option(
      names = "--timeout",
      scope = ScopeType.INHERIT,
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "How long to wait for the server's answer; ${DEFAULT-VALUE} by default.")
  private int timeoutSeconds;

  ActionsCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Command(
      name = "in-doubt",
      mixinStandardHelpOptions = true,
      description = "List the actions whose outcome nobody knows.")
  int inDoubt() throws IOException {
    return run(command("in-doubt", null));
  }

  @Command(
      name = "pending",
      mixinStandardHelpOptions = true,
      description = "List the actions that wait for your yes.")
  int pending() throws IOException {
    return run(command("pending", null));
  }

  @Command(
      name = "resolve",
      mixinStandardHelpOptions = true,
      description = "Say how an action in doubt ended; the AI service is told. Nothing is run.")
  int resolve(
      @Parameters(paramLabel = "ID", description = ID) String id,
      @ArgGroup(multiplicity = "1") Outcome outcome)
      throws IOException {
    return run(command("resolve", id).put("applied", outcome.applied));
  }

  /** The option that says what the operator saw in the world: applied or not applied. */
  static final class Outcome {
    @Option(names = "--applied", required = true, description = "The world shows it was applied.")
    private boolean applied;

    @Option(names = "--not-applied", required = true, description = "The world shows it was not.")
    private boolean notApplied;
  }

  @Command(
      name = "approve",
      mixinStandardHelpOptions = true,
      description = "Have an action applied that waits for your yes.")
  int approve(@Parameters(paramLabel = "ID", description = ID) String id) throws IOException {
    return run(command("approve", id));
  }

  @Command(
      name = "deny",
      mixinStandardHelpOptions = true,
      description = "Refuse an action that waits for your yes.")
  int deny(@Parameters(paramLabel = "ID", description = ID) String id) throws IOException {
    return run(command("deny", id));
  }

  @Command(
      name = "resume",
      aliases = "resume-after-restore",
      mixinStandardHelpOptions = true,
      description =
          "Have actions applied again after the ledger lost records, or a backup was restored, and"
              + " each waits for your yes.")
  int resume() throws IOException {
    return run(command("resume", null));
  }

  /** The position in Kafka's topic of actions at which reading begins. */
  enum Beginning {
    newest,
    oldest
  }

  @Command(
      name = "read-from",
      mixinStandardHelpOptions = true,
      description = {
        "Say from where Kafka's topic of actions is read, when the server has no place in it, or"
            + " one that is not there any more.",
        "What is older than action_ttl is refused all the same."
      })
  int readFrom(
      @Parameters(
              paramLabel = "PLACE",
              description = "newest: what comes from now on; oldest: all that is there.")
          Beginning where)
      throws IOException {
    return run(command("read-from", null).put("where", where.name()));
  }

  private static ObjectNode command(String what, String id) {
    ObjectNode command = JsonNodeFactory.instance.objectNode().put("do", what);
    if (id != null) {
      command.put("id", id);
    }
    return command.put("by", System.getProperty("user.name", "unknown"));
  }

  private int run(ObjectNode command) throws IOException {
    return show(ask(command));
  }

  private ObjectNode ask(ObjectNode command) throws IOException {
    Server server = new Server(surroundings, conf);
    BridgeConfig config = server.config();
    World world = World.ofJvm();
    Path ledger = server.resolve(config.actionExecutor().ledgerPath());
    if (!Presence.of(ledger)) {
      throw new IOException(
          ledger + " is not there: no server has run with this configuration here");
    }
    if (Owner.of(ledger).isPresent() || Owner.isHeld(ledger)) {
      return askServer(server, command, world);
    }
    if (!JvmFlags.sentence().isEmpty()) {
      throw new IOException(JvmFlags.sentence());
    }
    try (OfflineLedger desk = OfflineLedger.open(config, surroundings.folder(), world)) {
      return desk.handle(command);
    } catch (InUseException e) {
      // The server has started meanwhile and now owns the ledger.
      return askServer(server, command, world);
    }
  }

  private ObjectNode askServer(Server server, ObjectNode command, World world) throws IOException {
    Duration timeout = Duration.ofSeconds(timeoutSeconds);
    return new CommandSender(server.journal(), world).ask("actions", command, timeout);
  }

  private int show(ObjectNode answer) {
    if (output == Output.json) {
      surroundings.out().println(Shown.json(answer.toString()));
      return CommandAnswer.isDone(answer) ? 0 : 1;
    }
    if (!CommandAnswer.isDone(answer)) {
      return failed(CommandAnswer.problemOf(answer));
    }
    if (answer.has("actions")) {
      showAll(answer.path("actions"));
    } else {
      surroundings.out().println(Shown.of(answer.path("message").asText()));
    }
    return 0;
  }

  private void showAll(JsonNode actions) {
    actions.forEach(this::showAction);
    surroundings.out().println(actions.size() + " actions");
    JsonNode first = actions.path(0);
    if (!first.isMissingNode()) {
      String verb = first.has("action") ? "approve " : "resolve --applied ";
      String other = first.has("action") ? "deny" : "--not-applied";
      // For several actions, the line shows a placeholder instead of an id.
      String id = actions.size() == 1 ? pasted(first) : "ID";
      surroundings.out().println("ai-bridge actions " + verb + id + "    # or " + other);
    }
  }

  private void showAction(JsonNode action) {
    String rest =
        action.has("action")
            ? (action.path("approved").asBoolean() ? "approved, waits for " : "waits for ")
                + action.path("waiting_s").asLong()
                + " s  "
                + inOneColumn(action.path("action").toString())
            : "since " + action.path("since").asText();
    String type = ShellWord.of(action.path("type").asText());
    surroundings.out().println(pasted(action) + "  " + type + "  " + Shown.of(rest));
  }

  /** Escapes a space that follows a space, since two spaces would look like the end of a column. */
  private static String inOneColumn(String json) {
    return json.replaceAll("(?<= ) ", "\\\\u0020");
  }

  /** The action's id, quoted so that a shell and this command accept it. */
  private String pasted(JsonNode action) {
    String id = action.path("id").asText();
    if (!surroundings.unicode() && id.chars().anyMatch(c -> c >= 0x80)) {
      return "(an id that this console cannot write: LC_ALL=C.UTF-8 shows it)";
    }
    return (id.startsWith("-") ? "-- " : "") + ShellWord.of(id);
  }

  private int failed(String why) {
    surroundings.complain(why);
    return 1;
  }
}

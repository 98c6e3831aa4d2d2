package org.aibridge.ops.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.aibridge.ops.ConfigurationChoice;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.Version;
import org.aibridge.ops.check.Owner;
import org.aibridge.ops.text.Format;
import org.aibridge.ops.text.JsonTree;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code ai-bridge status}: prints the state of the running bridge. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Show how the server's bridge is, from the file it keeps fresh. Asks nothing of the server.",
      "Exits with 0 when all is well, 3 when something is not, no bridge runs, or it has written"
          + " nothing for 14 seconds."
    },
    footer = {
      "",
      "Examples:",
      "  ai-bridge status",
      "  ai-bridge status --watch",
      "  ai-bridge status -o json"
    })
public final class StatusCommand implements Callable<Integer> {
  private static final int WATCH_EVERY_MS = 1000;
  private static final String CLEAR = "\u001B[H\u001B[2J";

  /** Set by the launcher for the archive of classes, which is to have those of either form. */
  private static final boolean REHEARSAL = Boolean.getBoolean("aibridge.rehearsal");

  private final Surroundings surroundings;
  @Mixin private Format format;

  @Option(names = "--conf", paramLabel = "FILE", description = ConfigurationChoice.HELP)
  private Path conf;

  @Option(names = "--watch", description = "Show it anew each second, until Ctrl-C.")
  private boolean watch;

  public StatusCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /**
   * Returns the command that {@code args} ask for if a monitor calls it so each minute: with {@code
   * --conf} and {@code -o} at most, read without picocli, which takes more processor time than all
   * the rest. Returns null for any other call, which is picocli's.
   */
  public static StatusCommand plain(Surroundings surroundings, String... args) {
    if (args.length % 2 == 0 || !args[0].equals("status")) {
      return null;
    }
    StatusCommand command = new StatusCommand(surroundings);
    command.format = new Format();
    for (int i = 1; i < args.length; i += 2) {
      String value = args[i + 1];
      boolean isRead =
          args[i].equals("-o")
              ? command.format.take(value)
              : args[i].equals("--conf") && command.takeConf(value);
      if (!isRead) {
        return null;
      }
    }
    return command;
  }

  private boolean takeConf(String value) {
    if (conf != null || value.isEmpty() || value.startsWith("-")) {
      return false;
    }
    try {
      conf = Path.of(value);
      return true;
    } catch (InvalidPathException e) {
      return false;
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Format.Kind kind = format.kind(surroundings, Format.Kind.json);
    if (kind == Format.Kind.csv) {
      throw Trouble.usage("a status is no list: -o table, json or jsonl");
    }
    Server server = new Server(surroundings, conf, false);
    while (true) {
      int exit = show(server, kind);
      if (!watch || surroundings.out().checkError()) {
        return exit;
      }
      Thread.sleep(WATCH_EVERY_MS);
    }
  }

  /**
   * The pid of the process that runs the bridge. If that pid is not visible here, as in another
   * container, it is taken from the status. For a user who may read the status and not the
   * journal's lock, a bridge that was not closed counts as running; the age of its status tells
   * that user more.
   */
  static OptionalLong owner(Server server, JsonNode status) throws IOException {
    try {
      OptionalLong owner = server.owner();
      return owner.isEmpty() && status != null && Owner.isHeld(server.journalAlone())
          ? OptionalLong.of(status.path("pid").asLong())
          : owner;
    } catch (AccessDeniedException e) {
      if (status == null) {
        throw e;
      }
      return status.path("state").asText().equals("closed")
          ? OptionalLong.empty()
          : OptionalLong.of(status.path("pid").asLong());
    }
  }

  private int show(Server server, Format.Kind kind) throws IOException {
    Path journal = server.journalAlone();
    long nowMs = surroundings.clock().millis();
    ObjectNode status = LiveStatus.read(journal, nowMs).orElse(null);
    OptionalLong owner = owner(server, status);
    if (status == null) {
      throw Trouble.failed(
          owner.isPresent()
              ? "the bridge with pid %d has not written its status yet".formatted(owner.getAsLong())
              : "no bridge runs in %s, and none ever wrote its status there".formatted(journal));
    }
    StaleStatus.correct(status, owner, nowMs);
    surroundings.out().flush();
    surroundings.rawOut().print(watch && surroundings.terminal().out() ? CLEAR : "");
    if (kind == Format.Kind.table || REHEARSAL) {
      new StatusPage(surroundings, status, owner, server).print();
    }
    if (kind != Format.Kind.table || REHEARSAL) {
      surroundings.out().println(JsonTree.text(status, kind == Format.Kind.json && !watch));
    }
    surroundings.out().flush();
    boolean well = owner.isPresent() && status.path("state").asText().equals("running");
    if (owner.isEmpty() && kind != Format.Kind.table) {
      surroundings.err().println("no bridge runs now; this is the last it has said");
    }
    return well ? ExitCodes.DONE : ExitCodes.FOUND;
  }
}

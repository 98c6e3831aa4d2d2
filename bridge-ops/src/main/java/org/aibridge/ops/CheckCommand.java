package org.aibridge.ops;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.aibridge.ops.check.Checkup;
import org.aibridge.ops.check.Finding;
import org.aibridge.ops.check.Owner;
import org.aibridge.ops.live.LiveStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code ai-bridge check}: checks this machine and the AI service for a bridge. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Try the configuration, this machine and the AI service, and say what to do.",
      "Run it in the folder the server runs in, as the user it runs as. Without --send-test-event"
          + " it changes nothing, and it may be run while the server runs."
    },
    footer = {
      "",
      "Exits with 0 when nothing failed (warnings allowed), 1 when something did, 2 when it was"
          + " called wrongly."
    })
final class CheckCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Option(names = "--conf", paramLabel = "FILE", description = ConfigurationChoice.HELP)
  private Path conf;

  @Option(
      names = "--scripts",
      paramLabel = "DIR",
      description =
          "Also list the addresses that the scripts in this folder ask for, and say which would be"
              + " refused and why.")
  private Path scripts;

  @Option(
      names = "--send-test-event",
      description =
          "Also send the AI service one event, of the type ai_bridge_test and with the payload"
              + " {\"test\":true}, and show the answer. The service may keep it.")
  private boolean testEvent;

  @Option(names = "--json", description = "Print a JSON array instead of lines.")
  private boolean json;

  CheckCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    List<Finding> findings = new ArrayList<>();
    FindingLines lines = new FindingLines(surroundings);
    Checkup checkup =
        new Checkup(
            surroundings.folder(),
            surroundings.environment(),
            surroundings.clock(),
            scripts,
            testEvent,
            this::server,
            finding -> {
              findings.add(finding);
              if (!json) {
                lines.print(finding);
              }
            });
    checkup.run(ConfigurationChoice.of(surroundings, conf));
    if (json) {
      surroundings.out().println(FindingJson.of(findings));
    } else {
      lines.printSummary(findings);
    }
    return findings.stream().allMatch(Finding::isFine) ? 0 : 1;
  }

  /** Returns the pid and Java version of the bridge's process; empty if none is visible. */
  private String server(Path journal) {
    try {
      OptionalLong pid = Presence.of(journal) ? Owner.of(journal) : OptionalLong.empty();
      if (pid.isEmpty()) {
        return "";
      }
      String java =
          LiveStatus.read(journal, surroundings.clock().millis())
              .map(status -> status.path("process").path("java").asText())
              .orElse("");
      return "pid " + pid.getAsLong() + (java.isEmpty() ? "" : ", Java " + java);
    } catch (IOException e) {
      return ""; // The folder's own check reports why it cannot be read.
    }
  }
}

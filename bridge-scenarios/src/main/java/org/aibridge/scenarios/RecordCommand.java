package org.aibridge.scenarios;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code ai-bridge service record}: records the answers of a real service. */
@Command(
    name = "record",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Records what a real AI service answers as a scenario.",
      "Stands between it and a bridge until it is ended (Ctrl-C). Of requests nothing is",
      "kept but method and path; in answers what tells of players and keys is replaced."
    })
final class RecordCommand implements Callable<Integer> {
  @Option(
      names = "--to",
      required = true,
      paramLabel = "DIR",
      description = "Where the scenario goes.")
  private Path to;

  @Option(
      names = "--target",
      required = true,
      paramLabel = "URL",
      description = "The real service, as in base_url.")
  private URI target;

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8000",
      description =
          "The port of 127.0.0.1 for base_url, 0 for any free one (default ${DEFAULT-VALUE}).")
  private int port;

  private final Surroundings surroundings;

  RecordCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (target.getHost() == null || !String.valueOf(target.getScheme()).matches("https?")) {
      throw new IllegalArgumentException("--target must be an http or https URL, was " + target);
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("--port must be 0 to 65535, was " + port);
    }
    Recording recording = new Recording(to, "Recorded from " + target.getHost());
    try (RecordingProxy proxy =
        new RecordingProxy(port, target, recording, surroundings.out()::println)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(proxy, recording), "record end"));
      surroundings
          .out()
          .println(
              "Set base_url = %s in the bridge's configuration, and play. Recording into %s until this ends (Ctrl-C)."
                  .formatted(proxy.baseUrl(), to));
      Thread.currentThread().join();
    } catch (IOException e) {
      recording.end();
      throw e;
    }
    return ExitCodes.DONE;
  }

  private void end(RecordingProxy proxy, Recording recording) {
    proxy.close();
    try {
      recording.end().forEach(surroundings.out()::println);
    } catch (IOException e) {
      surroundings.complain(to + " cannot be written: " + e.getMessage());
    }
  }
}

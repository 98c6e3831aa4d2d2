package org.aibridge.ops.dlq;

import java.io.IOException;
import java.nio.file.Path;
import org.aibridge.core.deadletter.DeadLetterFolder;
import org.aibridge.ops.ConfigurationChoice;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.live.Server;
import picocli.CommandLine.Option;

/** Options that say where the dead letters are: a configuration, or just their folder. */
final class LetterPlace {
  @Option(names = "--conf", paramLabel = "FILE", description = ConfigurationChoice.HELP)
  private Path conf;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description = "A folder of dead letters, such as a copy; no configuration is needed.")
  private Path folder;

  private Server server;

  /** Returns the folder of the dead letters; throws if it is missing or unreadable. */
  Path letters(Surroundings surroundings) throws IOException {
    Path path =
        folder != null
            ? surroundings.folder().resolve(folder).normalize()
            : ofConfiguration(surroundings);
    DeadLetterFolder.check(path);
    return path;
  }

  boolean isFolderOnly() {
    return folder != null;
  }

  /** Returns the server that owns the letters; ends the command if only a folder was named. */
  Server server(Surroundings surroundings) {
    if (folder != null) {
      throw Trouble.usage(
          "--folder is for looking at a copy; to change something name the server with --conf");
    }
    return known(surroundings);
  }

  private Path ofConfiguration(Surroundings surroundings) throws IOException {
    return known(surroundings).resolve(known(surroundings).config().deadLetters().path());
  }

  private Server known(Surroundings surroundings) {
    if (server == null) {
      server = new Server(surroundings, conf);
    }
    return server;
  }
}

package org.aibridge.ops.convert;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.aibridge.core.config.ConfigException;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.config.WrittenSettings;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.text.Shown;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code ai-bridge convert}: makes a configuration from an older program's file. */
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Write an ai_bridge.conf of the configuration of an older program, and say what of it has no"
          + " meaning here.",
      "Known are files with [sections], with ai_sidecar_ keys, conf/battle/ai_client.conf, ai_client."
          + " keys, ai_service_ keys, and blocks of 'name: { ... }'."
    },
    footer = {
      "",
      "Run it in the folder the server runs in, where files that are named start. The API key is in"
          + " what it writes, and nowhere else.",
      "Exits with 3 when something that has a meaning here was left out; the file says why.",
      "",
      "Example:",
      "  ai-bridge convert conf/battle/ai_client.conf --to conf/ai_bridge.conf"
    })
public final class ConvertCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(paramLabel = "FILE", description = "The file to convert; it is not changed.")
  private Path file;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description = "Write a new file, for its owner alone, instead of the standard output.")
  private Path to;

  public ConvertCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    WrittenSettings read = read(surroundings.folder().resolve(file));
    Conversion conversion = Conversion.of(read);
    conversion.notes().forEach(this::tell);
    conversion.shortfalls().forEach(this::tell);
    if (conversion.isEmpty()) {
      throw Trouble.failed(file + " sets nothing that has a meaning here");
    }
    String text =
        ConvertedFile.of(conversion, file + ", which has " + read.dialect().description());
    if (to == null) {
      print(text);
    } else {
      write(surroundings.folder().resolve(to), text);
      tell("written: " + to + "; next: ai-bridge check --conf " + to);
    }
    return conversion.shortfalls().isEmpty() ? ExitCodes.DONE : ExitCodes.FOUND;
  }

  private void tell(String sentence) {
    surroundings.err().println(Shown.of(sentence));
  }

  private static WrittenSettings read(Path file) {
    try {
      return ConfigReader.written(file);
    } catch (ConfigException e) {
      throw Trouble.failed(e.getMessage());
    }
  }

  private void print(String text) {
    if (!surroundings.unicode() && !text.chars().allMatch(c -> c < 0x80)) {
      throw Trouble.failed("this console cannot show all of it; write a file with --to");
    }
    surroundings.rawOut().print(text);
    surroundings.rawOut().flush();
  }

  private static void write(Path to, String text) throws IOException {
    try (BufferedWriter out = PrivateFiles.newWriter(to)) {
      out.write(text);
    } catch (FileAlreadyExistsException e) {
      throw Trouble.failed(to + " is there already; name a new file");
    } catch (IOException e) {
      Files.deleteIfExists(to);
      throw e;
    }
  }
}

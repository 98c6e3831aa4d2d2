package org.aibridge.ops.dlq;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.aibridge.core.deadletter.LetterScan;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Reason;
import org.aibridge.core.text.Shown;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code dlq export}: writes complete letters as lines of JSON. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Write whole letters as JSON lines, which 'import' reads; they stay here.",
    footer = {
      "",
      "Examples:",
      "  ai-bridge dlq export --to letters.jsonl",
      "  ai-bridge dlq export --status 422 | jq .event.payload"
    })
final class ExportCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private LetterPlace place;
  @Mixin private Selector selector;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description = "Write a new file instead of the standard output.")
  private Path to;

  ExportCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    selector.prepare(surroundings.clock().instant());
    Path folder = place.letters(surroundings);
    if (to == null) {
      // On a terminal, unsafe characters are escaped; programs get the stored bytes unchanged.
      write(folder, surroundings.terminal().out() ? surroundings.out() : surroundings.rawOut());
      return ExitCodes.DONE;
    }
    try (Writer file = PrivateFiles.newWriter(surroundings.folder().resolve(to))) {
      long count = write(folder, file);
      file.flush();
      surroundings.err().printf("%,d letters are in %s%n", count, Shown.of(to.toString()));
    } catch (FileAlreadyExistsException e) {
      throw Trouble.failed(to + " is there already; name a new file");
    } catch (AccessDeniedException | NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      throw Trouble.failed(to + " could not be written to its end: " + Reason.sentence(e));
    }
    return ExitCodes.DONE;
  }

  private long write(Path folder, Writer out) throws IOException {
    long count = 0;
    try (LetterScan scan = new LetterScan(folder)) {
      while (scan.next()) {
        if (selector.matches(scan.letter()) && scan.mark().isThere()) {
          out.write(scan.letter().json());
          out.write('\n');
          count++;
        }
      }
      out.flush();
      Damages.mention(surroundings, scan);
    }
    return count;
  }
}

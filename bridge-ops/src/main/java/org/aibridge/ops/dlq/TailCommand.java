package org.aibridge.ops.dlq;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import org.aibridge.core.deadletter.LetterScan;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.Version;
import org.aibridge.ops.text.Format;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code dlq tail}: prints the newest letters, and with {@code -f} also new ones. */
@Command(
    name = "tail",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Show the newest letters, and with -f those that come, until Ctrl-C.",
    footer = {
      "",
      "Examples:",
      "  ai-bridge dlq tail -f",
      "  ai-bridge dlq tail -n 0 -f --status 422 -o jsonl"
    })
final class TailCommand implements Callable<Integer> {
  private static final int LOOK_EVERY_MS = 250;

  private final Surroundings surroundings;
  @Mixin private LetterPlace place;
  @Mixin private Selector selector;
  @Mixin private Format format;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what comes.")
  private boolean follow;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      defaultValue = "10",
      description = "How many to begin with (${DEFAULT-VALUE}).")
  private int lines;

  TailCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    selector.prepare(surroundings.clock().instant());
    if (lines < 0) {
      throw Trouble.usage("-n is a number of letters");
    }
    Format.Kind kind = format.kind(surroundings, Format.Kind.jsonl);
    if (follow && kind == Format.Kind.json) {
      throw Trouble.usage("-o json has an end and -f has none: use -o jsonl");
    }
    RowPrinter printer = new RowPrinter(surroundings, kind);
    try (LetterScan scan = new LetterScan(place.letters(surroundings))) {
      Deque<LetterRow> newest = new ArrayDeque<>();
      while (scan.next()) {
        if (selector.matches(scan.letter()) && scan.mark().isThere()) {
          newest.add(LetterRow.of(scan.letter(), scan.mark()));
          if (newest.size() > lines) {
            newest.remove();
          }
        }
      }
      newest.forEach(printer::print);
      printer.end();
      while (follow && !surroundings.out().checkError()) {
        boolean any = false;
        while (scan.next()) {
          if (selector.matches(scan.letter())) {
            printer.print(LetterRow.of(scan.letter(), scan.mark()));
            any = true;
          }
        }
        if (any) {
          printer.end();
        }
        Thread.sleep(LOOK_EVERY_MS);
      }
    }
    return ExitCodes.DONE;
  }
}

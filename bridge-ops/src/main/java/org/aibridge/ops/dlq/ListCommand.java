package org.aibridge.ops.dlq;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import org.aibridge.core.deadletter.LetterScan;
import org.aibridge.core.deadletter.Mark;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.Version;
import org.aibridge.ops.text.Format;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code dlq list}: prints one line for each letter. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "List letters, the newest last.",
    footer = {
      "",
      "Examples:",
      "  ai-bridge dlq list --since 15m",
      "  ai-bridge dlq list --fingerprint 3f2a91c0 --limit 20",
      "  ai-bridge dlq list --player 150001 -o jsonl"
    })
final class ListCommand implements Callable<Integer> {
  private static final int ON_TERMINAL = 100;

  private final Surroundings surroundings;
  @Mixin private LetterPlace place;
  @Mixin private Selector selector;
  @Mixin private Format format;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "The newest N; 0 for all. Without it 100 in a table, all elsewhere.")
  private Integer limit;

  @Option(names = "--trash", description = "Those in the trash instead.")
  private boolean trash;

  ListCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    Format.Kind kind = format.kind(surroundings, Format.Kind.jsonl);
    selector.prepare(surroundings.clock().instant());
    if (limit != null && limit < 0) {
      throw Trouble.usage("--limit is a number of letters, or 0 for all");
    }
    int most = limit != null ? limit : kind == Format.Kind.table ? ON_TERMINAL : 0;
    RowPrinter printer = new RowPrinter(surroundings, kind);
    Deque<LetterRow> newest = new ArrayDeque<>();
    long found = 0;
    try (LetterScan scan = new LetterScan(place.letters(surroundings))) {
      while (scan.next()) {
        if (!selector.matches(scan.letter()) || !isWanted(scan.mark())) {
          continue;
        }
        found++;
        LetterRow row = LetterRow.of(scan.letter(), scan.mark());
        if (most == 0) {
          printer.print(row);
        } else {
          newest.add(row);
          if (newest.size() > most) {
            newest.remove();
          }
        }
      }
      newest.forEach(printer::print);
      printer.end();
      Damages.mention(surroundings, scan);
    }
    if (most > 0 && found > most && limit == null) {
      surroundings.err().printf("the newest %,d of %,d; --limit 0 shows all%n", most, found);
    }
    if (found == 0 && kind == Format.Kind.table) {
      surroundings.err().println(trash ? "nothing in the trash" : "no such letters");
    }
    return ExitCodes.DONE;
  }

  private boolean isWanted(Mark mark) {
    return trash ? mark == Mark.PURGED : mark.isThere();
  }
}

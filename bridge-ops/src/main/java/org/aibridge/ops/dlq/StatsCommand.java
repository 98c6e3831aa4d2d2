package org.aibridge.ops.dlq;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.aibridge.core.deadletter.DeadLetterFolder;
import org.aibridge.core.deadletter.LetterScan;
import org.aibridge.core.store.SegmentScan;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.Version;
import org.aibridge.ops.text.Format;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code dlq stats}: prints how many letters there are, mainly by problem. */
@Command(
    name = "stats",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Count letters by problem, reason, status, event type, map and hour, with what the service"
          + " answered to one event of each problem.",
      "Letters of one problem have one fingerprint: the status, and the reason without numbers,"
          + " ids and quoted values. Thousands of letters are usually a few problems."
    },
    footer = {
      "",
      "Examples:",
      "  ai-bridge dlq stats",
      "  ai-bridge dlq stats --since 1h --type mvp_kill",
      "  ai-bridge dlq stats --fail-if-above 100 -o json   (for monitoring: exits with 3)"
    })
final class StatsCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private LetterPlace place;
  @Mixin private Selector selector;
  @Mixin private Format format;

  @Option(
      names = "--fail-if-above",
      paramLabel = "N",
      description = "Exit with 3 when there are more letters than N.")
  private Long failIfAbove;

  StatsCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    if (failIfAbove != null && failIfAbove < 0) {
      throw Trouble.usage("--fail-if-above is a number of letters");
    }
    selector.prepare(surroundings.clock().instant());
    Path folder = place.letters(surroundings);
    Stats stats = new Stats();
    try (LetterScan scan = new LetterScan(folder)) {
      while (scan.next()) {
        if (selector.matches(scan.letter())) {
          stats.add(scan.letter(), scan.mark());
        }
      }
      stats.damaged = scan.damaged() + scan.noLetters();
      Damages.mention(surroundings, scan);
    }
    stats.files = SegmentScan.segments(folder).size();
    stats.removals = DeadLetterFolder.removals(folder);
    new StatsPrinter(surroundings, folder, stats)
        .print(format.kind(surroundings, Format.Kind.json));
    boolean above = failIfAbove != null && stats.letters > failIfAbove;
    if (above) {
      surroundings.err().printf("%,d letters are more than %,d%n", stats.letters, failIfAbove);
    }
    return above ? ExitCodes.FOUND : ExitCodes.DONE;
  }
}

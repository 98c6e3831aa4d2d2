package org.aibridge.ops.dlq;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.deadletter.LetterScan;
import org.aibridge.core.deadletter.Mark;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.Version;
import org.aibridge.ops.text.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code dlq replay}: sends events of letters to the AI service again. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Send letters' events to the AI service once more, through the journal of the server that"
          + " runs: in order, under the same event ids, as the circuit breaker and Retry-After"
          + " allow.",
      "A letter goes when the service has taken its event. One that is refused again comes back"
          + " with one replay more. After Ctrl-C the same command goes on where it was."
    },
    footer = {
      "",
      "Examples:",
      "  ai-bridge dlq replay --fingerprint 3f2a91c0 --dry-run",
      "  ai-bridge dlq replay --fingerprint 3f2a91c0 --rate 50/s",
      "  ai-bridge dlq replay --map prontara --edit map=prontera",
      "  ai-bridge dlq replay --all --direct   (no server runs)"
    })
final class ReplayCommand implements Callable<Integer> {
  private static final int SAMPLE = 5;
  private static final String LATER_VERSION =
      "of a later version of the bridge, and what is in them cannot be sent as it was";

  private final Surroundings surroundings;
  @Mixin private LetterPlace place;
  @Mixin private Selector selector;

  @Option(names = "--all", description = "All letters; needed when nothing else is selected.")
  private boolean all;

  @Option(names = "--dry-run", description = "Print how many and a sample; send nothing.")
  private boolean dryRun;

  @Option(names = "--limit", paramLabel = "N", description = "Only the oldest N of them.")
  private Integer limit;

  @Option(
      names = "--rate",
      paramLabel = "RATE",
      description = "At most so many, such as 50/s, 600/m or 1000/h.")
  private String rate;

  @Option(
      names = "--edit",
      paramLabel = "KEY=VALUE",
      description =
          "Change the events first: map, event_type, priority, player_id, player_key, timestamp or"
              + " payload.<name>. May be given several times.")
  private List<String> edits = List.of();

  @Option(
      names = "--force",
      description = "Also those that were replayed dlq_max_replays times already.")
  private boolean force;

  @Option(
      names = "--direct",
      description =
          "No server runs: send from this process, as the server would, with what waits in its"
              + " journal.")
  private boolean direct;

  private long tired;
  private long unreadable;
  private int underWay;
  private final List<LetterRow> sample = new ArrayList<>();

  ReplayCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    selector.prepare(surroundings.clock().instant());
    if (!all && !selector.isNarrow()) {
      throw Trouble.usage("replay which letters? Select some, or say --all");
    }
    if (limit != null && limit < 1) {
      throw Trouble.usage("--limit is a number of letters");
    }
    LetterEdit edit = new LetterEdit(edits);
    ReplayRate pace = rate == null ? ReplayRate.FREE : ReplayRate.parse(rate);
    int maxReplays =
        force || place.isFolderOnly() && dryRun
            ? Integer.MAX_VALUE
            : place.server(surroundings).config().deadLetters().maxReplays();
    if (!dryRun) {
      place.server(surroundings);
    }
    Path folder = place.letters(surroundings);
    Selected selected = select(folder, maxReplays);
    if (tired > 0) {
      surroundings
          .err()
          .printf(
              "%,d letters were replayed %d times already and stay; --force sends them too%n",
              tired, maxReplays);
    }
    if (unreadable > 0) {
      surroundings.err().printf("%,d letters stay: %s%n", unreadable, LATER_VERSION);
    }
    if (dryRun) {
      return sayWhatWouldBe(selected);
    }
    if (selected.size() == 0) {
      surroundings.err().println("no such letters");
      return tired + unreadable > 0 ? ExitCodes.FOUND : ExitCodes.DONE;
    }
    return replay(folder, selected, edit, pace);
  }

  private Selected select(Path folder, int maxReplays) throws IOException {
    Selected selected = new Selected();
    try (LetterScan scan = new LetterScan(folder)) {
      while (scan.next() && (limit == null || selected.size() < limit)) {
        Mark mark = scan.mark();
        if (!selector.matches(scan.letter()) || !mark.isThere()) {
          continue;
        }
        if (scan.letter().reason() == DeadLetter.Reason.LATER_VERSION) {
          unreadable++;
          continue;
        }
        if (scan.letter().replayCount() >= maxReplays && mark == Mark.NONE) {
          tired++;
          continue;
        }
        underWay += mark == Mark.QUEUED ? 1 : 0;
        selected.add(scan.segment(), scan.at(), scan.letter().key());
        if (sample.size() < SAMPLE) {
          sample.add(LetterRow.of(scan.letter(), mark));
        }
      }
      Damages.mention(surroundings, scan);
    }
    return selected;
  }

  private int sayWhatWouldBe(Selected selected) {
    surroundings.out().printf("%,d letters would be replayed", selected.size() - underWay);
    surroundings.out().println(underWay == 0 ? "" : " (%,d are queued)".formatted(underWay));
    if (!sample.isEmpty()) {
      surroundings.out().println();
      Table table = new Table(surroundings, LetterRow.HEADS);
      sample.forEach(row -> table.row(row.cells()));
      table.end();
      if (selected.size() > sample.size()) {
        surroundings.out().printf("... and %,d more%n", selected.size() - sample.size());
      }
    }
    return ExitCodes.DONE;
  }

  private int replay(Path folder, Selected selected, LetterEdit edit, ReplayRate pace)
      throws IOException, InterruptedException {
    try (DeadLetterOwner owner =
        direct
            ? DeadLetterOwners.direct(surroundings, place)
            : DeadLetterOwners.live(surroundings, place)) {
      ReplayProgress progress = new ReplayProgress(surroundings, selected.size());
      ReplayRun run = new ReplayRun(folder, owner, selected, edit, force, pace, progress);
      Thread onInterrupt = new Thread(() -> sayHowFar(run));
      Runtime.getRuntime().addShutdownHook(onInterrupt);
      try {
        run.run();
      } finally {
        removeHook(onInterrupt);
        progress.end();
      }
      return sayWhatWas(run);
    }
  }

  private void sayHowFar(ReplayRun run) {
    surroundings
        .err()
        .printf(
            "%nstopped: %,d delivered, %,d still queued; run the same command again to go on%n",
            run.watch().delivered, run.watch().waiting());
    surroundings.err().flush();
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // The process is ending and already runs this hook, so the hook cannot be removed.
      return;
    }
  }

  private int sayWhatWas(ReplayRun run) {
    ReplayWatch watch = run.watch();
    surroundings.out().printf("%,d letters are delivered", watch.delivered);
    surroundings
        .out()
        .println(watch.diedAgain == 0 ? "" : ", %,d died again".formatted(watch.diedAgain));
    long left = watch.released + watch.unknown;
    for (Map.Entry<String, Long> reason : run.passed().entrySet()) {
      left += reason.getValue();
      surroundings.err().printf("%,d stay: %s%n", reason.getValue(), sentence(reason.getKey()));
    }
    if (watch.released > 0) {
      surroundings
          .err()
          .printf("%,d did not reach the journal and are letters still%n", watch.released);
    }
    if (watch.unknown > 0) {
      surroundings
          .err()
          .printf(
              "%,d were removed meanwhile, and what became of them is not known%n", watch.unknown);
    }
    if (watch.diedAgain > 0) {
      surroundings.err().println("'ai-bridge dlq stats' tells why they died again");
    }
    return left + watch.diedAgain + tired == 0 ? ExitCodes.DONE : ExitCodes.FOUND;
  }

  private static String sentence(String reason) {
    return switch (reason) {
      case "max_replays" -> "replayed dlq_max_replays times already";
      case "too_large" -> "too large for the journal";
      case "malformed" -> "not an event";
      case "later_version" -> LATER_VERSION;
      default -> reason;
    };
  }
}

package org.aibridge.ops.dlq;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.aibridge.core.deadletter.LetterScan;
import org.aibridge.core.deadletter.Mark;
import org.aibridge.core.text.CommandAnswer;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.Version;
import org.aibridge.ops.text.TimeText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code dlq purge}: moves letters to the trash; {@code undo} brings them back. */
@Command(
    name = "purge",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Remove letters. They go into a trash, from which 'undo' brings them back for"
          + " dlq_trash_hours; after that their room is free.",
      "Letters that are queued for replay stay."
    },
    footer = {
      "",
      "Examples:",
      "  ai-bridge dlq purge --older-than 30d",
      "  ai-bridge dlq purge --fingerprint 3f2a91c0 --yes",
      "  ai-bridge dlq purge --all --dry-run"
    })
final class PurgeCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private LetterPlace place;
  @Mixin private Selector selector;

  @Option(
      names = "--older-than",
      paramLabel = "SPAN",
      description = "Only letters older than that, such as 90m or 30d.")
  private String olderThan;

  @Option(names = "--all", description = "All letters; needed when nothing else is selected.")
  private boolean all;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Option(names = "--dry-run", description = "Only say how many it would be.")
  private boolean dryRun;

  @Option(
      names = "--forever",
      description = "Without the trash: nothing brings them back, and their room is free sooner.")
  private boolean forever;

  PurgeCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    selector.prepare(surroundings.clock().instant());
    if (olderThan != null) {
      try {
        selector.before(
            surroundings.clock().instant().minus(TimeText.parseSpan(olderThan)).toEpochMilli());
      } catch (IllegalArgumentException e) {
        throw Trouble.usage(e.getMessage());
      }
    }
    if (!all && olderThan == null && !selector.isNarrow()) {
      throw Trouble.usage("purge which letters? Select some, or say --all");
    }
    if (!dryRun) {
      place.server(surroundings);
    }
    Selected selected = select();
    if (selected.size() == 0) {
      surroundings.err().println("no such letters");
      return ExitCodes.DONE;
    }
    if (dryRun) {
      surroundings.out().printf("%,d letters would be purged%n", selected.size());
      return ExitCodes.DONE;
    }
    if (!yes && !isConfirmed(selected.size())) {
      surroundings.err().println("nothing was purged");
      return ExitCodes.FAILED;
    }
    return purge(selected);
  }

  private Selected select() throws IOException {
    Selected selected = new Selected();
    try (LetterScan scan = new LetterScan(place.letters(surroundings))) {
      while (scan.next()) {
        boolean wanted = scan.mark() == Mark.NONE || forever && scan.mark() == Mark.PURGED;
        if (selector.matches(scan.letter()) && wanted) {
          selected.add(scan.segment(), scan.at(), scan.letter().key());
        }
      }
    }
    return selected;
  }

  private boolean isConfirmed(int count) throws IOException {
    if (!surroundings.terminal().asks()) {
      throw Trouble.usage(
          "nobody is there to ask: say --yes to purge %,d letters".formatted(count));
    }
    surroundings.err().printf("Purge %,d letters%s? [y/N] ", count, forever ? " for ever" : "");
    surroundings.err().flush();
    String answer = surroundings.terminal().in().readLine();
    return answer != null && answer.strip().matches("(?i)y|yes");
  }

  private int purge(Selected selected) throws IOException {
    long number = surroundings.clock().millis();
    long purged = 0;
    try (DeadLetterOwner owner = DeadLetterOwners.open(surroundings, place)) {
      int next = 0;
      while (next < selected.size()) {
        CommandLetters letters = new CommandLetters();
        String line = line(selected, next);
        while (letters.hasRoom(line)) {
          letters.add(line);
          next++;
          if (next == selected.size()) {
            break;
          }
          line = line(selected, next);
        }
        purged += ask(owner, letters, number);
      }
    }
    surroundings.out().printf("%,d letters are purged%n", purged);
    if (!forever && purged > 0) {
      surroundings.err().printf("'ai-bridge dlq undo %d' brings them back%n", number);
    }
    if (purged < selected.size()) {
      surroundings
          .err()
          .printf(
              "%,d were queued or gone meanwhile and are left alone%n", selected.size() - purged);
      return ExitCodes.FOUND;
    }
    return ExitCodes.DONE;
  }

  private static String line(Selected selected, int index) {
    return "{\"segment\":%d,\"key\":%d}".formatted(selected.segment(index), selected.key(index));
  }

  private long ask(DeadLetterOwner owner, CommandLetters letters, long number) throws IOException {
    ObjectNode command =
        JsonNodeFactory.instance
            .objectNode()
            .put("do", "purge")
            .put("number", number)
            .put("forever", forever);
    ObjectNode answer = owner.ask(letters.putInto(command));
    if (!CommandAnswer.isDone(answer)) {
      throw Trouble.failed("the purge has stopped: " + CommandAnswer.problemOf(answer));
    }
    return answer.path("purged").asLong();
  }
}

package org.aibridge.ops.dlq;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.aibridge.core.deadletter.LetterMarks;
import org.aibridge.core.deadletter.Mark;
import org.aibridge.core.store.SegmentScan;
import org.aibridge.core.text.CommandAnswer;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.Version;
import org.aibridge.ops.text.Table;
import org.aibridge.ops.text.TimeText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code dlq undo}: brings back letters that were purged. */
@Command(
    name = "undo",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Bring back what the last purge has removed, or the one that is named.",
    footer = {"", "Examples:", "  ai-bridge dlq undo", "  ai-bridge dlq undo --list"})
final class UndoCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private LetterPlace place;

  @Parameters(
      arity = "0..1",
      paramLabel = "PURGE",
      description = "The purge's number; without it the last one.")
  private Long number;

  @Option(names = "--list", description = "Only list the purges that can be undone.")
  private boolean list;

  UndoCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    TreeMap<Long, Long> purges = purges(place.letters(surroundings));
    if (list) {
      Table table = new Table(surroundings, "PURGE", "AT", ">LETTERS");
      for (Map.Entry<Long, Long> purge : purges.entrySet()) {
        table.row(purge.getKey(), TimeText.of(purge.getKey()), purge.getValue());
      }
      table.end();
      return ExitCodes.DONE;
    }
    if (number != null && !purges.containsKey(number)) {
      throw Trouble.failed("there is nothing of purge %d in the trash".formatted(number));
    }
    if (purges.isEmpty()) {
      throw Trouble.failed("there is nothing in the trash");
    }
    long wanted = number != null ? number : purges.lastKey();
    try (DeadLetterOwner owner = DeadLetterOwners.open(surroundings, place)) {
      ObjectNode answer =
          owner.ask(JsonNodeFactory.instance.objectNode().put("do", "undo").put("number", wanted));
      if (!CommandAnswer.isDone(answer)) {
        throw Trouble.failed(CommandAnswer.problemOf(answer));
      }
      surroundings.out().printf("%,d letters are back%n", answer.path("restored").asLong());
    }
    return ExitCodes.DONE;
  }

  private static TreeMap<Long, Long> purges(Path folder) throws IOException {
    TreeMap<Long, Long> purges = new TreeMap<>();
    for (int segment : SegmentScan.segments(folder)) {
      LetterMarks marks = LetterMarks.read(folder, segment);
      marks.forEach(Mark.PURGED, key -> purges.merge(marks.purgeOf(key), 1L, Long::sum));
    }
    return purges;
  }
}

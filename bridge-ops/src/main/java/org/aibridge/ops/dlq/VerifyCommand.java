package org.aibridge.ops.dlq;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.aibridge.core.deadletter.LetterScan;
import org.aibridge.core.deadletter.LetterView;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Version;
import org.aibridge.ops.text.Csv;
import org.aibridge.ops.text.Format;
import org.aibridge.ops.text.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command {@code dlq verify}: checks that no record has changed since it was written. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = {
      "Read every record, check its sum and its JSON, and report damage with file and byte.",
      "Exits with 3 when there is any."
    },
    footer = {"", "Example:", "  ai-bridge dlq verify --folder /backup/dead-letters"})
final class VerifyCommand implements Callable<Integer> {
  private static final String QUARANTINE = "quarantine";

  private record Damage(String file, long at, String what) {}

  private final Surroundings surroundings;
  @Mixin private LetterPlace place;
  @Mixin private Format format;
  private final List<Damage> damages = new ArrayList<>();
  private long letters;
  private long gone;
  private long seenDamage;
  private long seenNoLetters;
  private long seenMarks;
  private int markedSegment;

  VerifyCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    Path folder = place.letters(surroundings);
    try (LetterScan scan = new LetterScan(folder)) {
      while (scan.next()) {
        note(scan);
        letters++;
        gone += scan.mark().isThere() ? 0 : 1;
        check(scan);
      }
      note(scan);
      if (scan.newer() > 0) {
        damages.add(new Damage("", 0, scan.newer() + " letters of a newer version"));
      }
    }
    quarantined(folder);
    print(folder);
    return damages.isEmpty() ? ExitCodes.DONE : ExitCodes.FOUND;
  }

  private void check(LetterScan scan) {
    LetterView letter = scan.letter();
    try {
      JsonNode json = letter.tree();
      if (!json.path("event_id").asText().equals(letter.eventId())) {
        damages.add(new Damage(name(scan), scan.at(), "the letter and its head differ"));
      }
    } catch (IOException e) {
      damages.add(new Damage(name(scan), scan.at(), "the letter is no JSON"));
    }
  }

  /** Notes damage that the scan has skipped since the last call. */
  private void note(LetterScan scan) {
    if (scan.damaged() > seenDamage) {
      seenDamage = scan.damaged();
      damages.add(new Damage(name(scan), scan.damagedAt(), "records that are damaged"));
    }
    if (scan.noLetters() > seenNoLetters) {
      seenNoLetters = scan.noLetters();
      damages.add(new Damage(name(scan), scan.at(), "a record that is no letter"));
    }
    if (scan.segment() != markedSegment) {
      markedSegment = scan.segment();
      seenMarks = 0;
    }
    if (scan.damagedMarks() > seenMarks) {
      seenMarks = scan.damagedMarks();
      damages.add(
          new Damage(
              name(scan).replace(".cq4", ".marks"),
              0,
              seenMarks + " entries about what became of letters"));
    }
  }

  private void quarantined(Path folder) throws IOException {
    Path quarantine = folder.resolve(QUARANTINE);
    if (Files.isDirectory(quarantine)) {
      try (Stream<Path> files = Files.list(quarantine)) {
        files
            .filter(file -> !file.toString().endsWith(".txt"))
            .sorted()
            .forEach(
                file ->
                    damages.add(
                        new Damage(
                            folder.relativize(file).toString(),
                            0,
                            "a damaged file that was put aside, with a report beside it")));
      }
    }
  }

  private static String name(LetterScan scan) {
    return scan.file() == null ? "" : scan.file().getFileName().toString();
  }

  private void print(Path folder) {
    switch (format.kind(surroundings, Format.Kind.json)) {
      case table -> {
        if (!damages.isEmpty()) {
          Table table = new Table(surroundings, "FILE", ">BYTE", "WHAT");
          damages.forEach(d -> table.row(d.file, d.at, d.what));
          table.end();
        }
        surroundings
            .out()
            .printf(
                "%s: %,d letters are whole (%,d of them gone or in the trash), %s%n",
                folder,
                letters,
                gone,
                damages.isEmpty() ? "no damage" : damages.size() + " damages");
      }
      case csv -> {
        Csv csv = new Csv(surroundings.out());
        csv.row("file", "byte", "what");
        damages.forEach(d -> csv.row(d.file, d.at, d.what));
      }
      case jsonl -> damages.forEach(d -> surroundings.out().println(json(d)));
      case json -> {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("letters", letters).put("gone", gone);
        ArrayNode all = json.putArray("damages");
        damages.forEach(d -> all.add(json(d)));
        surroundings.out().println(json.toPrettyString());
      }
    }
    surroundings.out().flush();
  }

  private static ObjectNode json(Damage damage) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("file", damage.file)
        .put("byte", damage.at)
        .put("what", damage.what);
  }
}

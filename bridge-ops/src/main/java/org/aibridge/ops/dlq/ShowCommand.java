package org.aibridge.ops.dlq;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.aibridge.core.deadletter.LetterScan;
import org.aibridge.core.deadletter.Mark;
import org.aibridge.core.text.Shown;
import org.aibridge.ops.ExitCodes;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.Trouble;
import org.aibridge.ops.Version;
import org.aibridge.ops.live.LiveStatus;
import org.aibridge.ops.text.Csv;
import org.aibridge.ops.text.Format;
import org.aibridge.ops.text.TimeText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The command {@code dlq show}: prints everything about one letter. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Show everything about one letter, and what would happen if it were replayed.",
    footer = {"", "Example:", "  ai-bridge dlq show server_production_001:1763672130000123"})
final class ShowCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  @Mixin private LetterPlace place;
  @Mixin private Format format;

  @Parameters(paramLabel = "ID", description = "The event's id, as 'dlq list' shows it.")
  private String id;

  private ObjectNode letter;
  private LetterRow row;
  private Mark mark;
  private int others;

  ShowCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    Path folder = place.letters(surroundings);
    find(folder);
    if (letter == null) {
      throw Trouble.failed("there is no letter of the event " + id + " in " + folder);
    }
    String prospect = prospect();
    Format.Kind kind = format.kind(surroundings, Format.Kind.json);
    switch (kind) {
      case table -> print(prospect);
      case csv -> {
        Csv csv = new Csv(surroundings.out());
        LetterRow.csvHead(csv);
        row.csv(csv);
      }
      default -> {
        letter.put("state", row.state()).put("fingerprint", row.fingerprint());
        letter.put("if_replayed", prospect);
        surroundings
            .out()
            .println(kind == Format.Kind.json ? letter.toPrettyString() : letter.toString());
      }
    }
    surroundings.out().flush();
    return ExitCodes.DONE;
  }

  /** Finds the event's newest letter that still exists, or else its newest removed letter. */
  private void find(Path folder) throws IOException {
    byte[] wanted = id.getBytes(StandardCharsets.UTF_8);
    try (LetterScan scan = new LetterScan(folder)) {
      while (scan.next()) {
        if (scan.letter().hasEventId(wanted)) {
          boolean better = letter == null || scan.mark().isThere() || !mark.isThere();
          others += letter == null ? 0 : 1;
          if (better && scan.letter().tree() instanceof ObjectNode tree) {
            letter = tree;
            mark = scan.mark();
            row = LetterRow.of(scan.letter(), mark);
          }
        }
      }
      Damages.mention(surroundings, scan);
    }
  }

  private void print(String prospect) {
    PrintWriter out = surroundings.out();
    line("event", row.eventId() + (others == 0 ? "" : " (" + others + " more letters of it)"));
    line("state", row.state());
    line("dead since", TimeText.of(row.deadAtMs()));
    line("reason", row.reason() + (row.status() == 0 ? "" : ", HTTP " + row.status()));
    line("problem", row.fingerprint() + "  " + row.problem());
    line("said", Shown.reason(letter.path("problem").asText()));
    line("replays", row.replays() + " so far");
    line("batch", letter.path("batch").asText());
    line("sent as", letter.path("idempotency_key").asText());
    line("attempts", attempts());
    for (JsonNode attempt : letter.path("history")) {
      out.printf(
          "             %s  %,d events together  %s%n",
          TimeText.of(attempt.path("at_ms").asLong()),
          attempt.path("events").asInt(),
          answered(attempt));
    }
    out.println();
    out.println(letter.path("event").toPrettyString());
    out.println();
    String answer = letter.path("answer").asText("");
    out.println(answer.isEmpty() ? "(no answer is kept)" : "the answer began:");
    out.println(
        answer.lines().map(Shown::of).map(l -> "  " + l).toList().stream()
            .reduce((a, b) -> a + System.lineSeparator() + b)
            .orElse(""));
    out.println();
    line("if replayed", prospect);
  }

  private void line(String name, String text) {
    surroundings.out().printf("%-12s %s%n", name, Shown.of(text));
  }

  private String attempts() {
    long first = letter.path("first_attempt_ms").asLong();
    long last = letter.path("last_attempt_ms").asLong();
    int count = letter.path("attempts").asInt();
    return count == 0
        ? "never sent"
        : count + ", first " + TimeText.of(first) + ", last " + TimeText.of(last);
  }

  private static String answered(JsonNode attempt) {
    int status = attempt.path("status").asInt();
    String problem = Shown.reason(attempt.path("problem").asText());
    if (problem.isEmpty()) {
      return "HTTP " + status;
    }
    return problem;
  }

  private String prospect() throws IOException {
    if (mark == Mark.QUEUED) {
      return "it is in the journal already, on its way to the AI service";
    }
    if (mark == Mark.PURGED) {
      return "nothing: it is in the trash, 'ai-bridge dlq undo' brings it back";
    }
    if (!mark.isThere()) {
      return "nothing: it is gone (" + mark.name().toLowerCase(java.util.Locale.ROOT) + ")";
    }
    if (place.isFolderOnly()) {
      return "nothing from a copy; on the server its event would be sent under the same id";
    }
    int max = place.server(surroundings).config().deadLetters().maxReplays();
    if (row.replays() >= max) {
      return "nothing without --force: it was replayed "
          + row.replays()
          + " times (dlq_max_replays)";
    }
    if (place.server(surroundings).owner().isEmpty()) {
      return "no bridge runs here: start the server, or send from this process with --direct";
    }
    JsonNode status =
        LiveStatus.read(place.server(surroundings).journal(), surroundings.clock().millis())
            .orElse(null);
    String behind =
        status == null
            ? ""
            : " behind the %,d that wait there"
                .formatted(status.path("event_dispatcher").path("current_size").asLong());
    String problem = status == null ? "" : status.path("problem").asText("");
    return "its event would go to the end of the journal%s, in its player's lane, under the same id%s"
        .formatted(behind, problem.isEmpty() ? "" : "; now " + problem);
  }
}

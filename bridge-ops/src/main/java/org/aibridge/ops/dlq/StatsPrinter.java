package org.aibridge.ops.dlq;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.aibridge.core.deadletter.Removals;
import org.aibridge.core.text.Shown;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.text.Csv;
import org.aibridge.ops.text.Format;
import org.aibridge.ops.text.Table;
import org.aibridge.ops.text.TimeText;

/** Prints the counts of {@link Stats}. */
final class StatsPrinter {
  private static final int BAR = 24;
  private static final int MAX_PROBLEMS = 15;
  private static final int MAX_HOURS = 24;
  private static final int MAX_TYPES = 12;

  /** The most characters of an answer in a table; {@code dlq show} has more of it. */
  private static final int MAX_ANSWER = 200;

  private final Surroundings surroundings;
  private final PrintWriter out;
  private final Path folder;
  private final Stats stats;

  StatsPrinter(Surroundings surroundings, Path folder, Stats stats) {
    this.surroundings = surroundings;
    this.out = surroundings.out();
    this.folder = folder;
    this.stats = stats;
  }

  void print(Format.Kind kind) {
    switch (kind) {
      case table -> tables();
      case json -> out.println(json().toPrettyString());
      case jsonl -> problems().forEach(out::println);
      case csv -> csv();
    }
    out.flush();
  }

  private void tables() {
    long now = surroundings.clock().millis();
    out.printf("Dead letters in %s%n%n", folder);
    out.printf(
        "letters  %,d%s%n",
        stats.letters,
        stats.queued + stats.trash == 0
            ? ""
            : String.format(
                Locale.ROOT,
                "  (%,d queued for replay; %,d more in the trash)",
                stats.queued,
                stats.trash));
    out.printf("size     %s in %,d files%n", size(stats.bytes), stats.files);
    if (stats.letters > 0) {
      out.printf(
          "oldest   %s, %s ago%n",
          TimeText.of(stats.oldestMs), TimeText.span(now - stats.oldestMs));
      out.printf(
          "newest   %s, %s ago%n",
          TimeText.of(stats.newestMs), TimeText.span(now - stats.newestMs));
    }
    String removed = removed();
    out.print(removed.isEmpty() ? "" : "removed  " + removed + System.lineSeparator());
    if (stats.letters > 0) {
      problemTable();
      answerTable();
      counts("REASON", stats.reasons, MAX_TYPES);
      counts("STATUS", stats.statuses, MAX_TYPES);
      counts("TYPE", stats.types, MAX_TYPES);
      counts("MAP", stats.maps, MAX_TYPES);
      hourTable();
    }
  }

  private void problemTable() {
    out.println();
    List<Stats.Problem> all = stats.problemsByCount();
    Table table = new Table(surroundings, "PROBLEM", ">LETTERS", "", "NEWEST", "WHAT");
    for (Stats.Problem p : all.subList(0, Math.min(MAX_PROBLEMS, all.size()))) {
      table.row(
          p.name,
          number(p.letters),
          bar(p.letters, stats.letters),
          TimeText.of(p.newestMs),
          p.text);
    }
    table.end();
    if (all.size() > MAX_PROBLEMS) {
      out.printf("and %,d more problems%n", all.size() - MAX_PROBLEMS);
    }
  }

  /** Prints for each problem what the service answered to one of its events. */
  private void answerTable() {
    List<Stats.Problem> answered =
        stats.problemsByCount().stream()
            .filter(p -> !p.answer.isEmpty())
            .limit(MAX_PROBLEMS)
            .toList();
    if (answered.isEmpty()) {
      return;
    }
    out.println();
    Table table = new Table(surroundings, "PROBLEM", "FOR ONE", "THE ANSWER BEGAN");
    answered.forEach(p -> table.row(p.name, p.example, Shown.cut(p.answer, MAX_ANSWER)));
    table.end();
  }

  private <K> void counts(String head, Map<K, Long> counts, int most) {
    out.println();
    Table table = new Table(surroundings, head, ">LETTERS", "");
    counts.entrySet().stream()
        .sorted(Map.Entry.<K, Long>comparingByValue(Comparator.reverseOrder()))
        .limit(most)
        .forEach(
            count ->
                table.row(
                    name(count.getKey()),
                    number(count.getValue()),
                    bar(count.getValue(), stats.letters)));
    table.end();
  }

  private void hourTable() {
    out.println();
    List<Map.Entry<Long, Long>> all = List.copyOf(stats.hours.entrySet());
    List<Map.Entry<Long, Long>> last = all.subList(Math.max(0, all.size() - MAX_HOURS), all.size());
    long most = last.stream().mapToLong(Map.Entry::getValue).max().orElse(1);
    Table table = new Table(surroundings, "HOUR", ">LETTERS", "");
    for (Map.Entry<Long, Long> hour : last) {
      table.row(
          TimeText.of(hour.getKey()).substring(0, 13) + "h",
          number(hour.getValue()),
          bar(hour.getValue(), most));
    }
    table.end();
    if (all.size() > last.size()) {
      out.printf("and %,d hours before%n", all.size() - last.size());
    }
  }

  private String removed() {
    StringBuilder text = new StringBuilder();
    for (Removals.Why why : Removals.Why.values()) {
      long count = stats.removals.count(why);
      if (count > 0) {
        text.append(text.length() == 0 ? "" : ", ")
            .append(number(count))
            .append(' ')
            .append(
                switch (why) {
                  case REPLAYED -> "replayed";
                  case DIED_AGAIN -> "replayed and died again";
                  case PURGED -> "purged";
                  case SIZE -> "above dlq_max_mb";
                  case AGE -> "older than dlq_retention_days";
                  case FILE_DELETED -> "with files somebody deleted or replaced";
                });
      }
    }
    return text.toString();
  }

  private ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("folder", folder.toString());
    json.put("letters", stats.letters).put("queued", stats.queued).put("in_trash", stats.trash);
    json.put("bytes", stats.bytes).put("files", stats.files);
    if (stats.letters > 0) {
      json.put("oldest_ms", stats.oldestMs).put("newest_ms", stats.newestMs);
    }
    json.put("unreadable", stats.damaged);
    ObjectNode removed = json.putObject("removed");
    for (Removals.Why why : Removals.Why.values()) {
      removed.put(why.wireName(), stats.removals.count(why));
    }
    ArrayNode problems = json.putArray("problems");
    problems().forEach(problems::add);
    put(json, "reasons", stats.reasons);
    put(json, "statuses", stats.statuses);
    put(json, "types", stats.types);
    put(json, "maps", stats.maps);
    put(json, "hours", stats.hours);
    return json;
  }

  private List<ObjectNode> problems() {
    return stats.problemsByCount().stream()
        .map(
            p ->
                JsonNodeFactory.instance
                    .objectNode()
                    .put("fingerprint", p.name)
                    .put("letters", p.letters)
                    .put("what", p.text)
                    .put("oldest_ms", p.oldestMs)
                    .put("newest_ms", p.newestMs)
                    .put("example", p.example)
                    .put("answer", p.answer))
        .toList();
  }

  private static <K> void put(ObjectNode json, String name, Map<K, Long> counts) {
    ObjectNode object = json.putObject(name);
    counts.forEach((key, count) -> object.put(key.toString(), count));
  }

  private void csv() {
    Csv csv = new Csv(out);
    csv.row("fingerprint", "letters", "what", "oldest_ms", "newest_ms", "example", "answer");
    stats
        .problemsByCount()
        .forEach(
            p -> csv.row(p.name, p.letters, p.text, p.oldestMs, p.newestMs, p.example, p.answer));
  }

  private String bar(long count, long of) {
    int length = (int) Math.max(1, Math.round((double) BAR * count / Math.max(1, of)));
    return (surroundings.unicode() ? "\u2588" : "#").repeat(length);
  }

  private static String name(Object key) {
    return key.equals(0) || key.equals("") ? "none" : key.toString();
  }

  private static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  static String size(long bytes) {
    return bytes < 1 << 20
        ? String.format(Locale.ROOT, "%,d KB", (bytes + 1023) >> 10)
        : String.format(Locale.ROOT, "%,.1f MB", bytes / 1048576.0);
  }
}

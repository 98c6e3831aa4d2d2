package org.aibridge.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.deadletter.LetterScan;
import org.aibridge.core.deadletter.LetterView;
import org.aibridge.core.event.ByteSink;
import org.aibridge.core.event.EventJson;
import org.aibridge.core.files.Disk;
import org.aibridge.core.journal.JournalScan;

/**
 * What a bridge's files tell of its events and actions: read only, and while it may run.
 *
 * @param events in the order in which they were accepted
 * @param actions in the order in which they came
 * @param tooMany how many older events were passed over
 * @param unreadable how many events and letters this version cannot read
 * @param cut how many actions the audit log has cut, so that they cannot be offered again
 */
record Traces(List<Event> events, List<Action> actions, long tooMany, long unreadable, long cut) {
  static final String DELIVERED = "delivered";
  static final String WAITING = "waiting";
  static final String REFUSED = "refused";
  static final String HELD = "held";

  private static final int MAX_EVENTS = 10_000;
  private static final String AUDIT = "actions-audit.jsonl";
  private static final int OLD_AUDITS = 9;
  private static final int TYPICAL_BYTES = 512;

  /** A span of time from {@code sinceMs} (included) to {@code untilMs} (excluded). */
  record Span(long sinceMs, long untilMs) {
    static final Span ALL = new Span(Long.MIN_VALUE, Long.MAX_VALUE);

    boolean has(long ms) {
      return ms >= sinceMs && ms < untilMs;
    }
  }

  /** Keeps only the newest events, since a journal may have millions. */
  private static final class Newest extends LinkedHashMap<String, Event> {
    private static final long serialVersionUID = 1;

    private long passedOver;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Event> eldest) {
      passedOver += size() > MAX_EVENTS ? 1 : 0;
      return size() > MAX_EVENTS;
    }
  }

  /**
   * An event.
   *
   * @param sink where a route led it; empty for those that go to the AI service over HTTP
   * @param end {@link #DELIVERED}, {@link #WAITING}, or why it is dead, with the service's status
   * @param letter its dead letter, or null
   */
  record Event(String sink, long sequence, ObjectNode json, String end, DeadLetter letter) {
    long atMs() {
      return json.path("timestamp").asLong();
    }
  }

  /**
   * An action.
   *
   * @param offer as the service would offer it
   * @param end how the audit log calls its end: refused, held, applied, failed, or decided while it
   *     has none
   * @param why the reason or the handler's message
   */
  record Action(long atMs, ObjectNode offer, String end, String why) {}

  /**
   * Reads what lies in the folders of the server {@code serverId}; one may not be there yet. Of
   * more than {@value #MAX_EVENTS} events without a letter the newest are kept, and of the letters.
   */
  static Traces read(Path journal, Path letters, String serverId, Span span) throws IOException {
    Map<String, Event> all = new LinkedHashMap<>();
    long tooMany = 0;
    long unreadable = 0;
    for (Path folder : journals(journal)) {
      String sink = folder.equals(journal) ? "" : folder.getFileName().toString();
      Newest events = new Newest();
      unreadable += read(folder, sink, new EventJson(serverId), events, span);
      tooMany += events.passedOver;
      all.putAll(events);
    }
    // Letters are read after the journal, so that no dead event of the journal lacks its letter.
    Newest dead = new Newest();
    if (Files.isDirectory(letters)) {
      try (LetterScan scan = new LetterScan(letters)) {
        while (scan.next()) {
          DeadLetter letter = LetterView.parse(scan.letter().tree());
          Event journaled = all.get(letter.eventId());
          keep(
              dead,
              letter.eventId(),
              dead(journaled == null ? "" : journaled.sink(), letter),
              span);
        }
        unreadable += scan.damaged() + scan.newer() + scan.noLetters();
      }
    }
    all.putAll(dead);
    AuditReading audit = new AuditReading();
    for (int i = OLD_AUDITS; i >= 0; i--) {
      audit.read(journal.resolve(i == 0 ? AUDIT : AUDIT + "." + i));
    }
    List<Action> actions = audit.actions().stream().filter(a -> span.has(a.atMs())).toList();
    return new Traces(
        inOrder(all.values()), actions, tooMany + dead.passedOver, unreadable, audit.cut);
  }

  /** The folders of the main journal and of those of routes that are there, in that order. */
  private static List<Path> journals(Path journal) throws IOException {
    List<Path> folders = new ArrayList<>();
    for (Path folder : Files.isDirectory(journal) ? Disk.list(journal) : List.<Path>of()) {
      if (Files.exists(folder.resolve("routes"))) {
        folders.add(folder);
      }
    }
    if (Files.isDirectory(journal)) {
      folders.add(0, journal);
    }
    return folders;
  }

  /** Reads a journal, and returns how many events of it cannot be read. */
  private static long read(Path folder, String sink, EventJson writer, Newest events, Span span)
      throws IOException {
    ByteSink written = new ByteSink(TYPICAL_BYTES);
    try (JournalScan scan = new JournalScan(folder)) {
      while (scan.next()) {
        writer.write(scan.sequence(), scan.buffer(), scan.index(), written.truncate(0));
        ObjectNode json = object(written.copy());
        String end = scan.isSettled() ? DELIVERED : WAITING;
        keep(events, id(json), new Event(sink, scan.sequence(), json, end, null), span);
      }
      return scan.unreadable();
    }
  }

  /**
   * By the time at which each can first have been accepted: numbers tell the order in one journal
   * alone.
   */
  private static List<Event> inOrder(Collection<Event> events) {
    List<Event> all = new ArrayList<>(events);
    all.sort(Comparator.comparingLong(Event::sequence));
    Map<String, Long> newest = new HashMap<>();
    Map<Event, Long> times = new IdentityHashMap<>();
    for (Event event : all) {
      times.put(event, newest.merge(event.sink(), event.atMs(), Math::max));
    }
    all.sort(Comparator.comparing(times::get));
    return all;
  }

  private static void keep(Map<String, Event> to, String id, Event event, Span span) {
    if (span.has(event.atMs())) {
      to.put(id, event);
    }
  }

  /** Returns an event's content without its id, time and priority, for comparison. */
  static String content(JsonNode event) {
    ObjectNode content = Json.MAPPER.createObjectNode();
    for (String name :
        List.of("event_type", "player_id", "player_key", "map", "position", "payload")) {
      if (event.has(name)) {
        content.set(name, event.path(name));
      }
    }
    return content.toString();
  }

  private static Event dead(String sink, DeadLetter letter) throws IOException {
    String sequence = letter.eventId().replaceAll(".*:", "");
    String status = letter.status() == 0 ? "" : " " + letter.status();
    return new Event(
        sink,
        sequence.matches("\\d{1,18}") ? Long.parseLong(sequence) : 0,
        object(letter.eventJson()),
        letter.reason().wireName() + status,
        letter);
  }

  private static String id(ObjectNode event) {
    return event.path("event_id").asText();
  }

  private static ObjectNode object(byte[] json) {
    return (ObjectNode) Json.read(new String(json, StandardCharsets.UTF_8));
  }

  /** Reads the audit log line by line, and collects its actions. */
  private static final class AuditReading {
    private final Map<String, ObjectNode> offers = new LinkedHashMap<>();
    private final Map<String, Action> ends = new HashMap<>();
    private long cut;

    void read(Path file) throws IOException {
      if (Files.exists(file)) {
        for (String line : Files.readAllLines(file)) {
          take(Json.readOrMissing(line)); // A killed process leaves half a line.
        }
      }
    }

    private void take(JsonNode line) {
      String id = line.path("action_id").asText();
      String event = line.path("event").asText();
      if (id.isEmpty()) {
        return;
      }
      switch (event) {
        case "decided", REFUSED, "dry_run", HELD -> {
          if (!offers.containsKey(id) && line.has("what")) {
            come(id, line);
            end(id, line, event, line.path("reason").asText());
          }
        }
        case "ended" -> {
          String before = ends.containsKey(id) ? ends.get(id).end() : "";
          if (before.equals("decided")) {
            end(id, line, line.path("outcome").asText(), line.path("message").asText());
          }
        }
        default -> {}
      }
    }

    private void come(String id, JsonNode line) {
      JsonNode what = line.path("what");
      JsonNode offer = what.isTextual() ? Json.readOrMissing(what.asText()) : offer(line, what);
      if (line.path("what_is_cut").asBoolean() || !offer.isObject()) {
        cut++;
      } else {
        offers.put(id, (ObjectNode) offer);
      }
    }

    /** Returns an action's offer; the payload has only those fields that have a value. */
    private static ObjectNode offer(JsonNode line, JsonNode what) {
      ObjectNode payload = what.deepCopy();
      payload
          .properties()
          .removeIf(
              field ->
                  field.getValue().isNull()
                      || field.getValue().isTextual() && field.getValue().asText().isEmpty()
                      || field.getKey().matches("(player|npc)_id")
                          && field.getValue().asLong() == 0);
      ObjectNode offer = Json.MAPPER.createObjectNode();
      offer.put("action_id", line.path("action_id").asText());
      offer.put("action_type", line.path("type").asText());
      offer.set("payload", payload);
      return offer;
    }

    private void end(String id, JsonNode line, String end, String why) {
      Action before = ends.get(id);
      long atMs = before == null ? at(line) : before.atMs();
      ends.put(id, new Action(atMs, offers.get(id), end, why));
    }

    private static long at(JsonNode line) {
      try {
        return Instant.parse(line.path("at").asText()).toEpochMilli();
      } catch (java.time.DateTimeException e) {
        return 0;
      }
    }

    List<Action> actions() {
      return offers.keySet().stream().map(ends::get).toList();
    }
  }
}

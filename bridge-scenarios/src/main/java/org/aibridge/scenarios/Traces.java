package org.aibridge.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.deadletter.LetterScan;
import org.aibridge.core.deadletter.LetterView;
import org.aibridge.core.event.ByteSink;
import org.aibridge.core.event.EventJson;
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

  /** From {@code sinceMs} on and before {@code untilMs}. */
  record Span(long sinceMs, long untilMs) {
    static final Span ALL = new Span(Long.MIN_VALUE, Long.MAX_VALUE);

    boolean has(long ms) {
      return ms >= sinceMs && ms < untilMs;
    }
  }

  /** A journal may have millions. */
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
   * @param end {@link #DELIVERED}, {@link #WAITING}, or why it is dead, with the service's status
   * @param letter its dead letter, or null
   */
  record Event(long sequence, ObjectNode json, String end, DeadLetter letter) {
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
    long[] unreadable = new long[1];
    Newest events = new Newest();
    if (Files.isDirectory(journal)) {
      EventJson writer = new EventJson(serverId);
      ByteSink written = new ByteSink(TYPICAL_BYTES);
      try (JournalScan scan = new JournalScan(journal)) {
        while (scan.next()) {
          writer.write(scan.sequence(), scan.buffer(), scan.index(), written.truncate(0));
          ObjectNode json = object(written.copy());
          String end = scan.isSettled() ? DELIVERED : WAITING;
          keep(events, id(json), new Event(scan.sequence(), json, end, null), span);
        }
        unreadable[0] = scan.unreadable();
      }
    }
    Map<String, Event> all = new LinkedHashMap<>(events);
    // Read last, so each event that was settled above by its death has its letter here.
    Newest dead = new Newest();
    if (Files.isDirectory(letters)) {
      try (LetterScan scan = new LetterScan(letters)) {
        while (scan.next()) {
          DeadLetter letter = LetterView.parse(scan.letter().tree());
          keep(dead, letter.eventId(), dead(letter), span);
        }
        unreadable[0] += scan.damaged() + scan.newer() + scan.noLetters();
      }
    }
    all.putAll(dead);
    List<Event> inOrder = new ArrayList<>(all.values());
    inOrder.sort(Comparator.comparingLong(Event::sequence));
    AuditReading audit = new AuditReading();
    for (int i = OLD_AUDITS; i >= 0; i--) {
      audit.read(journal.resolve(i == 0 ? AUDIT : AUDIT + "." + i));
    }
    List<Action> actions = audit.actions().stream().filter(a -> span.has(a.atMs())).toList();
    return new Traces(
        inOrder, actions, events.passedOver + dead.passedOver, unreadable[0], audit.cut);
  }

  private static void keep(Map<String, Event> to, String id, Event event, Span span) {
    if (span.has(event.atMs())) {
      to.put(id, event);
    }
  }

  /** What two events have in common that differ but in id, time and priority. */
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

  private static Event dead(DeadLetter letter) throws IOException {
    String sequence = letter.eventId().replaceAll(".*:", "");
    String status = letter.status() == 0 ? "" : " " + letter.status();
    return new Event(
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

  /** The audit log as it is read, line by line. */
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

    /** Of the fields that a handler is given those that say something. */
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

package org.aibridge.ops.dlq;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the files that {@code import} accepts, line by line: letters as {@code export} writes them,
 * and the text file of the older bridge, in which a heading tells when a batch failed and every
 * other line is a batch.
 *
 * <p>An event of the older bridge has no id, and gets one made of the written text: the same line
 * of the same batch gets the same id in each import.
 */
final class LegacyFile {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Pattern HEADING = Pattern.compile("#\\s*Failed batch at\\s+\\w{3}\\s+(.*)");

  /** The format of a heading's date. The weekday is ignored, even if it contradicts the date. */
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("MMM d HH:mm:ss uuuu", Locale.ENGLISH);

  private static final int ID_BYTES = 8;

  private final String serverId;
  private final long nowMs;
  private final Map<String, Integer> seen = new HashMap<>();
  private long headingMs;
  private String heading = "";

  /** Creates a reader; new ids start with {@code serverId}; {@code nowMs} is the default time. */
  LegacyFile(String serverId, long nowMs) {
    this.serverId = serverId;
    this.nowMs = nowMs;
  }

  /**
   * The letters of one line; none for a comment or an empty line.
   *
   * @throws IOException with a sentence if the line is neither a letter nor a batch
   */
  List<ObjectNode> read(String raw) throws IOException {
    String line = raw.strip();
    if (line.isEmpty()) {
      return List.of();
    }
    if (line.startsWith("#")) {
      readHeading(line);
      return List.of();
    }
    if (!(parse(line) instanceof ObjectNode json)) {
      throw new IOException("not a JSON object");
    }
    if (json.has("events")) {
      return batch(line, json.path("events"));
    }
    if (json.path("event").isObject() && !json.path("event_id").asText("").isEmpty()) {
      ((ObjectNode) json.path("event")).put("event_id", json.path("event_id").asText());
      return List.of(json);
    }
    if (json.path("event_type").isTextual()) {
      return List.of(letter(line, 0, json));
    }
    throw new IOException("neither a letter nor a batch of events");
  }

  private static JsonNode parse(String line) throws IOException {
    try {
      return MAPPER.readTree(line);
    } catch (IOException e) {
      throw new IOException("not JSON", e);
    }
  }

  private void readHeading(String line) {
    Matcher found = HEADING.matcher(line);
    if (found.matches()) {
      heading = line;
      try {
        headingMs =
            LocalDateTime.parse(found.group(1).strip().replaceAll("\\s+", " "), DATE)
                .atZone(ZoneId.systemDefault())
                .toInstant()
                .toEpochMilli();
      } catch (DateTimeException e) {
        headingMs = 0;
      }
    }
  }

  private List<ObjectNode> batch(String line, JsonNode events) throws IOException {
    if (!events.isArray() || events.isEmpty()) {
      throw new IOException("a batch without events");
    }
    List<ObjectNode> letters = new ArrayList<>();
    for (int i = 0; i < events.size(); i++) {
      if (!(events.get(i) instanceof ObjectNode event) || !event.path("event_type").isTextual()) {
        throw new IOException("event %d of the batch has no event_type".formatted(i + 1));
      }
      letters.add(letter(line, i, event));
    }
    return letters;
  }

  private ObjectNode letter(String line, int index, ObjectNode event) {
    long deadAtMs = headingMs > 0 ? headingMs : nowMs;
    String id = event.path("event_id").asText("");
    if (id.isEmpty()) {
      id = serverId + ":old-" + hash(line, index);
      event.put("event_id", id);
    }
    if (!event.path("timestamp").isNumber()) {
      event.put("timestamp", deadAtMs);
    }
    if (!event.path("priority").isTextual()) {
      event.put("priority", "normal");
    }
    if (!event.path("payload").isObject()) {
      event.putObject("payload");
    }
    ObjectNode letter = JsonNodeFactory.instance.objectNode();
    letter.put("event_id", id).put("reason", "imported").put("status", 0);
    letter.put("problem", "a batch of the older bridge that failed").put("answer", "");
    letter.put("dead_at_ms", deadAtMs).set("event", event);
    return letter;
  }

  /** Returns an event's hash; equal lines under the same heading get different hashes. */
  private String hash(String line, int index) {
    String what = heading + "\n" + line;
    if (index == 0) {
      seen.merge(digest(what), 1, Integer::sum);
    }
    return digest(what + "\n" + seen.getOrDefault(digest(what), 1) + "\n" + index);
  }

  private static String digest(String text) {
    try {
      byte[] sum =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sum, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

package org.aibridge.core.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** Reads from an answer which events of an acknowledged batch the service rejected. */
final class RejectedEvents {
  /** Does not intern field names, since a service could fill the memory with new names. */
  static final JsonFactory JSON =
      JsonFactory.builder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build();

  private static final String NO_REASON = "rejected by the AI service";
  private static final byte[] NAME = "rejected".getBytes(StandardCharsets.US_ASCII);

  private RejectedEvents() {}

  /**
   * False if the body surely has no field {@code rejected}, as most have none; found without
   * parsing. True at a backslash or a zero byte, since a name may be written with escapes or in
   * UTF-16.
   */
  private static boolean mayReject(byte[] body) {
    for (int i = 0; i < body.length; i++) {
      if (body[i] == '\\' || body[i] == 0 || body[i] == NAME[0] && isName(body, i)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isName(byte[] body, int at) {
    int end = at + NAME.length;
    return end <= body.length && Arrays.equals(body, at, end, NAME, 0, NAME.length);
  }

  /**
   * Returns the reasons by event id; empty for a body without {@code rejected}. The value of {@code
   * rejected} is a list of ids, a list of objects with {@code event_id} and {@code error}, or an
   * object of reasons by id.
   *
   * <p>The memory used depends on the batch, however many other ids the answer names.
   *
   * @param batch returns the ids of the batch's events; called only if {@code body} may reject some
   * @param unclear run if something was rejected but no event of the batch is named
   */
  static Map<String, String> read(byte[] body, Supplier<Set<String>> batch, Runnable unclear) {
    if (!mayReject(body)) {
      return Map.of();
    }
    Map<String, String> reasons = new HashMap<>();
    try (JsonParser json = JSON.createParser(body)) {
      Set<String> ids = batch.get();
      if (json.nextToken() == JsonToken.START_OBJECT) {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          boolean isIt = json.currentName().equals("rejected");
          json.nextToken();
          if (isIt) {
            boolean some = isSome(json);
            some |= readAll(json, (id, reason) -> note(reasons, ids, id, reason)) > 0;
            if (some && reasons.isEmpty()) {
              unclear.run();
            }
          } else {
            json.skipChildren();
          }
        }
      }
    } catch (IOException e) {
      // The reasons read before the unreadable place still count.
      return reasons;
    }
    return reasons;
  }

  /** True if the value says that some events were rejected: true, a text, or a nonzero number. */
  private static boolean isSome(JsonParser json) throws IOException {
    return switch (json.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_STRING -> !json.getText().isEmpty();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> !json.getText().matches("-?[0.]+");
      default -> false;
    };
  }

  private static void note(Map<String, String> reasons, Set<String> ids, String id, String reason) {
    if (ids.contains(id)) {
      reasons.put(id, reason.isEmpty() ? NO_REASON : reason);
    }
  }

  /** Passes all rejected events to {@code found}, and returns their number. */
  private static int readAll(JsonParser json, BiConsumer<String, String> found) throws IOException {
    boolean byId = json.currentToken() == JsonToken.START_OBJECT;
    if (!byId && json.currentToken() != JsonToken.START_ARRAY) {
      return 0;
    }
    int count = 0;
    while (!json.nextToken().isStructEnd()) {
      String id = byId ? json.currentName() : "";
      if (byId) {
        json.nextToken();
      }
      if (byId
          && (json.currentToken() == JsonToken.VALUE_NULL
              || json.currentToken() == JsonToken.VALUE_FALSE)) {
        continue; // This value says that the event was not rejected.
      }
      count++;
      if (json.currentToken() == JsonToken.START_OBJECT) {
        readOne(json, id, found);
      } else {
        String text = text(json);
        found.accept(byId ? id : text, byId ? text : "");
      }
    }
    return count;
  }

  private static void readOne(JsonParser json, String known, BiConsumer<String, String> found)
      throws IOException {
    String id = known;
    String reason = "";
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      String text = text(json);
      id = name.equals("event_id") ? text : id;
      reason = name.equals("error") ? text : reason;
    }
    found.accept(id, reason);
  }

  /** Returns a scalar as text; skips null, a list or an object, and returns an empty text. */
  private static String text(JsonParser json) throws IOException {
    if (json.currentToken().isScalarValue() && json.currentToken() != JsonToken.VALUE_NULL) {
      return json.getText();
    }
    json.skipChildren();
    return "";
  }
}

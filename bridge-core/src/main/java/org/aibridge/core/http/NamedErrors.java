package org.aibridge.core.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.aibridge.core.text.Shown;

/**
 * Reads from the body of a refusal which events of the batch are wrong, as FastAPI says it: {@code
 * {"detail":[{"loc":["body","events",3,"player_id"],"msg":"…"}]}}.
 */
final class NamedErrors {
  private static final String EVENTS = "events";

  private NamedErrors() {}

  /**
   * One entry of {@code detail}: an event's index, -1 for none, the field in it, and the message.
   */
  private record Entry(int event, String field, String message) {
    String reason() {
      return field.isEmpty() ? message : field + ": " + message;
    }
  }

  /**
   * Returns the reasons by the event's index, several for one event joined; empty unless each entry
   * names an event. Of a body that was cut, the entries before the cut count.
   *
   * @param size the number of events in the batch, which bounds the memory used
   * @param hideSecrets masks the secrets in a text
   */
  static Map<Integer, String> read(byte[] body, int size, UnaryOperator<String> hideSecrets) {
    Map<Integer, String> reasons = new TreeMap<>();
    try (JsonParser json = RejectedEvents.JSON.createParser(body)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return reasons;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean isIt = json.currentName().equals("detail");
        if (json.nextToken() != JsonToken.START_ARRAY || !isIt) {
          json.skipChildren();
          continue;
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
          Entry entry = entry(json, hideSecrets);
          if (entry.event < 0 || entry.event >= size) {
            return Map.of();
          }
          reasons.merge(
              entry.event, Shown.reason(entry.reason()), (a, b) -> Shown.reason(a + "; " + b));
        }
      }
    } catch (IOException e) {
      return reasons;
    }
    return reasons;
  }

  private static Entry entry(JsonParser json, UnaryOperator<String> hideSecrets)
      throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw new IOException("an entry is an object");
    }
    int event = -1;
    StringJoiner field = new StringJoiner(".");
    String message = "";
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (name.equals("loc") && value == JsonToken.START_ARRAY) {
        event = place(json, field);
      } else if (name.equals("msg") && value == JsonToken.VALUE_STRING) {
        message = Shown.reason(hideSecrets.apply(json.getText()));
      } else {
        json.skipChildren();
      }
    }
    return new Entry(event, Shown.reason(hideSecrets.apply(field.toString())), message);
  }

  /**
   * Reads a {@code loc}: adds what follows the event's index to {@code field}, returns the index.
   */
  private static int place(JsonParser json, StringJoiner field) throws IOException {
    int event = -1;
    boolean inEvents = false;
    for (JsonToken t = json.nextToken(); t != JsonToken.END_ARRAY; t = json.nextToken()) {
      if (t == null || t.isStructStart()) {
        throw new IOException("a place holds names and numbers alone");
      }
      if (event >= 0) {
        field.add(Shown.cut(json.getText(), Shown.MAX_REASON));
      } else if (inEvents && t == JsonToken.VALUE_NUMBER_INT) {
        event = json.getIntValue();
      }
      inEvents = t == JsonToken.VALUE_STRING && json.getText().equals(EVENTS);
    }
    return event;
  }
}

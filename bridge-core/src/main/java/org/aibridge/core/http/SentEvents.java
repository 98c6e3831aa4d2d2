package org.aibridge.core.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads the event ids in a body that was sent. Needed only if an event was rejected. */
final class SentEvents {
  private SentEvents() {}

  /** Returns the ids in order; an id may occur twice. */
  static List<String> ids(byte[] body) {
    List<String> ids = new ArrayList<>();
    try (JsonParser json = RejectedEvents.JSON.createParser(body)) {
      json.nextToken(); // reads {
      json.nextToken(); // reads "events"
      json.nextToken(); // reads [
      while (json.nextToken() == JsonToken.START_OBJECT) {
        ids.add(eventId(json));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a body of our own cannot be read", e);
    }
    return ids;
  }

  /** Returns the ids by which an answer can name events; none for events sent without ids. */
  static Set<String> known(byte[] body) {
    return known(ids(body));
  }

  static Set<String> known(List<String> ids) {
    Set<String> known = new HashSet<>(ids);
    known.remove("");
    return known;
  }

  private static String eventId(JsonParser json) throws IOException {
    String id = "";
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      boolean isIt = json.currentName().equals("event_id");
      json.nextToken();
      if (isIt) {
        id = json.getText();
      } else {
        json.skipChildren();
      }
    }
    return id;
  }
}

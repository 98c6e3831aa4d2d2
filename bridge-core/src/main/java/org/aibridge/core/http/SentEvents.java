package org.aibridge.core.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

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

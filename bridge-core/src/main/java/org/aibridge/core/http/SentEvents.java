package org.aibridge.core.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Which events are in a body that was sent. Asked for when one was rejected, which is rare. */
final class SentEvents {
  private SentEvents() {}

  /** Their ids, in order; one may be there twice. */
  static List<String> ids(byte[] body) {
    List<String> ids = new ArrayList<>();
    try (JsonParser json = RejectedEvents.JSON.createParser(body)) {
      json.nextToken(); // {
      json.nextToken(); // "events"
      json.nextToken(); // [
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

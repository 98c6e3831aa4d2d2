package org.aibridge.core.experiments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.aibridge.fakeservice.Call;
import org.aibridge.fakeservice.LoopbackServer;

/**
 * An AI service that notes which numbered events it took, names the poisoned ones as rejected, and
 * offers an action at each poll. It can be down.
 */
final class RecordingService implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final LoopbackServer<Call> server;
  private final BitSet delivered = new BitSet();
  private final Set<String> wrong = new TreeSet<>();
  private int repeated;
  private int actions;
  private volatile boolean down;
  private volatile boolean takesPoison;

  RecordingService() throws IOException {
    server = new LoopbackServer<>(0, "recording-service", 0, Call::new, this::serve);
  }

  String baseUrl() {
    return server.baseUrl();
  }

  void down(boolean now) {
    down = now;
  }

  /** Rejects nothing from now on. */
  void takePoison() {
    takesPoison = true;
  }

  /** The numbers of the events it took and did not reject. */
  synchronized BitSet delivered() {
    return (BitSet) delivered.clone();
  }

  /** How many events came more than once. */
  synchronized int repeated() {
    return repeated;
  }

  /** Events that are not as they were published. */
  synchronized Set<String> wrong() {
    return new TreeSet<>(wrong);
  }

  @Override
  public void close() {
    server.close();
  }

  private void serve(Call call) throws IOException {
    if (down) {
      call.answer(503, "");
    } else if (call.path().endsWith("/dispatch")) {
      call.answer(200, take(call.body()));
    } else {
      call.answer(200, call.path().endsWith("/pending") ? offer() : "{}");
    }
  }

  private synchronized String take(byte[] body) throws IOException {
    List<String> rejected = new ArrayList<>();
    for (JsonNode event : MAPPER.readTree(body).path("events")) {
      JsonNode payload = event.path("payload");
      int number = payload.path("n").asInt(-1);
      if (number < 0 || !payload.path("text").asText().equals(Numbered.text(number))) {
        wrong.add(event.toString());
      } else if (Numbered.isPoison(number) && !takesPoison) {
        rejected.add(
            "{\"event_id\":%s,\"error\":\"poison\"}".formatted(event.path("event_id").toString()));
      } else if (delivered.get(number)) {
        repeated++;
      } else {
        delivered.set(number);
      }
    }
    return "{\"rejected\":[" + String.join(",", rejected) + "]}";
  }

  private synchronized String offer() {
    return """
        {"actions":[{"action_id":"a-%d","action_type":"broadcast","payload":{"message":"hello"}}]}"""
        .formatted(actions++);
  }
}

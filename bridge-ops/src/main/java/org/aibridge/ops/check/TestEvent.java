package org.aibridge.ops.check;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import org.agrona.ExpandableArrayBuffer;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.Priority;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.event.ByteSink;
import org.aibridge.core.event.EventCodec;
import org.aibridge.core.event.EventForm;
import org.aibridge.core.event.EventJson;
import org.aibridge.core.http.Answer;
import org.aibridge.core.service.EventBatch;
import org.aibridge.core.service.Verdict;

/** A single event, sent to see whether the service accepts the bridge's events. */
final class TestEvent {
  private static final String NAME = "test event";
  private static final String TYPE = "ai_bridge_test";
  private static final String PAYLOAD = "{\"test\":true}";
  private static final int MAX_BYTES = 1024;

  private TestEvent() {}

  /** Returns the event in a batch, in the form that the bridge sends. */
  static EventBatch batch(BridgeConfig config, Instant now) {
    // This number is higher than earlier ones and lower than those after the next start.
    long sequence = ChronoUnit.MICROS.between(Instant.EPOCH, now);
    long ms = now.toEpochMilli();
    ExpandableArrayBuffer event = new ExpandableArrayBuffer();
    int length =
        EventCodec.measure(
            EventType.CUSTOM,
            GameEvent.NO_PLAYER,
            null,
            null,
            null,
            ms,
            0,
            0,
            TYPE,
            PAYLOAD,
            MAX_BYTES);
    EventCodec.encode(
        EventType.CUSTOM,
        Priority.LOW,
        GameEvent.NO_PLAYER,
        null,
        null,
        null,
        ms,
        0,
        0,
        TYPE,
        PAYLOAD,
        length,
        event,
        0);
    ByteSink body = new ByteSink(MAX_BYTES).put(ascii("{\"events\":["));
    BridgeConfig.EventForm form = config.eventDispatcher().form();
    EventForm sent = new EventForm(form.textPlayerIds(), form.eventIds(), form.namedCustomEvents());
    new EventJson(config.bridge().serverId(), sent).write(sequence, event, 0, body);
    String key = config.bridge().serverId() + ":check:" + sequence;
    return new EventBatch(key, 1, false, body.put(ascii("]}")).copy());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Returns a finding on how the service treated the event. */
  static Finding finding(
      Answer answer, Verdict verdict, long nanos, boolean compressed, Untrusted untrusted) {
    String came = untrusted.text(answer.text().strip());
    String answered =
        "HTTP " + answer.status() + " in " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms";
    String shown = TYPE + ": " + answered + (came.isEmpty() ? "" : ", " + came);
    if (verdict instanceof Verdict.Delivered taken) {
      return taken.rejected().isEmpty()
          ? Finding.ok(NAME, shown)
          : Finding.failure(
              NAME, shown, "the service names it as rejected; see what it expects of an event");
    }
    boolean unread = compressed && (answer.status() == 400 || answer.status() == 415);
    return Finding.failure(
        NAME,
        shown + why(answer, untrusted),
        unread
            ? "the service may read no compressed bodies: set compression = none; the bridge itself"
                + " goes on without when a first batch is refused so"
            : advice(answer, verdict));
  }

  /** Returns what is wrong with the answer if its status is 2xx; empty for any other status. */
  private static String why(Answer answer, Untrusted untrusted) {
    boolean is2xx = answer.status() >= 200 && answer.status() < 300;
    return is2xx ? "; " + untrusted.text(answer.problem()) : "";
  }

  private static String advice(Answer answer, Verdict verdict) {
    return switch (answer.status()) {
      case 404, 405, 501 ->
          "there is no POST of events: have the AI team add it (docs/protocol.md), or correct base_url"
              + " or events_path";
      case 401, 403 -> "the key is not right for events; compare it with what the service expects";
      default ->
          verdict instanceof Verdict.Refused
              ? "compare what the service expects of an event with docs/protocol.md"
              : "see the AI service's log";
    };
  }
}

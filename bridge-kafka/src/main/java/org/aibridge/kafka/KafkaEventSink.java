package org.aibridge.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.aibridge.core.service.EventBatch;
import org.aibridge.core.service.EventSink;
import org.aibridge.core.service.Verdict;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Writes each event as one record. For the dispatcher's thread; no method waits.
 *
 * <p>A record's own timestamp is when it was sent: brokers refuse what lies an hour ahead, and
 * nobody has asked the host what it publishes. When the event happened stands in a header.
 */
final class KafkaEventSink implements EventSink {
  /** The placeholder for the event's type in the topic's name. */
  static final String TYPE = "${type}";

  /** The most ids that are kept in mind; what is beyond is written again. */
  private static final int MAX_AHEAD = 100_000;

  /** The version of the record's form. */
  private static final Header VERSION = new RecordHeader("v", new byte[] {'1'});

  private final String topic;
  private final Header serverId;
  private final RecordSender sender;

  /** The ids of events that are on a topic, while others of their batches are not. */
  private final Set<String> ahead =
      Collections.newSetFromMap(
          Collections.synchronizedMap(
              new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> oldest) {
                  return size() > MAX_AHEAD; // What ended otherwise is never asked for again.
                }
              }));

  /**
   * @param topic where events go, perhaps with {@link #TYPE} in it
   */
  KafkaEventSink(String topic, String serverId, RecordSender sender) {
    this.topic = topic;
    this.serverId = header("server_id", serverId);
    this.sender = sender;
  }

  @Override
  public boolean takesSingly() {
    return true;
  }

  @Override
  public long trySend(EventBatch batch, Consumer<Verdict> onVerdict) {
    return sender.trySend(() -> records(batch), outcome -> keep(batch, outcome), onVerdict);
  }

  @Override
  public long notBeforeMs() {
    return 0; // Kafka orders no waits.
  }

  /** Keeps in mind which events need not be written again with the next attempt at the others. */
  private void keep(EventBatch batch, Outgoing.Outcome outcome) {
    boolean whole = outcome.failure() == null && outcome.refused().isEmpty();
    if (whole && ahead.isEmpty()) {
      return;
    }
    for (int i = 0; i < batch.size(); i++) {
      String id = batch.events().get(i).id();
      if (whole) {
        ahead.remove(id);
      } else if (outcome.written().get(i)) {
        ahead.add(id);
      }
    }
  }

  private List<Unsent> records(EventBatch batch) {
    boolean none = ahead.isEmpty();
    List<Unsent> records = new ArrayList<>(batch.size());
    for (EventBatch.Event event : batch.events()) {
      records.add(none || !ahead.contains(event.id()) ? record(batch, event) : null);
    }
    return records;
  }

  private Unsent record(EventBatch batch, EventBatch.Event event) {
    return new Unsent(
        topic.replace(TYPE, event.type()),
        event.orderKey().getBytes(UTF_8),
        Arrays.copyOfRange(batch.body(), event.from(), event.to()),
        List.of(
            header("event_id", event.id()),
            header("event_type", event.type()),
            serverId,
            header("timestamp", Long.toString(event.timestampMs())),
            VERSION));
  }

  private static Header header(String name, String value) {
    return new RecordHeader(name, value.getBytes(UTF_8));
  }
}

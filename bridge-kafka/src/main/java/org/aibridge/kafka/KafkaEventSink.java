package org.aibridge.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.aibridge.core.service.EventBatch;
import org.aibridge.core.service.EventSink;
import org.aibridge.core.service.Verdict;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * Writes each event as one record. For the dispatcher's thread; no method waits.
 *
 * <p>A record's own timestamp is when it was sent: brokers refuse what lies an hour ahead, and
 * nobody has asked the host what it publishes. When the event happened stands in a header.
 */
final class KafkaEventSink implements EventSink {
  /** Stands in the topic's name where the event's type is to be. */
  static final String TYPE = "${type}";

  /** The version of the record's form. */
  private static final byte[] VERSION = {'1'};

  private final String topic;
  private final byte[] serverId;
  private final RecordSender sender;

  /**
   * @param topic where events go, perhaps with {@link #TYPE} in it
   */
  KafkaEventSink(String topic, String serverId, RecordSender sender) {
    this.topic = topic;
    this.serverId = serverId.getBytes(UTF_8);
    this.sender = sender;
  }

  @Override
  public boolean takesSingly() {
    return true;
  }

  @Override
  public long trySend(EventBatch batch, Consumer<Verdict> onVerdict) {
    return sender.trySend(() -> records(batch), onVerdict);
  }

  @Override
  public long notBeforeMs() {
    return 0; // Kafka orders no waits.
  }

  private List<ProducerRecord<byte[], byte[]>> records(EventBatch batch) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(batch.size());
    for (EventBatch.Event event : batch.events()) {
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(
              topic.replace(TYPE, event.type()),
              event.orderKey().getBytes(UTF_8),
              Arrays.copyOfRange(batch.body(), event.from(), event.to()));
      Headers headers = record.headers();
      headers.add("event_id", event.id().getBytes(UTF_8));
      headers.add("event_type", event.type().getBytes(UTF_8));
      headers.add("server_id", serverId);
      headers.add("timestamp", Long.toString(event.timestampMs()).getBytes(UTF_8));
      headers.add("v", VERSION);
      records.add(record);
    }
    return records;
  }
}

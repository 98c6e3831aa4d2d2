package org.aibridge.benchmarks.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.aibridge.benchmarks.peers.Kill;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Kafka's producer alone, with the bridge's settings, fed with records that lie in memory: what the
 * client and the compressor cost by themselves.
 */
final class BareProducer implements Exporter {
  private static final int PLAYERS = 10_000;
  private static final int BATCH_BYTES = 131_072;
  private static final int LINGER_MS = 50;

  private final AtomicLong acknowledged = new AtomicLong();
  private final byte[][] keys = new byte[PLAYERS][];
  private final byte[][] values = new byte[PLAYERS][];
  private final String topic;
  private final KafkaProducer<byte[], byte[]> producer;
  private long sent;

  BareProducer(String brokers, String topic) {
    this.topic = topic;
    for (int i = 0; i < PLAYERS; i++) {
      keys[i] = Integer.toString(i).getBytes(UTF_8);
      values[i] = Kill.json(i).getBytes(UTF_8);
    }
    producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                brokers,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "zstd",
                ProducerConfig.BATCH_SIZE_CONFIG,
                BATCH_BYTES,
                ProducerConfig.LINGER_MS_CONFIG,
                LINGER_MS),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  @Override
  public boolean send(int player) {
    if (sent - acknowledged.get() > WINDOW) {
      return false;
    }
    RecordHeaders headers = new RecordHeaders();
    headers.add("event_id", ("bench:" + sent).getBytes(UTF_8));
    headers.add("event_type", "monster_kill".getBytes(UTF_8));
    headers.add("server_id", "bench".getBytes(UTF_8));
    headers.add("timestamp", Long.toString(System.currentTimeMillis()).getBytes(UTF_8));
    headers.add("v", new byte[] {'1'});
    sent++;
    producer.send(
        new ProducerRecord<>(topic, null, keys[player], values[player], headers),
        (metadata, failure) -> acknowledged.addAndGet(failure == null ? 1 : 0));
    return true;
  }

  @Override
  public void flush() {
    producer.flush();
  }

  @Override
  public long acknowledged() {
    return acknowledged.get();
  }

  @Override
  public void close() throws IOException {
    producer.close(Duration.ofSeconds(2));
  }
}

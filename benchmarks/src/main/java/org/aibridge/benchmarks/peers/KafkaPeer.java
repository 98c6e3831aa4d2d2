package org.aibridge.benchmarks.peers;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.IntegerSerializer;

/** A real Kafka producer that sends to a {@link MiniBroker}. */
final class KafkaPeer implements Peer {
  private static final String TOPIC = "events";

  private final Consumed consumed = new Consumed();
  private final MiniBroker broker = new MiniBroker(TOPIC);
  private final KafkaProducer<Integer, byte[]> producer =
      new KafkaProducer<>(
          Map.of(
              ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
              "127.0.0.1:" + broker.port(),
              ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
              false,
              ProducerConfig.ACKS_CONFIG,
              "all",
              ProducerConfig.LINGER_MS_CONFIG,
              5),
          new IntegerSerializer(),
          new ByteArraySerializer());

  KafkaPeer() throws IOException {}

  @Override
  public boolean offer(int player) {
    producer.send(
        new ProducerRecord<>(TOPIC, player, Kill.bytes(player)),
        (metadata, failure) -> consumed.arrived(failure == null ? 1 : 0));
    return consumed.offered(true);
  }

  @Override
  public void drain() {
    producer.flush();
    consumed.await();
  }

  @Override
  public long lost() {
    return consumed.missing();
  }

  @Override
  public void close() throws IOException {
    producer.close(Duration.ofSeconds(2));
    broker.close();
  }
}

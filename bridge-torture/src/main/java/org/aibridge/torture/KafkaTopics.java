package org.aibridge.torture;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The topics of a broker, as an AI service uses them. Whoever reads or makes one waits for the
 * broker, however often it dies.
 */
final class KafkaTopics implements AutoCloseable {
  private static final int LIMIT_MS = 300_000;

  private final Properties settings = new Properties();
  private final Producer<byte[], byte[]> producer;

  KafkaTopics(String address) {
    settings.put("bootstrap.servers", address);
    settings.put("default.api.timeout.ms", LIMIT_MS);
    settings.put("max.block.ms", LIMIT_MS);
    settings.put("delivery.timeout.ms", 2 * LIMIT_MS);
    producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Makes topics, each with that many partitions. */
  void create(Map<String, Integer> partitions) {
    List<NewTopic> topics = new ArrayList<>();
    partitions.forEach((name, count) -> topics.add(new NewTopic(name, count, (short) 1)));
    try (Admin admin = Admin.create(settings)) {
      done(admin.createTopics(topics).all().toCompletionStage().toCompletableFuture());
    }
  }

  /** Writes a record; the future ends once it is there. */
  Future<?> write(String topic, String value) {
    return producer.send(new ProducerRecord<>(topic, value.getBytes(StandardCharsets.UTF_8)));
  }

  /** Waits for the end of a write. */
  static void done(Future<?> write) {
    try {
      write.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Kafka: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Returns all that is in a topic now, each partition's records in their order. */
  List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList();
      for (TopicPartition partition : partitions) {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        long end = consumer.endOffsets(List.of(partition)).get(partition);
        while (consumer.position(partition) < end) {
          consumer.poll(Duration.ofMillis(200)).forEach(records::add);
        }
      }
    }
    return records;
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
  }
}

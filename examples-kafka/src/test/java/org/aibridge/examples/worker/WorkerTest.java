package org.aibridge.examples.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** One worker on Kafka's own stand-ins for its clients. */
class WorkerTest {
  private static final TopicPartition PARTITION = new TopicPartition("events", 0);

  private final List<ConsumerRecord<byte[], byte[]>> topic = new ArrayList<>();
  private MockConsumer<byte[], byte[]> consumer;
  private MockProducer<byte[], byte[]> producer = new MockProducer<>(true, null, bytes(), bytes());

  private static ByteArraySerializer bytes() {
    return new ByteArraySerializer();
  }

  private void publish(String id, String type) {
    byte[] value =
        "{\"event_id\":\"%s\",\"event_type\":\"%s\",\"player_id\":7,\"map\":\"prontera\"}"
            .formatted(id, type)
            .getBytes(UTF_8);
    add(id, value);
  }

  private void add(String id, byte[] value) {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>("events", 0, topic.size(), new byte[0], value);
    record.headers().add("event_id", id.getBytes(UTF_8));
    record.headers().add("server_id", "map1".getBytes(UTF_8));
    topic.add(record);
  }

  /** Has a new worker read all that was published, after what an earlier one has committed. */
  private void work(long committed) {
    work(committed, new Rules());
  }

  private void work(long committed, Worker.Brain brain) {
    consumer = new MockConsumer<>("earliest");
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    Worker worker = new Worker(consumer, producer, "events", "actions.", brain);
    consumer.schedulePollTask(
        () -> {
          if (committed >= 0) {
            consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(committed)));
          }
          consumer.rebalance(List.of(PARTITION));
          topic.forEach(consumer::addRecord);
        });
    consumer.schedulePollTask(() -> {}); // Reads.
    consumer.schedulePollTask(worker::stop);
    worker.run();
  }

  private long committed() {
    OffsetAndMetadata found = consumer.committed(Set.of(PARTITION)).get(PARTITION);
    return found == null ? -1 : found.offset();
  }

  private List<String> decided() {
    return producer.history().stream().map(WorkerTest::id).toList();
  }

  private static String id(ProducerRecord<byte[], byte[]> decision) {
    try {
      return new ObjectMapper().readTree(decision.value()).path("action_id").asText();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void writesADecisionToTheTopicOfTheEventsServerUnderAnIdThatTheEventGives() throws Exception {
    publish("map1:1", "player_login");
    publish("map1:2", "quest_complete");

    work(-1);

    assertThat(decided()).containsExactly("act-map1:2-0");
    ProducerRecord<byte[], byte[]> decision = producer.history().get(0);
    assertThat(decision.topic()).isEqualTo("actions.map1");
    assertThat(new ObjectMapper().readTree(decision.value()).path("payload").path("player_id"))
        .hasToString("7");
    assertThat(committed()).isEqualTo(2);
  }

  @Test
  void decidesAnEventOnceThatComesAgain() {
    publish("map1:1", "quest_complete");
    publish("map1:1", "quest_complete");

    work(-1);

    assertThat(decided()).hasSize(1);
  }

  @Test
  void remembersAcrossARestartWhatAnEarlierWorkerHasDecided() {
    publish("map1:1", "quest_complete");
    publish("map1:2", "quest_complete");
    publish("map1:1", "quest_complete");
    publish("map1:3", "quest_complete");

    work(2);

    assertThat(decided()).containsExactly("act-map1:3-0");
    assertThat(committed()).isEqualTo(4);
  }

  @Test
  void readingBackCommitsNothing() {
    publish("map1:1", "quest_complete");
    publish("map1:2", "quest_complete");

    work(2);

    assertThat(decided()).isEmpty();
    assertThat(committed()).isEqualTo(2);
  }

  @Test
  void decidesAgainWhatWasNotCommittedUnderTheSameIds() {
    publish("map1:1", "quest_complete");
    work(-1);
    work(-1); // The one before was killed between its decisions and its commit.

    assertThat(decided()).containsExactly("act-map1:1-0", "act-map1:1-0");
  }

  @Test
  void commitsNothingWhileADecisionIsNotWritten() {
    publish("map1:1", "quest_complete");
    producer =
        new MockProducer<>(true, null, bytes(), bytes()) {
          @Override
          public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> decision) {
            return CompletableFuture.failedFuture(new TimeoutException("no broker"));
          }
        };

    assertThatThrownBy(() -> work(-1))
        .isInstanceOf(KafkaException.class)
        .hasRootCauseMessage("no broker");
    assertThat(committed()).isEqualTo(-1);
  }

  @Test
  void forgetsTheOldestAndNoOther() {
    LongStream.rangeClosed(0, Worker.REMEMBERED).forEach(i -> publish("map1:" + i, "siege"));
    publish("map1:0", "quest_complete"); // Forgotten: one more came since than are remembered.
    publish("map1:5", "quest_complete");

    work(-1);

    assertThat(decided()).containsExactly("act-map1:0-0");
  }

  @Test
  void stepsOverWhatItCannotReadOrDecide() {
    add("map1:1", "no JSON".getBytes(UTF_8));
    publish("map1:2", "quest_complete");
    publish("map1:3", "fault");

    work(
        -1,
        event -> {
          if (event.path("event_type").asText().equals("fault")) {
            throw new IllegalStateException("a fault of the brain");
          }
          return new Rules().decide(event);
        });

    assertThat(decided()).containsExactly("act-map1:2-0");
    assertThat(committed()).isEqualTo(3);
  }
}

package org.aibridge.examples.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads events as one of a consumer group, has each decided, and writes the decisions to the topic
 * of the map-server that the event came from.
 *
 * <p>It promises three things, whatever is killed and started again:
 *
 * <ul>
 *   <li>No event is left out: an offset is committed once the decisions of all before it are
 *       acknowledged.
 *   <li>An event that comes again is not decided again, if its first record is among the last
 *       {@value #REMEMBERED} of its partition. What was read before is read back at each start, and
 *       whenever the group hands over a partition.
 *   <li>An event that is decided again all the same, such as after a kill before the commit, gets
 *       decisions with the ids that the first had. The bridge applies an id once.
 * </ul>
 *
 * <p>One thread runs it; {@link #stop} may come from any.
 */
public final class Worker implements AutoCloseable {
  /** Decides what shall happen in the game. */
  @FunctionalInterface
  public interface Brain {
    /**
     * Returns what to do about an event, each with {@code action_type} and {@code payload} as
     * docs/actions.md has them; nothing for most events.
     *
     * @param event one event as docs/protocol.md has it
     */
    List<ObjectNode> decide(JsonNode event);
  }

  /** How many events of a partition are remembered. */
  public static final int REMEMBERED = 10_000;

  /** How long to wait for events. */
  private static final Duration WAIT = Duration.ofMillis(500);

  private static final Logger log = LoggerFactory.getLogger(Worker.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Consumer<byte[], byte[]> consumer;
  private final Producer<byte[], byte[]> producer;
  private final String eventsTopic;
  private final String actionsTopic;
  private final Brain brain;
  private final Map<TopicPartition, Memory> memories = new HashMap<>();
  private volatile boolean stopped;

  /**
   * @param consumer of a group, with {@code enable.auto.commit=false}; closed with the worker, as
   *     is the producer
   * @param actionsTopic the beginning of the topics of decisions; a server's id follows it
   */
  public Worker(
      Consumer<byte[], byte[]> consumer,
      Producer<byte[], byte[]> producer,
      String eventsTopic,
      String actionsTopic,
      Brain brain) {
    this.consumer = consumer;
    this.producer = producer;
    this.eventsTopic = eventsTopic;
    this.actionsTopic = actionsTopic;
    this.brain = brain;
  }

  /**
   * Decides until stopped.
   *
   * @throws KafkaException if it cannot go on; another worker begins where this one has committed
   */
  public void run() {
    consumer.subscribe(List.of(eventsTopic), new Handover());
    try {
      while (!stopped) {
        take(consumer.poll(WAIT));
      }
    } catch (WakeupException e) {
      log.debug("the worker is stopped");
    }
  }

  /** Has {@link #run} return soon. Any thread. */
  public void stop() {
    stopped = true;
    consumer.wakeup();
  }

  private void take(ConsumerRecords<byte[], byte[]> records) {
    List<Future<RecordMetadata>> decisions = new ArrayList<>();
    Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      TopicPartition partition = new TopicPartition(record.topic(), record.partition());
      Memory memory = memories.get(partition);
      boolean first = memory.add(text(record, "event_id"));
      if (record.offset() < memory.from) {
        continue; // Read back: who read it before has decided it.
      }
      if (first) {
        decide(record).forEach(decision -> decisions.add(producer.send(decision)));
      }
      done.put(partition, new OffsetAndMetadata(record.offset() + 1));
    }
    if (done.isEmpty()) {
      return;
    }
    producer.flush();
    decisions.forEach(Worker::mustBeWritten);
    consumer.commitSync(done);
  }

  private List<ProducerRecord<byte[], byte[]>> decide(ConsumerRecord<byte[], byte[]> record) {
    String id = text(record, "event_id");
    List<ProducerRecord<byte[], byte[]>> decisions = new ArrayList<>();
    try {
      for (ObjectNode action : brain.decide(JSON.readTree(record.value()))) {
        action.put("action_id", actionId(id, decisions.size()));
        decisions.add(
            new ProducerRecord<>(
                actionsTopic + text(record, "server_id"), JSON.writeValueAsBytes(action)));
      }
    } catch (IOException | RuntimeException e) {
      log.error("nothing is decided on event {}", id, e); // It must not keep those behind it.
      return List.of();
    }
    return decisions;
  }

  /** Returns the id of an event's decision, which is the same whoever decides and how often. */
  public static String actionId(String eventId, int index) {
    return "act-" + eventId + "-" + index;
  }

  private static void mustBeWritten(Future<RecordMetadata> decision) {
    try {
      decision.get();
    } catch (ExecutionException e) {
      throw new KafkaException("a decision could not be written", e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private static String text(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }

  /** Closes both clients; waits a short time for a broker. */
  @Override
  public void close() {
    consumer.close();
    producer.close(Duration.ofSeconds(5));
  }

  /** The latest events of one partition. */
  private static final class Memory {
    /** The offset from which events are decided; those before it are only remembered. */
    private final long from;

    private final Set<String> ids = new LinkedHashSet<>();

    Memory(long from) {
      this.from = from;
    }

    /** Remembers an event; true if it is new. */
    boolean add(String id) {
      if (!ids.add(id)) {
        return false;
      }
      if (ids.size() > REMEMBERED) {
        ids.remove(ids.iterator().next());
      }
      return true;
    }
  }

  /** Reads back what others have decided, when the group hands over partitions. */
  private final class Handover implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(partitions));
      Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
      for (TopicPartition partition : partitions) {
        long beginning = beginnings.get(partition);
        OffsetAndMetadata done = committed.get(partition);
        long from = done == null ? beginning : Math.max(beginning, done.offset());
        memories.put(partition, new Memory(from));
        consumer.seek(partition, Math.max(beginning, from - REMEMBERED));
      }
      log.info("decides on the events of {}", partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      memories.keySet().removeAll(partitions); // All that was read of them is committed.
    }
  }
}

package org.aibridge.sim;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.aibridge.core.service.Service;
import org.aibridge.core.service.ServiceSetup;
import org.aibridge.kafka.SimDoor;
import org.aibridge.sim.SimService.Endpoint;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A hostile broker of Kafka in place of the AI service, and the clients that reach it: what Kafka's
 * own clients do with the broker's answers, in simulated time. {@link SimService} has the troubles,
 * the actions and what becomes of their results.
 *
 * <p>A batch of a partition is written as a whole, once, in the order of its records; its
 * acknowledgement may be lost, it may come late, and beside it another batch may fail.
 */
final class SimBroker {
  /** What becomes of a request. */
  private enum Fate {
    TAKEN,
    /**
     * Taken, and the acknowledgement is lost: the client asks again, and hears that it is there.
     */
    ACK_LOST,
    /** Taken, and no acknowledgement comes before the client gives up. */
    ACK_LATE,
    /** Not taken, and no answer; perhaps taken once the client has given up. */
    SILENT,
    AWAY,
    FEW_REPLICAS,
    UNKNOWN_TOPIC,
    FORBIDDEN,
    UNKNOWN_USER,
    /** The first record of a batch is too large. */
    TOO_LARGE
  }

  private static final int PARTITIONS = 5;
  private static final int MOST_POLLED = 500;
  private static final long MS = 1_000_000;

  /** The product's settings of Kafka's clients, in nanoseconds. */
  private static final long DELIVERY_NANOS = 15_000 * MS;

  private static final long BLOCK_NANOS = 5_000 * MS;
  private static final long ANSWER_NANOS = 10_000 * MS;

  /** The longest pause of Kafka's clients before they connect again. */
  private static final long CONNECT_NANOS = 1_200 * MS;

  private static final String GONE = "the client is closed";

  private final SimLoop loop;
  private final SimOracle oracle;
  private final SimService service;
  private final Mix mix;
  private final long latencyMs;

  SimBroker(SimLoop loop, SimOracle oracle, SimService service, long seed, long latencyMs) {
    this.loop = loop;
    this.oracle = oracle;
    this.service = service;
    this.mix = new Mix(Mix.of(seed, 99));
    this.latencyMs = latencyMs;
    Strand.ready(4); // Two for a life, and those of a life that is ending.
  }

  /** Opens the product's service over clients of this broker. */
  Service open(ServiceSetup setup) {
    return SimDoor.open(setup, SimProducer::new, SimConsumer::new, this::admin);
  }

  private Fate fate(Endpoint of) {
    return switch (service.kind(of, mix)) {
      case "ok", "204", "slow" -> Fate.TAKEN;
      case "taken-reset" -> Fate.ACK_LOST;
      case "taken-timeout" -> Fate.ACK_LATE;
      case "timeout", "cut" -> Fate.SILENT;
      case "503", "comeback", "408" -> Fate.FEW_REPLICAS;
      case "404", "501" -> Fate.UNKNOWN_TOPIC;
      case "400" -> Fate.FORBIDDEN;
      case "401" -> Fate.UNKNOWN_USER;
      case "413" -> Fate.TOO_LARGE;
      default -> Fate.AWAY;
    };
  }

  private long latency() {
    return Math.max(MS, (long) (latencyMs * MS * (0.2 + mix.fraction() * 1.6)));
  }

  private long backoff() {
    return mix.between(100 * MS, CONNECT_NANOS);
  }

  /** Waits until the broker answers; returns null then, and otherwise why there is no answer. */
  private KafkaException reach(
      Endpoint of, String topic, long nanos, Pause pause, BooleanSupplier closed) {
    long until = loop.clock.now() + nanos;
    while (!closed.getAsBoolean()) {
      Fate fate = fate(of);
      boolean answers = fate != Fate.AWAY && fate != Fate.SILENT && fate != Fate.ACK_LATE;
      pause.sleep(answers ? latency() : Math.min(backoff(), until - loop.clock.now()));
      if (fate == Fate.FORBIDDEN) {
        return new TopicAuthorizationException(Set.of(topic));
      }
      if (fate == Fate.UNKNOWN_USER) {
        return new ClusterAuthorizationException("no");
      }
      if (answers && fate != Fate.UNKNOWN_TOPIC) {
        return null;
      }
      if (loop.clock.now() >= until) {
        return new TimeoutException(
            "Topic " + topic + " not present in metadata after " + nanos / MS + " ms.",
            answers ? new UnknownTopicOrPartitionException() : null);
      }
    }
    return new KafkaException(GONE);
  }

  /** The records of one partition that a producer sends at once. */
  private final class Batch {
    final Endpoint of;
    final String topic;
    final List<byte[]> values = new ArrayList<>();
    final List<CompletableFuture<RecordMetadata>> ends = new ArrayList<>();
    final Set<Integer> refused = new TreeSet<>();
    boolean written;
    boolean ended;

    Batch(String topic) {
      this.topic = topic;
      this.of = topic.contains("results") ? Endpoint.RESULTS : Endpoint.EVENTS;
    }

    /** Writes the batch, unless it is there already. */
    void write(boolean withoutFirst) {
      if (written) {
        return;
      }
      written = true;
      oracle.trace("written", topic, values.size());
      for (int i = 0; i < values.size(); i++) {
        if (!service.write(of, values.get(i), withoutFirst && i == 0)) {
          refused.add(i);
        }
      }
    }

    void end(RuntimeException why) {
      ended = true;
      for (int i = 0; i < ends.size(); i++) {
        RuntimeException its =
            why == null && refused.contains(i) ? new RecordTooLargeException("large") : why;
        if (its == null) {
          ends.get(i).complete(null);
        } else {
          ends.get(i).completeExceptionally(its);
        }
      }
    }
  }

  /** What Kafka's idempotent producer does, as far as the product uses it. */
  private final class SimProducer extends MockProducer<byte[], byte[]> {
    private final Set<String> known = new TreeSet<>();
    private final Map<String, Batch> waiting = new LinkedHashMap<>();
    private final List<Batch> sent = new ArrayList<>();
    private final Pause pause = new Pause(loop);
    private boolean shut;

    SimProducer() {
      super(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic) {
      if (!known.contains(topic)) {
        Endpoint of = new Batch(topic).of;
        KafkaException why = reach(of, topic, BLOCK_NANOS, pause, () -> shut);
        if (why != null) {
          throw why;
        }
        known.add(topic);
      }
      return Collections.nCopies(PARTITIONS, null);
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
      if (shut) {
        throw new IllegalStateException(GONE);
      }
      Batch batch =
          waiting.computeIfAbsent(
              record.topic() + "-" + record.partition(), name -> new Batch(record.topic()));
      batch.values.add(record.value());
      batch.ends.add(new CompletableFuture<>());
      return batch.ends.get(batch.ends.size() - 1);
    }

    @Override
    public void flush() {
      long until = loop.clock.now() + DELIVERY_NANOS;
      sent.addAll(waiting.values());
      waiting.clear();
      List.copyOf(sent).forEach(batch -> attempt(batch, until));
      while (!sent.isEmpty() && !shut) {
        pause.sleep(2 * DELIVERY_NANOS);
      }
    }

    private void attempt(Batch batch, long until) {
      if (batch.ended) {
        return;
      }
      if (loop.clock.now() >= until) {
        expire(batch);
        return;
      }
      Fate fate = fate(batch.of);
      if (fate == Fate.TAKEN || fate == Fate.TOO_LARGE || fate.name().startsWith("ACK")) {
        // What has left this machine arrives, even if the process is killed meanwhile.
        loop.after(latency(), () -> batch.write(fate == Fate.TOO_LARGE));
      }
      switch (fate) {
        case TAKEN, TOO_LARGE -> after(2 * latencyMs * MS + latency(), batch, null);
        case ACK_LATE, SILENT -> at(until, batch);
        case FORBIDDEN ->
            after(latency(), batch, new TopicAuthorizationException(Set.of(batch.topic)));
        case UNKNOWN_USER -> after(latency(), batch, new ClusterAuthorizationException("no"));
        default -> {
          if (fate == Fate.UNKNOWN_TOPIC) {
            known.remove(batch.topic);
          }
          boolean told = fate == Fate.FEW_REPLICAS && until - loop.clock.now() < CONNECT_NANOS;
          if (told) {
            after(latency(), batch, new NotEnoughReplicasException("few"));
          } else {
            loop.after(Math.min(backoff(), until - loop.clock.now()), () -> attempt(batch, until));
          }
        }
      }
      if (fate == Fate.SILENT && mix.chance(0.3)) {
        loop.at(until + mix.between(0, DELIVERY_NANOS), () -> batch.write(false));
      }
    }

    private void after(long nanos, Batch batch, RuntimeException why) {
      loop.after(nanos, () -> end(batch, why));
    }

    private void at(long nanos, Batch batch) {
      loop.at(nanos, () -> expire(batch));
    }

    private void expire(Batch batch) {
      end(batch, new TimeoutException("Expiring records: 15000 ms has passed"));
    }

    private void end(Batch batch, RuntimeException why) {
      if (!batch.ended) {
        if (why == null) {
          batch.write(false); // A slow answer is never before what it answers.
        }
        batch.end(why);
        sent.remove(batch);
        if (sent.isEmpty()) {
          pause.end();
        }
      }
    }

    @Override
    public void close(Duration timeout) {
      shut = true;
      sent.forEach(batch -> batch.end(new KafkaException(GONE)));
      sent.clear();
      pause.end();
    }
  }

  /** What Kafka's consumer does, as far as the product uses it. */
  private final class SimConsumer extends MockConsumer<byte[], byte[]> {
    private final Pause pause = new Pause(loop);
    private TopicPartition from;
    private long at;
    private boolean woken;

    SimConsumer() {
      super("none");
    }

    @Override
    public void assign(Collection<TopicPartition> partitions) {
      from = partitions.iterator().next();
    }

    @Override
    public void seek(TopicPartition partition, long offset) {
      at = offset;
    }

    @Override
    public long position(TopicPartition partition, Duration timeout) {
      return at;
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> of, Duration timeout) {
      ask();
      return Map.of(from, (long) service.log().size());
    }

    @Override
    public Map<TopicPartition, Long> beginningOffsets(
        Collection<TopicPartition> of, Duration timeout) {
      ask();
      return Map.of(from, 0L);
    }

    private void ask() {
      KafkaException why = reach(Endpoint.POLLS, from.topic(), ANSWER_NANOS, pause, () -> woken);
      heed();
      if (why != null) {
        throw why;
      }
    }

    private void heed() {
      if (woken) {
        woken = false;
        throw new WakeupException();
      }
    }

    /** Without an answer it returns nothing, as Kafka's consumer does. */
    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      long until = loop.clock.now() + timeout.toNanos();
      service.pollBegins();
      try {
        while (true) {
          heed();
          KafkaException why =
              reach(Endpoint.POLLS, from.topic(), until - loop.clock.now(), pause, () -> woken);
          heed();
          if (why != null && !(why instanceof TimeoutException)) {
            throw why;
          }
          if (at < service.log().size() && why == null || loop.clock.now() >= until) {
            return why == null ? next() : ConsumerRecords.empty();
          }
          pause.sleep(Math.min(250 * MS, until - loop.clock.now()));
        }
      } finally {
        service.pollEnds();
      }
    }

    private ConsumerRecords<byte[], byte[]> next() {
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      for (SimService.Logged one :
          service.log().subList((int) at, (int) Math.min(service.log().size(), at + MOST_POLLED))) {
        records.add(
            new ConsumerRecord<>(
                from.topic(),
                0,
                at++,
                one.atMs(),
                TimestampType.CREATE_TIME,
                0,
                0,
                null,
                one.json().getBytes(StandardCharsets.UTF_8),
                new RecordHeaders(),
                Optional.empty()));
      }
      return new ConsumerRecords<>(records.isEmpty() ? Map.of() : Map.of(from, records), Map.of());
    }

    @Override
    public void wakeup() {
      woken = true;
      pause.end();
    }

    @Override
    public void close(CloseOptions options) {
      woken = true;
    }
  }

  /** A client that tells of the topic of actions, and of nothing else. */
  private Admin admin() {
    Pause pause = new Pause(loop);
    boolean[] closed = {false};
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          switch (method.getName()) {
            case "describeTopics" -> {
              String topic = ((Collection<?>) arguments[0]).iterator().next().toString();
              KafkaException why =
                  reach(Endpoint.POLLS, topic, ANSWER_NANOS, pause, () -> closed[0]);
              return new Described(topic, why);
            }
            case "close" -> {
              closed[0] = true;
              pause.end();
              return null;
            }
            default -> throw new UnsupportedOperationException(method.getName());
          }
        };
    return (Admin)
        Proxy.newProxyInstance(
            SimBroker.class.getClassLoader(), new Class<?>[] {Admin.class}, handler);
  }

  private static final class Described extends DescribeTopicsResult {
    Described(String topic, KafkaException why) {
      super(null, new TreeMap<>(Map.of(topic, answer(topic, why))));
    }

    private static KafkaFuture<TopicDescription> answer(String topic, KafkaException why) {
      if (why != null) {
        KafkaFutureImpl<TopicDescription> failed = new KafkaFutureImpl<>();
        failed.completeExceptionally(why);
        return failed;
      }
      return KafkaFuture.completedFuture(
          new TopicDescription(
              topic,
              false,
              List.of(new TopicPartitionInfo(0, null, List.of(), List.of())),
              null,
              Uuid.ONE_UUID));
    }
  }
}

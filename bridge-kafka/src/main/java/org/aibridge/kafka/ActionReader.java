package org.aibridge.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.service.ActionSource;
import org.aibridge.core.service.Offered;
import org.aibridge.core.service.Verdict;
import org.aibridge.core.text.Sentence;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;

/**
 * Reads actions from this server's topic, on a thread of its own. Kafka is never told how far this
 * has come: each asking says from where it goes on, which the ledger alone knows. Where that place
 * is not there any more, or never was, nothing is read until an operator says where to begin.
 */
final class ActionReader implements Duty {
  /** One request for actions. */
  private record Ask(
      int most, long holdMs, String position, java.util.function.Consumer<Offered> onOffered) {}

  /** Where to begin, by an operator's word, until it comes back as the position of an asking. */
  private static final class Begin {
    final ActionSource.Beginning where;

    /** The position that was answered; null before that. */
    String position;

    Begin(ActionSource.Beginning where) {
      this.where = where;
    }
  }

  /** Thrown if nothing can be read until an operator decides; its message says why. */
  private static final class NoPlace extends Exception {
    private static final long serialVersionUID = 1;

    NoPlace(String sentence) {
      super(sentence);
    }
  }

  private static final Logger log = Logs.of(ActionReader.class);

  private static final String HOW_TO_BEGIN =
      ": say where to begin, with 'ai-bridge actions read-from newest' or 'oldest'";

  /** The least time in ms that a fetch waits, even if the request asks for no wait. */
  private static final long LEAST_POLL_MS = 250;

  /** The time after which Kafka is asked whether the topic is still the same, in nanoseconds. */
  private static final long LOOK_NANOS = 30_000_000_000L;

  private static final Duration ANSWER_TIME = Duration.ofSeconds(10);

  private final TopicPartition from;
  private final Supplier<Consumer<byte[], byte[]>> maker;
  private final TopicLook topic;
  private final KafkaGate gate;
  private final BridgeClock clock;
  private final AtomicReference<Ask> asked = new AtomicReference<>();
  private final Deque<ConsumerRecord<byte[], byte[]>> read = new ArrayDeque<>();

  /** The consumer; null until it is needed, and after an error. Other threads may wake it. */
  private volatile Consumer<byte[], byte[]> consumer;

  private final AtomicReference<Begin> beginning = new AtomicReference<>();
  private volatile boolean closing;
  private volatile boolean closed;

  /** The topic's id in Kafka's last answer. */
  private String id = "";

  private long nextLookNanos;

  /** The first offset of the fetched records in {@link #read}; {@link #readTo} is their end. */
  private long readFrom;

  private long readTo = -1;

  ActionReader(
      String topicName,
      Supplier<Consumer<byte[], byte[]>> maker,
      TopicLook topic,
      KafkaGate gate,
      BridgeClock clock) {
    this.from = new TopicPartition(topicName, 0);
    this.maker = maker;
    this.topic = topic;
    this.gate = gate;
    this.clock = clock;
  }

  /** Requests actions. Then the caller must wake the reader's thread. One request at a time. */
  void ask(int most, long holdMs, String position, java.util.function.Consumer<Offered> onOffered) {
    asked.set(new Ask(most, holdMs, position, onOffered));
  }

  /**
   * Has askings answered with the place to begin at, until one begins there: a full disk may keep
   * the ledger from noting it. Any thread; no waiting.
   */
  void begin(ActionSource.Beginning where) {
    beginning.set(new Begin(where));
    wakeConsumer();
  }

  /** Ends a read under way. Any thread; no waiting. */
  void beginClosing() {
    closing = true;
    topic.close();
    wakeConsumer();
  }

  /** True once the consumer and the topic's client are closed. */
  boolean isClosed() {
    return closed;
  }

  private void wakeConsumer() {
    Consumer<byte[], byte[]> now = consumer;
    if (now != null) {
      now.wakeup();
    }
  }

  @Override
  public int runOnce() {
    if (closing) {
      drop();
      topic.close();
      closed = true;
      return 0;
    }
    Ask ask = asked.get();
    if (ask == null) {
      return 0;
    }
    ask.onOffered.accept(answer(ask));
    asked.compareAndSet(ask, null); // Not earlier: it is answered again if there is no memory.
    gate.ended();
    return 1;
  }

  private Offered answer(Ask ask) {
    long since = clock.nanos();
    try {
      Offered offered = offer(ask);
      gate.well();
      return offered;
    } catch (WakeupException e) {
      // Else somebody has said where to begin.
      return closing ? givenUp() : answer(ask);
    } catch (NoPlace e) {
      return failed(new KafkaFailure(KafkaFailure.Kind.HELD, 0, e.getMessage()), since);
    } catch (OffsetOutOfRangeException e) {
      return failed(outOfRange(ask.position), since);
    } catch (Throwable e) {
      drop();
      return closing ? givenUp() : failed(KafkaFailure.of(e, from.topic(), false), since);
    }
  }

  private static Offered givenUp() {
    return new Offered.Nothing(
        new Verdict.NotSent(new Verdict.Reply(0, "given up", "", "", false, 0)));
  }

  private Offered failed(KafkaFailure why, long sinceNanos) {
    gate.failed(why);
    return new Offered.Nothing(why.verdict(clock.nanos() - sinceNanos));
  }

  private Offered offer(Ask ask) throws NoPlace {
    connect();
    Begin begin = beginning.get();
    if (begin != null) {
      if (!ask.position.equals(begin.position)) {
        begin.position = begin.position == null ? position(endOf(begin.where)) : begin.position;
        return new Offered.Records(List.of(), begin.position, 0);
      }
      beginning.compareAndSet(begin, null);
    }
    goTo(offset(ask.position));
    if (read.isEmpty()) {
      fill(ask.holdMs);
    }
    List<Offered.Record> records = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : read) {
      if (records.size() == ask.most) {
        break;
      }
      byte[] json = record.value() == null ? new byte[0] : record.value();
      records.add(new Offered.Record(json, record.timestamp(), position(record.offset() + 1)));
    }
    return new Offered.Records(
        records,
        records.isEmpty() ? ask.position : records.get(records.size() - 1).position(),
        ask.holdMs);
  }

  /** Makes a consumer if there is none, and regularly asks whether the topic is still the same. */
  private void connect() throws NoPlace {
    long now = clock.nanos();
    if (consumer == null || id.isEmpty() || now - nextLookNanos >= 0) {
      TopicLook.Topic seen = topic.look(from.topic(), ANSWER_TIME);
      if (seen.partitions() != 1) {
        throw new NoPlace(
            Sentence.of(
                "Kafka has %d partitions of %s, and actions keep their order in one: make it anew"
                    + " with one",
                seen.partitions(), from.topic()));
      }
      id = seen.id();
      nextLookNanos = now + LOOK_NANOS;
    }
    if (consumer == null) {
      consumer = maker.get();
      if (closing) {
        consumer.wakeup(); // Its end may have come before there was anything to wake.
      }
      consumer.assign(Set.of(from));
      forget();
    }
  }

  private long endOf(ActionSource.Beginning where) {
    Set<TopicPartition> one = Set.of(from);
    Map<TopicPartition, Long> offsets =
        where == ActionSource.Beginning.NEWEST
            ? consumer.endOffsets(one, ANSWER_TIME)
            : consumer.beginningOffsets(one, ANSWER_TIME);
    return offsets.get(from);
  }

  private String position(long offset) {
    return id + ":" + offset;
  }

  /** Returns the offset in {@code position}; fails if that is not a position of this topic. */
  private long offset(String position) throws NoPlace {
    int colon = position.lastIndexOf(':');
    if (colon < 0) {
      throw new NoPlace(
          "Kafka's topic " + from.topic() + " is read from nowhere yet" + HOW_TO_BEGIN);
    }
    if (!position.substring(0, colon).equals(id)) {
      throw new NoPlace(
          "Kafka's topic " + from.topic() + " is not the one that was read before" + HOW_TO_BEGIN);
    }
    return Long.parseLong(position.substring(colon + 1));
  }

  private KafkaFailure outOfRange(String position) {
    forget();
    return new KafkaFailure(
        KafkaFailure.Kind.HELD,
        0,
        "Kafka has no longer what follows offset "
            + position.substring(position.lastIndexOf(':') + 1)
            + " of "
            + from.topic()
            + ", where this server has come to"
            + HOW_TO_BEGIN);
  }

  /** Makes {@code offset} the next offset to offer. */
  private void goTo(long offset) {
    if (offset < readFrom || offset > readTo) {
      read.clear();
      consumer.seek(from, offset);
      readTo = offset;
    }
    readFrom = offset;
    while (!read.isEmpty() && read.peek().offset() < offset) {
      read.poll();
    }
  }

  private void fill(long holdMs) {
    long since = clock.nanos();
    consumer.poll(Duration.ofMillis(Math.max(holdMs, LEAST_POLL_MS))).forEach(read::add);
    readTo = consumer.position(from, ANSWER_TIME);
    if (!read.isEmpty()) {
      nextLookNanos = since + LOOK_NANOS; // Kafka has answered, and with the topic it knew.
    }
  }

  private void forget() {
    read.clear();
    readFrom = 0;
    readTo = -1;
  }

  private void drop() {
    Consumer<byte[], byte[]> old = consumer;
    consumer = null;
    forget();
    if (old == null) {
      return;
    }
    try {
      old.close(CloseOptions.timeout(Duration.ZERO));
    } catch (Throwable e) {
      log.debug("a consumer is left behind: {}", Reason.of(e));
    }
  }
}

package org.aibridge.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;

/**
 * Writes records in rounds, on a thread of its own: some records of all that wait, a flush, their
 * ends. A client may block for metadata and for room, and the stages must not.
 *
 * <p>What a round has for a partition is small enough that the client makes one batch of it, and
 * such a batch is written as a whole or not at all. The next round begins when all of this one has
 * its end, and has nothing of what failed in it. So no record gets before an earlier one of its key
 * that failed, whatever fails, and a consumer that drops what it has seen keeps a player's order.
 * The partition is chosen here, as Kafka's client chooses it, so that it is known before.
 */
final class RecordWriter implements Duty, AutoCloseable {
  /** The maximum number of batches in a round; the client has room for them. */
  static final int ROUND_BATCHES = 120;

  /** The maximum number of uncompressed bytes in a round, which has to be sent in some seconds. */
  static final int ROUND_BYTES = 2_000_000;

  /**
   * The maximum number of uncompressed bytes of a round in one partition: below the client's {@code
   * batch.size}, since the client expects what cannot be compressed to become a tenth larger.
   */
  static final int PARTITION_BYTES = 230_000;

  /**
   * How long a round waits until as many callers have brought records as the last one answered, in
   * nanoseconds: behind a backlog they all bring more at once, which makes fewer and larger
   * batches.
   */
  private static final long GATHER_NANOS = 2_000_000;

  /** The longest that a flush can take while the client's thread lives, with some room. */
  static final long MAX_FLUSH_NANOS = 2 * ClientProperties.DELIVERY_MS * 1_000_000L;

  /**
   * A question for a topic's partitions that takes longer ends the round: after the client's linger
   * time a batch would leave before its flush, and another of its partition come behind it.
   */
  private static final long SLOW_NANOS = 1_000_000_000;

  private static final Logger log = Logs.of(RecordWriter.class);

  /** A record that was handed to the producer. */
  private record Sent(Outgoing of, int index, String topic, Future<RecordMetadata> end) {}

  /** So many failures in a row without an answer, and a producer is made anew. */
  private static final int ANEW = 3;

  private final Supplier<Producer<byte[], byte[]>> maker;
  private final Runnable look;
  private final BridgeClock clock;
  private final Queue<Outgoing> arrived = new ConcurrentLinkedQueue<>();
  private final Deque<Outgoing> open = new ArrayDeque<>();
  private final List<Sent> round = new ArrayList<>();

  /** For each topic of this round, the uncompressed bytes in each partition. */
  private final Map<String, int[]> topics = new HashMap<>();

  /** The producer; null before the first record and after an error that may have broken it. */
  private volatile Producer<byte[], byte[]> producer;

  /** How many callers the last round has answered, and when. */
  private int answered;

  private long answeredNanos;

  private volatile boolean closed;

  /** True while a slice may wait for a broker. */
  private volatile boolean busy;

  /** True if this round may have broken the producer; the next round then makes a new one. */
  private boolean spoilt;

  /** True if something in this round had no answer. */
  private boolean unanswered;

  /** True if a record of this round was written. */
  private boolean written;

  /** The rounds in a row without an answer, of which nothing was written. */
  private int silent;

  /** True while this thread waits in Kafka's client, since {@link #waitNanos}. Under this lock. */
  private boolean waiting;

  private long waitNanos;

  /**
   * @param maker makes a producer; may throw what Kafka's client does
   * @param look throws if what answers at the brokers' addresses is none; may wait for it
   */
  RecordWriter(Supplier<Producer<byte[], byte[]>> maker, Runnable look, BridgeClock clock) {
    this.maker = maker;
    this.look = look;
    this.clock = clock;
  }

  /** Queues records; the caller must then wake the writer's thread. Any thread; never blocks. */
  void offer(Outgoing records) {
    arrived.add(records);
  }

  @Override
  public int runOnce() {
    for (Outgoing next = arrived.peek(); next != null; next = arrived.peek()) {
      open.add(next);
      arrived.remove(); // Not earlier: there may be no memory for the other place.
    }
    busy = true; // Before it is asked whether this is closed.
    try {
      return open.isEmpty() || closed || isGathering() ? 0 : writeRound();
    } finally {
      busy = false;
    }
  }

  private boolean isGathering() {
    return open.size() < answered && clock.nanos() - answeredNanos < GATHER_NANOS;
  }

  private int writeRound() {
    round.clear();
    topics.clear();
    spoilt = false;
    unanswered = false;
    written = false;
    try {
      if (silent > 0) {
        look.run();
      }
      flush(send());
    } catch (Throwable e) { // Kafka's client throws errors, too, such as of its native code.
      failAll(e, "");
    }
    for (Sent sent : round) {
      Throwable thrown = thrown(sent.end);
      if (thrown == null) {
        sent.of.written(sent.index);
        written = true;
      } else {
        failed(sent.of, sent.index, thrown, sent.topic);
      }
    }
    silent = unanswered && !written ? silent + 1 : 0;
    try {
      return tell();
    } finally {
      // Last, since the client's own thread may hang, and is waited for.
      if (!closed && (spoilt || silent > 0 && silent % ANEW == 0)) {
        closeProducer();
      }
    }
  }

  private void flush(Producer<byte[], byte[]> now) {
    try {
      within(
          () -> {
            now.flush();
            return 0;
          });
    } catch (InterruptException e) { // What has no end yet gets none.
      if (!closed) {
        log.warn("Kafka's client does not go on, and is made anew");
      }
    }
  }

  /** Calls Kafka's client, which may wait; throws {@link InterruptException} if that is ended. */
  private int within(IntSupplier call) {
    synchronized (this) {
      if (closed) {
        throw new KafkaException("it is closed");
      }
      waiting = true;
      waitNanos = clock.nanos();
    }
    try {
      return call.getAsInt();
    } finally {
      synchronized (this) {
        waiting = false;
        Thread.interrupted(); // None of it may reach what this thread does next.
      }
    }
  }

  /**
   * Ends a flush that takes longer than a record can: where an error has ended the client's own
   * thread, such as one for want of memory, it would never end. To be called now and then by
   * another thread; does not wait.
   *
   * @param interrupt interrupts the writer's thread
   */
  synchronized void endStuckFlush(Runnable interrupt) {
    if (waiting && clock.nanos() - waitNanos > MAX_FLUSH_NANOS) {
      interrupt.run();
    }
  }

  /** Sends the next round of waiting records; returns the producer used. */
  private Producer<byte[], byte[]> send() {
    Producer<byte[], byte[]> now = made();
    if (closed) {
      closeProducer();
    }
    int bytes = 0;
    int batches = 0;
    for (Outgoing one : open) {
      while (one.hasNext()) {
        Unsent record = one.peek();
        Throwable thrown;
        long askedNanos = clock.nanos();
        try {
          int[] filled = topics.computeIfAbsent(record.topic(), topic -> partitions(now, topic));
          if (!round.isEmpty() && clock.nanos() - askedNanos > SLOW_NANOS) {
            return now;
          }
          int partition = record.partition(filled.length);
          int more = record.bytes();
          bytes += more;
          batches += filled[partition] == 0 ? 1 : 0;
          filled[partition] += more;
          boolean over =
              bytes > ROUND_BYTES || batches > ROUND_BATCHES || filled[partition] > PARTITION_BYTES;
          if (over && !round.isEmpty()) {
            return now;
          }
          Future<RecordMetadata> end = now.send(record.in(partition));
          // A send that fails at once wrote nothing, for example since the record is too large.
          thrown = end.isDone() ? thrown(end) : null;
          if (thrown == null) {
            round.add(new Sent(one, one.step(), record.topic(), end));
            continue;
          }
        } catch (ApiException e) {
          thrown = e;
        }
        if (failed(one, one.step(), thrown, record.topic()) == KafkaFailure.Kind.LATER) {
          failAll(thrown, record.topic()); // Each other record would wait as long for a broker.
          return now;
        }
        if (!round.isEmpty() && clock.nanos() - askedNanos > SLOW_NANOS) {
          return now;
        }
      }
    }
    return now;
  }

  private Producer<byte[], byte[]> made() {
    Producer<byte[], byte[]> now = producer;
    if (now == null) {
      now = maker.get();
      producer = now;
    }
    return now;
  }

  /**
   * Returns the topic's partitions, with nothing in them; waits if no broker has told of it yet.
   */
  private int[] partitions(Producer<byte[], byte[]> now, String topic) {
    return new int[within(() -> now.partitionsFor(topic).size())];
  }

  private KafkaFailure.Kind failed(Outgoing of, int index, Throwable thrown, String topic) {
    KafkaFailure failure = KafkaFailure.of(thrown, topic, true);
    of.failed(index, failure);
    spoilt |= failure.kind() != KafkaFailure.Kind.RECORD && !(thrown instanceof RetriableException);
    unanswered |= failure.kind() == KafkaFailure.Kind.LATER && failure.code() == 0;
    return failure.kind();
  }

  private void failAll(Throwable thrown, String topic) {
    for (Outgoing one : open) {
      failed(one, Outgoing.REST, thrown, topic);
    }
  }

  /**
   * Reports the known outcomes; returns how many records and outcomes this round handled. One that
   * cannot be told for want of memory is told again behind the next round.
   */
  private int tell() {
    answered = 0;
    for (int i = open.size(); i > 0; i--) {
      Outgoing one = open.remove();
      open.add(one);
      if (!one.hasNext()) {
        one.end(clock.nanos());
        open.removeLast();
        answered++;
      }
    }
    answeredNanos = clock.nanos();
    return round.size() + answered;
  }

  /** Returns why a send did not write its record, of which the flush is over; null if it did. */
  private static Throwable thrown(Future<RecordMetadata> end) {
    if (!end.isDone()) {
      return new KafkaException("its thread has ended, and it is made anew");
    }
    try {
      end.get();
      return null;
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (InterruptedException e) { // No interrupt reaches this thread.
      return e;
    }
  }

  boolean isClosed() {
    return closed;
  }

  /** True if nothing is being written now; after {@link #close}, if nothing will be. */
  boolean isIdle() {
    return !busy;
  }

  /**
   * Has nothing more written, and ends a wait for a broker; {@link #close} must follow. Any thread;
   * does not wait.
   *
   * @param interrupt interrupts the writer's thread
   */
  void beginClosing(Runnable interrupt) {
    closed = true;
    synchronized (this) {
      if (waiting) {
        interrupt.run();
      }
    }
  }

  /**
   * Abandons all unfinished sends. Any thread; waits for the client's own thread, which may hang in
   * the system's look for a host's name or in the host's logger.
   */
  @Override
  public void close() {
    closed = true;
    closeProducer();
  }

  private void closeProducer() {
    Producer<byte[], byte[]> old = producer;
    producer = null;
    if (old == null) {
      return;
    }
    try {
      old.close(Duration.ZERO);
    } catch (Throwable e) {
      log.debug("a producer is left behind: {}", Reason.of(e));
    }
  }
}

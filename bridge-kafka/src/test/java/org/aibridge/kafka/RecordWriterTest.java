package org.aibridge.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.aibridge.core.run.BridgeClock;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class RecordWriterTest {
  /** A producer that ends each record in the flush, as it was told to. */
  private static class Flushed extends MockProducer<byte[], byte[]> {
    /** What the records after so many fail with, and how many do. */
    private int good = Integer.MAX_VALUE;

    private int bad;
    private RuntimeException failure;
    private int flushes;

    /** Of each topic. */
    private int partitions = 12;

    Flushed() {
      super(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic) {
      return Collections.nCopies(partitions, null);
    }

    @Override
    public synchronized void flush() {
      flushes++;
      while (good > 0 && completeNext()) {
        good--;
      }
      while (bad > 0 && errorNext(failure)) {
        bad--;
      }
      while (completeNext()) {
        continue;
      }
    }
  }

  private final List<Flushed> made = new ArrayList<>();
  private Flushed next = new Flushed();
  private final List<Outgoing.Outcome> outcomes = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private int looks;
  private RuntimeException seen;
  private final RecordWriter writer =
      new RecordWriter(
          () -> {
            made.add(next);
            return next;
          },
          this::look,
          BridgeClock.anchored(() -> 0, nanos::get));

  private void offer(int records, int bytes) {
    List<ProducerRecord<byte[], byte[]>> all =
        IntStream.range(0, records)
            .mapToObj(i -> new ProducerRecord<>("t", new byte[] {(byte) i}, new byte[bytes]))
            .toList();
    writer.offer(new Outgoing(all, 0, outcomes::add));
  }

  private void look() {
    looks++;
    if (seen != null) {
      throw seen;
    }
  }

  private void runAll() {
    while (writer.runOnce() > 0) {
      continue;
    }
  }

  @Test
  void writesInRoundsOfWhichEachIsOneBatchOfAPartition() {
    offer(600, 10);
    runAll();
    assertThat(next.flushes).isEqualTo(1);
    assertThat(next.history()).hasSize(600);
    offer(5, RecordWriter.ROUND_BYTES / 2);
    runAll();
    assertThat(next.flushes).isEqualTo(6);
    assertThat(RecordWriter.ROUND_BYTES).isLessThan(ClientProperties.BATCH_BYTES);
    assertThat(outcomes).hasSize(2).allMatch(outcome -> outcome.failure() == null);
  }

  @Test
  void makesNoMoreBatchesInARoundThanTheClientHasRoomFor() {
    next.partitions = RecordWriter.ROUND_BATCHES + 1;
    offer(3 * RecordWriter.ROUND_BATCHES, 10);
    runAll();
    assertThat(next.flushes).isEqualTo(3);
    assertThat(RecordWriter.ROUND_BATCHES * ClientProperties.BATCH_BYTES)
        .isLessThan(ClientProperties.MEMORY_BYTES);
  }

  @Test
  void sendsNothingMoreOfWhatFailedInARound() {
    next.partitions = 1000;
    next.good = 10;
    next.bad = 1;
    next.failure = new TimeoutException("away");
    offer(600, 10);
    runAll();
    assertThat(next.history()).hasSize(RecordWriter.ROUND_BATCHES);
    assertThat(outcomes).singleElement().extracting(Outgoing.Outcome::failure).isNotNull();
    assertThat(made).as("the client is as good as before").hasSize(1);
  }

  @Test
  void goesOnBehindARecordThatIsTooLarge() {
    next.good = 3;
    next.bad = 1;
    next.failure = new RecordTooLargeException("too large");
    offer(600, 10);
    runAll();
    assertThat(next.history()).hasSize(600);
    assertThat(outcomes).singleElement().extracting(Outgoing.Outcome::failure).isNull();
    assertThat(outcomes.get(0).refused()).containsOnlyKeys(3);
  }

  @Test
  void makesAnotherClientAfterAFailureThatMayHaveSpoiltIt() {
    next.good = 0;
    next.bad = 1;
    next.failure = new ClusterAuthorizationException("no");
    offer(1, 10);
    runAll();
    assertThat(outcomes.get(0).failure().kind()).isEqualTo(KafkaFailure.Kind.HELD);
    assertThat(next.closed()).isTrue();
    next = new Flushed();
    offer(1, 10);
    runAll();
    assertThat(made).hasSize(2);
    assertThat(outcomes.get(1).failure()).isNull();
  }

  @Test
  void looksWhoAnswersOnlyBehindARoundThatNobodyAnswered() {
    next.good = 0;
    next.bad = 1;
    next.failure = new TimeoutException("away");
    offer(1, 10);
    runAll();
    assertThat(looks).isZero();
    seen = new BrokerLook.NotKafkaException("it is a web server");
    offer(1, 10);
    runAll();
    assertThat(looks).isEqualTo(1);
    assertThat(next.closed()).as("a client that goes on asking a web server").isTrue();
    assertThat(outcomes.get(1).failure())
        .isEqualTo(new KafkaFailure(KafkaFailure.Kind.HELD, 0, "it is a web server"));
    assertThat(made).hasSize(1);
  }

  @Test
  void makesAnotherClientWhereNobodyAnswersForLong() {
    for (int i = 0; i < 3; i++) {
      next.good = 0;
      next.bad = 1;
      next.failure = new TimeoutException("away");
      offer(1, 10);
      runAll();
    }
    assertThat(made).hasSize(1);
    assertThat(next.closed()).isTrue();
    next = new Flushed();
    offer(1, 10);
    runAll();
    assertThat(outcomes.get(3).failure()).isNull();
  }

  /**
   * The client's own thread may have ended, for want of memory, and nothing ends its sends then.
   */
  @Test
  void endsAFlushThatNeverEndsAndMakesAnotherClient() throws Exception {
    CountDownLatch flushing = new CountDownLatch(1);
    next =
        new Flushed() {
          @Override
          public void flush() {
            flushing.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              throw new InterruptException(e);
            }
          }
        };
    offer(1, 10);
    AtomicBoolean interrupted = new AtomicBoolean();
    Thread thread =
        new Thread(
            () -> {
              runAll();
              interrupted.set(Thread.interrupted());
            });
    thread.start();
    flushing.await();
    nanos.addAndGet(RecordWriter.MAX_FLUSH_NANOS);
    writer.endStuckFlush();
    assertThat(outcomes).as("it had time left").isEmpty();
    nanos.incrementAndGet();
    writer.endStuckFlush();
    thread.join();
    assertThat(interrupted).as("its interrupt reached what followed").isFalse();
    assertThat(outcomes.get(0).failure().kind()).isEqualTo(KafkaFailure.Kind.LATER);
    assertThat(next.closed()).isTrue();
    next = new Flushed();
    offer(1, 10);
    runAll();
    assertThat(outcomes.get(1).failure()).isNull();
  }

  @Test
  void answersNothingAndMakesNothingOnceItIsClosed() {
    writer.close();
    offer(1, 10);
    assertThat(writer.runOnce()).isZero();
    assertThat(made).isEmpty();
  }
}

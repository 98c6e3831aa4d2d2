package org.aibridge.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.service.Trial;
import org.aibridge.core.service.Verdict;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.DefaultRecord;
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
    offer(records, bytes, records);
  }

  private void offer(int records, int bytes, int players) {
    List<Unsent> all =
        IntStream.range(0, records)
            .mapToObj(i -> new Unsent("t", key(i % players), new byte[bytes], List.of()))
            .toList();
    writer.offer(new Outgoing(all, 0, outcomes::add));
  }

  private void look() {
    looks++;
    if (seen != null) {
      throw seen;
    }
  }

  private static byte[] key(int player) {
    return Integer.toString(player).getBytes(StandardCharsets.US_ASCII);
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
    offer(5, RecordWriter.PARTITION_BYTES / 2, 1);
    runAll();
    assertThat(next.flushes).isEqualTo(6);
    // The client may reckon with a batch a tenth larger than its records.
    assertThat(RecordWriter.PARTITION_BYTES * 11 / 10).isLessThan(ClientProperties.BATCH_BYTES);
    assertThat(outcomes).hasSize(2).allMatch(outcome -> outcome.failure() == null);
  }

  @Test
  void writesNoMoreInARoundThanASlowConnectionSendsInTime() {
    offer(100, RecordWriter.ROUND_BYTES / 20);
    runAll();
    assertThat(next.history()).hasSize(100);
    assertThat(next.flushes).isGreaterThanOrEqualTo(100 / 19);
  }

  @Test
  void makesNoMoreBatchesInARoundThanTheClientHasRoomFor() {
    next.partitions = 10_000;
    offer(3 * RecordWriter.ROUND_BATCHES, 10);
    runAll();
    assertThat(next.flushes).isGreaterThanOrEqualTo(3);
    assertThat(RecordWriter.ROUND_BATCHES * ClientProperties.BATCH_BYTES)
        .isLessThan(ClientProperties.MEMORY_BYTES);
  }

  @Test
  void waitsAMomentForAsManyCallersAsItHasJustAnswered() {
    offer(1, 10);
    offer(1, 10);
    runAll();
    offer(1, 10);
    runAll();
    assertThat(next.flushes).as("the second caller brings more at once").isEqualTo(1);
    offer(1, 10);
    runAll();
    assertThat(next.flushes).isEqualTo(2);
    offer(1, 10);
    nanos.addAndGet(2_000_000);
    runAll();
    assertThat(next.flushes).as("it does not").isEqualTo(3);
    offer(1, 10);
    runAll();
    assertThat(outcomes).hasSize(6);
  }

  @Test
  void choosesThePartitionThatKafkasClientWould() {
    Set<Integer> chosen = new TreeSet<>();
    for (int i = 0; i < 1000; i++) {
      int partition = new Unsent("t", key(i), key(i), List.of()).partition(12);
      assertThat(partition).isEqualTo(BuiltInPartitioner.partitionForKey(key(i), 12));
      chosen.add(partition);
    }
    assertThat(chosen).hasSize(12);
  }

  @Test
  void knowsHowManyBytesARecordTakesAtMost() {
    Header header = new RecordHeader("event_id", key(123456));
    Unsent record = new Unsent("t", key(7), new byte[3000], List.of(header, header));
    int taken =
        DefaultRecord.sizeInBytes(
            Integer.MAX_VALUE,
            Long.MAX_VALUE,
            ByteBuffer.wrap(record.key()),
            ByteBuffer.wrap(record.value()),
            new Header[] {header, header});
    assertThat(record.bytes()).isGreaterThanOrEqualTo(taken).isLessThan(taken + 50);
  }

  @Test
  void sendsNothingMoreOfWhatFailedInARound() {
    next.partitions = 1000;
    next.good = 10;
    next.bad = 1;
    next.failure = new TimeoutException("away");
    offer(600, 10);
    runAll();
    assertThat(next.flushes).isEqualTo(1);
    assertThat(next.history()).hasSizeBetween(RecordWriter.ROUND_BATCHES, 599);
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
    writer.endStuckFlush(thread::interrupt);
    assertThat(outcomes).as("it had time left").isEmpty();
    nanos.incrementAndGet();
    writer.endStuckFlush(thread::interrupt);
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
  void tellsAgainWhatItCouldNotTellForWantOfMemory() {
    KafkaGate gate = new KafkaGate(() -> 0, BridgeClock.anchored(() -> 0, nanos::get));
    RecordSender sender =
        new RecordSender(writer, () -> {}, gate, BridgeClock.anchored(() -> 0, nanos::get));
    List<Verdict> verdicts = new ArrayList<>();
    AtomicBoolean lacking = new AtomicBoolean(true);
    sender.trySend(
        () -> List.of(new Unsent("t", key(1), key(1), List.of())),
        outcome -> {
          if (lacking.getAndSet(false)) {
            throw new OutOfMemoryError("test");
          }
        },
        verdicts::add);
    offer(1, 10);
    assertThatThrownBy(writer::runOnce).isInstanceOf(OutOfMemoryError.class);
    gate.retryNow();
    assertThat(gate.trial().state()).isEqualTo(Trial.State.BEHIND);
    runAll();
    assertThat(outcomes).hasSize(1);
    assertThat(verdicts).singleElement().isInstanceOf(Verdict.Delivered.class);
    assertThat(next.history()).as("nothing was written again").hasSize(2);
    assertThat(gate.trial().state()).isEqualTo(Trial.State.NOTHING);
  }

  @Test
  void answersNothingAndMakesNothingOnceItIsClosed() {
    writer.close();
    offer(1, 10);
    assertThat(writer.runOnce()).isZero();
    assertThat(made).isEmpty();
  }
}

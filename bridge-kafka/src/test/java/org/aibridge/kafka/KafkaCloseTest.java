package org.aibridge.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.Threads;
import org.aibridge.core.run.Worker;
import org.aibridge.core.run.World;
import org.aibridge.core.service.ServiceSetup;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of a service while no broker answers. */
class KafkaCloseTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path folder;

  /** Each of the two would wait for a broker for seconds more. */
  @Test
  void endsBothThreadsAtOnceWhileTheyWaitForABroker() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Door door =
          Door.open(folder, "bootstrap_servers = 127.0.0.1:" + silent.getLocalPort() + "\n");
      door.service().events().trySend(Door.batch("b", 3, 7), verdict -> {});
      door.service().actions().tryAsk(9, 500, "", offered -> {});
      Thread writer = awaitIn("test kafka", KafkaProducer.class, "waitOnMetadata");
      Thread reader = awaitIn("test kafka-in", KafkaFutureImpl.class, "get");
      door.close();
      // In no time where there is a processor for them; by themselves both would take seconds more.
      writer.join(2_000);
      reader.join(2_000);
      assertThat(writer.isAlive()).as("the writer was left behind").isFalse();
      assertThat(reader.isAlive()).as("the reader was left behind").isFalse();
    }
  }

  /** In the place of a client's own thread, which may hang too, and is waited for as long. */
  public static final class Hanging implements ProducerInterceptor<byte[], byte[]> {
    private static volatile CountDownLatch end;

    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
      return record;
    }

    @Override
    public void close() {
      try {
        end.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void configure(Map<String, ?> settings) {}
  }

  @Test
  void waitsNotForAClientThatHangsInItsClose() throws Exception {
    Hanging.end = new CountDownLatch(1);
    ServiceSetup setup = Door.setup(folder, "bootstrap_servers = 127.0.0.1:1\n");
    ClientProperties clients = new ClientProperties(setup.config().get());
    clients.common.put(ProducerConfig.INTERCEPTOR_CLASSES_CONFIG, List.of(Hanging.class));
    Door door = new Door(KafkaService.open(setup, clients));
    door.service().events().trySend(Door.batch("b", 3, 7), verdict -> {});
    Thread writer = awaitIn("test kafka", KafkaProducer.class, "waitOnMetadata");
    Thread closing = new Thread(door::close);
    closing.start();
    closing.join(LIMIT.toMillis());
    assertThat(closing.isAlive()).isFalse();
    Thread left = awaitIn("test kafka-close", Hanging.class, "close");
    Hanging.end.countDown();
    left.join(LIMIT.toMillis());
    writer.join(LIMIT.toMillis());
    assertThat(left.isAlive() || writer.isAlive()).isFalse();
  }

  @Test
  void leavesNoThreadBehindWhereTheSecondCannotBeMade() throws Exception {
    ServiceSetup plain = Door.setup(folder, "bootstrap_servers = 127.0.0.1:1\n");
    World world = plain.world();
    List<Worker> made = new ArrayList<>();
    Threads threads =
        new Threads() {
          @Override
          public Worker worker(String name, long maxIdleNanos, long restNanos) {
            if (made.size() == 1) {
              return new Unmade();
            }
            made.add(Threads.OF_JVM.worker("left", maxIdleNanos, restNanos));
            return made.get(0);
          }

          @Override
          public <T> T apart(String name, Supplier<T> work, Runnable onInterrupt) {
            return Threads.OF_JVM.apart(name, work, onInterrupt);
          }

          @Override
          public boolean await(BooleanSupplier done, long nanos, long lookNanos) {
            return Threads.OF_JVM.await(done, nanos, lookNanos);
          }
        };
    World lacking =
        new World(
            world.clock(), world.wallMs(), threads, world.chance(), world.moments(), world.once());
    ServiceSetup setup = new ServiceSetup(plain.config(), lacking, "test");
    assertThatThrownBy(() -> KafkaService.open(setup)).isInstanceOf(OutOfMemoryError.class);
    await()
        .atMost(LIMIT)
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().equals("left")));
  }

  /** A worker for which the system has no thread. */
  private static final class Unmade implements Worker {
    @Override
    public void assign(Duty work) {}

    @Override
    public void start() {
      throw new OutOfMemoryError("unable to create native thread");
    }

    @Override
    public void wake() {}

    @Override
    public boolean isCurrent() {
      return false;
    }

    @Override
    public boolean stop(long timeoutMs) {
      return true;
    }
  }

  /** Waits until a thread is within {@code method}, and returns it. */
  private static Thread awaitIn(String name, Class<?> where, String method) {
    return await()
        .atMost(LIMIT)
        .until(() -> within(name, where, method), Optional::isPresent)
        .orElseThrow();
  }

  private static Optional<Thread> within(String name, Class<?> where, String method) {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(entry -> entry.getKey().getName().equals(name))
        .filter(
            entry ->
                Arrays.stream(entry.getValue())
                    .anyMatch(
                        frame ->
                            frame.getClassName().equals(where.getName())
                                && frame.getMethodName().equals(method)))
        .map(Map.Entry::getKey)
        .findAny();
  }
}

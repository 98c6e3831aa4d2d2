package org.aibridge.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
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

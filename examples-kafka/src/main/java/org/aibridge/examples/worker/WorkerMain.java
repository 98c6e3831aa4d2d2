package org.aibridge.examples.worker;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one {@link Worker} until SIGTERM. Its one argument is a properties file with what Kafka's
 * clients need, {@code bootstrap.servers} at least.
 */
public final class WorkerMain {
  private static final Logger log = LoggerFactory.getLogger(WorkerMain.class);
  private static final long PAUSE_MS = 1_000;

  private static volatile Worker worker;
  private static volatile boolean stopped;

  private WorkerMain() {}

  /** Works until the process ends; ends it with 2 if the file cannot be used. */
  public static void main(String[] args) throws InterruptedException {
    Properties settings = new Properties();
    try (Reader file = Files.newBufferedReader(Path.of(args.length == 1 ? args[0] : ""))) {
      settings.load(file);
    } catch (IOException e) {
      System.err.println("usage: WorkerMain FILE, with bootstrap.servers = HOST:PORT in it: " + e);
      System.exit(2);
    }
    Thread main = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(main), "worker stop"));
    while (!stopped) {
      try (Worker one = worker(settings)) {
        worker = one;
        if (!stopped) {
          one.run();
        }
      } catch (KafkaException e) {
        log.warn("begins anew at what is committed: {}", e.toString());
        Thread.sleep(PAUSE_MS);
      }
    }
  }

  private static void stop(Thread main) {
    stopped = true;
    Worker now = worker;
    if (now != null) {
      now.stop();
    }
    try {
      main.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Worker worker(Properties settings) {
    Properties in = new Properties();
    in.put(ConsumerConfig.GROUP_ID_CONFIG, "ai-workers");
    in.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"); // Of a group that is new.
    in.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000); // Then others take over.
    in.putAll(settings);
    in.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    Properties out = new Properties();
    out.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
    out.putAll(settings);
    KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(out, new ByteArraySerializer(), new ByteArraySerializer());
    try {
      return new Worker(
          new KafkaConsumer<>(in, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
          producer,
          settings.getProperty("events.topic", "aibridge.events"),
          settings.getProperty("actions.topic", "aibridge.actions."),
          new Rules());
    } catch (KafkaException e) {
      producer.close();
      throw e;
    }
  }
}

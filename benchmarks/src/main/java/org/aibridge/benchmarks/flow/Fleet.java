package org.aibridge.benchmarks.flow;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.aibridge.benchmarks.LocalService;
import org.aibridge.benchmarks.Scene;
import org.aibridge.examples.fleet.Broker;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Measures the bridge on one broker of Kafka, which is a process of its own on this machine.
 *
 * <p>{@code flow EVENTS ROUNDS}: events a second and processor time, through Kafka beside HTTP and
 * beside a bare producer, in turns, after a round that does not count: a broker that has just begun
 * is still compiled. Each publisher sends as many events before the count begins. {@code servers N
 * RATE SECONDS}: many map-servers in one process, the age of their events at a consumer, and their
 * ticks beside the same without bridges.
 */
public final class Fleet {
  static final String TOPIC = "fleet";

  private static final int PARTITIONS = 12;

  /** So long all is young: compilers, brokers, what waited meanwhile. It counts for nothing. */
  private static final int SETTLE_SECONDS = 45;

  private static final long LONGEST_MS = 3_600_000;
  private static final List<String> WAYS = List.of("bridge", "kafka", "producer");

  private Fleet() {}

  /** Runs one of the two measurements; prints lines of a table. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Scene.temporary();
    try (Broker broker = Broker.start(folder.resolve("broker"))) {
      Runtime.getRuntime().addShutdownHook(new Thread(broker::kill, "end of the broker"));
      if (args[0].equals("flow")) {
        flow(broker, Integer.parseInt(args[1]), Integer.parseInt(args[2]));
      } else {
        servers(broker, args[1], args[2], Integer.parseInt(args[3]));
      }
    }
    Scene.delete(folder);
    System.exit(0); // Threads of the clients would outlive main.
  }

  private static void flow(Broker broker, int events, int rounds)
      throws IOException, InterruptedException {
    broker.create("flow.kafka", PARTITIONS);
    broker.create("flow.producer", PARTITIONS);
    say("| way | events a second | s of processor a million | the broker's |");
    Map<String, List<double[]>> found = new HashMap<>();
    try (LocalService service = new LocalService()) {
      for (int round = 0; round <= rounds; round++) {
        for (String way : WAYS) {
          String address = way.equals("bridge") ? service.url() : broker.address();
          Duration before = broker.processorTime();
          Map<String, Double> one =
              ChildJvm.run(
                  FlowMain.class,
                  "flow",
                  way,
                  "" + events,
                  address,
                  "500",
                  "500",
                  "false",
                  "4",
                  "" + events);
          double brokers = broker.processorTime().minus(before).toMillis() / 1e3;
          double count = one.get("acknowledged");
          if (count < events) {
            throw new IOException("of " + events + " events only " + count + " were acknowledged");
          }
          double[] row = {
            count / one.get("seconds"),
            one.get("processorSeconds") * 1e6 / count,
            brokers * 1e6 / (2 * count) // The warm-up is the broker's, too.
          };
          String note = round == 0 ? " (does not count)" : "";
          say("| %s%s | %,.0f | %.2f | %.2f |", way, note, row[0], row[1], row[2]);
          if (round > 0) {
            found.computeIfAbsent(way, name -> new ArrayList<>()).add(row);
          }
        }
      }
    }
    for (Map.Entry<String, Long> topic : bytes(broker).entrySet()) {
      long records = (rounds + 1) * 2L * events;
      say(
          "%s: %,d bytes a record on the broker's disk",
          topic.getKey(), topic.getValue() / records);
    }
    for (String way : WAYS) {
      say(
          "| %s, median | %,.0f | %.2f | %.2f |",
          way, median(found.get(way), 0), median(found.get(way), 1), median(found.get(way), 2));
    }
  }

  /** Returns the bytes of each topic's log on the broker. */
  private static Map<String, Long> bytes(Broker broker) throws IOException, InterruptedException {
    Map<String, Long> bytes = new HashMap<>();
    try {
      broker.admin().describeLogDirs(List.of(Broker.ID)).allDescriptions().get().values().stream()
          .flatMap(folders -> folders.values().stream())
          .flatMap(folder -> folder.replicaInfos().entrySet().stream())
          .filter(one -> one.getKey().topic().startsWith("flow."))
          .forEach(one -> bytes.merge(one.getKey().topic(), one.getValue().size(), Long::sum));
      return bytes;
    } catch (ExecutionException e) {
      throw new IOException("the broker does not tell how large its logs are", e);
    }
  }

  private static double median(List<double[]> rows, int column) {
    double[] sorted = rows.stream().mapToDouble(row -> row[column]).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private static void servers(Broker broker, String servers, String rate, int seconds)
      throws IOException, InterruptedException {
    broker.create(TOPIC, PARTITIONS);
    int settle = SETTLE_SECONDS;
    for (String brokers : Arrays.asList("", broker.address(), "", broker.address())) {
      Ages ages = brokers.isEmpty() ? null : new Ages(broker.address());
      // What has no bridge is the same at all times, and needs no more.
      int counted = brokers.isEmpty() ? seconds / 10 : seconds / 2;
      Duration before = broker.processorTime();
      long start = System.nanoTime();
      Map<String, Double> found =
          ChildJvm.run(FleetMain.class, brokers, servers, rate, "" + settle, "" + counted);
      double took = (System.nanoTime() - start) / 1e9;
      double brokersSeconds = broker.processorTime().minus(before).toMillis() / 1e3;
      say(
          "%s: ticks p50 %.0f us, p99 %.0f us, p99.9 %.0f us, longest %.0f us of %.0f;"
              + " %.1f %% of a core, %.0f threads",
          brokers.isEmpty() ? "without bridges" : "with bridges",
          found.get("tickP50Us"),
          found.get("tickP99Us"),
          found.get("tickP999Us"),
          found.get("tickMaxUs"),
          found.get("ticks"),
          found.get("processorSeconds") * 100 / counted,
          found.get("threads"));
      if (ages != null) {
        ages.end(found.get("accepted").longValue());
        say(
            "  %,.0f events accepted, %,.0f waiting at the end; the broker took %.1f %% of a core",
            found.get("accepted"), found.get("waiting"), brokersSeconds * 100 / took);
        ages.tell();
      }
    }
  }

  private static void say(String text, Object... values) {
    System.out.println(String.format(Locale.ROOT, text, values));
  }

  /** Reads the topic from now on, and takes each event's age as it is read. */
  private static final class Ages {
    private final Histogram all = new ConcurrentHistogram(LONGEST_MS, 3);
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread reader;
    private final long settledMs = System.currentTimeMillis() + SETTLE_SECONDS * 1_000;
    private final AtomicLong read = new AtomicLong();
    private volatile boolean over;

    Ages(String brokers) {
      consumer =
          new KafkaConsumer<>(
              Map.of(
                  ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                  brokers,
                  ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                  5_000),
              new ByteArrayDeserializer(),
              new ByteArrayDeserializer());
      List<TopicPartition> partitions = new ArrayList<>();
      for (int i = 0; i < PARTITIONS; i++) {
        partitions.add(new TopicPartition(TOPIC, i));
      }
      consumer.assign(partitions);
      consumer.seekToEnd(partitions);
      partitions.forEach(consumer::position);
      reader = new Thread(this::run, "ages");
      reader.setDaemon(true);
      reader.start();
    }

    private void run() {
      while (!over) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          String text = new String(record.headers().lastHeader("timestamp").value(), US_ASCII);
          long happenedMs = Long.parseLong(text);
          if (happenedMs >= settledMs) {
            long age = System.currentTimeMillis() - happenedMs;
            all.recordValue(Math.min(LONGEST_MS, Math.max(0, age)));
          }
          read.incrementAndGet();
        }
      }
    }

    /** Waits until all of {@code events} are read, at most half a minute. */
    void end(long events) throws InterruptedException {
      for (int i = 0; i < 300 && read.get() < events; i++) {
        Thread.sleep(100);
      }
      over = true;
      reader.join();
      consumer.close();
    }

    void tell() {
      say(
          "  %,d records read; age p50 %d ms, p99 %d ms, p99.9 %d ms, oldest %d ms",
          read.get(),
          all.getValueAtPercentile(50),
          all.getValueAtPercentile(99),
          all.getValueAtPercentile(99.9),
          all.getMaxValue());
    }
  }
}

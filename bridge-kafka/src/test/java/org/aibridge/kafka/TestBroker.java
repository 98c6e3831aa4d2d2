package org.aibridge.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;

/** A broker in this process, with its controller, on ports of 127.0.0.1 that stay its own. */
final class TestBroker {
  private final Path settings;
  private final String address;
  private final Map<String, String> addresses = new HashMap<>();
  private KafkaRaftServer server;
  private Admin admin;

  /**
   * How clients may connect beside the plain way.
   *
   * @param protocol as Kafka names it, such as {@code SASL_SSL}
   * @param settings what is set for it alone, without the prefix
   */
  record Listener(String name, String protocol, Map<String, String> settings) {}

  TestBroker(Path folder) throws Exception {
    this(folder, List.of(), Map.of());
  }

  private final Set<Integer> ports = new HashSet<>();

  TestBroker(Path folder, List<Listener> more, Map<String, String> changed) throws Exception {
    this.settings = folder.resolve("server.properties");
    int port = freePort();
    int controller = freePort();
    address = "127.0.0.1:" + port;
    Properties all = new Properties();
    all.put("process.roles", "broker,controller");
    all.put("node.id", "1");
    all.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
    StringBuilder listeners = new StringBuilder("PLAINTEXT://" + address);
    StringBuilder protocols = new StringBuilder("PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    for (Listener listener : more) {
      String at = "127.0.0.1:" + freePort();
      addresses.put(listener.name, at);
      listeners.append(',').append(listener.name).append("://").append(at);
      protocols.append(',').append(listener.name).append(':').append(listener.protocol);
      String prefix = "listener.name." + listener.name.toLowerCase(Locale.ROOT) + ".";
      listener.settings.forEach((key, value) -> all.put(prefix + key, value));
    }
    all.put("advertised.listeners", listeners.toString());
    all.put("listeners", listeners + ",CONTROLLER://127.0.0.1:" + controller);
    all.put("listener.security.protocol.map", protocols.toString());
    all.put("controller.listener.names", "CONTROLLER");
    all.put("log.dirs", folder.resolve("log").toString());
    all.put("auto.create.topics.enable", "false");
    all.put("offsets.topic.replication.factor", "1");
    all.put("offsets.topic.num.partitions", "1");
    all.put("authorizer.class.name", StandardAuthorizer.class.getName());
    all.put("allow.everyone.if.no.acl.found", "true");
    all.putAll(changed);
    try (Writer out = Files.newBufferedWriter(settings)) {
      all.store(out, null);
    }
    String[] format = {"format", "-t", Uuid.randomUuid().toString(), "-c", settings.toString()};
    if (StorageTool.execute(format, System.out) != 0) {
      throw new IllegalStateException("the broker's folder cannot be made");
    }
    start();
  }

  /**
   * Returns a free port, new to this broker, that the kernel gives to no client: one that asks a
   * broker in vain may connect to itself, and then has the broker's port.
   */
  private int freePort() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(10_000, 30_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        if (ports.add(socket.getLocalPort())) {
          return port;
        }
      } catch (BindException e) {
        continue;
      }
    }
  }

  void start() throws Exception {
    Properties all = new Properties();
    try (Reader in = Files.newBufferedReader(settings)) {
      all.load(in);
    }
    server = new KafkaRaftServer(KafkaConfig.fromProps(all), Time.SYSTEM);
    server.startup();
    admin = Admin.create(Map.of("bootstrap.servers", address));
    admin.describeCluster().nodes().get();
  }

  void stop() {
    admin.close(Duration.ZERO); // What has the broker's port next might end its thread.
    server.shutdown();
    server.awaitShutdown();
  }

  String address() {
    return address;
  }

  /** Returns where the {@link Listener} of that name listens. */
  String address(String listener) {
    return addresses.get(listener);
  }

  Admin admin() {
    return admin;
  }

  void create(String topic, int partitions, Map<String, String> settings) throws Exception {
    admin
        .createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(settings)))
        .all()
        .get();
  }

  void delete(String topic) throws Exception {
    admin.deleteTopics(List.of(topic)).all().get();
  }

  void write(String topic, long timestampMs, String... values) throws Exception {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", address());
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (String value : values) {
        producer
            .send(new ProducerRecord<>(topic, 0, timestampMs, null, value.getBytes(UTF_8)))
            .get();
      }
    }
  }

  /** Returns all that is in a topic now, each partition's records in their order. */
  List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", address());
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(p -> new TopicPartition(topic, p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }

  void close() {
    stop();
  }
}

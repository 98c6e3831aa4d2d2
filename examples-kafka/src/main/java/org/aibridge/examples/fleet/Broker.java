package org.aibridge.examples.fleet;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Writer;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;

/**
 * One broker of Kafka with its controller, in a process of its own on ports of 127.0.0.1 that stay
 * the same. For one thread.
 */
public final class Broker implements AutoCloseable {
  /** The broker's number. */
  public static final int ID = 1;

  private static final int HEAP_MB = 512;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final ChildJvm process;
  private final String address;
  private final Admin admin;

  private Broker(ChildJvm process, String address) {
    this.process = process;
    this.address = address;
    this.admin =
        Admin.create(
            Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                address,
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                250));
  }

  /** Makes a broker with its files in {@code folder}, which is new, and waits until it answers. */
  public static Broker start(Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path settings = folder.resolve("server.properties");
    int port = freePort();
    int controller = freePort();
    while (controller == port) {
      controller = freePort();
    }
    String address = "127.0.0.1:" + port;
    write(settings, folder, address, "127.0.0.1:" + controller);
    format(settings);
    ChildJvm process =
        new ChildJvm(folder.resolve("broker.log"), HEAP_MB, "kafka.Kafka", settings.toString());
    Broker broker = new Broker(process, address);
    try {
      broker.start();
      broker.awaitReady();
      return broker;
    } catch (IOException | InterruptedException e) {
      broker.close();
      throw e;
    }
  }

  /**
   * Returns a free port that the kernel gives to no client: one that asks a broker in vain may
   * connect to itself, and then has the broker's port.
   */
  private static int freePort() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(10_000, 30_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException e) {
        continue;
      }
    }
  }

  private static void write(Path settings, Path folder, String address, String controller)
      throws IOException {
    Properties all = new Properties();
    all.put("process.roles", "broker,controller");
    all.put("node.id", Integer.toString(ID));
    all.put("controller.quorum.voters", ID + "@" + controller);
    all.put("listeners", "PLAINTEXT://" + address + ",CONTROLLER://" + controller);
    all.put("controller.listener.names", "CONTROLLER");
    all.put("log.dirs", folder.resolve("data").toString());
    all.put("auto.create.topics.enable", "false");
    all.put("offsets.topic.replication.factor", "1");
    all.put("offsets.topic.num.partitions", "1");
    all.put("group.initial.rebalance.delay.ms", "0");
    try (Writer out = Files.newBufferedWriter(settings)) {
      all.store(out, null);
    }
  }

  private static void format(Path settings) throws IOException {
    String[] format = {"format", "-t", Uuid.randomUuid().toString(), "-c", settings.toString()};
    PrintStream nobody = new PrintStream(OutputStream.nullOutputStream());
    if (StorageTool.execute(format, nobody) != 0) {
      throw new IOException("the broker's folder cannot be made beside " + settings);
    }
  }

  /** Starts the process, again after {@link #kill}. */
  public void start() throws IOException {
    process.start();
  }

  /** Waits until the broker answers. */
  public void awaitReady() throws IOException, InterruptedException {
    long start = System.nanoTime();
    while (!isReady()) {
      if (!process.isAlive() || System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new IOException("the broker does not answer; see " + process.log());
      }
    }
  }

  /** True if the broker answers within a second. */
  public boolean isReady() throws InterruptedException {
    try {
      return !admin.describeCluster().nodes().get(1, TimeUnit.SECONDS).isEmpty();
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }

  /** Kills the process as kill -9 does. */
  public void kill() {
    process.kill();
  }

  /** Makes a topic of which each record is kept once. */
  public void create(String topic, int partitions) throws IOException, InterruptedException {
    try {
      admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
    } catch (ExecutionException e) {
      throw new IOException("no topic " + topic, e.getCause());
    }
  }

  /** Returns where clients begin. */
  public String address() {
    return address;
  }

  /** Returns a client for questions; it goes with the broker. */
  public Admin admin() {
    return admin;
  }

  /** Returns the processor time that the broker's process has taken. */
  public Duration processorTime() {
    return process.processorTime();
  }

  /** Kills the broker; its files stay. */
  @Override
  public void close() {
    admin.close(Duration.ZERO);
    process.kill();
  }
}

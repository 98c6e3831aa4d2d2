package org.aibridge.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/**
 * A Kafka broker with its controller, in a JVM of its own that can be killed, on ports of 127.0.0.1
 * that stay its own. For one thread. The process ends when this one does.
 */
final class KafkaBroker implements AutoCloseable {
  private static final List<String> FLAGS =
      List.of(
          "-Xmx400m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

  private final Path folder;
  private final Path settings;
  private final String address;
  private Process process;

  /** Makes a broker's files in {@code folder}; starts nothing. */
  KafkaBroker(Path folder) {
    this.folder = folder;
    this.settings = folder.resolve("server.properties");
    try {
      Files.createDirectories(folder);
      int port = freePort();
      int controller = freePort();
      while (controller == port) {
        controller = freePort();
      }
      address = "127.0.0.1:" + port;
      try (Writer out = Files.newBufferedWriter(settings)) {
        properties(controller).store(out, null);
      }
      String[] format = {"format", "-t", "" + Uuid.randomUuid(), "-c", settings.toString()};
      if (StorageTool.execute(format, System.err) != 0) {
        throw new IllegalStateException("the broker's folder cannot be made: " + folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Properties properties(int controller) {
    Properties all = new Properties();
    all.put("process.roles", "broker,controller");
    all.put("node.id", "1");
    all.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
    all.put("listeners", "PLAINTEXT://" + address + ",CONTROLLER://127.0.0.1:" + controller);
    all.put("controller.listener.names", "CONTROLLER");
    all.put("log.dirs", folder.resolve("log").toString());
    all.put("auto.create.topics.enable", "false");
    // A killed broker may not come back before its session is over.
    all.put("broker.session.timeout.ms", "2000");
    all.put("broker.heartbeat.interval.ms", "500");
    return all;
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

  /** Returns where clients find it: host and port. */
  String address() {
    return address;
  }

  /** Starts the process; does not wait until it answers. */
  void start() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.add("-XX:ErrorFile=" + folder.resolve("hs_err_pid%p.log"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(KafkaBrokerMain.class.getName(), settings.toString()));
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("out").toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills it with {@code kill -9}; returns when the process is gone. */
  void killHard() {
    try {
      if (!process.destroyForcibly().waitFor(20, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the broker does not die");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  @Override
  public void close() {
    if (isAlive()) {
      killHard();
    }
  }
}

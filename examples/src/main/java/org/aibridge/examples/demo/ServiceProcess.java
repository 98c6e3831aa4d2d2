package org.aibridge.examples.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * The AI service as a child process that can be killed and started again on its port.
 *
 * <p>One thread drives it; {@link #end} may come from any, and nothing starts after it.
 */
final class ServiceProcess {
  /** The first port to try; all tried ports are below those that systems assign automatically. */
  private static final int FIRST_PORT = 18_000;

  private static final int PORTS = 13_000;
  private static final int TRIES = 200;

  private final String mainClass;
  private final int port;
  private final RunFolder folder;
  private final long seed;
  private final List<String> more;
  private Process process;
  private boolean ended;

  /**
   * @param more arguments beside those that every service gets
   */
  ServiceProcess(String mainClass, int port, RunFolder folder, long seed, String... more) {
    this.mainClass = mainClass;
    this.port = port;
    this.folder = folder;
    this.seed = seed;
    this.more = List.of(more);
  }

  static int freePort() throws DemoFailure {
    SplittableRandom dice = new SplittableRandom();
    for (int i = 0; i < TRIES; i++) {
      int port = FIRST_PORT + dice.nextInt(PORTS);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        // tries the next port
      }
    }
    throw new DemoFailure("No free port was found for the AI service.");
  }

  URI baseUrl() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Starts the process; {@link #isReady} tells when it is ready. */
  synchronized void start() throws IOException {
    if (ended) {
      throw new IOException("the run is over");
    }
    Files.deleteIfExists(folder.portFile());
    ProcessBuilder builder = new ProcessBuilder(command());
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(folder.serviceLog().toFile()));
    process = builder.start();
    process.getOutputStream().close();
  }

  /** Returns a command that needs few resources, since here the service shares the machine. */
  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    command.addAll(List.of("--port", String.valueOf(port)));
    command.addAll(List.of("--data", folder.service().toString()));
    command.addAll(List.of("--seed", String.valueOf(seed & Long.MAX_VALUE)));
    command.addAll(List.of("--port-file", folder.portFile().toString()));
    command.addAll(more);
    return command;
  }

  /** True if the service has reported that it is ready. */
  boolean isReady() throws IOException {
    return isAlive()
        && Files.exists(folder.portFile())
        && Files.readString(folder.portFile()).strip().equals(String.valueOf(port));
  }

  synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** Kills the process as kill -9 does, and waits until it is gone. */
  synchronized void kill() {
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }

  /** Kills the process for good. */
  synchronized void end() {
    ended = true;
    kill();
  }

  /** Ends the process with SIGTERM, as an operator does; kills it if that takes too long. */
  void terminate(Duration patience) {
    try {
      if (!signal().waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      kill();
    }
  }

  private synchronized Process signal() {
    process.destroy();
    return process;
  }
}

package org.aibridge.examples.fleet;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process with this JVM's class path that can be killed and started again. For one thread. */
final class ChildJvm {
  private static final String LOGGER = "-Dorg.slf4j.simpleLogger.";

  private final Path log;
  private final List<String> command = new ArrayList<>();
  private Process process;

  /**
   * @param log takes what the process prints, the next start's behind the earlier ones'
   */
  ChildJvm(Path log, int heapMb, String main, String... arguments) {
    this.log = log;
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heapMb + "m");
    command.add(LOGGER + "showDateTime=true");
    command.add(LOGGER + "dateTimeFormat=HH:mm:ss.SSS");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(List.of(arguments));
  }

  void start() throws IOException {
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** Kills the process as kill -9 does, and waits until it is gone. */
  void kill() {
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }

  /** Ends the process with SIGTERM; kills it if that takes too long. */
  void terminate(Duration patience) throws InterruptedException {
    if (process != null) {
      process.destroy();
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        kill();
      }
    }
  }

  /** Waits for the end; returns its exit code. */
  int await() throws InterruptedException {
    return process.waitFor();
  }

  /** Returns the processor time that the process has taken. */
  Duration processorTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  Path log() {
    return log;
  }
}

package org.aibridge.core.notify;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.Threads;

/**
 * Runs the operator's program for a message: without a shell, since a message holds foreign words,
 * and for a limited time. Waits until it has ended.
 */
final class OwnProgram {
  static final long MAX_NANOS = 10_000_000_000L;
  private static final long LOOK_EVERY_NANOS = 20_000_000;

  /** The most attempts to start the program; file descriptors may be short for some seconds. */
  private static final int ATTEMPTS = 3;

  static final long AGAIN_NANOS = 5_000_000_000L;

  private final Threads threads;
  private final BooleanSupplier closing;

  /**
   * @param closing true once nobody waits for the program any more
   */
  OwnProgram(Threads threads, BooleanSupplier closing) {
    this.threads = threads;
    this.closing = closing;
  }

  /**
   * Runs {@code command} with {@code line} on its standard input; what it prints goes nowhere. One
   * that cannot be started is tried three times.
   *
   * @return why it failed; empty if it ended well
   */
  String run(List<String> command, String line) {
    String problem = "";
    for (int i = 0;
        i == 0 || i < ATTEMPTS && !threads.await(closing, AGAIN_NANOS, LOOK_EVERY_NANOS);
        i++) {
      try {
        return tell(start(command), line);
      } catch (IOException | OutOfMemoryError e) {
        problem = Reason.of(e);
      }
    }
    return problem;
  }

  private static Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private String tell(Process process, String line) {
    try {
      // A message fits in the pipe's buffer, so the write never waits for the program.
      try (OutputStream in = process.getOutputStream()) {
        in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      } catch (IOException unread) {
        // A program may succeed without reading.
      }
      threads.await(
          () -> !process.isAlive() || closing.getAsBoolean(), MAX_NANOS, LOOK_EVERY_NANOS);
      if (process.isAlive()) {
        return "it had not ended after " + MAX_NANOS / 1_000_000_000 + " s and was killed";
      }
      return process.exitValue() == 0 ? "" : "it ended with " + process.exitValue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}

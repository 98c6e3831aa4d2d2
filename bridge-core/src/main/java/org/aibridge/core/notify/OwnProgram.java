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
   * Runs {@code command} with {@code line} on its standard input; what it prints goes nowhere.
   *
   * @return why it failed; empty if it ended well
   */
  String run(List<String> command, String line) {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      return Reason.of(e);
    }
    try {
      // A message is smaller than the kernel's buffer, so this waits for no reader.
      try (OutputStream in = process.getOutputStream()) {
        in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      } catch (IOException unread) {
        // A program may end well without reading.
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

package org.aibridge.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The answer of {@code ./ai-bridge} to a question about a host, asked in a process of its own.
 *
 * @param exit the exit code
 * @param text the command's output
 */
record OperatorCall(int exit, String text) {
  private static final String COMMAND = "org.aibridge.ops.Main";

  /** True if the {@code ai-bridge} command is on the class path; the harness works without it. */
  static boolean isPossible() {
    try {
      Class.forName(COMMAND, false, OperatorCall.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** Runs the command to its end, and writes its output to the file {@code out}. */
  static OperatorCall make(HostPlan plan, Path out, String... arguments) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command =
        new ArrayList<>(
            List.of(
                java,
                "@" + plan.jvmOptions(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                COMMAND));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--conf", plan.configuration().toString()));
    try {
      int exit =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start()
              .waitFor();
      return new OperatorCall(exit, Files.readString(out));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}

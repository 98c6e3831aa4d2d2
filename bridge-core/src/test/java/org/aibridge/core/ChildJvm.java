package org.aibridge.core;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own with the flags an operator is told to use. It is asked in lines and answers in
 * lines; all it says is kept, its errors in {@code child.err} of its folder.
 */
final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final PrintStream input;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final Path errors;

  private ChildJvm(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
    this.input = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    Thread reader = new Thread(this::read, "output of child " + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  static ChildJvm start(Path folder, Class<?> main, String... arguments) throws IOException {
    return start(folder, List.of(), List.of(), main, arguments);
  }

  /** Starts {@code main} behind {@code prefix}, with {@code flags} beside the usual ones. */
  static ChildJvm start(
      Path folder, List<String> prefix, List<String> flags, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + flagsFile());
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"));
    command.addAll(flags);
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    Path errors = folder.resolve("child.err");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
            .start();
    return new ChildJvm(process, errors);
  }

  long pid() {
    return process.pid();
  }

  /** Gives a command and waits for the line that answers it. */
  String ask(String command) throws Exception {
    input.println(command);
    return line();
  }

  String line() throws Exception {
    String line = lines.poll(180, TimeUnit.SECONDS);
    if (line == null || line.equals("\0")) {
      throw new AssertionError("the child says nothing more: " + Files.readString(errors));
    }
    return line;
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  int waitFor() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public void close() {
    input.close();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void read() {
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add("the output broke off: " + e);
    }
    lines.add("\0");
  }

  private static Path flagsFile() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("conf/jvm.options"))) {
      folder = folder.getParent();
    }
    return folder.resolve("conf/jvm.options");
  }
}

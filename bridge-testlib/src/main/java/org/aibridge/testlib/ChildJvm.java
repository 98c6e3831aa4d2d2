package org.aibridge.testlib;

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
 * A JVM of its own with this one's class path and the flags an operator is told to use. It is asked
 * in lines and answers in lines; all it says is kept, its errors in {@code child.err} of its
 * folder.
 */
public final class ChildJvm implements AutoCloseable {
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

  /** Starts {@code main} in {@code folder}. */
  public static ChildJvm start(Path folder, Class<?> main, Object... arguments) throws IOException {
    return start(folder, List.of(), List.of(), main, arguments);
  }

  /** Starts {@code main} with {@code prefix} before the command and additional {@code flags}. */
  public static ChildJvm start(
      Path folder, List<String> prefix, List<String> flags, Class<?> main, Object... arguments)
      throws IOException {
    Path errors = folder.resolve("child.err");
    Process process =
        new ProcessBuilder(command(prefix, flags, main, arguments))
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
            .start();
    return new ChildJvm(process, errors);
  }

  /** Like {@link #process(Path, List, List, Class, Object...)} without prefix and flags. */
  public static Process process(Path folder, Class<?> main, Object... arguments)
      throws IOException {
    return process(folder, List.of(), List.of(), main, arguments);
  }

  /**
   * One that is not talked to: what it prints goes to {@code out} and {@code err} of the folder.
   */
  public static Process process(
      Path folder, List<String> prefix, List<String> flags, Class<?> main, Object... arguments)
      throws IOException {
    List<String> own = new ArrayList<>(flags);
    own.add("-Dorg.slf4j.simpleLogger.logFile=" + folder.resolve("log"));
    own.add("-XX:ErrorFile=" + folder.resolve("hs_err"));
    return new ProcessBuilder(command(prefix, own, main, arguments))
        .redirectOutput(folder.resolve("out").toFile())
        .redirectError(folder.resolve("err").toFile())
        .start();
  }

  private static List<String> command(
      List<String> prefix, List<String> flags, Class<?> main, Object... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(java());
    command.addAll(flags);
    if (!flags.contains(ChildClasses.PATH)) {
      command.addAll(ChildClasses.arguments());
    }
    command.add(main.getName());
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return command;
  }

  /** The Java of this JVM, with the flags an operator is told to use and those of short lives. */
  static List<String> java() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + projectFile("conf/jvm.options"));
    command.addAll(ChildClasses.FLAGS);
    return command;
  }

  /** Finds a file of the project, for tests that run in any of the project's folders. */
  public static Path projectFile(String name) {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isRegularFile(folder.resolve(name))) {
      folder = folder.getParent();
    }
    return folder.resolve(name);
  }

  public long pid() {
    return process.pid();
  }

  /** Sends a command to the process. */
  public void tell(String command) {
    input.println(command);
  }

  /** Sends a command to the process, and waits for its answer line. */
  public String ask(String command) throws Exception {
    tell(command);
    return line();
  }

  /** Waits for the process's next line, and returns it. */
  public String line() throws Exception {
    String line = lines.poll(180, TimeUnit.SECONDS);
    if (line == null || line.equals("\0")) {
      throw new AssertionError("the child says nothing more: " + Files.readString(errors));
    }
    return line;
  }

  /** Kills the process with SIGKILL. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Waits until the process has ended; returns its exit code. */
  public int waitFor() throws InterruptedException {
    return process.waitFor();
  }

  /** Closes the process's input, and kills the process if it has not ended 20 s later. */
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
}

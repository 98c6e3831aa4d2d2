package org.aibridge.torture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A host with a bridge in a JVM of its own, which can be commanded, asked, stopped and killed.
 *
 * <p>For one thread. A method with a time limit waits; when the limit is over or the process has
 * ended, the method throws, with the last lines of the process's standard error. The process ends
 * when this one does.
 */
public final class FaultHost implements AutoCloseable {
  /** The exit code of a process that was killed with {@code kill -9}. */
  public static final int KILLED = 137;

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int ERRORS_SHOWN = 4000;
  private static final String END = "end";

  /**
   * A host that has started.
   *
   * @param millis from starting the process to the bridge being ready to take events
   * @param cpuMillis the CPU time its process had used by then; what is left of {@code millis} it
   *     waited, for a disk or for others who use this machine
   * @param bridgeMillis of the time, inside {@code AiBridge.start}
   * @param state the bridge's state
   * @param problem the bridge's problem, or empty
   */
  public record Ready(
      long millis, long cpuMillis, long bridgeMillis, String state, String problem) {}

  /** The result of a reload. */
  public record Reloaded(boolean reloaded, List<String> problems, long millis) {}

  private final HostPlan plan;
  private final Path errors;
  private final Process process;
  private final PrintStream commands;
  private final Map<String, BlockingQueue<String>> answers = new ConcurrentHashMap<>();
  private final long startNanos;
  private volatile long readyNanos;
  private volatile long readyCpuMs;

  private FaultHost(HostPlan plan, Path errors, Process process, long startNanos) {
    this.plan = plan;
    this.errors = errors;
    this.process = process;
    this.startNanos = startNanos;
    this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    Thread reader = new Thread(this::readAnswers, "fault-host answers");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts a host with the same Java as this process; does not wait until the host is ready. */
  public static FaultHost start(HostPlan plan) {
    try {
      Files.createDirectories(plan.folder());
      Path planFile = Files.createTempFile(plan.folder(), "host-", ".properties");
      plan.write(planFile);
      Path errors = Path.of(planFile.toString().replace(".properties", ".err"));
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      ProcessBuilder builder =
          new ProcessBuilder(plan.command(java, planFile)).redirectError(errors.toFile());
      long start = System.nanoTime();
      return new FaultHost(plan, errors, builder.start(), start);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the host's bridge accepts events or is off. */
  public Ready awaitReady(Duration limit) {
    String[] answer = await("ready", limit).split(" ", 3);
    return new Ready(
        (readyNanos - startNanos) / 1_000_000,
        readyCpuMs,
        Long.parseLong(answer[0]),
        answer[1],
        answer[2]);
  }

  /** Sends the host a command of {@link HostFaults}. */
  void tell(String command) {
    commands.println(command);
  }

  /** Sends {@code SIGSTOP}, which stops the host at any point. */
  void freeze() {
    Tool.KILL.run("-STOP", "" + pid());
  }

  /** Sends {@code SIGCONT}, which lets the host go on. */
  void thaw() {
    Tool.KILL.run("-CONT", "" + pid());
  }

  /** Returns the host's lines that begin with {@code word} and have not been awaited yet. */
  List<String> heard(String word) {
    return List.copyOf(queue(word));
  }

  /** Lets the host publish events. */
  public void go() {
    commands.println("go");
  }

  /** Stops the host from publishing events until {@link #go}. */
  public void pause() {
    commands.println("pause");
  }

  /** Makes the host claim room in its ring and never commit this claim. */
  void claim(HalfClaim.Stage stage) {
    commands.println("claim " + stage);
    await("claimed", Duration.ofSeconds(20));
  }

  /** Stops the host's ticks while its bridge goes on. */
  public void holdTicks() {
    commands.println("hold");
    await("held", Duration.ofSeconds(20));
  }

  /** Waits until a handler has stalled, and returns the id of its action. */
  public String awaitStalled(Duration limit) {
    return await("stalled", limit);
  }

  /** Waits until the host has published all its events; returns how many were refused. */
  public long awaitPublished(Duration limit) {
    return Long.parseLong(await("published", limit));
  }

  /** Returns the numbers of the host's {@code BridgeStatus}, and {@code heapUsed} in bytes. */
  public JsonNode status() {
    commands.println("status");
    try {
      return MAPPER.readTree(await("status", Duration.ofSeconds(20)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until no events wait in the host, and returns the status at that time. */
  public JsonNode awaitDrained(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    JsonNode status = status();
    while (status.path("waiting").asLong() != 0) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("not drained in " + limit + ": " + status + errorTail());
      }
      Pause.millis(10);
      status = status();
    }
    return status;
  }

  /**
   * Returns the bridge's time within the game thread's ticks, published events included, since the
   * last call: the number of ticks; the median, the 99th percentile and the longest time, in
   * microseconds; and the longest CPU time.
   */
  long[] ticks() {
    commands.println("ticks");
    String[] numbers = await("ticks", Duration.ofSeconds(60)).split(" ");
    return Arrays.stream(numbers).mapToLong(Long::parseLong).toArray();
  }

  /** Reloads the configuration file and waits for the answer. */
  public Reloaded reload(Duration limit) {
    long start = System.nanoTime();
    commands.println("reload");
    String[] answer = await("reloaded", limit).split(" ", 2);
    List<String> problems = new ArrayList<>();
    try {
      MAPPER.readTree(answer[1]).forEach(problem -> problems.add(problem.asText()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Reloaded(
        Boolean.parseBoolean(answer[0]), problems, (System.nanoTime() - start) / 1_000_000);
  }

  /** Requests a reload, without waiting for the answer. */
  public void beginReload() {
    commands.println("reload");
  }

  /** Makes the host call the bridge's {@code close()}; does not wait for its end. */
  public void beginClose() {
    commands.println("close");
  }

  /** Waits for the end of a {@code close()}; returns how long it took, in milliseconds. */
  public long awaitClosed(Duration limit) {
    return Long.parseLong(await("closed", limit));
  }

  /** Closes the bridge and ends the process; returns how long the close took, in milliseconds. */
  public long stop(Duration limit) {
    beginClose();
    long millis = awaitClosed(limit);
    commands.println("exit");
    awaitExit(limit);
    return millis;
  }

  /** Kills the host with {@code kill -9}; returns when the process is gone. */
  public void killHard() {
    process.toHandle().destroyForcibly();
    awaitExit(Duration.ofSeconds(20));
  }

  /** Sends SIGTERM, which makes the host close its bridge; does not wait. */
  public void terminate() {
    process.toHandle().destroy(); // Process.destroy would also close the host's standard input.
  }

  /** Waits until the process has ended; returns its exit code. */
  public int awaitExit(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("the host did not end in " + limit + errorTail());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    return process.exitValue();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /** Returns what the host wrote to its standard error. */
  public String stderr() {
    try {
      return Files.readString(errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the crash reports of all JVMs that ran in this folder; there should be none. */
  public List<Path> crashReports() {
    try (Stream<Path> files = Files.list(plan.folder())) {
      return files.filter(f -> f.getFileName().toString().startsWith("hs_err")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills the host if it is still running. */
  @Override
  public void close() {
    if (process.isAlive()) {
      killHard();
    }
    commands.close();
  }

  /** Waits for the next line that begins with {@code word}; returns the rest of the line. */
  String await(String word, Duration limit) {
    BlockingQueue<String> queue = queue(word);
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      while (System.nanoTime() - deadline < 0) {
        String answer = queue.poll(50, TimeUnit.MILLISECONDS);
        if (answer != null) {
          return answer;
        }
        if (!queue(END).isEmpty() && queue.isEmpty()) {
          throw new IllegalStateException("the host ended before it was " + word + errorTail());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    throw new IllegalStateException("the host was not " + word + " in " + limit + errorTail());
  }

  private void readAnswers() {
    try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        int space = line.indexOf(' ');
        if (line.startsWith("@") && space > 0) {
          String word = line.substring(1, space);
          if (word.equals("ready")) {
            readyNanos = System.nanoTime();
            readyCpuMs = process.info().totalCpuDuration().map(Duration::toMillis).orElse(0L);
          }
          queue(word).add(line.substring(space + 1));
        }
      }
    } catch (IOException e) {
      queue("broken").add(e.toString());
    }
    queue(END).add("");
  }

  private BlockingQueue<String> queue(String word) {
    return answers.computeIfAbsent(word, w -> new LinkedBlockingQueue<>());
  }

  private String errorTail() {
    String all = stderr();
    return "\n" + all.substring(Math.max(0, all.length() - ERRORS_SHOWN));
  }
}

package org.aibridge.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts bridges in one JVM, each in a class loader of its own, on a thread that outlives them all.
 *
 * <p>The last part of {@link LifecycleExperiment}, and a test of its own with fewer bridges.
 */
public final class UnloadExperiment implements Experiment {
  /**
   * The longest time that class loaders and libraries' threads may take to go, in milliseconds:
   * OkHttp and Okio each keep idle threads for 60 s.
   */
  private static final int PATIENCE_MS = 120_000;

  private static final int LIMIT_SECONDS = 400;

  private final int bridges;

  /** Creates the experiment with {@code bridges} bridges, one after another. */
  public UnloadExperiment(int bridges) {
    this.bridges = bridges;
  }

  @Override
  public String name() {
    return "unload";
  }

  @Override
  public String promise() {
    return "of bridges that were closed nothing is left in the JVM: no thread, no file, no class"
        + " loader";
  }

  @Override
  public int usualRounds() {
    return 1;
  }

  @Override
  public int usualEvents() {
    return 0;
  }

  @Override
  public void run(Round round) {
    Path folder = round.folder().resolve("cycles");
    try (ScriptedService service = new ScriptedService(round.folder().resolve("cycles.log"), 0)) {
      Path conf =
          new HostConfig(folder, service.baseUrl())
              .set("journal", "ring_path", folder.resolve("ring").toString())
              .write();
      Path output = round.folder().resolve("cycles.txt");
      int exit = runCycles(round, conf, output);
      String said = Files.readString(output);
      said.lines()
          .filter(line -> line.matches("[a-z ,]+=\\d+"))
          .map(line -> line.split("="))
          .forEach(pair -> round.figure(pair[0], Long.parseLong(pair[1])));
      round.require(exit == 0, bridges + " starts and stops in one JVM: " + said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int runCycles(Round round, Path conf, Path output) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + HostPlan.findJvmOptions());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(UnloadMain.class.getName());
    command.addAll(List.of(conf.toString(), "" + bridges, "" + PATIENCE_MS));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(round.folder().resolve("cycles.err").toFile())
            .start();
    try {
      return process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) ? process.exitValue() : -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }
}

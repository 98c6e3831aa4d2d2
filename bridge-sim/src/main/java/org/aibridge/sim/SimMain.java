package org.aibridge.sim;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The command line of the simulator.
 *
 * <p>Builds the shim with {@code cc} and starts itself again with it. Exits with 0 when all was as
 * it must be, 1 when it was not, 2 when the command line is wrong, 3 when there is no C compiler.
 */
public final class SimMain {
  public static final int GOOD = 0;
  public static final int FAILED = 1;
  public static final int USAGE = 2;
  public static final int NO_COMPILER = 3;

  private static final String HELP =
      """
      Usage: ai-bridge torture --experiment simulation [options]
      Runs the whole bridge in one thread under a seed, and fails the system's calls below it.

        --minutes N     for how long (1)
        --seconds N     the same in seconds
        --seed S        the seed of the first run (1); each next run has the next one
        --runs N        so many runs at most
        --sweep         every point of every call of a small life fails, once and for a while
        --replay FILE   runs the tape in FILE, or of the seed FILE
        --shrink FILE   makes the tape in FILE, or of the seed FILE, as short as it can be
        --tapes         runs the tapes that are kept
        --check         whether the shim sees what it must see
        --out DIR       where tapes of runs that failed go (simulation)
        --stride N      of the sweep's points every Nth alone (1)
        --only CALL     of the sweep's calls this one alone
        --all           goes on after a run that failed
      """;

  private SimMain() {}

  /** The options on the command line. */
  static final class Options {
    long seconds = 60;
    long seed = 1;
    long runs = Long.MAX_VALUE;
    long stride = 1;
    boolean sweep;
    boolean tapes;
    boolean check;
    boolean all;
    String only;
    boolean help;
    String replay;
    String shrink;
    Path out = Path.of("simulation");
  }

  /** Runs the command line {@code args} and ends this process. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  private static int run(String[] args) {
    Options options = new Options();
    try {
      read(args, options);
      if (options.help) {
        System.out.print(HELP);
        return GOOD;
      }
    } catch (IllegalArgumentException e) {
      System.err.println("ai-bridge torture: " + e.getMessage());
      System.err.print(HELP);
      return USAGE;
    }
    try {
      return System.getenv("SIM_CONTROL") == null ? again(args) : here(options);
    } catch (IOException | UncheckedIOException e) {
      System.err.println("ai-bridge torture: " + e.getMessage());
      return FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FAILED;
    }
  }

  private static int here(Options options) throws IOException {
    Path root = Path.of(System.getenv("SIM_PREFIX") + "sim-" + ProcessHandle.current().pid());
    Simulation simulation = new Simulation(Shim.attach(), root, System.out, options);
    try {
      return simulation.run() ? GOOD : FAILED;
    } finally {
      SimLife.delete(root);
    }
  }

  /** Starts this program again with the shim loaded. */
  private static int again(String[] args) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("sim");
    try {
      Path shim = folder.resolve("shim.so");
      if (!compile(folder, shim)) {
        System.err.println("the simulation is skipped: there is no C compiler (cc) for its shim");
        return NO_COMPILER;
      }
      Path control = folder.resolve("control");
      Files.write(control, new byte[Shim.PAGE_BYTES]);
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
      command.addAll(
          List.of(
              "-Xmx256m",
              "-XX:+UseSerialGC",
              "-Xlog:os+thread=off",
              "-XX:+UnlockExperimentalVMOptions",
              "-XX:hashCode=3",
              // Keeps the JVM from creating threads while a run may count threads.
              "-XX:-UseDynamicNumberOfCompilerThreads",
              // Shortens real waits in Chronicle for older versions of the bridge.
              "-Daibridge.store.wait=2",
              "-Dchronicle.table.store.timeoutMS=20",
              "-Dorg.slf4j.simpleLogger.defaultLogLevel="
                  + System.getProperty("aibridge.sim.log", "off")));
      command.add("-cp");
      command.add(System.getProperty("java.class.path"));
      command.add(SimMain.class.getName());
      command.addAll(List.of(args));
      ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
      builder.environment().put("LD_PRELOAD", shim.toString());
      builder.environment().put("SIM_CONTROL", control.toString());
      builder.environment().put("SIM_PREFIX", "/dev/shm/aibridge-");
      Process process = builder.start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
      return process.waitFor();
    } finally {
      SimLife.delete(folder);
    }
  }

  private static boolean compile(Path folder, Path shim) throws IOException, InterruptedException {
    Path source = folder.resolve("shim.c");
    try (InputStream in = SimMain.class.getResourceAsStream("shim.c")) {
      Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
    }
    ProcessBuilder compiler =
        new ProcessBuilder(
            "cc", "-O2", "-shared", "-fPIC", "-o", shim.toString(), source.toString(), "-ldl");
    File log = folder.resolve("cc.log").toFile();
    compiler.redirectErrorStream(true).redirectOutput(log);
    Process process;
    try {
      process = compiler.start();
    } catch (IOException e) {
      return false;
    }
    if (process.waitFor() != 0) {
      throw new IOException(
          "cc cannot build the shim: " + Files.readString(log.toPath(), StandardCharsets.UTF_8));
    }
    return true;
  }

  private static void read(String[] args, Options options) {
    for (Iterator<String> left = List.of(args).iterator(); left.hasNext(); ) {
      String option = left.next();
      switch (option) {
        case "--experiment" -> value(option, left);
        case "--minutes" -> options.seconds = 60 * number(option, left);
        case "--seconds" -> options.seconds = number(option, left);
        case "--seed" -> options.seed = number(option, left);
        case "--runs" -> options.runs = number(option, left);
        case "--replay" -> options.replay = value(option, left);
        case "--shrink" -> options.shrink = value(option, left);
        case "--stride" -> options.stride = Math.max(1, number(option, left));
        case "--out" -> options.out = Path.of(value(option, left));
        case "--sweep" -> options.sweep = true;
        case "--tapes" -> options.tapes = true;
        case "--check" -> options.check = true;
        case "--only" -> options.only = value(option, left);
        case "--help", "-h" -> options.help = true;
        case "--all" -> options.all = true;
        default -> throw new IllegalArgumentException("unknown option " + option);
      }
    }
  }

  private static String value(String option, Iterator<String> left) {
    if (!left.hasNext()) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return left.next();
  }

  private static long number(String option, Iterator<String> left) {
    String text = value(option, left);
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(option + " needs a whole number, was " + text);
    }
  }
}

package org.aibridge.core.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM of its own with this one's class path and the flags the bridge needs. */
public final class ChildJvm {
  private ChildJvm() {}

  /** Starts {@code main}; what it prints goes to {@code folder/out} and {@code folder/err}. */
  public static Process start(Path folder, Class<?> main, Object... args) throws IOException {
    return start(folder, List.of(), List.of(), main, args);
  }

  /** As above, with more flags, and below a command that runs what follows it. */
  public static Process start(
      Path folder, List<String> flags, List<String> below, Class<?> main, Object... args)
      throws IOException {
    List<String> command = new ArrayList<>(below);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + options());
    command.addAll(flags);
    command.add("-Xmx256m");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-Dorg.slf4j.simpleLogger.logFile=" + folder.resolve("log"));
    command.add("-XX:ErrorFile=" + folder.resolve("hs_err"));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    for (Object arg : args) {
      command.add(arg.toString());
    }
    return new ProcessBuilder(command)
        .redirectOutput(folder.resolve("out").toFile())
        .redirectError(folder.resolve("err").toFile())
        .start();
  }

  /** The flags in conf/jvm.options, wherever in the reactor the tests run. */
  private static Path options() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isRegularFile(folder.resolve("conf/jvm.options"))) {
      folder = folder.getParent();
    }
    return folder.resolve("conf/jvm.options");
  }
}

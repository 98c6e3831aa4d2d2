package org.aibridge.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The tarball, unpacked: each command is a process of its own, on the Java of this one. */
final class Installation {
  private static final long LIMIT_SECONDS = 120;
  private static final Path TARGET = Path.of("target").toAbsolutePath();

  private final Path folder;

  /** Unpacks the tarball into {@code folder}. */
  Installation(Path folder) throws Exception {
    this.folder = folder;
    Said said = end(process(folder, List.of("tar", "-xzf", tarball().toString())), folder);
    if (said.exit != 0) {
      throw new IOException(said.toString());
    }
  }

  /** What a command has said, on both of its streams, and how it has ended. */
  record Said(int exit, String out) {}

  static Path tarball() throws IOException {
    return TARGET.resolve(named() + ".tar.gz");
  }

  /** Returns the packages' name with the version. */
  static String named() throws IOException {
    String build = Files.readString(TARGET.resolve("ai-bridge/build"));
    return "ai-bridge-" + build.substring(0, build.indexOf(' '));
  }

  Path launcher() throws IOException {
    return folder.resolve(named()).resolve("bin/ai-bridge");
  }

  /** Runs a command in the folder of a server. */
  Said run(Path server, List<String> words) throws Exception {
    return end(begin(server, words), server);
  }

  /** Starts a command, whose process is Java's. */
  Process begin(Path server, List<String> words) throws Exception {
    List<String> command = new ArrayList<>(List.of(launcher().toString()));
    command.addAll(words);
    return process(server, command);
  }

  /** Runs lines of a shell. */
  Said shell(Path server, String lines) throws Exception {
    return end(process(server, List.of("sh", "-e", "-c", lines)), server);
  }

  private Process process(Path server, List<String> command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(server.toFile())
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile());
    builder.environment().put("HOME", folder.toString());
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().remove("JDK_JAVA_OPTIONS");
    return builder.start();
  }

  static Said end(Process process, Path server) throws Exception {
    String out = new String(process.getInputStream().readAllBytes(), "UTF-8");
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("no end in " + server + ": " + out);
    }
    return new Said(process.exitValue(), out);
  }
}

package org.aibridge.ops.dlq;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.aibridge.ops.CommandRun;
import org.aibridge.testlib.ChildClasses;

/**
 * An operator's shell in a server's folder: each command is a process of its own, as the launcher
 * starts it; with {@code -Daibridge.launcher=./ai-bridge} through the launcher itself.
 */
final class Shell {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long LIMIT_SECONDS = 120;

  private final Path folder;
  private int runs;

  Shell(Path folder) {
    this.folder = folder;
  }

  /** What a command has said and how it has ended. */
  record Said(int exit, String out, String err) {
    JsonNode json() {
      try {
        return JSON.readTree(out);
      } catch (IOException e) {
        throw new UncheckedIOException(this.toString(), e);
      }
    }

    List<JsonNode> lines() {
      return out.lines()
          .map(
              line -> {
                try {
                  return JSON.readTree(line);
                } catch (IOException e) {
                  throw new UncheckedIOException(line, e);
                }
              })
          .toList();
    }
  }

  /** A command that runs. */
  record Running(Process process, Path out, Path err) {
    Said await() throws IOException, InterruptedException {
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("no end: " + Files.readString(out) + Files.readString(err));
      }
      return new Said(process.exitValue(), Files.readString(out), Files.readString(err));
    }
  }

  Said run(String... args) throws IOException, InterruptedException {
    return begin(args).await();
  }

  /** Runs a command in this JVM: for what is asked until it is so. */
  Said ask(String... args) {
    CommandRun command = new CommandRun(folder);
    return new Said(command.run(args), command.out, command.err);
  }

  Running begin(String... args) throws IOException {
    List<String> command = new ArrayList<>();
    String launcher = System.getProperty("aibridge.launcher");
    if (launcher != null) {
      command.add(launcher);
    } else {
      command.addAll(java("-Xmx256m"));
      command.add("org.aibridge.ops.Main");
    }
    command.addAll(List.of(args));
    Path out = folder.resolve("out-" + runs + ".txt");
    Path err = folder.resolve("err-" + runs++ + ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    process.getOutputStream().close();
    return new Running(process, out, err);
  }

  /** A server that publishes {@code perSecond} events a second, once it runs. */
  Process server(int perSecond) throws IOException {
    List<String> command = java("-Xmx512m");
    command.add(LiveHost.class.getName());
    command.add(folder.resolve("conf/ai_bridge.conf").toString());
    command.add(Integer.toString(perSecond));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(folder.resolve("server.txt").toFile())
            .start();
    String ready = process.inputReader(StandardCharsets.UTF_8).readLine();
    if (ready == null || !ready.startsWith("ready RUNNING")) {
      throw new IOException(ready + Files.readString(folder.resolve("server.txt")));
    }
    return process;
  }

  private static List<String> java(String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of(options));
    command.add("@" + Path.of("../conf/jvm.options").toAbsolutePath().normalize());
    command.addAll(ChildClasses.arguments());
    return command;
  }
}

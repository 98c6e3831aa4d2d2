package org.aibridge.examples.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The map-server in C++ as it runs beside its companion: how both are started. Immutable. */
public final class NativeProgram {
  private final Path home;
  private final Path program;

  private NativeProgram(Path home, Path program) {
    this.home = home;
    this.program = program;
  }

  /**
   * Compiles it, which takes some seconds.
   *
   * @param home the project's folder
   * @param folder where the program goes, and what the compiler said
   * @throws DemoFailure when the sources or a compiler are missing, or it cannot compile them
   */
  public static NativeProgram compile(Path home, Path folder)
      throws IOException, DemoFailure, InterruptedException {
    Path sources = home.resolve("bridge-native");
    if (!Files.isDirectory(sources)) {
      throw new DemoFailure("There is no " + sources + ": --native needs the project's sources.");
    }
    Path program = folder.resolve("map_server");
    Path said = folder.resolve("compiler.log");
    List<String> command = new ArrayList<>(List.of("c++", "-std=c++20", "-O2", "-x", "c++"));
    command.add("-I" + sources.resolve("include"));
    command.add(sources.resolve("src/ai_bridge.c").toString());
    command.add(sources.resolve("example/map_server.cpp").toString());
    command.addAll(List.of("-o", program.toString(), "-lpthread"));
    Process compiler;
    try {
      compiler =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
    } catch (IOException e) {
      throw new DemoFailure("--native needs a C++20 compiler, and there is no c++ on the PATH.");
    }
    if (compiler.waitFor() != 0) {
      throw new DemoFailure("c++ cannot compile the map-server; see " + said + ".");
    }
    return new NativeProgram(home, program);
  }

  /** The command of the companion: this program's own classes, in a small heap. */
  public List<String> companion(Path conf, Path rings) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "@" + home.resolve("conf/jvm.options"),
        "-Xmx256m",
        "-XX:+UseSerialGC",
        "-cp",
        System.getProperty("java.class.path"),
        "org.aibridge.ops.Main",
        "run",
        "--conf",
        conf.toString(),
        "--folder",
        rings.toString());
  }

  /** The command of the map-server; {@code more} are further options of it. */
  public List<String> server(
      String id, Path rings, int players, int eventsASecond, int seconds, String... more) {
    List<String> command = new ArrayList<>(List.of(program.toString(), "--id", id));
    command.addAll(List.of("--folder", rings.toString(), "--players", String.valueOf(players)));
    command.addAll(List.of("--events", String.valueOf(eventsASecond)));
    command.addAll(List.of("--seconds", String.valueOf(seconds)));
    command.addAll(List.of(more));
    return command;
  }
}

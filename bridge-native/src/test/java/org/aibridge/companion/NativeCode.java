package org.aibridge.companion;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.aibridge.testlib.ChildJvm;

/** Compiles the library with programs of its tests, and runs them. */
final class NativeCode {
  private static final Path MODULE =
      ChildJvm.projectFile("bridge-native/include/ai_bridge.h").getParent().getParent();

  private NativeCode() {}

  static Path module() {
    return MODULE;
  }

  /** Compiles {@code sources}, paths in the module, into {@code program}. */
  static Path compile(Path program, String compiler, List<String> sources) throws Exception {
    List<String> command = new ArrayList<>(Arrays.asList(compiler.split(" ")));
    command.addAll(List.of("-Wall", "-Wextra", "-Werror", "-I" + MODULE.resolve("include")));
    sources.forEach(source -> command.add(MODULE.resolve(source).toString()));
    command.addAll(List.of("-o", program.toString(), "-lpthread"));
    run(command);
    return program;
  }

  /** Runs a command, and returns what it printed; fails if it fails. */
  static String run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new AssertionError(String.join(" ", command) + "\n" + output);
    }
    return output;
  }

  static boolean isJson(String text) {
    try {
      return new ObjectMapper().readTree(text).isObject();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  static String vectors() throws Exception {
    return Files.readString(MODULE.resolve("vectors/ring.txt"));
  }
}

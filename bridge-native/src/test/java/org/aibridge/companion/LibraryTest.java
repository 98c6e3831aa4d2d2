package org.aibridge.companion;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.aibridge.testlib.Needs;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The C library, by its own tests, with every compiler and sanitizer that a server may use. */
@Tag("slow")
class LibraryTest {
  @TempDir Path folder;

  @BeforeAll
  static void needsCompilers() {
    Needs.program("gcc", "gcc");
    Needs.program("g++", "g++");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gcc -std=c11 -O0 -Wpedantic -c",
        "gcc -std=c11 -O3 -Wpedantic -c",
        "g++ -x c++ -std=c++17 -O0 -Wpedantic -c",
        "g++ -x c++ -std=c++17 -O3 -Wpedantic -c",
      })
  void noCompilerHasAWordToSay(String compiler) throws Exception {
    Path object = folder.resolve("ai_bridge.o");
    List<String> all = new ArrayList<>(List.of(compiler.split(" ")));
    all.addAll(
        List.of(
            "-Wall",
            "-Wextra",
            "-Werror",
            "-I" + NativeCode.module().resolve("include"),
            NativeCode.module().resolve("src/ai_bridge.c").toString(),
            "-o",
            object.toString()));
    assertThat(NativeCode.run(all)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gcc -std=gnu11 -O2 -ffast-math",
        "gcc -std=gnu11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover",
        "gcc -std=gnu11 -O1 -g -fsanitize=thread",
      })
  void theDoorWorksBothWaysAndKillsLoseNothing(String compiler) throws Exception {
    Path program =
        NativeCode.compile(
            folder.resolve("door"), compiler, List.of("src/ai_bridge.c", "test/door.c"));
    Path place = Files.createDirectory(folder.resolve("place"));
    assertThat(NativeCode.run(List.of(program.toString(), place.toString())))
        .contains("all is as it should be");
  }

  @Test
  void eachCallThatFailsInAnOpenIsASentence() throws Exception {
    String compiler =
        "gcc -std=gnu11 -O1"
            + Stream.of(
                    "pthread_atfork",
                    "mkdir",
                    "open",
                    "openat",
                    "fstat",
                    "posix_fallocate",
                    "mmap",
                    "fcntl",
                    "getrandom",
                    "renameat",
                    "fdopendir",
                    "posix_spawnp",
                    "calloc")
                .map(name -> " -Wl,--wrap=" + name)
                .collect(Collectors.joining());
    Path program =
        NativeCode.compile(
            folder.resolve("shortage"), compiler, List.of("src/ai_bridge.c", "test/shortage.c"));
    Path place = Files.createDirectory(folder.resolve("place"));
    assertThat(NativeCode.run(List.of(program.toString(), place.toString())))
        .contains(
            "posix_fallocate: no ring can be made: No space left on device",
            "mmap: no ring can be made",
            "openat: server.lock cannot be made",
            "pthread_atfork: forks cannot be watched: Cannot allocate memory",
            "posix_spawnp: ai_bridge: the companion cannot be started with true: Resource",
            "calloc: memory ran out");
  }

  @Test
  void noCallAfterOpenAllocatesOrCallsTheKernel() throws Exception {
    Path program =
        NativeCode.compile(
            folder.resolve("calls"),
            "gcc -std=gnu11 -O2",
            List.of("src/ai_bridge.c", "test/calls.c"));
    assertThat(NativeCode.run(List.of(program.toString(), folder.resolve("place").toString())))
        .isEqualTo("no call allocates or calls the kernel\n");
  }

  @Test
  void recordsAreThoseThatTheDocumentPromises() throws Exception {
    Path program =
        NativeCode.compile(
            folder.resolve("vectors"),
            "gcc -std=c11 -O2",
            List.of("src/ai_bridge.c", "test/vectors.c"));
    assertThat(NativeCode.run(List.of(program.toString(), folder.resolve("place").toString())))
        .isEqualTo(NativeCode.vectors());
  }

  @Test
  void anotherMachineIsRefusedWithASentence() throws Exception {
    Process process =
        new ProcessBuilder(
                "gcc",
                "-std=c11",
                "-U__linux__",
                "-I" + NativeCode.module().resolve("include"),
                "-fsyntax-only",
                NativeCode.module().resolve("src/ai_bridge.c").toString())
            .redirectErrorStream(true)
            .start();
    assertThat(new String(process.getInputStream().readAllBytes()))
        .contains("ai_bridge runs on Linux with glibc only");
    assertThat(process.waitFor()).isNotZero();
  }
}

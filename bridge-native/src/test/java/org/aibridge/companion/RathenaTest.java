package org.aibridge.companion;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.aibridge.testlib.Needs;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of the glue for rAthena needs no rAthena. The rest is run by hand (docs/rathena.md). */
@Tag("slow")
class RathenaTest {
  @TempDir Path folder;

  @BeforeAll
  static void needsCompilers() {
    Needs.program("gcc", "gcc");
    Needs.program("g++", "g++");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gcc -std=gnu11 -Wpedantic -O1 -g -fsanitize=address,undefined -fno-sanitize-recover",
        "g++ -x c++ -std=c++17 -Wpedantic -O2",
      })
  void jsonIsReadAndAnswersFindTheirScripts(String compiler) throws Exception {
    Path program =
        NativeCode.compile(folder.resolve("parts"), compiler, List.of("rathena/test/parts.c"));
    assertThat(NativeCode.run(List.of(program.toString()))).contains("all is as it should be");
  }

  @Test
  void eachFileOfTheGlueSaysThatItIsUnderTheGpl() throws Exception {
    Path glue = NativeCode.module().resolve("rathena");
    assertThat(Files.readString(glue.resolve("LICENSE"))).contains("GNU GENERAL PUBLIC LICENSE");
    try (Stream<Path> files = Files.walk(glue)) {
      assertThat(
              files.filter(Files::isRegularFile).filter(file -> !file.endsWith("LICENSE")).toList())
          .isNotEmpty()
          .allSatisfy(
              file ->
                  assertThat(file).content().contains("SPDX-License-Identifier: GPL-3.0-or-later"));
    }
  }
}

package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line itself: help, version, and what it answers to mistakes. */
class AiBridgeCommandTest {
  @TempDir Path folder;
  private CommandRun run;

  @BeforeEach
  void begin() {
    run = new CommandRun(folder);
  }

  @Test
  void helpNamesEveryCommand() {
    assertThat(run.run("--help")).isZero();
    assertThat(run.out).contains("Usage: ai-bridge", "check", "demo");
    assertThat(run.err).isEmpty();
  }

  @Test
  void versionNamesOursAndThatOfJava() {
    assertThat(run.run("--version")).isZero();
    assertThat(run.out).startsWith("ai-bridge ").contains(System.getProperty("java.version"));
  }

  @Test
  void noCommandIsWrongUsage() {
    assertThat(run.run()).isEqualTo(2);
    assertThat(run.err).contains("Usage: ai-bridge");
    assertThat(run.out).isEmpty();
  }

  @Test
  void unknownCommandIsWrongUsage() {
    assertThat(run.run("chekc")).isEqualTo(2);
    assertThat(run.err).contains("chekc", "check");
  }

  @Test
  void unknownOptionOfCheckIsWrongUsage() {
    assertThat(run.run("check", "--config", "x")).isEqualTo(2);
    assertThat(run.err).contains("--config", "--conf");
  }

  @Test
  void demoIsLeftToTheScript() {
    assertThat(run.run("demo", "--minutes", "1", "x")).isEqualTo(2);
    assertThat(run.err).contains("./ai-bridge demo");
  }

  @Test
  void tortureIsLeftToTheScript() {
    assertThat(run.run("torture", "--rounds", "3", "x")).isEqualTo(2);
    assertThat(run.err).contains("./ai-bridge torture");
  }

  @Test
  void benchIsLeftToTheScript() {
    assertThat(run.run("bench", "--quick", "x")).isEqualTo(2);
    assertThat(run.err).contains("./ai-bridge bench");
  }

  @Test
  void checkTellsItsExitCodes() {
    assertThat(run.run("check", "--help")).isZero();
    assertThat(run.out).contains("--conf", "--json", "Exits with 0");
  }
}

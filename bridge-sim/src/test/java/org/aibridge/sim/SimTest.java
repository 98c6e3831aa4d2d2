package org.aibridge.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Half a minute of the simulator: its shim, the tapes that are kept, some seeds. The many seeds are
 * {@code ./ai-bridge torture --experiment simulation}.
 */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SimTest {
  private static final String SEED = "1";

  @TempDir static Path folder;

  private CompletableFuture<Ended> sweep;
  private CompletableFuture<Ended> tapes;
  private CompletableFuture<Ended> seeds;

  /** Two at a time, since each takes one processor. */
  @BeforeAll
  void begin() {
    Ended check = run("--check");
    if (check.exit == SimMain.NO_COMPILER) {
      assertThat(System.getenv("CI")).as("a C compiler, which CI has").isNotEqualTo("true");
      assumeTrue(false, check.said);
    }
    assertThat(check.said).as("what the shim sees").contains("the shim sees what it must");
    sweep =
        CompletableFuture.supplyAsync(
            () -> run("--sweep", "--stride", "97", "--out", folder + "/sweep"));
    tapes = CompletableFuture.supplyAsync(() -> run("--tapes"));
    seeds =
        tapes.thenApply(
            before -> run("--seed", SEED, "--seconds", "10", "--out", folder + "/seeds"));
  }

  static Stream<String> keptTapes() throws IOException {
    return Known.keptTapes().stream();
  }

  @ParameterizedTest
  @MethodSource("keptTapes")
  void keepsWhatWasMendedMended(String tape) {
    String said = tapes.join().said;
    assertThat(said).contains("tape " + tape + ": ");
    assertThat(said.lines().filter(line -> line.startsWith("tape " + tape + ": ")))
        .allMatch(line -> line.endsWith(": good") || line.contains(": known, "));
  }

  @Test
  void survivesEveryFewthPointOfEveryCall() {
    Ended swept = sweep.join();
    assertThat(swept.exit).as(swept.said).isEqualTo(SimMain.GOOD);
    assertThat(swept.said).contains("sweep OPEN").contains("sweep MMAP").contains("sweep WRITE");
  }

  @Test
  void survivesWhatTheSeedsDraw() {
    Ended swarm = seeds.join();
    assertThat(swarm.exit).as(swarm.said).isEqualTo(SimMain.GOOD);
  }

  /**
   * The clients' waits, the writer's rounds and the dispatcher's pauses for an hour and a minute.
   */
  @Test
  @Tag("long")
  void isBackWithinTenSecondsAfterABrokerWasAwayForAnHour() throws Exception {
    Path tape = Path.of(SimTest.class.getResource("broker-away-for-an-hour.tape").toURI());
    Ended hour = run("--replay", tape.toString());
    assertThat(hour.exit).as(hour.said).isEqualTo(SimMain.GOOD);
    assertThat(hour.said).contains("3690 events accepted");
  }

  private record Ended(int exit, String said) {}

  private static Ended run(String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add") || argument.startsWith("-XX:+Ignore"))
        .forEach(command::add);
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(SimMain.class.getName());
    command.addAll(List.of(args));
    try {
      return run(command);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Ended run(List<String> command) throws IOException, InterruptedException {
    Path said = Files.createTempFile(folder, "said", ".txt");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      assertThat(process.waitFor(10, TimeUnit.MINUTES)).as("it ends").isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    String text = Files.readString(said, StandardCharsets.UTF_8);
    System.out.println(text);
    return new Ended(process.exitValue(), text);
  }
}

package org.aibridge.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TortureMainTest {
  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void helpNamesEveryExperiment() {
    assertThat(run("--help")).isZero();
    Experiments.all().forEach(e -> assertThat(out.toString()).contains(e.name()));
  }

  @Test
  void wrongUseIsSaidAndAnsweredWithTwo() {
    assertThat(run("--experiment", "nonsense")).isEqualTo(2);
    assertThat(err.toString()).contains("no experiment nonsense", "kill, lies");
    assertThat(run("--rounds", "many")).isEqualTo(2);
    assertThat(run("--rounds")).isEqualTo(2);
    assertThat(run("--loud")).isEqualTo(2);
  }

  @Test
  void aFailedRoundIsKeptAndCanBeRunAgain() throws Exception {
    Round round = new Round("kill", 4, 99, 1000, folder);
    int dice = round.random().nextInt();
    Torture.run(new Failing(), round);

    assertThat(round.failures()).singleElement().asString().contains("something was lost");
    assertThat(Files.readString(round.folder().resolve("failures.txt"))).contains("lost");

    Round again = Round.replay(round.folder(), folder.resolve("replay"));
    assertThat(again.number()).isEqualTo(4);
    assertThat(again.seed()).isEqualTo(99);
    assertThat(again.events()).isEqualTo(1000);
    assertThat(again.random().nextInt()).isEqualTo(dice);
  }

  @Test
  void aGoodRoundLeavesNothing() {
    Round round = new Round("kill", 1, 1, 10, folder);
    round.figure("a", 1);
    round.end();

    assertThat(round.folder()).doesNotExist();
  }

  @Test
  void theReportSaysWhatFailed() throws Exception {
    TortureReport.Result result =
        new Torture(new PrintStream(out), false, folder, 5).run(new Failing(), 2, 10);
    TortureReport report =
        new TortureReport("ai-bridge torture", 5, Map.of("processors", "2"), List.of(result));
    report.write(folder);

    assertThat(report.failed()).isTrue();
    assertThat(result.failed()).isEqualTo(2);
    assertThat(report.markdown()).contains("0 of 2 rounds good", "something was lost", "seed 5");
    assertThat(report.markdown()).contains("| lost | 1 | 1 | 1 | 2 |");
    assertThat(Files.readString(folder.resolve("torture.json"))).contains("\"failed\" : 2");
    assertThat(out.toString()).contains("FAILED");
  }

  private int run(String... args) {
    return new TortureMain(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false)
        .run(args);
  }

  private static final class Failing implements Experiment {
    @Override
    public String name() {
      return "failing";
    }

    @Override
    public String promise() {
      return "nothing";
    }

    @Override
    public int usualRounds() {
      return 1;
    }

    @Override
    public int usualEvents() {
      return 1;
    }

    @Override
    public void run(Round round) {
      round.figure("lost", 1);
      throw new IllegalStateException("something was lost");
    }
  }
}

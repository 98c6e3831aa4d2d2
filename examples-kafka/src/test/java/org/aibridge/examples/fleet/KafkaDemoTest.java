package org.aibridge.examples.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a whole, with its real broker and workers. */
@Tag("long")
class KafkaDemoTest {
  @TempDir private Path temp;

  @Test
  void everySumHoldsAfterAKillOfTheBrokerAndAWorker() {
    int exit =
        KafkaDemoMain.execute(
            "--kafka",
            "--seconds",
            "12",
            "--players",
            "60",
            "--outage",
            "2s",
            "--seed",
            "7",
            "--data",
            temp.resolve("run").toString());

    assertThat(exit).isZero();
  }
}

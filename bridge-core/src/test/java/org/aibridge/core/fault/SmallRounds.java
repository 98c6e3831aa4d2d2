package org.aibridge.core.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.aibridge.testlib.ChildClasses;
import org.aibridge.torture.Experiment;
import org.aibridge.torture.HostPlan;
import org.aibridge.torture.Round;
import org.aibridge.torture.Torture;

/**
 * The torture in small, against the bridge of this build in a JVM of its own; {@code ./ai-bridge
 * torture} is the large one.
 *
 * <p>A round that fails keeps its folder below {@code target/torture}, and its seed is in the
 * message.
 */
final class SmallRounds {
  /** A build may share its machine with others; the 5 s are the large torture's to prove. */
  static final int BUSY_MACHINE_MS = 30_000;

  private static final Path FOLDER = Path.of("target", "torture");

  private SmallRounds() {}

  static void assertGood(Experiment experiment, int number, long seed, int events) {
    assertGood(run(experiment, number, seed, events));
  }

  static Round run(Experiment experiment, int number, long seed, int events) {
    try {
      ChildClasses.file().ifPresent(file -> System.setProperty(HostPlan.CLASSES, "" + file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Round round = new Round(experiment.name(), number, seed, events, FOLDER);
    Torture.run(experiment, round);
    return round;
  }

  static void assertGood(Round round) {
    assertThat(round.failures()).as("seed %d, %s", round.seed(), round.folder()).isEmpty();
  }
}

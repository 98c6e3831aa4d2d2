package org.aibridge.core.fault;

import static org.aibridge.core.fault.SmallRounds.BUSY_MACHINE_MS;
import static org.aibridge.core.fault.SmallRounds.assertGood;

import java.util.concurrent.CompletableFuture;
import org.aibridge.torture.CalloutsExperiment;
import org.aibridge.torture.DescriptorsExperiment;
import org.aibridge.torture.InterruptsExperiment;
import org.aibridge.torture.Round;
import org.aibridge.torture.StopExperiment;
import org.aibridge.torture.UnloadExperiment;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link SmallRounds} in which the host and its machine do to the bridge what they can. */
@Tag("slow")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostRoundsTest {
  private static final int BRIDGES = 3;

  /** Of the interrupts experiment: all threads, again and again. */
  private static final int STORM = 2;

  /** Begun before the others: it waits a minute for idle threads of libraries to end. */
  private static CompletableFuture<Round> unloading;

  @BeforeAll
  static void beginUnloading() {
    unloading =
        CompletableFuture.supplyAsync(
            () -> SmallRounds.run(new UnloadExperiment(BRIDGES), 1, 20266, 0));
  }

  @Test
  void goesOnAfterAShortageOfDescriptors() {
    assertGood(new DescriptorsExperiment(BUSY_MACHINE_MS), 1, 20301, 8000);
  }

  /** It stands still for longer than an answer may take, with eight of them under way. */
  @Test
  void takesAStandstillOfItsOwnForNobodysFailure() {
    assertGood(new StopExperiment(3, 1, 1000, BUSY_MACHINE_MS), 1, 20303, 6000);
  }

  @Test
  void goesOnThroughAStormOfInterrupts() {
    assertGood(new InterruptsExperiment(BUSY_MACHINE_MS), STORM, 20305, 4000);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void goesOnWhenTheHostsCodeThrows(int way) {
    assertGood(new CalloutsExperiment(BUSY_MACHINE_MS), way, 20307 + way, 4000);
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void leavesNoThreadNoFileAndNoClassLoaderInTheJvm() {
    assertGood(unloading.join());
  }
}

package org.aibridge.core.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.aibridge.torture.ActionsExperiment;
import org.aibridge.torture.AnswersExperiment;
import org.aibridge.torture.CalloutsExperiment;
import org.aibridge.torture.DescriptorsExperiment;
import org.aibridge.torture.Experiment;
import org.aibridge.torture.FailPointExperiment;
import org.aibridge.torture.InterruptsExperiment;
import org.aibridge.torture.KillExperiment;
import org.aibridge.torture.LiesExperiment;
import org.aibridge.torture.NetworkExperiment;
import org.aibridge.torture.PoisonExperiment;
import org.aibridge.torture.RetryAfterExperiment;
import org.aibridge.torture.Round;
import org.aibridge.torture.StopExperiment;
import org.aibridge.torture.Torture;
import org.aibridge.torture.UnloadExperiment;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The torture in small, against the bridge of this build in a JVM of its own; {@code ./ai-bridge
 * torture} is the large one.
 *
 * <p>A round that fails keeps its folder below {@code target/torture}, and its seed is in the
 * message.
 */
@Tag("slow")
@Tag("harness")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultHarnessTest {
  private static final Path FOLDER = Path.of("target", "torture");
  private static final int KILL_EVENTS = 5000;

  /** A build may share its machine with others; the 5 s are the large torture's to prove. */
  private static final int BUSY_MACHINE_MS = 30_000;

  /** Of a pause: less than it takes to the first trial event. */
  private static final int WATCHED_MS = 1500;

  private static final int BRIDGES = 3;

  /** Of the interrupts experiment: all threads, again and again. */
  private static final int STORM = 2;

  /** Of the lies experiment: all lies together. */
  private static final int EVERY_LIE = 13;

  /** Of the Retry-After experiment: a 429 that says 120, and a kill in the wait. */
  private static final int RESTART_IN_THE_WAIT = 15;

  /** Begun before the others: it waits a minute for idle threads of libraries to end. */
  private static CompletableFuture<Round> unloading;

  @BeforeAll
  static void beginUnloading() {
    unloading =
        CompletableFuture.supplyAsync(() -> run(new UnloadExperiment(BRIDGES), 1, 20266, 0));
  }

  @ParameterizedTest
  @CsvSource({"1, 20261", "2, 20262", "3, 20263"})
  void losesNothingWhenKilled(int round, long seed) {
    assertGood(new KillExperiment(BUSY_MACHINE_MS), round, seed, KILL_EVENTS);
  }

  @Test
  void appliesEachEventOnceWhateverTheServiceSays() {
    assertGood(new LiesExperiment(), EVERY_LIE, 20264, 2000);
  }

  /** A poll's and a dispatch's; in one JVM, {@code HostileAnswersTest} has all of them. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void livesOnWhateverItIsAnswered(int caller) {
    Duration life = Duration.ofSeconds(3);
    assertGood(new AnswersExperiment(life, 11, BUSY_MACHINE_MS), caller, 20300 + caller, 10_000);
  }

  @Test
  void staysAwayAsToldAlsoAfterARestart() {
    assertGood(new RetryAfterExperiment(), RESTART_IN_THE_WAIT, 20265, 500);
  }

  /** Four moments of the ten, with files just large enough to roll. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4, 7, 10})
  void losesNothingWhenItDiesInAHalfMadeChange(int moment) {
    assertGood(new FailPointExperiment(), moment, 20266 + moment, 9000);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void deliversAllButThePoisonAndPausesWhenAllIsPoison(int kind) {
    assertGood(new PoisonExperiment(WATCHED_MS), kind, 20280 + kind, 1000);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5, 6, 7})
  void recoversFromANetworkThatBreaksInEveryWay(int way) {
    assertGood(new NetworkExperiment(NetworkExperiment.Size.SMALL), way, 20290 + way, 100);
  }

  @Test
  void appliesNoActionTwiceThroughKills() {
    assertGood(new ActionsExperiment(), 1, 20266, 40);
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

  private static void assertGood(Experiment experiment, int number, long seed, int events) {
    assertGood(run(experiment, number, seed, events));
  }

  private static Round run(Experiment experiment, int number, long seed, int events) {
    Round round = new Round(experiment.name(), number, seed, events, FOLDER);
    Torture.run(experiment, round);
    return round;
  }

  private static void assertGood(Round round) {
    assertThat(round.failures()).as("seed %d, %s", round.seed(), round.folder()).isEmpty();
  }
}

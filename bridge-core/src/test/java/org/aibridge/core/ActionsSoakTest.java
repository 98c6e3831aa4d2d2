package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.aibridge.testlib.ChildJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server of 2,000 players that applies 200 actions a second, while its AI service is well and
 * while it flaps, in turns; {@code -Daibridge.soak.seconds=600} is the full length.
 */
@Tag("slow")
@Timeout(1800)
class ActionsSoakTest {
  private static final int SECONDS = Integer.getInteger("aibridge.soak.seconds", 8);

  /** In the long run until the compiler has done its work, as in a server that runs for days. */
  private static final int WARM_UP_SECONDS = Math.min(120, Math.max(2, SECONDS / 5));

  /** Of one turn; two of them are one go. */
  private static final int TURN_SECONDS = Math.min(20, SECONDS / 2);

  private static final int ACTIONS_A_SECOND = 200;

  /**
   * The promise, by CPU time, beyond what the machine adds to sums of the same length: others on
   * it, or on its host, are not the bridge.
   */
  private static final double MOST_MICROS = 100;

  /** A short run on a cold machine has the compiler's time in its ticks. */
  private static final double SHORT_RUN_MICROS = 5000;

  @TempDir Path folder;

  @Test
  void takesAsLittleOfATickWhileTheServiceFlapsAsWhileItIsWell() throws Exception {
    try (FlappingService service = new FlappingService(ACTIONS_A_SECOND, ActionsSoakChild.PLAYERS);
        ChildJvm child = start(service)) {
      child.ask("warm-up");
      Thread.sleep(WARM_UP_SECONDS * 1000L);
      for (int done = 0; done < SECONDS; done += 2 * TURN_SECONDS) {
        turn(child, service, "healthy");
        turn(child, service, "flapping");
      }
      child.ask("warm-up");
      service.flap(false);
      service.stopDeciding();
      Waits.until("every decision has its result", service::isSettled);
      String twice = child.ask("figures");
      String healthyText = child.line();
      String flappingText = child.line();
      System.out.printf(
          "soak: %d s and %d s to warm up; %d decisions, %d completed, twice %s, %d failures%n"
              + "healthy: %s%nflapping: %s%n",
          SECONDS,
          WARM_UP_SECONDS,
          service.decided(),
          service.completed(),
          twice,
          service.failures(),
          healthyText,
          flappingText);
      assertThat(twice).isEqualTo("0");
      assertThat(service.failures()).isPositive();
      assertThat((long) service.completed()).isEqualTo(service.decided());
      Map<String, Double> healthy = numbers(healthyText);
      Map<String, Double> flapping = numbers(flappingText);
      assertThat(flapping.get("applied")).isPositive();
      double most = SECONDS >= 60 ? MOST_MICROS : SHORT_RUN_MICROS;
      double noise = flapping.get("control.p99.9") - flapping.get("control.p50");
      assertThat(flapping.get("cpu.p99.9") - noise).isLessThanOrEqualTo(most);
      assertThat(flapping.get("cpu.p50"))
          .isLessThanOrEqualTo(2 * healthy.get("cpu.p50") + MOST_MICROS);
    }
  }

  private static void turn(ChildJvm child, FlappingService service, String phase) throws Exception {
    service.flap(phase.equals("flapping"));
    child.ask(phase);
    long before = service.decided();
    Thread.sleep(TURN_SECONDS * 1000L);
    // However busy the machine is, one was decided and applied in this turn.
    Waits.until("an action in " + phase, () -> service.completed() > before);
  }

  private ChildJvm start(FlappingService service) throws Exception {
    Path conf =
        new ConfFile(folder, service.baseUrl())
            .remove("journal", "ring_path") // In shared memory, as on a server.
            .set("event_dispatcher", "queue_size", 100_000)
            .set("action_executor", "long_poll", 0)
            .set("action_executor", "poll_interval", 50)
            .set("action_executor", "poll_interval_max", 50)
            .set("action_executor", "poll_limit", 1000)
            .set("action_limits", "spawn_monster.per_minute", 0)
            .set("action_limits", "give_reward.per_player_per_hour", 0)
            .set("action_limits", "give_reward.items_per_day", 0)
            .set("ai_service", "timeout_read", 500)
            .set("circuit_breaker", "failure_threshold", 3)
            .write();
    return ChildJvm.start(
        folder, List.of(), List.of("-XX:TieredStopAtLevel=4"), ActionsSoakChild.class, "" + conf);
  }

  private static Map<String, Double> numbers(String line) {
    return Arrays.stream(line.split(" "))
        .map(word -> word.split("="))
        .collect(Collectors.toMap(word -> word[0], word -> Double.parseDouble(word[1])));
  }
}

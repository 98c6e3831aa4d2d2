package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.aibridge.api.status.GateState;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.config.ConfigSource;
import org.aibridge.core.notice.Listeners;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.World;
import org.aibridge.torture.Behaviours;
import org.aibridge.torture.HostConfig;
import org.aibridge.torture.NumberedEvents;
import org.aibridge.torture.Oracle;
import org.aibridge.torture.Script;
import org.aibridge.torture.ScriptedService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Days of outage on a clock that the test owns. */
class SimulatedOutageTest {
  private static final int PER_STEP = 10;
  private static final int LANES = 4;
  private static final Duration OUTAGE = Duration.ofDays(5);
  private static final Duration STEP = Duration.ofMinutes(30);
  private static final Duration LOOK = Duration.ofMinutes(2);
  private static final Duration REAL_LIMIT = Duration.ofSeconds(30);

  @TempDir Path folder;

  private final AtomicLong nowMs = new AtomicLong(1);
  private final BitSet accepted = new BitSet();
  private final NumberedEvents events = new NumberedEvents(11, 1, 50, 300);
  private ScriptedService service;
  private CoreBridge bridge;
  private volatile boolean flowing;

  @BeforeEach
  void start() throws Exception {
    service = new ScriptedService(folder.resolve("commits.log"), 0);
    Path conf =
        new HostConfig(folder, service.baseUrl())
            .set("journal", "ring_path", folder.resolve("ring").toString())
            .set("circuit_breaker", "timeout", Long.toString(STEP.toMillis()))
            .set("action_executor", "enabled", "no")
            .write();
    bridge =
        CoreBridge.start(
            ConfigSource.of(conf),
            Listeners.NONE,
            ConfigReader.read(conf).config(),
            World.of(clock()));
  }

  @AfterEach
  void stop() {
    flowing = true; // a close has a time limit, which must come
    bridge.close();
    service.close();
  }

  @Test
  void fiveDaysOf503LoseNothingAndEndWithTheService() {
    service.script(Script.always(Behaviours.fail(503, false)));
    int steps = (int) OUTAGE.dividedBy(STEP);
    for (int step = 0; step < steps; step++) {
      publish(PER_STEP);
      int before = dispatches();
      nowMs.addAndGet(STEP.toMillis() + 1);
      untilTimeHelps(() -> dispatches() > before);
    }
    assertThat(dispatches()).as("requests in five days").isLessThan(steps * 4);
    assertThat(bridge.status().events().delivered()).isZero();
    assertThat(bridge.status().events().waiting()).isEqualTo(accepted.cardinality());

    service.script(Script.always(Behaviours.acknowledge()));
    untilTimeHelps(
        () -> {
          publish(1);
          return bridge.status().http().breaker() == GateState.CLOSED;
        });
    untilTimeHelps(() -> bridge.status().events().waiting() == 0);

    Oracle.Findings findings = new Oracle(accepted, service.commits()).judge();
    assertThat(findings.isClean()).as(findings.text()).isTrue();
    assertThat(findings.accepted()).isGreaterThan(steps * PER_STEP);
  }

  @Test
  void comeBackAtOnceIsAnsweredWithTheUsualWait() {
    service.script(Script.always(Behaviours.comeBack(429, "0")));
    publish(100);
    untilTimeHelps(() -> dispatches() >= LANES);

    int seen = dispatches();
    await()
        .during(Duration.ofMillis(300))
        .atMost(REAL_LIMIT)
        .until(() -> dispatches() <= seen + LANES);
    untilTimeHelps(() -> dispatches() > seen + LANES);
    service.script(Script.always(Behaviours.acknowledge()));
    untilTimeHelps(() -> bridge.status().events().delivered() == 100);
  }

  /**
   * Waits for {@code condition} while the time goes on by {@link #LOOK} each time it is looked at.
   */
  private void untilTimeHelps(BooleanSupplier condition) {
    await()
        .atMost(REAL_LIMIT)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              nowMs.addAndGet(LOOK.toMillis());
              return condition.getAsBoolean();
            });
  }

  private void publish(int count) {
    for (int i = 0; i < count; i++) {
      int number = accepted.length();
      assertThat(bridge.publish(events.event(number))).isTrue();
      accepted.set(number);
    }
  }

  /** Nothing but dispatches is sent here. */
  private int dispatches() {
    return service.requests();
  }

  private BridgeClock clock() {
    return new BridgeClock() {
      @Override
      public long nanos() {
        return (flowing ? nowMs.incrementAndGet() : nowMs.get()) * 1_000_000;
      }

      @Override
      public long epochMs() {
        return nowMs.get();
      }
    };
  }
}

package org.aibridge.torture;

import java.nio.file.Path;
import java.time.Duration;

/** Starts and stops bridges at good and at bad moments. */
public final class LifecycleExperiment implements Experiment {
  private static final int SHUTDOWN_MS = 1000;
  private static final int GRACE_MS = 1000;

  /** The number of bridges that one JVM starts and stops. */
  private static final int BRIDGES = 20;

  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final Duration DRAINED = Duration.ofSeconds(240);

  @Override
  public String name() {
    return "lifecycle";
  }

  @Override
  public String promise() {
    return "a stop ends within shutdown_timeout + 1 s, leaves no thread, no file and no class loader"
        + " behind, and what was left is delivered by the next start";
  }

  @Override
  public int usualRounds() {
    return 1;
  }

  @Override
  public int usualEvents() {
    return 50_000;
  }

  @Override
  public void run(Round round) {
    try (ScriptedService service = round.service()) {
      service.script(Script.always(Behaviours.neverAnswer()));
      Path conf =
          new HostConfig(round.folder(), service.baseUrl())
              .set("bridge", "shutdown_timeout", Integer.toString(SHUTDOWN_MS))
              .set("ai_service", "timeout_read", "30000")
              .write();
      HostPlan plan =
          HostPlan.in(round.folder(), conf, round.seed())
              .withNumbers(0, round.events() * 2)
              .withRate(20_000);
      stopWithAHungService(round, plan.withNumbers(0, round.events()), plan);
      stopInAReload(round, plan);
      termThenKill(round, plan);
      service.script(Script.always(Behaviours.acknowledge()));
      service.releaseHeld();
      deliverLeftovers(round, plan);
      round.require(new Oracle(plan.ledger().accepted(), service.commits()).judge());
    }
    new UnloadExperiment(BRIDGES).run(round);
  }

  /**
   * Requires that two closes during an unanswered request take as long as the time limit, no
   * longer.
   */
  private static void stopWithAHungService(Round round, HostPlan half, HostPlan whole) {
    whole.ledger();
    try (FaultHost host = FaultHost.start(half)) {
      round.require(host.awaitReady(LIMIT), LIMIT.toMillis());
      host.go();
      host.awaitPublished(DRAINED);
      round.figure("waiting at the stop", host.status().path("waiting").asLong());
      host.beginClose();
      host.beginClose();
      requireInTime(round, host.awaitClosed(LIMIT), "with a hung service");
      requireInTime(round, host.awaitClosed(LIMIT), "the second time");
      host.stop(LIMIT);
      round.requireNoCrash(host);
    }
  }

  private static void stopInAReload(Round round, HostPlan plan) {
    try (FaultHost host = FaultHost.start(plan.resumed())) {
      round.require(host.awaitReady(LIMIT), LIMIT.toMillis());
      host.go();
      host.beginReload();
      requireInTime(round, host.stop(LIMIT), "in a reload");
      round.requireNoCrash(host);
    }
  }

  private static void termThenKill(Round round, HostPlan plan) {
    for (int afterMs : new int[] {0, 50, 500, 950}) {
      try (FaultHost host = FaultHost.start(plan.resumed())) {
        round.require(host.awaitReady(LIMIT), LIMIT.toMillis());
        host.go();
        Pause.millis(100);
        host.terminate();
        Pause.millis(afterMs);
        host.killHard();
        round.requireNoCrash(host);
      }
    }
  }

  private static void deliverLeftovers(Round round, HostPlan plan) {
    try (FaultHost host = FaultHost.start(plan.resumed())) {
      round.require(host.awaitReady(LIMIT), LIMIT.toMillis());
      host.go();
      host.awaitPublished(DRAINED);
      host.awaitDrained(DRAINED);
      host.terminate();
      requireInTime(round, host.awaitClosed(LIMIT), "on SIGTERM");
      round.requireNoCrash(host);
    }
  }

  private static void requireInTime(Round round, long millis, String when) {
    round.figure("longest stop, ms", millis);
    round.require(millis <= SHUTDOWN_MS + GRACE_MS, "a stop " + when + " took " + millis + " ms");
  }
}

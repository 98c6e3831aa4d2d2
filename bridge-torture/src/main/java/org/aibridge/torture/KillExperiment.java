package org.aibridge.torture;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Kills the host with {@code kill -9} at random moments, also while it recovers. */
public final class KillExperiment implements Experiment {
  private static final int MAX_READY_MS = 5000;

  private static final int MAX_KILLS = 3;
  private static final int LIES_PERCENT = 25;
  private static final int PER_SECOND = 20_000;
  private static final Duration READY = Duration.ofSeconds(60);
  private static final Duration DRAINED = Duration.ofSeconds(180);

  private final int maxReadyMs;

  /** Creates the experiment; each start of a host must take at most 5 s. */
  public KillExperiment() {
    this(MAX_READY_MS);
  }

  /**
   * Creates the experiment, in which each start may take {@code maxReadyMs}; for busier machines.
   */
  public KillExperiment(int maxReadyMs) {
    this.maxReadyMs = maxReadyMs;
  }

  @Override
  public String name() {
    return "kill";
  }

  @Override
  public String promise() {
    return "no accepted event is missing after kill -9; what is sent again carries the same ids"
        + " and keys; every start is ready within 5 s";
  }

  @Override
  public int usualRounds() {
    return 50;
  }

  @Override
  public int usualEvents() {
    return 20_000;
  }

  @Override
  public void run(Round round) {
    try (ScriptedService service = round.service()) {
      service.script(Script.mix(round.seed(), LIES_PERCENT, manners()));
      Path conf = new HostConfig(round.folder(), service.baseUrl()).write();
      HostPlan plan =
          HostPlan.in(round.folder(), conf, round.seed())
              .withNumbers(0, round.events())
              .withRate(PER_SECOND);
      int kills = 1 + round.random().nextInt(MAX_KILLS);
      for (int i = 0; i < kills; i++) {
        killOnce(round, i == 0 ? plan : plan.resumed());
      }
      finish(round, plan.resumed());
      Oracle.Findings findings = new Oracle(plan.ledger().accepted(), service.commits()).judge();
      round.require(findings);
      int maxUnnoted = kills * plan.events().threads();
      round.require(
          findings.unnoted().size() <= maxUnnoted,
          "%d events were delivered that were never accepted, at most %d can be"
              .formatted(findings.unnoted().size(), maxUnnoted));
    }
  }

  /** Returns the service's unusual behaviours; each of them commits the batch. */
  private static List<Behaviour> manners() {
    return List.of(
        Behaviours.acknowledgeLate(5),
        Behaviours.acknowledgeLate(150),
        Behaviours.acknowledgeEarly(),
        Behaviours.reset(true),
        Behaviours.halfAnswer(true),
        Behaviours.failFirst());
  }

  /** Kills a host after a random number of its events, or after a random time. */
  private void killOnce(Round round, HostPlan plan) {
    AcceptedLedger ledger = plan.ledger();
    try (FaultHost host = FaultHost.start(plan)) {
      if (round.random().nextInt(6) == 0) {
        // Kills the host at some moment of its start.
        Pause.millis(round.random().nextInt(1500));
      } else {
        round.require(host.awaitReady(READY), maxReadyMs);
        host.go();
        int left = plan.total() - plan.first();
        int until = left <= 0 ? 0 : ledger.count() + round.random().nextInt(left);
        long deadline = System.nanoTime() + 2_000_000_000L + left * 1_000_000_000L / PER_SECOND;
        while (ledger.count() < until && System.nanoTime() - deadline < 0) {
          Pause.millis(1);
        }
        Pause.millis(round.random().nextInt(80));
      }
      host.killHard();
      round.add("kills", 1);
      int exit = host.awaitExit(READY);
      round.require(exit == FaultHost.KILLED, "exit code " + exit + " after kill -9");
      round.requireNoCrash(host);
    }
  }

  private void finish(Round round, HostPlan plan) {
    try (FaultHost host = FaultHost.start(plan)) {
      round.require(host.awaitReady(READY), maxReadyMs);
      host.go();
      round.add("refused", host.awaitPublished(DRAINED));
      var status = host.awaitDrained(DRAINED);
      long dead = status.path("deadLettered").asLong() + status.path("expired").asLong();
      round.require(dead == 0, dead + " events became dead letters: " + status);
      round.figure("carried over", status.path("carriedOver").asLong());
      host.stop(READY);
      round.require(host.awaitExit(READY) == 0, "exit code " + host.awaitExit(READY));
      round.requireNoCrash(host);
    }
  }
}

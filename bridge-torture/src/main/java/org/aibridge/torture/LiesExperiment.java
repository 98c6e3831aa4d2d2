package org.aibridge.torture;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Lets the service give answers that do not say what it really did. */
public final class LiesExperiment implements Experiment {
  private static final Duration READY = Duration.ofSeconds(60);
  private static final Duration DRAINED = Duration.ofSeconds(240);
  private static final int LIES_PERCENT = 40;

  @Override
  public String name() {
    return "lies";
  }

  @Override
  public String promise() {
    return "each event is applied once by key, and none is marked delivered without a clear answer,"
        + " whatever the service says";
  }

  @Override
  public int usualRounds() {
    return 13;
  }

  @Override
  public int usualEvents() {
    return 5000;
  }

  /** Each round tells the next lie; after the last lie, a round mixes all lies. */
  @Override
  public void run(Round round) {
    Map<String, Behaviour> lies = lies();
    List<String> names = List.copyOf(lies.keySet());
    int which = (round.number() - 1) % (names.size() + 1);
    List<Behaviour> told =
        which == names.size() ? List.copyOf(lies.values()) : List.of(lies.get(names.get(which)));
    try (ScriptedService service = round.service()) {
      service.script(Script.mix(round.seed(), LIES_PERCENT, told));
      Path conf = new HostConfig(round.folder(), service.baseUrl()).write();
      HostPlan plan =
          HostPlan.in(round.folder(), conf, round.seed()).withNumbers(0, round.events());
      try (FaultHost host = FaultHost.start(plan)) {
        round.require(host.awaitReady(READY), READY.toMillis());
        host.go();
        host.awaitPublished(DRAINED);
        var status = host.awaitDrained(DRAINED);
        round.require(
            status.path("delivered").asLong() == round.events(),
            "delivered " + status.path("delivered") + " of " + round.events());
        host.stop(READY);
        round.requireNoCrash(host);
      }
      Oracle.Findings findings = new Oracle(plan.ledger().accepted(), service.commits()).judge();
      round.require(
          findings.isClean(),
          "the lie was: " + (which == names.size() ? "all of them" : names.get(which)));
      round.require(findings);
    }
  }

  private static Map<String, Behaviour> lies() {
    Map<String, Behaviour> lies = new TreeMap<>();
    lies.put("takes the batch and resets before the answer", Behaviours.reset(true));
    lies.put("resets without taking the batch", Behaviours.reset(false));
    lies.put("takes the batch and answers 200 with garbage", Behaviours.garbage(true));
    lies.put("answers 200 with garbage without taking the batch", Behaviours.garbage(false));
    lies.put("answers 200 with broken JSON without taking the batch", Behaviours.brokenJson(false));
    lies.put("takes the batch and breaks off in its answer", Behaviours.halfAnswer(true));
    lies.put("breaks off in its 200 without taking the batch", Behaviours.halfAnswer(false));
    lies.put("answers 200 too early to be complete", Behaviours.earlyAndIncomplete());
    lies.put("takes the batch, 500, then 200 for the same", Behaviours.failFirst());
    lies.put("takes the batch and answers 503", Behaviours.fail(503, true));
    lies.put("answers twice to one request", Behaviours.acknowledgeTwice());
    lies.put("takes the batch and answers a byte at a time", Behaviours.trickle(40));
    return lies;
  }
}

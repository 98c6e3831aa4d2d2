package org.aibridge.torture;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Interrupts every thread of the bridge from its host: one at a time, or all of them again and
 * again, while all is at work, while it starts, or while it is closed.
 */
public final class InterruptsExperiment implements Experiment {
  private static final Duration INTERRUPTED = Duration.ofSeconds(60);

  private final int backMs;

  /** Creates the experiment; the bridge must recover within 5 s after the interrupts. */
  public InterruptsExperiment() {
    this(Ordeal.BACK_MS);
  }

  /** Creates the experiment; the bridge must recover within {@code backMs} after the interrupts. */
  public InterruptsExperiment(int backMs) {
    this.backMs = backMs;
  }

  /** The ways in which the bridge's threads are interrupted. */
  private enum Way {
    SINGLY,
    STORM,
    AT_START,
    AT_CLOSE
  }

  @Override
  public String name() {
    return "interrupts";
  }

  @Override
  public String promise() {
    return "an interrupt of any thread of the bridge ends no stage, loses no event, applies no"
        + " action twice and is nobody's failure; all goes on within 5 s";
  }

  @Override
  public int usualRounds() {
    return 50;
  }

  @Override
  public int usualEvents() {
    return 12_000;
  }

  @Override
  public void run(Round round) {
    SplittableRandom random = round.random();
    Way way = Way.values()[(round.number() - 1) % Way.values().length];
    try (Ordeal ordeal =
        new Ordeal(round, round.folder(), random.nextBoolean() ? 3 : 97, conf -> conf)) {
      ordeal.dispatches().delay(random.nextInt(3) * 50);
      // Each command interrupts for about 3 s: all threads every 10 ms, or single threads.
      String storm = "interrupt 300 10000 all " + round.seed();
      String singly = "interrupt 600 5000 one " + round.seed();
      HostPlan plan = ordeal.plan();
      if (way == Way.AT_START) {
        plan = plan.withMoreJvmArguments("-D" + HostFaults.AT_START + "=" + storm);
      }
      try (FaultHost host = FaultHost.start(plan)) {
        Samples samples = ordeal.begin(host);
        if (samples.isOff()) {
          return; // The bridge is off, so the round has already failed.
        }
        if (way == Way.AT_CLOSE) {
          samples.watch(500 + random.nextInt(3000));
          close(round, host, storm);
        } else {
          List<String> before = threads(host);
          if (way != Way.AT_START) {
            samples.watch(random.nextInt(1000));
            host.tell(way == Way.SINGLY ? singly : storm);
            samples.watch(2500);
          }
          round.add("interrupts", Long.parseLong(host.await("interrupted", INTERRUPTED)));
          ordeal.requireBack(samples, backMs);
          ordeal.requireNoOutage(samples);
          round.require(
              threads(host).equals(before), "threads were " + before + ", are " + threads(host));
          ordeal.end(host);
        }
        round.requireNoCrash(host);
      }
      ordeal.lastLife();
      ordeal.judge();
    }
  }

  /** Closes the bridge while interrupts come: before, during and after the close. */
  private static void close(Round round, FaultHost host, String storm) {
    host.tell(storm);
    Pause.millis(round.random().nextInt(200));
    round.figure("stop, ms", host.stop(Ordeal.LIMIT));
    int exit = host.awaitExit(Ordeal.LIMIT);
    round.require(exit == 0, "exit code " + exit);
  }

  private static List<String> threads(FaultHost host) {
    host.tell("threads");
    return List.of(host.await("threads", Ordeal.LIMIT).split(","));
  }
}

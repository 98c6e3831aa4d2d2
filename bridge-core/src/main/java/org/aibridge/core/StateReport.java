package org.aibridge.core;

import java.util.function.LongSupplier;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.TickTimes;
import org.aibridge.core.run.World;
import org.aibridge.core.status.DiagnosisLog;
import org.aibridge.core.status.Standstills;
import org.slf4j.Logger;

/** Logs how the bridge is: troubles, their ends, and what stood still. For one thread. */
final class StateReport {
  private static final Logger log = Logs.of(StateReport.class);

  /** The words of a problem behind which a log, which is for operators, has the key's place. */
  private static final String KEY = "check api_key";

  private final DiagnosisLog states = new DiagnosisLog();
  private final Stages stages;
  private final TickTimes ticks;
  private final Standstills standstills;
  private final BridgeClock clock;
  private final LongSupplier wallMs;

  StateReport(Stages stages, TickTimes ticks, Standstills standstills, World world) {
    this.stages = stages;
    this.ticks = ticks;
    this.standstills = standstills;
    this.clock = world.clock();
    this.wallMs = world.wallMs();
  }

  /** Looks for a standstill that is over; to be called several times a second. */
  void look() {
    // The tick is read first, so that a standstill of the process before it is known.
    long tickNanos = ticks.lastEndNanos();
    String told =
        standstills.look(clock.nanos(), wallMs.getAsLong(), stages.client.standstill(), tickNanos);
    if (!told.isEmpty()) {
      log.warn("{}", told);
    }
  }

  /** Logs what is new of the state; to be called once a second. */
  void report() {
    String news = states.next(stages.status(), clock.nanos(), wallMs.getAsLong());
    if (!news.isEmpty()) {
      news = news.replace(KEY, KEY + " (" + stages.keyPlace() + ")");
      if (states.isWarning()) {
        log.warn("{}", news);
      } else {
        log.info("{}", news);
      }
    }
  }
}

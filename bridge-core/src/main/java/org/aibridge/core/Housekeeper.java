package org.aibridge.core;

import org.aibridge.core.http.ServiceClient;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.IdleWatch;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.RecentTime;
import org.aibridge.core.script.ScriptHttpService;
import org.aibridge.core.status.RefusalReport;
import org.slf4j.Logger;

/**
 * The housekeeper thread's work: the time of events that are published without one, waking other
 * threads to which the game thread has left work, script HTTP, and the work of once a second. Only
 * the log touches a disk here, so a hanging disk of the data or the configuration delays no
 * wake-up.
 */
final class Housekeeper implements Duty {
  private static final Logger log = Logs.of(Housekeeper.class);
  private static final long SAMPLE_EVERY_NANOS = 1_000_000_000L;
  private static final long REPORT_EVERY_NANOS = 10_000_000_000L;

  private final IdleWatch idleWatch;
  private final ScriptHttpService scripts;
  private final ServiceClient client;
  private final RefusalReport refusals;
  private final RecentTime time;
  private final StateReport states;
  private final BridgeClock clock;
  private long nextSampleNanos;
  private long nextReportNanos;

  Housekeeper(
      IdleWatch idleWatch,
      ScriptHttpService scripts,
      ServiceClient client,
      RefusalReport refusals,
      RecentTime time,
      StateReport states,
      BridgeClock clock) {
    this.idleWatch = idleWatch;
    this.scripts = scripts;
    this.client = client;
    this.refusals = refusals;
    this.time = time;
    this.states = states;
    this.clock = clock;
    this.nextSampleNanos = clock.nanos();
    this.nextReportNanos = clock.nanos();
  }

  @Override
  public int runOnce() {
    time.refresh();
    idleWatch.look();
    client.beat();
    states.look();
    int work = scripts.runOnce();
    long now = clock.nanos();
    if (now - nextSampleNanos >= 0) {
      nextSampleNanos = now + SAMPLE_EVERY_NANOS;
      client.look();
      states.report();
    }
    if (now - nextReportNanos >= 0) {
      nextReportNanos = now + REPORT_EVERY_NANOS;
      reportRefusals();
    }
    return work;
  }

  /** Reports the refusals since the last report. Call only after this duty's thread has ended. */
  void close() {
    reportRefusals();
  }

  private void reportRefusals() {
    String fresh = refusals.next();
    if (!fresh.isEmpty()) {
      log.warn("{}", fresh);
    }
  }
}

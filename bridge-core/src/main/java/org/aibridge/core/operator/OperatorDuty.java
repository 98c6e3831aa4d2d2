package org.aibridge.core.operator;

import java.io.IOException;
import java.util.function.Supplier;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.World;
import org.aibridge.core.status.StatusFile;
import org.slf4j.Logger;

/**
 * The bridge's work for operators: runs commands, reloads the configuration, and writes the status
 * file. It has a thread of its own, so that a hanging disk of the configuration or the status stops
 * no other thread.
 */
public final class OperatorDuty implements Duty {
  private static final Logger log = Logs.of(OperatorDuty.class);
  private static final long WRITE_EVERY_NANOS = 1_000_000_000L;

  private final CommandBox commands;
  private final Reloads reloads;
  private final StatusFile file;
  private final MetricsDuty metrics;
  private final Supplier<String> status;
  private final Runnable afterwards;
  private final World world;
  private final BridgeClock clock;
  private final LogThrottle throttle;
  private long nextWriteNanos;

  /** True once {@link #close} has run; a reload or a command can call it within a slice. */
  private boolean closed;

  /**
   * Creates the work of the operator thread.
   *
   * @param status gives the whole status as JSON
   * @param afterwards what follows each status that is written while the bridge runs; never throws
   */
  public OperatorDuty(
      CommandBox commands,
      Reloads reloads,
      StatusFile file,
      MetricsDuty metrics,
      Supplier<String> status,
      Runnable afterwards,
      World world) {
    this.commands = commands;
    this.reloads = reloads;
    this.file = file;
    this.metrics = metrics;
    this.status = status;
    this.afterwards = afterwards;
    this.world = world;
    this.clock = world.clock();
    this.throttle = new LogThrottle(clock);
    this.nextWriteNanos = clock.nanos();
  }

  @Override
  public int runOnce() {
    int work = reloads.runOnce();
    if (closed) {
      return work;
    }
    work += commands.runOnce();
    if (!closed && clock.nanos() - nextWriteNanos >= 0) {
      nextWriteNanos = clock.nanos() + WRITE_EVERY_NANOS;
      write();
      afterwards.run();
    }
    return work;
  }

  /**
   * Returns the later one of the times for commands and for the status: one wake-up does for both.
   */
  @Override
  public long mayRestNanos() {
    long untilCommands = commands.mayRestNanos();
    return untilCommands <= 0
        ? untilCommands
        : Math.max(untilCommands, nextWriteNanos - clock.nanos());
  }

  /**
   * Writes the last status and closes the socket. The duty's thread has ended, or is the one that
   * calls this, from a reload's answer or a command's.
   */
  public void close() {
    closed = true;
    write();
    metrics.close();
    try (file) {
      commands.close();
    } catch (IOException e) {
      log.warn("what operators use cannot be closed: {}", Reason.sentence(e));
    }
  }

  private void write() {
    String now = status.get();
    try {
      // Uses the wall clock, since readers compare the file's time with their own clocks.
      file.write(now, world.wallMs().getAsLong());
      if (!file.groupProblem().isEmpty()) {
        throttle.run("group", () -> log.warn("{}", file.groupProblem()));
      }
    } catch (IOException e) {
      throttle.run(
          "status", () -> log.warn("the status file cannot be written: {}", Reason.sentence(e)));
    }
    metrics.give(now, closed);
  }
}

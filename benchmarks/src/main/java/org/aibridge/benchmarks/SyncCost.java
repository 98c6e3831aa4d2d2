package org.aibridge.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.journal.Journal;
import org.aibridge.core.journal.JournalDuty;
import org.aibridge.core.journal.JournalSync;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Threads;
import org.aibridge.core.run.Worker;
import org.aibridge.core.run.World;
import org.aibridge.core.store.StoreLimits;

/**
 * Measures how many events a second reach the journal, with and without {@code durability = os}.
 *
 * <p>One thread publishes as fast as the ring accepts events, and the bridge's own duties move them
 * to the journal; nothing is delivered. Rounds of both kinds alternate, so that other work on the
 * machine affects both alike.
 */
public final class SyncCost {
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final long ROLL_BYTES = 64L << 20;
  private static final long RESERVE_BYTES = 1L << 30;
  private static final int MAX_EVENT_BYTES = 65_536;
  private static final int QUEUE_SIZE = 100_000;
  private static final long IDLE_NANOS = 5_000_000;
  private static final int STOP_MS = 60_000;
  private static final int LOOK_EVERY = 256;

  private SyncCost() {}

  private record Round(double eventsPerSecond, double longestSyncMs) {}

  /** Arguments: a folder on the disk to measure, rounds per durability mode, seconds per round. */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory(Files.createDirectories(Path.of(args[0])), "sync-cost");
    int rounds = Integer.parseInt(args[1]);
    Duration time = Duration.ofSeconds(Long.parseLong(args[2]));
    double[] sums = new double[2];
    for (int i = 0; i <= rounds; i++) {
      for (int kind = 0; kind < 2; kind++) {
        Round round = round(folder.resolve("j" + i + kind), time, kind == 1);
        if (i > 0) { // The first round only warms up the JVM.
          sums[kind] += round.eventsPerSecond / rounds;
          say("%-7s %,12.0f events/s", kind == 0 ? "process" : "os", round.eventsPerSecond);
          say(
              "%s",
              kind == 0 ? "" : "        longest sync %,.0f ms".formatted(round.longestSyncMs));
        }
      }
    }
    say("os / process: %.2f", sums[1] / sums[0]);
    delete(folder);
  }

  private static Round round(Path folder, Duration time, boolean synced) throws Exception {
    BridgeClock clock = BridgeClock.system();
    Files.createDirectories(folder);
    Intake intake = Intake.create(ring(folder), QUEUE_SIZE, MAX_EVENT_BYTES, new Refusals());
    double longest = 0;
    double perSecond;
    try (Journal journal =
        Journal.open(
            folder.resolve("journal"),
            new StoreLimits(ROLL_BYTES, RESERVE_BYTES, 0),
            4,
            World.of(clock))) {
      JournalSync sync = new JournalSync(journal, journal.syncer(), INTERVAL, clock);
      Worker mover = Threads.OF_JVM.worker("mover", IDLE_NANOS, IDLE_NANOS);
      mover.assign(
          new JournalDuty(intake, journal, JournalDuty.Arrears.NONE, World.of(clock), () -> {}));
      Worker syncer = Threads.OF_JVM.worker("syncer", IDLE_NANOS, IDLE_NANOS);
      syncer.assign(sync);
      mover.start();
      if (synced) {
        syncer.start();
      }
      GameEvent event = GameEvent.monsterKill(150_001, "prontera", 1002);
      long start = clock.nanos();
      while (clock.nanos() - start < time.toNanos()) {
        for (int i = 0; i < LOOK_EVERY; i++) {
          if (!intake.publish(event)) {
            Thread.onSpinWait();
          }
        }
        longest = Math.max(longest, Math.max(sync.lastMs(), sync.runningMs()));
      }
      perSecond = journal.moved() * 1e9 / (clock.nanos() - start);
      mover.stop(STOP_MS);
      syncer.stop(STOP_MS);
    }
    Files.deleteIfExists(ring(folder));
    delete(folder);
    return new Round(perSecond, longest);
  }

  private static Path ring(Path folder) {
    Path memory = Path.of("/dev/shm");
    return Files.isDirectory(memory)
        ? memory.resolve("sync-cost-" + ProcessHandle.current().pid() + ".ring")
        : folder.resolve("ring");
  }

  private static void say(String format, Object... values) {
    String line = String.format(Locale.ROOT, format, values);
    if (!line.isEmpty()) {
      System.out.println(line);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    }
  }
}

package org.aibridge.core.experiments;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.aibridge.core.deadletter.DeadLetterStore;
import org.aibridge.core.deadletter.StoredLetters;
import org.aibridge.core.journal.Journal;
import org.aibridge.core.journal.JournalReader;
import org.aibridge.core.run.World;
import org.aibridge.core.store.StoreLimits;
import org.aibridge.testlib.ChildJvm;

/**
 * Experiment "disk full": journal, dead letters and ledger on a disk of 64 MB that another process
 * fills as fast as it can, holds full, and frees, again and again, while events are published.
 *
 * <p>Arguments: folder, rounds, seed. Needs root, for the disk. Ends with 1 if a promise broke.
 */
final class DiskFull {
  static final int DISK_MB = 64;
  private static final int RATE = 2000;
  private static final int RESERVE_MB = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** What was seen. */
  record Result(
      int rounds,
      int exitCode,
      boolean crashed,
      long accepted,
      int delivered,
      int dead,
      int waiting,
      int missing,
      int foreign,
      int repeated,
      int wrong,
      long refused,
      long refusedMaxNanos,
      long refusedMaxCpuNanos,
      long refusedSlow,
      long worstFirstRefusalMs,
      long worstBackMs,
      int roundsNamed) {

    boolean holds() {
      return exitCode == 0
          && !crashed
          && accepted > 0
          && refused > 0
          && missing == 0
          && foreign == 0
          && wrong == 0
          && roundsNamed == rounds
          && worstBackMs <= PATIENCE.toMillis();
    }

    void print(PrintStream out) {
      out.printf("rounds                                  %d%n", rounds);
      out.printf("exit code; hs_err                       %d; %s%n", exitCode, crashed);
      out.printf("events accepted                         %d%n", accepted);
      out.printf(
          "  delivered / dead letters / waiting    %d / %d / %d%n", delivered, dead, waiting);
      out.printf("  missing / never accepted / damaged    %d / %d / %d%n", missing, foreign, wrong);
      out.printf("  delivered more than once              %d%n", repeated);
      out.printf("publish answered false                  %d times%n", refused);
      out.printf(
          "  longest, wall / CPU                   %.3f ms / %.3f ms%n",
          refusedMaxNanos / 1e6, refusedMaxCpuNanos / 1e6);
      out.printf("  longer than 1 ms on the wall          %d times%n", refusedSlow);
      out.printf("full disk to first refusal, longest     %d ms%n", worstFirstRefusalMs);
      out.printf("freed disk to first acceptance, longest %d ms%n", worstBackMs);
      out.printf("rounds whose status named the folder    %d of %d%n", roundsNamed, rounds);
      out.printf("%s%n", holds() ? "every promise held" : "A PROMISE BROKE");
    }
  }

  private final Path folder;
  private final Path disk;
  private final Random random;
  private final RecordingService service;
  private final Board board;
  private long worstFirstRefusalMs;
  private long worstBackMs;
  private int roundsNamed;

  private DiskFull(Path folder, Path disk, long seed, RecordingService service) throws IOException {
    this.folder = folder;
    this.disk = disk;
    this.random = new Random(seed);
    this.service = service;
    this.board = new Board(folder.resolve("board"));
  }

  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]));
    int rounds = Integer.parseInt(args[1]);
    long seed = Long.parseLong(args[2]);
    Path mount = folder.resolve("disk");
    System.out.printf("seed %d, %d rounds%n", seed, rounds);
    try (SmallDisk disk =
        SmallDisk.inMemory(mount, DISK_MB)
            .orElseThrow(() -> new IllegalStateException("only root may mount a disk"))) {
      Result result = run(folder, disk.folder(), rounds, seed);
      result.print(System.out);
      System.exit(result.holds() ? 0 : 1);
    }
  }

  /** Runs the experiment on {@code disk}; everything else goes to {@code folder}. */
  static Result run(Path folder, Path disk, int rounds, long seed) throws Exception {
    try (RecordingService service = new RecordingService()) {
      return new DiskFull(folder, disk, seed, service).run(rounds);
    }
  }

  private Result run(int rounds) throws Exception {
    Path conf = Conf.write(folder, disk, service.baseUrl(), RESERVE_MB);
    Process child =
        ChildJvm.process(folder, SteadyPublisher.class, conf, folder.resolve("board"), RATE, 60);
    try {
      until("the first event", () -> board.get(Board.ACCEPTED) > 0);
      for (int round = 0; round < rounds && child.isAlive(); round++) {
        round(round, child);
      }
      service.down(false);
      board.set(Board.STOP, 1);
      if (!child.waitFor(90, TimeUnit.SECONDS)) {
        throw new AssertionError("the bridge does not end");
      }
    } finally {
      child.destroyForcibly().waitFor();
    }
    return result(rounds, child.exitValue());
  }

  private void round(int round, Process child) throws Exception {
    service.down(round % 3 == 1);
    pause(random.nextInt(50, 400));
    int linesBefore = lines().size();
    long refusedBefore = board.get(Board.REFUSED);
    Path filler = disk.resolve("filler");
    Process filling =
        new ProcessBuilder(
                "sh",
                "-c",
                "while :; do cat /dev/zero >> '%s' 2>/dev/null; sleep 0.002; done"
                    .formatted(filler))
            .start();
    until("a full disk", () -> Files.exists(filler) && free() == 0 || !child.isAlive());
    long full = System.nanoTime();
    until("a refusal", () -> board.get(Board.REFUSED) > refusedBefore || !child.isAlive());
    worstFirstRefusalMs = Math.max(worstFirstRefusalMs, millisSince(full));
    pause(random.nextInt(200, 2500));
    List<ProcessHandle> started = filling.descendants().toList();
    filling.destroyForcibly().waitFor();
    started.forEach(ProcessHandle::destroyForcibly);
    if (lines().stream().skip(linesBefore).anyMatch(this::namesTheDisk)) {
      roundsNamed++;
    }
    long acceptedBefore = board.get(Board.ACCEPTED);
    Files.deleteIfExists(filler);
    long freed = System.nanoTime();
    until("accepting", () -> board.get(Board.ACCEPTED) > acceptedBefore || !child.isAlive());
    worstBackMs = Math.max(worstBackMs, millisSince(freed));
  }

  private boolean namesTheDisk(String line) {
    return line.startsWith("DEGRADED|") && line.contains(disk.toString());
  }

  private Result result(int rounds, int exitCode) throws IOException {
    BitSet delivered = service.delivered();
    BitSet dead = deadLetters();
    BitSet waiting = waiting();
    int accepted = (int) board.get(Board.ACCEPTED);
    BitSet missing = new BitSet();
    missing.set(0, accepted);
    missing.andNot(delivered);
    missing.andNot(dead);
    missing.andNot(waiting);
    BitSet foreign = (BitSet) delivered.clone();
    foreign.or(dead);
    foreign.or(waiting);
    foreign.clear(0, accepted);
    return new Result(
        rounds,
        exitCode,
        Files.exists(folder.resolve("hs_err")),
        accepted,
        delivered.cardinality(),
        dead.cardinality(),
        waiting.cardinality(),
        missing.cardinality(),
        foreign.cardinality(),
        service.repeated(),
        service.wrong().size(),
        board.get(Board.REFUSED),
        board.get(Board.REFUSED_MAX_NANOS),
        board.get(Board.REFUSED_MAX_CPU_NANOS),
        board.get(Board.REFUSED_SLOW),
        worstFirstRefusalMs,
        worstBackMs,
        roundsNamed);
  }

  private BitSet deadLetters() throws IOException {
    BitSet dead = new BitSet();
    try (DeadLetterStore store =
        DeadLetterStore.open(
            disk.resolve("dead-letters"),
            new DeadLetterStore.Limits(16 << 20, 0, Duration.ZERO, Duration.ofHours(24), false),
            World.ofJvm())) {
      StoredLetters.in(store.folder())
          .forEach(letter -> dead.set(letter.at("/event/payload/n").asInt()));
    }
    return dead;
  }

  private BitSet waiting() throws IOException {
    BitSet waiting = new BitSet();
    try (Journal journal =
            Journal.open(
                disk.resolve("journal"),
                new StoreLimits(8 << 20, 0, 0),
                Conf.LANES,
                World.ofJvm());
        JournalReader reader = journal.reader()) {
      while (reader.next()) {
        waiting.set(Conf.numberIn(reader));
      }
    }
    return waiting;
  }

  private long free() {
    return disk.toFile().getUsableSpace();
  }

  private List<String> lines() throws IOException {
    return Files.readAllLines(folder.resolve("out"));
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  private static void pause(long ms) {
    LockSupport.parkNanos(ms * 1_000_000);
  }

  static void until(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited 30 s for " + what);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }
}

package org.aibridge.torture;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Has a foreign process empty, truncate, delete or replace one file of a host (by an older copy, by
 * garbage, by a folder), at a random moment while the host runs or after a {@code kill -9}; then
 * comes another life in which every action is offered again.
 *
 * <p>A process that has a truncated file mapped may die of it, by SIGBUS or an {@link
 * InternalError}, as any JVM does. The file's content may be lost, and nothing else.
 */
public final class ForeignExperiment implements Experiment {
  private static final Pattern LACKS = Pattern.compile("missing|lacks|damaged|lost|gone");

  /**
   * Matches two results of an action whose record was removed after its end: of the same status.
   */
  private static final Pattern RECORD_LOST =
      Pattern.compile("\\d+: (completed|failed) .*, then \\1 known and over; its record is lost");

  private static final int NOTICED_MS = 2000;
  private static final int WITHIN_MS = 4000;

  @Override
  public String name() {
    return "foreign";
  }

  @Override
  public String promise() {
    return "a foreign process that takes a file away takes what was in it and no more: nothing else"
        + " is lost, no action is applied twice, what is missing is told, and the only death is that"
        + " of a truncated mapping";
  }

  @Override
  public int usualRounds() {
    return 50;
  }

  @Override
  public int usualEvents() {
    return 16_000;
  }

  @Override
  public void run(Round round) {
    try (Ordeal ordeal =
        new Ordeal(
            round,
            round.folder(),
            round.random().nextBoolean() ? 3 : 97,
            // Limits the time of a close, which a folder in a file's place could delay for long.
            conf ->
                conf.set("bridge", "shutdown_timeout", "3000")
                    .set("event_dispatcher", "max_batch_size", "200"))) {
      new Run(round, ordeal).run();
    }
  }

  /** One round of the experiment. */
  private static final class Run {
    private final Round round;
    private final Ordeal ordeal;
    private final ForeignHand hand;
    private final List<String> log = new ArrayList<>();
    private ForeignHand.Taken taken;

    /** The events that were accepted before the bridge could notice the damage. */
    private BitSet early;

    private List<Path> shared = List.of();

    Run(Round round, Ordeal ordeal) {
      this.round = round;
      this.ordeal = ordeal;
      this.hand = new ForeignHand(ordeal.plan().folder(), round.random());
    }

    void run() {
      SplittableRandom random = round.random();
      // With the longest delay, most accepted events are undelivered when the damage is done.
      ordeal.dispatches().delay(List.of(0, 100, 300, 1000).get(random.nextInt(4)));
      try {
        try (FaultHost host = FaultHost.start(ordeal.plan())) {
          Samples samples = ordeal.begin(host);
          samples.watch(random.nextInt(WITHIN_MS));
          shared = ForeignHand.sharedMemory(host.pid());
          if (random.nextInt(5) < 2) {
            ordeal.kill(host);
            strike("while it was down");
          } else {
            strike("while it ran");
            watch(host, samples);
          }
          log.add(host.stderr());
        }
        lastLife();
        judge();
      } finally {
        tidyUp();
      }
    }

    private void strike(String when) {
      taken = hand.strike(round.number(), shared);
      early = ordeal.plan().ledger().accepted();
      round.add("deeds " + when, 1);
      round.add("done: " + taken.deed(), 1);
      round.add("done to: " + taken.kind(), 1);
    }

    private void watch(FaultHost host, Samples samples) {
      try {
        samples.watch(NOTICED_MS);
        early = ordeal.plan().ledger().accepted();
        JsonNode before = samples.look();
        samples.watch(3000);
        JsonNode now = samples.look();
        round.add("goes on", Samples.grows(before, now, "delivered") ? 1 : 0);
        round.require(
            !samples.stood() || !samples.problems().isEmpty(),
            taken + ": stands still and says that all is well: " + now);
        samples.problems().forEach(log::add);
        if (round.random().nextBoolean()) {
          ordeal.kill(host);
        } else {
          round.figure("stop, ms", host.stop(Ordeal.LIMIT));
        }
      } catch (IllegalStateException e) {
        die(host, e);
      }
    }

    /** Judges the death of the host; only a truncated mapped file may cause it. */
    private void die(FaultHost host, IllegalStateException why) {
      boolean dead = !host.isAlive();
      ordeal.kill(host);
      int exit = host.awaitExit(Ordeal.LIMIT);
      String report = host.stderr() + crashReports(host);
      boolean ofPages = report.contains("SIGBUS") || report.contains("InternalError");
      round.add("deaths of a truncated mapping", ofPages ? 1 : 0);
      round.require(
          ofPages && taken.deed().takesPages(),
          "%s: %s, exit code %d: %s"
              .formatted(taken, dead ? "died" : "killed", exit, why.getMessage()));
    }

    /**
     * Returns the text of the crash reports, and moves them away, so that a later crash is noticed.
     */
    private String crashReports(FaultHost host) {
      StringBuilder text = new StringBuilder();
      try {
        for (Path report : host.crashReports()) {
          text.append(Files.readString(report), 0, (int) Math.min(2000, Files.size(report)));
          Files.move(report, report.resolveSibling("kept-" + report.getFileName()));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return text.toString();
    }

    private void lastLife() {
      ordeal.offers().offerAllAgain();
      for (int start = 1; start <= 2; start++) {
        try (FaultHost host = FaultHost.start(ordeal.plan().resumed())) {
          FaultHost.Ready ready = host.awaitReady(Ordeal.LIMIT);
          if (ready.state().equals("OFF") && start == 1) {
            log.add(ready.problem());
            beOff(ready);
            continue;
          }
          round.require(ready, Ordeal.LIMIT.toMillis());
          host.go();
          finish(host);
          return;
        }
      }
    }

    /** Requires that the failed start named the folder in the file's place; removes that folder. */
    private void beOff(FaultHost.Ready ready) {
      round.add("starts that said what was in their way", 1);
      round.require(
          taken.deed() == ForeignHand.Deed.DIRECTORY
              && ready.problem().contains(taken.file().getFileName().toString()),
          taken + ": the next start is off: " + ready.problem());
      delete(taken.file());
    }

    private void finish(FaultHost host) {
      new Samples(host)
          .until(
              now ->
                  ordeal.offers().passes() >= 2
                      && ordeal.offers().ended() + now.path("held").asLong()
                          >= ordeal.offers().offered(),
              30_000);
      JsonNode now = host.status();
      round.add("held for the operator", now.path("held").asLong());
      round.add("damaged", now.path("damaged").asLong());
      log.add(now.path("problem").asText());
      ordeal.end(host);
      log.add(host.stderr());
    }

    private void judge() {
      Set<Long> dead = ordeal.deadLetters();
      Oracle.Findings findings =
          new Oracle(ordeal.plan().ledger().accepted(), ordeal.service().commits())
              .deadLetters(() -> dead)
              .judge();
      BitSet lost = new BitSet();
      findings.missing().forEach(number -> lost.set(Math.toIntExact(number)));
      ordeal.lostLetters(dead).forEach(number -> lost.set(Math.toIntExact(number)));
      round.add("accepted", findings.accepted());
      round.add("lost with the file", lost.cardinality());
      BitSet otherwise = (BitSet) lost.clone();
      otherwise.andNot(numbersTaken());
      round.require(
          otherwise.isEmpty(),
          "%s: %d events are lost that were not in it: %s"
              .formatted(taken, otherwise.cardinality(), some(otherwise)));
      BitSet late = (BitSet) lost.clone();
      late.andNot(early);
      round.require(
          late.isEmpty(),
          "%s: %d events are lost that were accepted 2 s after it: %s"
              .formatted(taken, late.cardinality(), some(late)));
      // If the cursor is lost, events are read again and may come late and in another batch.
      List<String> wrong =
          findings.violations().stream()
              .filter(v -> !v.startsWith("event ") || v.startsWith("event id "))
              .filter(v -> !v.startsWith("player "))
              .toList();
      round.require(wrong.isEmpty(), taken + ": " + wrong.stream().limit(5).toList());
      int failures = round.failures().size();
      ordeal.judgeActions(this::mayEndInTwoWays);
      boolean missed = !lost.isEmpty() || round.failures().size() > failures;
      round.require(!missed || isTold(), taken + ": something is missing, and nobody has said so");
    }

    /** True if the damage can have removed the action's result from the ledger, not its intent. */
    private boolean mayEndInTwoWays(String said) {
      boolean ofLedger = taken.file().getParent().endsWith("actions");
      return RECORD_LOST.matcher(said).matches()
          || ofLedger && said.endsWith("failed interrupted; outcome unknown");
    }

    private BitSet numbersTaken() {
      try {
        return taken.numbers();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /**
     * True if a warning or an error names the file, or names its folder and says that something is
     * missing there.
     */
    private boolean isTold() {
      String name = taken.file().getFileName().toString();
      String place = taken.file().getParent().toString();
      return String.join("\n", log)
          .lines()
          .filter(line -> !line.startsWith("\tat ") && !line.contains("INFO"))
          .anyMatch(
              line -> line.contains(name) || line.contains(place) && LACKS.matcher(line).find());
    }

    private static String some(BitSet numbers) {
      return numbers.stream().limit(5).boxed().toList() + (numbers.cardinality() > 5 ? " ..." : "");
    }

    private void tidyUp() {
      shared.forEach(Run::delete);
      if (taken != null && taken.link() != null && taken.link().startsWith("/dev/shm")) {
        delete(taken.link());
      }
    }

    private static void delete(Path path) {
      try (Stream<Path> all = Files.exists(path) ? Files.walk(path) : Stream.of()) {
        for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

package org.aibridge.examples.demo;

import static org.aibridge.examples.demo.Numbers.ms;
import static org.aibridge.examples.demo.Numbers.number;

import java.util.List;
import java.util.Locale;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.examples.mapserver.ScriptedNpcs;
import org.aibridge.examples.mapserver.TickTimes;

/** Prints the end of a run for people, in 80 columns. */
final class Summary {
  private static final String FACT = "  %-10s %s";
  private static final String TIMES = "  %-19s %11s %12s %12s %12s";
  private static final String CHECK = "  %s %-42s %s";
  private static final String FOREIGN = ", not ours: its records were not read";
  private static final int SAID_WIDTH = 66;
  private static final double MS_A_SECOND = 1e3;

  private final Findings found;
  private final List<Check> checks;
  private final Screen screen;

  Summary(Findings found, List<Check> checks, Screen screen) {
    this.found = found;
    this.checks = checks;
    this.screen = screen;
  }

  void print() {
    screen.line("");
    printFacts();
    screen.line("");
    printTimes(found.ticks());
    screen.line("");
    checks.forEach(this::print);
    screen.line("");
    printVerdict();
  }

  private void printFacts() {
    BridgeStatus.Events events = found.status().events();
    fact(
        "events",
        "%s published, %s delivered in %s requests"
            .formatted(
                number(events.accepted()), number(events.delivered()), number(events.batches())));
    if (events.refused() > 0) {
      fact("", "%s refused: %s".formatted(number(events.refused()), events.refusalsByName()));
    }
    found.outage().ifPresent(this::printOutage);
    fact("decisions", actions());
    fact("NPC talks", talks());
    if (!found.options().isOwnService()) {
      boolean deaf = events.waiting() > 0 && events.delivered() == 0;
      fact("service", found.options().baseUrl() + (deaf ? " took no event" : FOREIGN));
      if (deaf) {
        printAnswer(found.status());
      }
    }
  }

  /** Prints the service's answer, or that there was none, in the bridge's words. */
  private void printAnswer(BridgeStatus status) {
    String said = status.outlook().said();
    String told = status.problem().isEmpty() ? said : status.problem();
    for (String line : wrapped(told.isEmpty() ? "is it there?" : told)) {
      fact("", line);
    }
  }

  private static List<String> wrapped(String text) {
    return text.replaceAll("(.{1," + SAID_WIDTH + "})(?: +|$)", "$1\n").lines().toList();
  }

  private void printOutage(Outage.Report outage) {
    fact("outage", "AI service killed with kill -9, %s away".formatted(seconds(outage.awayMs())));
    String after =
        outage.caughtUpMs() < 0
            ? "not all delivered yet"
            : "all delivered %s after its return".formatted(seconds(outage.caughtUpMs()));
    fact("", "%s events kept meanwhile, %s".formatted(number(outage.kept()), after));
    long resent = found.status().events().resent();
    if (resent > 0) {
      fact("", number(resent) + " events sent more than once, each under the same id");
    }
  }

  private String actions() {
    String decided = found.logs().map(logs -> number(logs.decided().size()) + " made: ").orElse("");
    String open = found.open() == 0 ? "" : ", " + number(found.open()) + " still open";
    return "%s%s applied, %s refused by the bridge, %s by the world%s"
        .formatted(
            decided,
            number(found.applied().size()),
            number(found.refused()),
            number(found.failed()),
            open);
  }

  private String talks() {
    ScriptedNpcs.Talks talks = found.talks();
    String cancelled =
        talks.cancelled() == 0 ? "" : ", " + number(talks.cancelled()) + " walked away from";
    return "%s run by scripts%s; %s requests without an answer"
        .formatted(number(talks.begun()), cancelled, number(talks.unanswered()));
  }

  private void printTimes(TickTimes.Report ticks) {
    TickTimes.Picture main = ticks.main();
    screen.faint(times("ticks of 50 ms", "half within", "99% within", "longest", "*on a core"));
    screen.line(times("all of it", main.ticks()));
    screen.line(times("the bridge's share", main.bridge()));
    screen.line(times("NPC scripts", main.scripts()));
    screen.line(times("a talk's first turn", found.talks().firstTurns()));
    screen.line(times("  of that, on a core", found.talks().firstTurnRuns()));
    screen.faint("  * of the longest, at most so much ran; the rest waited (core, GC or lock)");
    screen.faint(
        "  %s ticks, %s left out; without the first 2 s, while Java compiles:"
            .formatted(number(ticks.count()), number(ticks.skipped())));
    screen.faint(
        "  then the longest took %s, the bridge's longest share %s"
            .formatted(
                ms(ticks.warmUp().ticks().longestNanos()),
                ms(ticks.warmUp().bridge().longestNanos())));
  }

  private static String times(String what, TickTimes.Stat stat) {
    return times(
        what,
        ms(stat.p50Nanos()),
        ms(stat.p99Nanos()),
        ms(stat.longestNanos()),
        ms(stat.longestRunNanos()));
  }

  private static String times(String what, String... cells) {
    return TIMES.formatted(what, cells[0], cells[1], cells[2], cells[3]);
  }

  private static String seconds(long ms) {
    return String.format(Locale.ROOT, "%.1f s", ms / MS_A_SECOND);
  }

  private void fact(String name, String text) {
    screen.line(FACT.formatted(name, text));
  }

  private void print(Check check) {
    screen.line(CHECK.formatted(screen.mark(check.ok()), check.sentence(), check.detail()));
  }

  private void printVerdict() {
    long failed = checks.stream().filter(check -> !check.ok()).count();
    if (failed == 0) {
      screen.good("  Every sum holds.");
    } else {
      screen.bad("  " + failed + (failed == 1 ? " check" : " checks") + " failed.");
    }
  }
}

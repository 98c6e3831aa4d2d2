package org.aibridge.examples.demo;

import static org.aibridge.examples.demo.Numbers.ms;
import static org.aibridge.examples.demo.Numbers.number;

import java.util.List;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.examples.mapserver.TickTimes;

/** The end of a run, for people. */
final class Summary {
  private static final String FACT = "  %-9s %s";

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
    checks.forEach(this::print);
    screen.line("");
    printVerdict();
  }

  private void printFacts() {
    BridgeStatus.Events events = found.status().events();
    fact(
        "events",
        "%s published, %s delivered in %s batches, %s sent again, %s refused"
            .formatted(
                number(events.accepted()),
                number(events.delivered()),
                number(events.batches()),
                number(events.resent()),
                number(events.refused())
                    + (events.refusals().isEmpty() ? "" : " " + events.refusals())));
    fact("actions", actions());
    TickTimes.Report ticks = found.ticks();
    fact(
        "ticks",
        "%s of 50 ms: p99 %s, longest %s, of which the bridge %s; %s left out"
            .formatted(
                number(ticks.count()),
                ms(ticks.p99Nanos()),
                ms(ticks.longestNanos()),
                ms(ticks.longestBridgeShareNanos()),
                number(ticks.skipped())));
    fact(
        "bridge",
        "p99 %s of a tick, at most %s"
            .formatted(ms(ticks.bridgeP99Nanos()), ms(ticks.bridgeLongestNanos())));
    if (found.logs().isEmpty()) {
      fact("service", "not ours: it was not killed, and its own records were not looked into");
    }
  }

  private String actions() {
    String decided =
        found
            .logs()
            .map(
                logs ->
                    number(logs.decided().size())
                        + " decided, "
                        + number(logs.unanswered())
                        + " still open: ")
            .orElse("");
    return "%s%s applied, %s refused by the bridge, %s failed in the world"
        .formatted(
            decided,
            number(found.applied().size()),
            number(found.refused()),
            number(found.failed()));
  }

  private void fact(String name, String text) {
    screen.line(FACT.formatted(name, text));
  }

  private void print(Check check) {
    String line =
        "  %s %-58s %s".formatted(screen.mark(check.ok()), check.sentence(), check.detail());
    screen.line(line);
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

package org.aibridge.examples.demo;

import static org.aibridge.examples.demo.Numbers.ms;
import static org.aibridge.examples.demo.Numbers.number;

import java.util.Locale;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.examples.mapserver.TickTimes;

/** One line a second about what goes on, in columns. */
final class LiveTable {
  private static final String FORM = "%6s  %9s %9s | %10s %10s %8s | %-9s | %7s %7s %6s";

  private final Screen screen;

  LiveTable(Screen screen) {
    this.screen = screen;
  }

  void header() {
    screen.faint(
        row(
            "time",
            "tick p99",
            "max",
            "events in",
            "delivered",
            "waiting",
            "breaker",
            "applied",
            "refused",
            "failed"));
  }

  void line(long seconds, TickTimes.Window ticks, BridgeStatus status) {
    BridgeStatus.Events events = status.events();
    BridgeStatus.Actions actions = status.actions();
    String line =
        row(
            seconds + "s",
            ms(ticks.p99Nanos()),
            ms(ticks.longestNanos()),
            number(events.accepted()),
            number(events.delivered()),
            number(events.waiting()),
            status.http().breaker(),
            number(actions.applied()),
            number(actions.refused()),
            number(actions.failed()));
    if (status.http().breaker().equals("closed")) {
      screen.line(line);
    } else {
      screen.warn(line);
    }
  }

  void mark(long elapsedMs, String what) {
    screen.warn(String.format(Locale.ROOT, "%5.1fs  -- %s --", elapsedMs / 1000.0, what));
  }

  private static String row(Object... cells) {
    return String.format(Locale.ROOT, FORM, cells);
  }
}

package org.aibridge.examples.demo;

import static org.aibridge.examples.demo.Numbers.number;

import java.util.Locale;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.api.status.GateState;
import org.aibridge.examples.mapserver.TickTimes;

/** Prints a line per second about what goes on, in columns that fit 80 characters. */
final class LiveTable {
  private static final String GROUPS = "%5s %13s | %27s | %-9s | %15s";
  private static final String FORM = "%5s %6s %6s | %9s %9s %7s | %-9s | %7s %7s";
  private static final double NANOS_A_MS = 1e6;

  private final Screen screen;

  LiveTable(Screen screen) {
    this.screen = screen;
  }

  void header() {
    screen.faint(row(GROUPS, "", "longest, ms", "game events", "circuit", "AI's decisions"));
    screen.faint(
        row(
            FORM,
            "time",
            "tick",
            "bridge",
            "published",
            "delivered",
            "waiting",
            "breaker",
            "applied",
            "refused"));
  }

  void line(long seconds, TickTimes.Window ticks, BridgeStatus status) {
    BridgeStatus.Events events = status.events();
    BridgeStatus.Actions actions = status.actions();
    GateState gate = status.http().gates().get(0).state(); // the gate of events
    String line =
        row(
            FORM,
            seconds + "s",
            ms(ticks.tickNanos()),
            ms(ticks.bridgeNanos()),
            number(events.accepted()),
            number(events.delivered()),
            number(events.waiting()),
            gate.wireName(),
            number(actions.applied()),
            number(actions.refused()));
    if (gate == GateState.CLOSED) {
      screen.line(line);
    } else {
      screen.warn(line);
    }
  }

  void mark(long elapsedMs, String what) {
    screen.warn(String.format(Locale.ROOT, "%5.1fs  -- %s --", elapsedMs / 1000.0, what));
  }

  private static String ms(long nanos) {
    return String.format(Locale.ROOT, "%.2f", nanos / NANOS_A_MS);
  }

  private static String row(String form, Object... cells) {
    return String.format(Locale.ROOT, form, cells);
  }
}

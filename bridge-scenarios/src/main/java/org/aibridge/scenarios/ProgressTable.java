package org.aibridge.scenarios;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.aibridge.ops.Surroundings;

/**
 * A row for each scenario as it ends, and on a terminal a last line about those that run.
 *
 * <p>Any thread may add to it.
 */
final class ProgressTable {
  private static final String FORM = "%-4s %-17s %-23s %6s %9s %9s %4s %4s %4s %8s %7s %6s";
  private static final int SCENARIO_WIDTH = 17;
  private static final int STATE_WIDTH = 23;

  private final Surroundings surroundings;
  private final int total;
  private final Set<String> running = new LinkedHashSet<>();
  private int done;

  ProgressTable(Surroundings surroundings, int total) {
    this.surroundings = surroundings;
    this.total = total;
  }

  void header() {
    line(
        "",
        "scenario",
        "state",
        "back",
        "published",
        "delivered",
        "dead",
        "lost",
        "dupl",
        "requests",
        "applied",
        "tick");
  }

  synchronized void begins(String name) {
    running.add(name);
    status();
  }

  synchronized void ended(Outcome outcome) {
    done++;
    running.remove(outcome.name());
    clear();
    if (!outcome.isPlayed()) {
      String name = cut(outcome.name(), SCENARIO_WIDTH);
      surroundings.out().println("%-4s %-17s %s".formatted("-", name, outcome.skipped()));
      status();
      return;
    }
    Played played = outcome.played();
    line(
        mark(outcome.ok()),
        cut(outcome.name(), SCENARIO_WIDTH),
        cut(String.join(",", played.statesDuring()), STATE_WIDTH),
        played.backMs() < 0 ? "-" : seconds(played.backMs()),
        played.last().published(),
        played.last().delivered(),
        played.last().dead(),
        played.lost(),
        played.duplicates(),
        played.requests().size(),
        played.last().applied() + "/" + played.offered(),
        String.format(Locale.ROOT, "%.1f", played.tickMs()));
    status();
  }

  /** Prints what went wrong, and how many scenarios passed. */
  synchronized void summary(List<Outcome> outcomes, long tookMs) {
    clear();
    for (Outcome outcome : outcomes) {
      outcome.wrong().forEach(w -> surroundings.out().println(outcome.name() + ": " + w));
      outcome.notes().forEach(n -> surroundings.out().println(outcome.name() + ": (" + n + ")"));
    }
    surroundings.out().println(verdict(outcomes) + ", in " + seconds(tookMs));
  }

  /** How many of those that were played are well, and how many were not. */
  static String verdict(List<Outcome> outcomes) {
    long played = outcomes.stream().filter(Outcome::isPlayed).count();
    long ok = outcomes.stream().filter(Outcome::isPlayed).filter(Outcome::ok).count();
    long skipped = outcomes.size() - played;
    return "%d of %d as expected%s"
        .formatted(ok, played, skipped == 0 ? "" : ", %d skipped".formatted(skipped));
  }

  private String mark(boolean ok) {
    return surroundings.unicode() ? ok ? "✓" : "✗" : ok ? "ok" : "FAIL";
  }

  private static String cut(String text, int width) {
    return text.length() <= width ? text : text.substring(0, width - 1) + "~";
  }

  private static String seconds(long ms) {
    return String.format(Locale.ROOT, "%.1f s", ms / 1000.0);
  }

  private void line(Object... cells) {
    surroundings.out().println(String.format(Locale.ROOT, FORM, cells).stripTrailing());
  }

  private void status() {
    if (surroundings.terminal().out() && done < total) {
      String names = String.join(", ", running);
      surroundings.rawOut().print("\r\033[K%d of %d; running: %s".formatted(done, total, names));
      surroundings.rawOut().flush();
    }
  }

  private void clear() {
    if (surroundings.terminal().out()) {
      surroundings.rawOut().print("\r\033[K");
    }
  }
}

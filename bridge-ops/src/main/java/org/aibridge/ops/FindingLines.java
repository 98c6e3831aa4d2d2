package org.aibridge.ops;

import java.util.List;
import org.aibridge.core.text.Shown;
import org.aibridge.ops.check.Finding;

/** Prints findings for people: one line each, followed by the advice. */
final class FindingLines {
  private static final int NAME_WIDTH = 14;

  private final Surroundings surroundings;

  FindingLines(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  void print(Finding finding) {
    Mark mark = Mark.of(finding.level());
    String sign = surroundings.unicode() ? mark.sign : mark.ascii;
    surroundings.rawOut().print(colored(mark, sign));
    surroundings
        .out()
        .printf(
            " %-" + NAME_WIDTH + "s %s%n", Shown.of(finding.check()), Shown.of(finding.detail()));
    if (!finding.advice().isEmpty()) {
      String arrow = surroundings.unicode() ? "\u2192" : "->";
      surroundings
          .out()
          .printf("%s%s %s%n", " ".repeat(sign.length() + 1), arrow, Shown.of(finding.advice()));
    }
    surroundings.out().flush();
  }

  void printSummary(List<Finding> findings) {
    long failures = count(findings, Finding.Level.FAILURE);
    long warnings = count(findings, Finding.Level.WARNING);
    String result =
        failures > 0
            ? "Not ready: " + amount(failures, "failure")
            : "Ready" + (warnings > 0 ? "" : ", nothing to complain about");
    String also = warnings > 0 ? ", " + amount(warnings, "warning") : "";
    surroundings.out().println();
    surroundings.out().println(result + also + ".");
  }

  private String colored(Mark mark, String sign) {
    return surroundings.color() ? "\u001b[" + mark.color + "m" + sign + "\u001b[0m" : sign;
  }

  private static long count(List<Finding> findings, Finding.Level level) {
    return findings.stream().filter(finding -> finding.level() == level).count();
  }

  private static String amount(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  /** The sign and colour for a level. */
  private enum Mark {
    OK("\u2713", "ok  ", 32),
    WARNING("!", "warn", 33),
    FAILURE("\u2717", "FAIL", 31),
    SKIPPED("-", "skip", 90);

    private final String sign;
    private final String ascii;
    private final int color;

    Mark(String sign, String ascii, int color) {
      this.sign = sign;
      this.ascii = ascii;
      this.color = color;
    }

    static Mark of(Finding.Level level) {
      return valueOf(level.name());
    }
  }
}

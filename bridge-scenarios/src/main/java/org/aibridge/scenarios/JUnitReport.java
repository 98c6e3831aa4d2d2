package org.aibridge.scenarios;

import java.util.List;
import java.util.Locale;

/** The outcomes as JUnit XML, which build servers read. */
final class JUnitReport {
  private JUnitReport() {}

  static String of(List<Outcome> outcomes, long tookMs) {
    long failures = outcomes.stream().filter(o -> !o.ok()).count();
    long skipped = outcomes.stream().filter(o -> !o.isPlayed()).count();
    StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.append(
        "<testsuite name=\"scenarios\" tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"%d\" time=\"%s\">%n"
            .formatted(outcomes.size(), failures, skipped, seconds(tookMs)));
    for (Outcome outcome : outcomes) {
      xml.append(
          "  <testcase classname=\"scenarios\" name=\"%s\" time=\"%s\">%n"
              .formatted(
                  HtmlReport.escape(outcome.name()), seconds(outcome.played().took().toMillis())));
      if (!outcome.isPlayed()) {
        String why = HtmlReport.escape(outcome.skipped());
        xml.append("    <skipped message=\"%s\"/>%n".formatted(why));
      }
      if (!outcome.ok()) {
        String wrong = HtmlReport.escape(String.join("\n", outcome.wrong()));
        String first = HtmlReport.escape(outcome.wrong().get(0));
        xml.append("    <failure message=\"%s\">%s</failure>%n".formatted(first, wrong));
      }
      if (!outcome.notes().isEmpty()) {
        String notes = HtmlReport.escape(String.join("\n", outcome.notes()));
        xml.append("    <system-out>%s</system-out>%n".formatted(notes));
      }
      xml.append("  </testcase>\n");
    }
    return xml.append("</testsuite>\n").toString();
  }

  private static String seconds(long ms) {
    return String.format(Locale.ROOT, "%.3f", ms / 1000.0);
  }
}

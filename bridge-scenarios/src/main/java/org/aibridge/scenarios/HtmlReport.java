package org.aibridge.scenarios;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/** The report as one HTML page that needs no script and no other file. */
final class HtmlReport {
  /** The time, in ms, for which a bridge with {@link QuickKeys} waits for an answer. */
  private static final long UNDER_WAY_MS = 4_000;

  private static final int SHOWN_CHARACTERS = 2_000;
  private static final String STYLE =
      """
      body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;color:#1c2430;background:#fff}
      h1{font-size:1.5rem}h2{font-size:1.15rem;margin:2.2rem 0 .2rem}p{margin:.3rem 0}
      table{border-collapse:collapse;margin:.6rem 0}td,th{padding:.15rem .35rem;font-size:13px;vertical-align:top;text-align:right;border-bottom:1px solid #e3e7ec}
      td:nth-child(-n+3),th:nth-child(-n+3){text-align:left}a{color:#0b5cad}
      td:nth-child(2){overflow-wrap:anywhere;min-width:7rem;max-width:13rem}.wide{overflow-x:auto}
      .ok{color:#11713a}.bad{color:#b3261e;font-weight:600}.faint{color:#667080}
      pre{white-space:pre-wrap;word-break:break-all;background:#f4f6f8;padding:.5rem;margin:.3rem 0;font-size:12px}
      details{margin:.15rem 0}summary{cursor:pointer}details details{margin-left:1.2rem;font-size:13px}
      .ends td,.ends th{text-align:left}.ends td:first-child{word-break:break-all}.other{background:#fff1d6}
      code{font-family:ui-monospace,monospace}svg{width:100%;height:auto}
      """;

  private HtmlReport() {}

  /** Returns the page; {@code title} says what was played, {@code tookMs} how long that took. */
  static String of(String title, List<Outcome> outcomes, long tookMs) {
    StringBuilder page = new StringBuilder("<!doctype html>\n<html lang=\"en\"><head>");
    page.append("<meta charset=\"utf-8\"><title>").append(escape(title)).append("</title>\n");
    page.append("<style>\n").append(STYLE).append("</style></head><body>\n");
    page.append("<h1>").append(escape(title)).append("</h1>\n");
    long ok = outcomes.stream().filter(Outcome::ok).count();
    String verdict = ProgressTable.verdict(outcomes);
    page.append(
        "<p class=\"%s\">%s, in %s</p>%n"
            .formatted(ok == outcomes.size() ? "ok" : "bad", verdict, seconds(tookMs)));
    outcomes.stream().filter(o -> !o.ok()).forEach(o -> page.append(firstWrong(o)));
    table(page, outcomes);
    page.append(Timeline.legend());
    outcomes.forEach(outcome -> section(page, outcome, outcomes));
    return page.append("</body></html>\n").toString();
  }

  private static String anchor(Outcome outcome) {
    return outcome.name().replaceAll("[^A-Za-z0-9_-]+", "-");
  }

  private static String firstWrong(Outcome outcome) {
    String name = escape(outcome.name());
    return "<p class=\"bad\"><a href=\"#%s\">%s</a>: %s</p>%n"
        .formatted(anchor(outcome), name, escape(outcome.wrong().get(0)));
  }

  private static void table(StringBuilder page, List<Outcome> outcomes) {
    page.append("<div class=\"wide\"><table><tr>");
    for (String head :
        List.of(
            "",
            "scenario",
            "states during it",
            "back",
            "published",
            "delivered",
            "dead",
            "waiting",
            "lost",
            "dupl.",
            "requests",
            "offered",
            "applied",
            "failed",
            "refused",
            "longest tick (in the bridge)")) {
      page.append("<th>").append(head).append("</th>");
    }
    page.append("</tr>\n");
    for (Outcome outcome : outcomes) {
      if (!outcome.isPlayed()) {
        continue;
      }
      Played played = outcome.played();
      Sight last = played.last();
      String name = escape(outcome.name());
      page.append("<tr>");
      cells(
          page,
          "<b class=\"%s\">%s</b>".formatted(outcome.ok() ? "ok" : "bad", mark(outcome)),
          "<a href=\"#%s\">%s</a>".formatted(anchor(outcome), name),
          String.join(", ", played.statesDuring()),
          played.backMs() < 0 ? "never" : seconds(played.backMs()),
          last.published(),
          last.delivered(),
          last.dead(),
          last.waiting(),
          played.lost(),
          played.duplicates(),
          played.requests().size(),
          played.offered(),
          last.applied(),
          last.failed(),
          last.refused(),
          String.format(Locale.ROOT, "%.1f (%.2f) ms", played.tickMs(), played.bridgeMs()));
      page.append("</tr>\n");
    }
    page.append("</table></div>\n");
  }

  private static void cells(StringBuilder page, Object... values) {
    for (Object value : values) {
      page.append("<td>").append(value).append("</td>");
    }
  }

  private static void section(StringBuilder page, Outcome outcome, List<Outcome> all) {
    String name = escape(outcome.name());
    page.append("<h2 id=\"%s\">%s %s</h2>%n".formatted(anchor(outcome), mark(outcome), name))
        .append("<p>%s</p>%n".formatted(description(outcome)));
    if (!outcome.isPlayed()) {
      page.append("<p>Skipped: %s</p>%n".formatted(escape(outcome.skipped())));
      return;
    }
    outcome.wrong().forEach(w -> page.append("<p class=\"bad\">%s</p>%n".formatted(escape(w))));
    outcome.notes().forEach(n -> page.append("<p>%s</p>%n".formatted(escape(n))));
    page.append("<p class=\"faint\">%s</p>%n".formatted(escape(firstTrouble(outcome.played()))));
    page.append(Timeline.of(outcome.played()));
    ends(page, outcome, all);
    requests(page, outcome.played().requests());
  }

  private static String description(Outcome outcome) {
    String text = escape(outcome.scenario().description());
    return text.replaceAll("`([^`]*)`", "<code>$1</code>");
  }

  /** Adds a table with each event's end: in the incident, its replay and with another service. */
  private static void ends(StringBuilder page, Outcome outcome, List<Outcome> all) {
    List<Ends.Row> rows = outcome.played().ends().rows();
    Outcome replay =
        all.stream().filter(o -> o.scenario() == outcome.scenario()).findFirst().orElse(outcome);
    List<Ends.Row> replayed = replay == outcome ? List.of() : replay.played().ends().rows();
    String head = "<table class=\"ends\"><tr><th></th><th>end in the incident</th>";
    head += replayed.isEmpty() ? "" : "<th>replayed</th>";
    head += "<th>%s</th></tr>%n".formatted(replay == outcome ? "replayed" : at(outcome, replay));
    StringBuilder telling = new StringBuilder();
    StringBuilder others = new StringBuilder();
    int ordinary = 0;
    for (int i = 0; i < rows.size(); i++) {
      Ends.Row row = rows.get(i);
      Ends.Row before = i < replayed.size() ? replayed.get(i) : null;
      boolean tells = row.tells() || before != null && before.tells();
      ordinary += tells ? 0 : 1;
      (tells ? telling : others)
          .append("<tr><td><code>%s</code></td>".formatted(escape(row.what())))
          .append("<td>%s</td>".formatted(escape(row.recorded())))
          .append(before == null ? "" : end(before))
          .append(end(row))
          .append("</tr>\n");
    }
    if (!telling.isEmpty()) {
      page.append(head).append(telling).append("</table>\n");
    }
    if (ordinary > 0) {
      page.append(
          "<details><summary>%d more, delivered or applied as in the incident</summary>%n%s%s</table></details>%n"
              .formatted(ordinary, head, others));
    }
  }

  private static String at(Outcome outcome, Outcome replay) {
    return escape(outcome.name().substring(replay.name().length()).strip());
  }

  private static String end(Ends.Row row) {
    return "<td class=\"%s\">%s</td>".formatted(row.same() ? "" : "other", escape(row.now()));
  }

  /** True if a request has no answer and came shortly before the end of the run. */
  private static boolean isUnderWay(Request request, Played played) {
    return request.status() == 0 && request.atMs() > played.last().atMs() - UNDER_WAY_MS;
  }

  /** Returns when the first request failed, and when the bridge reported trouble. */
  static String firstTrouble(Played played) {
    String request =
        played.requests().stream()
            .filter(r -> r.status() / 100 != 2 && !isUnderWay(r, played))
            .findFirst()
            .map(
                r ->
                    "First trouble: at %s %s %s: %s. "
                        .formatted(seconds(r.atMs()), r.method(), r.url(), status(r)))
            .orElse("Every request was answered with 2xx. ");
    String state =
        played.sights().stream()
            .filter(s -> s.atMs() >= played.faultMs() && !s.state().equals("running"))
            .findFirst()
            .map(
                s ->
                    "The bridge called it %s at %s: %s"
                        .formatted(s.state(), seconds(s.atMs()), s.problem()))
            .orElse("The bridge ran throughout.");
    return request + state;
  }

  private static void requests(StringBuilder page, List<Request> requests) {
    page.append("<details><summary>%d requests</summary>%n".formatted(requests.size()));
    for (Request request : requests) {
      page.append(
          "<details><summary>%s <code>%s %s</code> <span class=\"%s\">%s</span></summary>%n"
              .formatted(
                  seconds(request.atMs()),
                  request.method(),
                  escape(request.url()),
                  request.status() / 100 == 2 ? "ok" : "bad",
                  status(request)));
      pre(page, request.headers() + "\n\n" + request.body());
      pre(page, request.answer());
      page.append("</details>\n");
    }
    page.append("</details>\n");
  }

  private static void pre(StringBuilder page, String text) {
    boolean whole = text.length() <= SHOWN_CHARACTERS;
    String shown =
        whole
            ? text
            : text.substring(0, SHOWN_CHARACTERS)
                + "\n… (%d characters in all)".formatted(text.length());
    page.append("<pre>").append(escape(shown)).append("</pre>\n");
  }

  static String status(Request request) {
    return request.status() == 0 ? "no answer" : Integer.toString(request.status());
  }

  private static String mark(Outcome outcome) {
    return !outcome.isPlayed() ? "–" : outcome.ok() ? "✓" : "✗";
  }

  static String seconds(long ms) {
    return String.format(Locale.ROOT, "%.1f s", ms / 1000.0);
  }

  /** Escapes a text for HTML, since a payload or an answer may hold anything. */
  static String escape(String text) {
    return Objects.requireNonNullElse(text, "")
        .chars()
        .mapToObj(HtmlReport::escape)
        .collect(Collectors.joining());
  }

  private static String escape(int character) {
    return switch (character) {
      case '&' -> "&amp;";
      case '<' -> "&lt;";
      case '>' -> "&gt;";
      case '"' -> "&quot;";
      case '\n', '\t' -> Character.toString(character);
      default -> character < ' ' || character == 0x7f ? "\uFFFD" : Character.toString(character);
    };
  }
}

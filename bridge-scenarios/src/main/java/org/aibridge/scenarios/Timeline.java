package org.aibridge.scenarios;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Draws a scenario as SVG: states as a band, events as lines, requests as ticks. */
final class Timeline {
  private static final int WIDTH = 1000;
  private static final int LEFT = 70;
  private static final int BAND_Y = 6;
  private static final int BAND = 14;
  private static final int LINES_Y = 28;
  private static final int LINES = 90;
  private static final int TICKS_Y = 126;
  private static final int TICK = 14;
  private static final int AXIS_Y = 160;
  private static final int HEIGHT = 172;
  private static final String OTHER = "#8a5cc2";

  /** The states with their colours, in the order of the legend. */
  private static final Map<String, String> STATES =
      new java.util.TreeMap<>(
          Map.of(
              "running", "#3fa66b",
              "outage", "#d9483b",
              "held", "#e0a021",
              "degraded", "#d98b3b",
              "starting", "#9aa5b1"));

  private final Played played;
  private final long endMs;
  private final StringBuilder svg = new StringBuilder();

  private Timeline(Played played) {
    this.played = played;
    this.endMs = Math.max(1, played.last().atMs());
  }

  /** Returns the picture; empty if there was nothing to see. */
  static String of(Played played) {
    return played.sights().isEmpty() ? "" : new Timeline(played).draw();
  }

  static String legend() {
    StringBuilder legend = new StringBuilder("<p class=\"faint\">Band: ");
    STATES.forEach((state, colour) -> legend.append(word(colour, state)));
    return legend
        .append("other states ")
        .append(word(OTHER, "violet"))
        .append(" · shaded: the scenario is in force · lines: ")
        .append(word("#1c6dd0", "published"))
        .append(word("#11713a", "delivered"))
        .append(" · ticks: requests answered with ")
        .append(word(colour(200), "2xx"))
        .append(word(colour(302), "3xx"))
        .append(word(colour(404), "4xx"))
        .append(word(colour(500), "5xx"))
        .append(word(colour(0), "nothing"))
        .append("</p>\n")
        .toString();
  }

  private static String word(String colour, String text) {
    return "<b style=\"color:%s\">%s</b> ".formatted(colour, text);
  }

  private String draw() {
    svg.append(
        "<svg viewBox=\"0 0 %d %d\" width=\"%d\" font-size=\"11\" role=\"img\" aria-label=\"timeline\">%n"
            .formatted(WIDTH, HEIGHT, WIDTH));
    rect(x(played.faultMs()), 0, x(played.healMs()), AXIS_Y - 10, "#eef1f5", "");
    label(BAND_Y + 11, "state");
    label(LINES_Y + 12, "events");
    label(TICKS_Y + 11, "requests");
    states();
    line("#1c6dd0", Sight::published);
    line("#11713a", Sight::delivered);
    ticks();
    axis();
    return svg.append("</svg>\n").toString();
  }

  private void states() {
    List<Sight> sights = played.sights();
    for (int i = 0, next; i < sights.size(); i = next) {
      String state = sights.get(i).state();
      next = i + 1;
      while (next < sights.size() && sights.get(next).state().equals(state)) {
        next++;
      }
      long until = next < sights.size() ? sights.get(next).atMs() : endMs;
      String title = state + " " + HtmlReport.escape(sights.get(i).problem());
      rect(
          x(sights.get(i).atMs()),
          BAND_Y,
          x(until),
          BAND,
          STATES.getOrDefault(state, OTHER),
          title);
    }
  }

  private void line(String colour, ToLongFunction<Sight> value) {
    long most = Math.max(1, played.last().published());
    svg.append(
        "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\" points=\"".formatted(colour));
    long before = -1;
    double beforeX = 0;
    for (Sight sight : played.sights()) {
      long now = value.applyAsLong(sight);
      if (now != before) {
        if (before >= 0) {
          point(beforeX, before, most);
        }
        point(x(sight.atMs()), now, most);
      }
      before = now;
      beforeX = x(sight.atMs());
    }
    point(beforeX, Math.max(0, before), most);
    svg.append("\"/>\n");
  }

  private void point(double x, long value, long most) {
    svg.append(number(x))
        .append(',')
        .append(number(LINES_Y + LINES - LINES * (double) value / most));
    svg.append(' ');
  }

  private void ticks() {
    for (Request request : played.requests()) {
      double x = x(Math.min(request.atMs(), endMs));
      svg.append(
          "<path d=\"M%s %dv%d\" stroke=\"%s\" stroke-width=\"1.5\"><title>%s %s %s: %s</title></path>%n"
              .formatted(
                  number(x),
                  TICKS_Y,
                  TICK,
                  colour(request.status()),
                  HtmlReport.seconds(request.atMs()),
                  request.method(),
                  HtmlReport.escape(request.url()),
                  HtmlReport.status(request)));
    }
  }

  private void axis() {
    long step = endMs > 20_000 ? 5_000 : endMs > 8_000 ? 2_000 : 1_000;
    for (long at = 0; at <= endMs; at += step) {
      svg.append(
          "<text x=\"%s\" y=\"%d\" fill=\"#667080\" text-anchor=\"middle\">%d s</text>%n"
              .formatted(number(x(at)), AXIS_Y + 8, at / 1000));
    }
  }

  private void rect(double x, int y, double until, int height, String colour, String title) {
    svg.append(
        "<rect x=\"%s\" y=\"%d\" width=\"%s\" height=\"%d\" fill=\"%s\"><title>%s</title></rect>%n"
            .formatted(number(x), y, number(Math.max(0.5, until - x)), height, colour, title));
  }

  private void label(int y, String text) {
    svg.append("<text x=\"0\" y=\"%d\" fill=\"#667080\">%s</text>%n".formatted(y, text));
  }

  private double x(long ms) {
    return LEFT + (WIDTH - LEFT - 20) * (double) ms / endMs;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static String colour(int status) {
    return switch (status / 100) {
      case 2 -> "#3fa66b";
      case 3 -> "#1c6dd0";
      case 4 -> "#e0a021";
      case 5 -> "#d9483b";
      default -> "#1c2430";
    };
  }
}

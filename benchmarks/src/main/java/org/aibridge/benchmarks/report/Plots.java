package org.aibridge.benchmarks.report;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Draws charts into SVG files. */
final class Plots {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 420;

  private Plots() {}

  /** Draws groups of bars on a logarithmic axis; each series has one value for each name. */
  static void bars(
      Path file, String title, String unit, List<String> names, Map<String, List<Double>> series)
      throws IOException {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .yAxisTitle(unit)
            .build();
    chart.getStyler().setYAxisLogarithmic(true);
    chart.getStyler().setYAxisMin(powerOfTenBelow(series)); // The default is 0.
    chart.getStyler().setXAxisLabelRotation(names.size() > 6 ? 30 : 0);
    chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
    chart.getStyler().setLegendVisible(series.size() > 1);
    series.forEach((name, values) -> chart.addSeries(name, names, values));
    save(chart, file);
  }

  /** Draws lines on two logarithmic axes. */
  static void lines(
      Path file,
      String title,
      String x,
      String y,
      List<Double> xs,
      Map<String, List<Double>> series)
      throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(x)
            .yAxisTitle(y)
            .build();
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setYAxisLogarithmic(true);
    chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
    series.forEach((name, values) -> chart.addSeries(name, xs, values));
    save(chart, file);
  }

  private static double powerOfTenBelow(Map<String, List<Double>> series) {
    double least =
        series.values().stream().flatMap(List::stream).mapToDouble(value -> value).min().orElse(1);
    return Math.pow(10, Math.floor(Math.log10(least)));
  }

  /** Saves the chart as SVG; draws texts as paths and cuts coordinates to two decimals. */
  private static void save(Chart<?, ?> chart, Path file) throws IOException {
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    ByteArrayOutputStream svg = new ByteArrayOutputStream();
    ChartEncoder.saveChart(chart, svg, "svg");
    Files.writeString(
        file, svg.toString(StandardCharsets.UTF_8).replaceAll("(\\.\\d\\d)\\d+", "$1"));
  }
}

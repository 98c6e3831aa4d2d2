package org.aibridge.scenarios;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.aibridge.testkit.AiServiceScenario;
import org.aibridge.testlib.Needs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report as a browser lays it out; what is looked at is added to a copy of the page. */
class ReportInBrowserTest {
  private static final List<String> QUIET =
      List.of(
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-dev-shm-usage",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--disable-extensions",
          "--enable-logging=stderr",
          "--window-size=1200,900");

  /** Opens all there is to be opened, and writes down what a reader then has before them. */
  private static final String LOOK =
      """
      <script>
      const size = e => e.getBoundingClientRect();
      const shown = e => size(e).width > 0 && size(e).height > 0;
      const all = s => [...document.querySelectorAll(s)];
      all('details > summary').forEach(s => s.click());
      const seen = {
        sections: all('h2').length,
        timelines: all('svg').filter(s => shown(s) && all('svg')[0].querySelector('polyline')
            .getBBox().width > 100).length,
        bands: all('svg rect').filter(shown).length,
        opened: all('pre').length > 0 && all('pre').every(shown),
        ends: all('table.ends tr').filter(shown).length,
        wide: [document.documentElement, ...all('.wide')].some(e => e.scrollWidth > e.clientWidth),
        deadLinks: all('a').filter(a => !document.querySelector(a.getAttribute('href'))).length,
        scripts: all('script').length,
        fetched: performance.getEntriesByType('resource').length
      };
      const told = document.createElement('p');
      told.id = 'seen';
      told.textContent = JSON.stringify(seen);
      document.body.append(told);
      </script>
      """;

  @TempDir Path folder;

  @BeforeEach
  void needsABrowser() {
    Needs.largeProgram("chromium", "chromium");
  }

  @Test
  void drawsEachTimelineOpensEachRequestAndAsksNobody() throws Exception {
    AiServiceScenario scenario = AiServiceScenario.named("poison");
    List<Outcome> outcomes =
        List.of(
            new Outcome("poison", scenario, played(), List.of(), List.of()),
            new Outcome(
                "poison at http://127.0.0.1:1", scenario, played(), List.of("dead: 7"), List.of()));
    Path page = folder.resolve("report.html");
    String html = HtmlReport.of("Scenarios", outcomes, 12_000);
    Files.writeString(page, html.replace("</body>", LOOK + "</body>"));

    JsonNode seen = look(page);

    assertThat(seen.path("sections").asInt()).isEqualTo(2);
    assertThat(seen.path("timelines").asInt()).isEqualTo(2);
    assertThat(seen.path("bands").asInt()).as("states and shades").isEqualTo(2 * 4);
    assertThat(seen.path("opened").asBoolean()).isTrue();
    assertThat(seen.path("ends").asInt()).as("with a head each").isEqualTo(2 * 2);
    assertThat(seen.path("wide").asBoolean()).as("has to be moved sideways").isFalse();
    assertThat(seen.path("deadLinks").asInt()).isZero();
    assertThat(seen.path("scripts").asInt()).as("but the test's").isEqualTo(1);
    assertThat(seen.path("fetched").asInt()).isZero();
  }

  private static Played played() {
    return new Played(
        List.of(
            new Sight(0, "running", "", 0, 0, 0, 0, 0, 0, 0, 0),
            new Sight(3000, "outage", "it fails", 40, 20, 0, 20, 0, 0, 0, 0),
            new Sight(9000, "running", "", 60, 60, 0, 0, 0, 0, 0, 0)),
        List.of(
            new Request(900, "GET", "/api/v1/actions/pending?limit=1", 200, "A: b", "", "{}"),
            new Request(
                1200, "POST", "/x", 0, "", "<script>alert('x')</script>", "y".repeat(9000))),
        0,
        0,
        List.of(),
        0,
        Set.of(),
        1000,
        2000,
        0,
        Duration.ZERO,
        0,
        0,
        new Ends(
            List.of(new Ends.Row("event {\"a\":\"" + "b".repeat(140), "refused 422", "-", false))));
  }

  private JsonNode look(Path page) throws IOException, InterruptedException {
    File dom = folder.resolve("dom.html").toFile();
    File told = folder.resolve("browser.log").toFile();
    List<String> command = new ArrayList<>(List.of("chromium"));
    command.addAll(QUIET);
    command.add("--user-data-dir=" + folder.resolve("profile"));
    command.add("--dump-dom");
    command.add(page.toUri().toString());
    Process browser = new ProcessBuilder(command).redirectOutput(dom).redirectError(told).start();
    try {
      assertThat(browser.waitFor(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      browser.destroyForcibly().waitFor();
    }
    assertThat(Files.readString(told.toPath(), UTF_8)).doesNotContain("CONSOLE");
    Matcher seen =
        Pattern.compile("<p id=\"seen\">(.*?)</p>").matcher(Files.readString(dom.toPath()));
    assertThat(seen.find()).isTrue();
    return Json.read(seen.group(1));
  }
}

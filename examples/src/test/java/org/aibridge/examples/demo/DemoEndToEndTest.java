package org.aibridge.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.aibridge.api.AiBridge;
import org.aibridge.fakeservice.FieldRules;
import org.aibridge.fakeservice.FieldService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a whole: the real bridge, the real scripts, and an AI service in a process. */
@Tag("slow")
@Timeout(120)
class DemoEndToEndTest {
  @TempDir private Path temp;

  private static final String ACTION =
      "{\"action_id\":\"monday-1\",\"action_type\":\"broadcast\","
          + "\"payload\":{\"message\":\"Good day\"}}";

  private final PrintStream realOut = System.out;
  private final PrintStream realErr = System.err;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void catchOutput() {
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void giveOutputBack() {
    System.setOut(realOut);
    System.setErr(realErr);
  }

  @Test
  void everySumHoldsAcrossAnOutage() throws Exception {
    int status = run(folder -> {}, "--seconds", "8", "--outage", "2s", "--json");

    JsonNode json = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
    assertThat(status).as(json.toPrettyString()).isZero();
    JsonNode events = json.path("events");
    long published = events.path("published").asLong();
    assertThat(published).isGreaterThan(500);
    assertThat(events.path("delivered").asLong()).isEqualTo(published);
    assertThat(events.path("recorded").asLong()).isEqualTo(published);
    assertThat(events.path("waiting").asLong()).isZero();
    assertThat(json.path("actions").path("applied").asLong()).isPositive();
    assertThat(json.path("outage").path("away_ms").asLong()).isGreaterThanOrEqualTo(2_000);
    assertThat(json.path("outage").path("events_kept").asLong()).isPositive();
    assertThat(json.path("outage").path("caught_up_ms").asLong()).isNotNegative();
    assertThat(json.path("npc_talks").path("completed").asLong()).isPositive();
    assertThat(json.path("npc_talks").path("failed").asLong()).isZero();
    assertThat(json.path("ticks").path("bridge_longest_ms").asDouble()).isPositive();
    assertThat(json.path("checks"))
        .hasSize(11)
        .allMatch(check -> check.path("ok").asBoolean(), "every check holds");
  }

  @Test
  void everySumHoldsWithAServiceOfTheField() throws Exception {
    int status =
        run(folder -> {}, "--seconds", "6", "--outage", "1s", "--service", "fastapi", "--json");

    JsonNode json = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
    assertThat(status).as(json.toPrettyString()).isZero();
    assertThat(json.path("events").path("dead_lettered").asLong()).isZero();
    assertThat(json.path("actions").path("applied").asLong()).isPositive();
  }

  @Test
  void serviceOfSomebodyElseIsServedAndLeftAlone() throws Exception {
    try (FieldService service = FieldService.start(FieldRules.DEFAULT.withPerMinute(0))) {
      service.offer(new ObjectMapper().readTree(ACTION));
      int status = run(folder -> {}, "--seconds", "3", "--base-url", service.baseUrl(), "--json");

      JsonNode json = new ObjectMapper().readTree(out.toString(StandardCharsets.UTF_8));
      assertThat(status).as(json.toPrettyString()).isZero();
      JsonNode events = json.path("events");
      assertThat(events.path("delivered").asLong())
          .isPositive()
          .isEqualTo(events.path("published").asLong());
      assertThat(service.events())
          .extracting(event -> event.path("event_id").asText())
          .doesNotHaveDuplicates()
          .hasSize(events.path("delivered").asInt())
          .allMatch(id -> id.matches("demo_\\d+:\\d+"));
      assertThat(json.path("actions").path("applied").asLong()).isEqualTo(1);
      assertThat(service.results())
          .singleElement()
          .satisfies(result -> assertThat(result.path("status").asText()).isEqualTo("completed"));
      assertThat(json.path("own_service").asBoolean()).isFalse();
    }
  }

  @Test
  void serviceThatLostWhatItTookIsFoundOut() {
    Path data = temp.resolve("run");

    int status =
        run(DemoEndToEndTest::loseAnEvent, "--seconds", "3", "--outage", "0", "--data", "" + data);

    assertThat(status).isEqualTo(1);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .containsPattern("(✗|FAIL) the AI service recorded what was delivered")
        .containsPattern("(✓|ok  ) no event is lost")
        .contains("published minus recorded {", "2 checks failed.", "Kept: " + data);
  }

  @Test
  void eventsForAServiceThatIsNotThereStayInTheJournal() throws Exception {
    Path data = temp.resolve("run");
    String url = "http://127.0.0.1:" + ServiceProcess.freePort();

    int status = run(folder -> {}, "--seconds", "2", "--base-url", url, "--data", "" + data);

    assertThat(status).isEqualTo(1);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .containsPattern("(✓|ok  ) no event is lost +([0-9,]+) = 0 delivered \\+ \\2 waiting")
        .containsPattern(
            "(✗|FAIL) nothing is left waiting +events: [0-9,]+, decisions: 0, none was taken")
        .contains(url + " took no event\n", "Connection refused")
        .contains("1 check failed.", "Kept: " + data);
  }

  @Test
  void whatAServiceAnsweredThatTookNoEventIsShown() throws Exception {
    try (FieldService service = FieldService.start(FieldRules.DEFAULT.withApiKey("another"))) {
      Path data = temp.resolve("run");

      int status =
          run(folder -> {}, "--seconds", "2", "--base-url", service.baseUrl(), "--data", "" + data);

      assertThat(status).isEqualTo(1);
      assertThat(out.toString(StandardCharsets.UTF_8))
          .contains(service.baseUrl() + " took no event\n")
          .contains("the AI service refuses our credentials (HTTP 401): check api_key")
          .doesNotContain("is it there");
    }
  }

  @Test
  void configurationThatCannotBeUsedEndsTheRunAtOnceWithAllItsProblems() throws Exception {
    Path conf = temp.resolve("wrong.conf");
    Files.writeString(conf, "[http_pool]\nmax_connections = many\n[bridge]\nenabled = perhaps\n");

    long start = System.nanoTime();
    Path data = temp.resolve("run");
    int status = run(folder -> {}, "--seconds", "60", "--conf", "" + conf, "--data", "" + data);

    assertThat(status).isEqualTo(1);
    assertThat(System.nanoTime() - start).isLessThan(30_000_000_000L);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("The bridge is off", "max_connections", "many", "perhaps", "Kept: " + data);
  }

  private static void loseAnEvent(RunFolder folder) {
    Path log = folder.service().resolve("events.log");
    try {
      List<String> lines = Files.readAllLines(log);
      Files.write(log, lines.subList(0, lines.size() - 1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int run(Consumer<RunFolder> beforeChecks, String... more) {
    List<String> arguments = new ArrayList<>(List.of("--players", "200", "--seed", "7"));
    arguments.addAll(List.of(more));
    return DemoMain.execute(AiBridge::start, beforeChecks, arguments.toArray(String[]::new));
  }
}

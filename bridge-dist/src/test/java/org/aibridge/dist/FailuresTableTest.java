package org.aibridge.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.aibridge.dist.ScriptedService.Answer;
import org.aibridge.testlib.ChildJvm;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The table of failures in {@code docs/operations.md}: each is played against a real bridge that
 * publishes ten events a second, and state, words, exit and message are held against the row; the
 * seconds may be more on a busy machine. What was measured stands in {@code target/failures.txt}.
 */
@Tag("slow")
@Tag("long")
@Timeout(240)
class FailuresTableTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HEAD = "| failure | state |";
  private static final double BUSY_S = 30;

  @TempDir static Path root;
  private static Installation installed;
  private static Page page;
  private static final List<String> MEASURED = new ArrayList<>();

  /** How each failure of the table is made, by its first words there. */
  private static final Map<String, Fault> FAULTS = new LinkedHashMap<>();

  static {
    FAULTS.put("nobody listens", scene -> scene.service.close());
    FAULTS.put("the service hangs", scene -> answers(scene, null));
    FAULTS.put("it answers 503 to all", scene -> answers(scene, Answer.of(503, "{}")));
    FAULTS.put("it answers 401", scene -> answers(scene, Answer.of(401, "{}")));
    FAULTS.put("it answers 503 with", scene -> answers(scene, new Answer(503, "{}", 300)));
    FAULTS.put("it answers 429 without", scene -> answers(scene, Answer.of(429, "{}")));
    FAULTS.put("it refuses all events", scene -> answers(scene, Answer.of(422, "{}")));
    FAULTS.put(
        "it refuses some events",
        scene ->
            scene.service.answers(
                (path, body) ->
                    body.path("events").valueStream().anyMatch(FailuresTableTest::isUnwanted)
                        ? Answer.of(422, "{}")
                        : Answer.OK));
  }

  /** Makes a failure. */
  private interface Fault {
    void begin(Scene scene);
  }

  private static boolean isUnwanted(JsonNode event) {
    return event.path("player_id").asInt() == 150_003;
  }

  private static void answers(Scene scene, Answer answer) {
    scene.service.answers(
        (path, body) -> {
          if (!path.equals(ScriptedService.EVENTS)) {
            return Answer.OK;
          }
          if (answer == null) {
            Scene.pause(200_000);
          }
          return answer == null ? Answer.OK : answer;
        });
  }

  /**
   * A row.
   *
   * @param afterS after so many seconds 'status' tells it; -1 for never
   */
  record Row(String failure, String state, int exit, double afterS, double toldS, String as) {
    static Row of(String line) {
      List<String> cells = Arrays.stream(line.split("\\|")).map(String::strip).toList();
      return new Row(
          cells.get(1),
          cells.get(2),
          Integer.parseInt(cells.get(3)),
          seconds(cells.get(4)),
          seconds(cells.get(5)),
          cells.get(6).replaceFirst("^`(\\w+)`.*", "$1"));
    }

    private static double seconds(String cell) {
      String number = cell.replaceFirst("^([0-9.]+) s.*", "$1");
      return number.matches("[0-9.]+") ? Double.parseDouble(number) : -1;
    }

    /** Returns the words that the problem has, in quotes in the table. */
    String words() {
      return state.contains("`") ? state.replaceFirst(".*?`(.*)`.*", "$1") : "";
    }

    String stateName() {
      return state.replaceFirst(",.*", "");
    }

    @Override
    public String toString() {
      return failure;
    }
  }

  @BeforeAll
  static void unpack() throws Exception {
    page = new Page(ChildJvm.projectFile("docs/operations.md"));
    installed = new Installation(Files.createDirectories(root.resolve("opt")));
    installed.run(root, List.of("status")); // Makes the archive that all later ones use.
  }

  static Stream<Row> rows() throws Exception {
    return Files.readAllLines(ChildJvm.projectFile("docs/operations.md")).stream()
        .dropWhile(line -> !line.startsWith(HEAD))
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .map(Row::of)
        .filter(row -> fault(row) != null);
  }

  private static Fault fault(Row row) {
    return FAULTS.entrySet().stream()
        .filter(fault -> row.failure.startsWith(fault.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void isToldAsTheTableSays(Row row) throws Exception {
    Path folder = root.resolve(row.failure.replaceAll("\\W+", "-"));
    Path told = folder.resolve("told");
    Path program = Files.createDirectories(folder).resolve("tell");
    Files.writeString(program, "#!/bin/sh\ncat >%1$s.new && mv %1$s.new %1$s\n".formatted(told));
    assertThat(program.toFile().setExecutable(true)).isTrue();
    try (Scene scene =
        new Scene(installed, page, folder, "srv", "[notify]", "command = " + program)) {
      scene.start();
      scene.publish(10, IntStream.range(150_000, 150_050).toArray());
      scene.until(s -> s.at("/event_dispatcher/total_dispatched").asInt() > 0);
      fault(row).begin(scene);
      long begin = System.nanoTime();
      double after = -1;
      if (row.exit != 0) {
        scene.until(s -> !s.path("state").asText().equals("running"));
        after = since(begin);
        scene.until(row.stateName(), row.words());
      }
      Awaitility.await()
          .alias("told of: " + row)
          .atMost(java.time.Duration.ofSeconds(150))
          .until(() -> Files.exists(told));
      double toldAfter = since(begin);
      JsonNode message = JSON.readTree(told.toFile());
      assertThat(message.path("what").asText()).isEqualTo(row.as);
      assertThat(scene.run("status", "-o", "json").exit()).isEqualTo(row.exit);
      if (row.exit == 0) {
        assertThat(scene.written().path("state").asText()).isEqualTo(row.stateName());
      }
      synchronized (MEASURED) {
        MEASURED.add(
            String.format(Locale.ROOT, "%-45s %5.1f s, told %5.1f s", row, after, toldAfter));
      }
      assertThat(after).isLessThan(Math.max(0, row.afterS) + BUSY_S);
      assertThat(toldAfter).isLessThan(row.toldS + BUSY_S);
    }
  }

  private static double since(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }

  @AfterAll
  static void report() throws Exception {
    Files.write(Path.of("target/failures.txt"), MEASURED);
    assertThat(rows().count()).as("faults with a row").isEqualTo(FAULTS.size());
  }
}

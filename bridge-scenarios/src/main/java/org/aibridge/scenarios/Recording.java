package org.aibridge.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.aibridge.testkit.AiServiceScenario;

/**
 * Answers of a real service as they become a scenario: each path gives its answers in their order,
 * and the last one from then on; a path that nobody asked answers as a healthy service does.
 *
 * <p>Of answers that are alike one after the other a few are kept, so that a replay comes to what
 * is late. Of a request nothing is kept but method and path. For any thread.
 */
final class Recording {
  /** The maximum number of answers that are kept for each path. */
  static final int MAX_ANSWERS = 500;

  /** How many good answers of a row of alike ones are kept, but one of the last row. */
  static final int MAX_GOOD = 3;

  /** How many bad ones; a breaker and a pause need several. */
  static final int MAX_BAD = 20;

  private static final long SHORTEST_MS = 10_000;

  /** How long a bridge with {@link QuickKeys} may take to the next request, in milliseconds. */
  private static final long NEXT_AFTER_GOOD_MS = 1_000;

  private static final long NEXT_AFTER_BAD_MS = 3_000;

  /** An answer that took longer than this needs the time-out that bridges have without a key. */
  private static final long SLOW_MS = 3_000;

  private static final long TIMEOUT_READ_MS = 30_000;
  private static final long MAX_RETRY_AFTER_S = 3_600;

  /** The longest time that a scenario may say, in seconds. */
  private static final long MAX_LASTS_S = 999_999;

  private static final Duration BACK = Duration.ofSeconds(15);

  private record Answer(ObjectNode response, String likeness, boolean good) {
    long tookMs() {
      return response.path("fixedDelayMilliseconds").asLong();
    }

    long retryAfterMs() {
      // No bridge waits for longer, unless max_retry_after says so.
      return Math.min(response.at("/headers/Retry-After").asLong(), MAX_RETRY_AFTER_S) * 1000;
    }

    long playedInMs() {
      long pause = good ? NEXT_AFTER_GOOD_MS : NEXT_AFTER_BAD_MS;
      return pause + Math.min(tookMs(), TIMEOUT_READ_MS) + retryAfterMs();
    }
  }

  /** What one path answered. */
  private static final class Answers {
    private final List<Answer> kept = new ArrayList<>();
    private int row;
    private int leftOut;

    /** Keeps the answer, unless there are enough like it or too many in all; whether it did. */
    boolean add(Answer answer) {
      Answer before = kept.isEmpty() ? null : kept.get(kept.size() - 1);
      boolean alike = before != null && before.likeness().equals(answer.likeness());
      row = alike ? row + 1 : 1;
      if (row > (answer.good() ? MAX_GOOD : MAX_BAD)) {
        return false;
      }
      if (kept.size() == MAX_ANSWERS) {
        leftOut++;
        return false;
      }
      return kept.add(answer);
    }

    /** The last one is given from then on, so one of a good last row will do. */
    List<Answer> played() {
      int last = kept.size() - 1;
      while (last > 0
          && kept.get(last).good()
          && kept.get(last).likeness().equals(kept.get(last - 1).likeness())) {
        last--;
      }
      return kept.subList(0, last + 1);
    }
  }

  private final Path folder;
  private final String description;
  private final Mask mask = new Mask();
  private final Map<String, Answers> endpoints = new LinkedHashMap<>();
  private final boolean made;
  private int total;

  /** Creates the folder; never overwrites what is already in it. */
  Recording(Path folder, String description) throws IOException {
    this.folder = folder;
    this.description = description;
    ChosenScenarios.refuseToOverwrite(folder);
    this.made = !Files.exists(folder);
    Files.createDirectories(folder);
  }

  /**
   * Adds an answer and writes the scenario.
   *
   * @param headers those that mean something to a bridge
   */
  synchronized void add(
      String method, String path, int status, Map<String, String> headers, String body, long tookMs)
      throws IOException {
    ObjectNode response = Json.MAPPER.createObjectNode().put("status", status);
    headers.forEach(response.putObject("headers")::put);
    response.put("body", mask.answer(body));
    keep(method, path, response, status / 100 == 2, tookMs);
  }

  /** Records that a request got no answer, and writes the scenario. */
  synchronized void addNone(String method, String path, long tookMs) throws IOException {
    keep(
        method, path, Json.MAPPER.createObjectNode().put("fault", "EMPTY_RESPONSE"), false, tookMs);
  }

  private void keep(String method, String path, ObjectNode response, boolean good, long tookMs)
      throws IOException {
    String slow = tookMs > TIMEOUT_READ_MS ? " too slow" : tookMs > SLOW_MS ? " slow" : "";
    String likeness = Likeness.of(response) + slow;
    if (tookMs > 0) {
      response.put("fixedDelayMilliseconds", tookMs);
    }
    total++;
    Answers answers = endpoints.computeIfAbsent(method + " " + path, key -> new Answers());
    if (answers.add(new Answer(response, likeness, good))) {
      write();
    }
  }

  /**
   * Ends the recording and tells what was written; a folder in which nothing is does not stay.
   *
   * @return sentences for the tester
   */
  synchronized List<String> end() throws IOException {
    if (total == 0) {
      if (made) {
        Files.deleteIfExists(folder);
      }
      return List.of("Nothing was asked, so nothing is recorded.");
    }
    write();
    List<String> told = new ArrayList<>();
    told.add(
        about().path("description").asText()
            + ". Play it: ./ai-bridge service scenarios "
            + folder);
    endpoints.forEach(
        (endpoint, answers) -> {
          if (answers.leftOut > 0) {
            told.add(
                "%s: %d answers came after the %d that are kept, and are left out"
                    .formatted(endpoint, answers.leftOut, MAX_ANSWERS));
          }
        });
    return told;
  }

  private void write() throws IOException {
    ObjectNode file = Json.MAPPER.createObjectNode();
    ArrayNode mappings = file.putArray("mappings");
    endpoints.forEach((endpoint, answers) -> mappings(mappings, endpoint, answers.played()));
    standIns(mappings);
    Files.createDirectories(folder.resolve("mappings"));
    replace(folder.resolve("mappings/recorded.json"), file);
    replace(folder.resolve("scenario.json"), about());
  }

  private ObjectNode about() {
    List<List<Answer>> played = endpoints.values().stream().map(Answers::played).toList();
    List<Answer> all = played.stream().flatMap(List::stream).toList();
    ObjectNode about =
        Json.MAPPER
            .createObjectNode()
            .put(
                "description",
                "%s: %d answers of %d paths, %d without those that are alike"
                    .formatted(description, total, endpoints.size(), all.size()));
    ObjectNode play = about.putObject("play");
    long longestMs =
        played.stream()
            .mapToLong(answers -> answers.stream().mapToLong(Answer::playedInMs).sum())
            .max()
            .orElse(0);
    long lastsS = Math.min(MAX_LASTS_S, (SHORTEST_MS + longestMs) / 1000);
    play.put("lasts", lastsS + "s").put("whole", true).put("heals", true);
    if (all.stream().anyMatch(answer -> answer.tookMs() > SLOW_MS)) {
      play.putObject("settings").put("ai_service.timeout_read", TIMEOUT_READ_MS);
    }
    long retryAfterMs = all.stream().mapToLong(Answer::retryAfterMs).max().orElse(0);
    if (retryAfterMs > 0) {
      long backS = BACK.plusMillis(retryAfterMs).toSeconds();
      about.putObject("expect").put("back_within", backS + "s");
    }
    return about;
  }

  private static void mappings(ArrayNode to, String endpoint, List<Answer> answers) {
    String[] methodAndPath = endpoint.split(" ", 2);
    for (int step = 1; step <= answers.size(); step++) {
      ObjectNode mapping = to.addObject();
      mapping.put("name", endpoint + ": " + step);
      mapping.put("scenarioName", endpoint);
      mapping.put("requiredScenarioState", step == 1 ? "Started" : "step " + step);
      if (step < answers.size()) {
        mapping.put("newScenarioState", "step " + (step + 1));
      }
      mapping.putObject("request").put("method", methodAndPath[0]).put("urlPath", methodAndPath[1]);
      mapping.set("response", answers.get(step - 1).response());
    }
  }

  /** Has each path of the protocol that nobody asked answer as a healthy service does. */
  private void standIns(ArrayNode to) {
    for (JsonNode healthy : AiServiceScenario.named("healthy").mappings()) {
      JsonNode request = healthy.path("request");
      String endpoint = request.path("method").asText() + " " + request.path("urlPath").asText();
      if (!endpoints.containsKey(endpoint)) {
        ObjectNode mapping = (ObjectNode) healthy;
        mapping.remove("id");
        mapping.put("name", "not recorded: " + endpoint);
        mapping.putObject("metadata").put(Coverage.STAND_IN, true);
        to.add(mapping);
      }
    }
  }

  private static void replace(Path file, ObjectNode json) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".tmp");
    Files.writeString(draft, json.toPrettyString() + "\n");
    Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}

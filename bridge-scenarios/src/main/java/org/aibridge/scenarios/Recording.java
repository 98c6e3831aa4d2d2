package org.aibridge.scenarios;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Answers of a real service as they become a scenario: each path gives its answers in their order,
 * and the last one from then on.
 *
 * <p>Of a request nothing is kept but method and path. For any thread.
 */
final class Recording {
  /** The maximum number of answers that are kept for each path. */
  static final int MAX_ANSWERS = 500;

  private final Path folder;
  private final String description;
  private final Mask mask = new Mask();
  private final Map<String, List<ObjectNode>> responses = new LinkedHashMap<>();

  /** Creates the folder; never overwrites what is already in it. */
  Recording(Path folder, String description) throws IOException {
    this.folder = folder;
    this.description = description;
    ChosenScenarios.refuseToOverwrite(folder);
    Files.createDirectories(folder.resolve("mappings"));
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
    if (tookMs > 0) {
      response.put("fixedDelayMilliseconds", tookMs);
    }
    keep(method, path, response);
  }

  /** Records that a request got no answer, and writes the scenario. */
  synchronized void addNone(String method, String path) throws IOException {
    keep(method, path, Json.MAPPER.createObjectNode().put("fault", "EMPTY_RESPONSE"));
  }

  private void keep(String method, String path, ObjectNode response) throws IOException {
    List<ObjectNode> answers =
        responses.computeIfAbsent(method + " " + path, key -> new ArrayList<>());
    if (answers.size() < MAX_ANSWERS) {
      answers.add(response);
      write();
    }
  }

  private void write() throws IOException {
    ObjectNode about = Json.MAPPER.createObjectNode().put("description", description);
    about.putObject("play").put("heals", true);
    replace(folder.resolve("scenario.json"), about);
    ObjectNode file = Json.MAPPER.createObjectNode();
    ArrayNode mappings = file.putArray("mappings");
    responses.forEach((endpoint, answers) -> mappings(mappings, endpoint, answers));
    replace(folder.resolve("mappings/recorded.json"), file);
  }

  private static void mappings(ArrayNode to, String endpoint, List<ObjectNode> answers) {
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
      mapping.set("response", answers.get(step - 1));
    }
  }

  private static void replace(Path file, ObjectNode json) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".tmp");
    Files.writeString(draft, json.toPrettyString() + "\n");
    Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }
}

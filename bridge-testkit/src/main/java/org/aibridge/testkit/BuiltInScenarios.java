package org.aibridge.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The scenarios that come with the testkit.
 *
 * <p>Resources cannot be listed reliably inside a jar, so the names stand in an index and every
 * scenario consists of the same files, one mapping file for each endpoint. Of these it has its own
 * where it is special; the others are healthy's, changed as its description says:
 *
 * <ul>
 *   <li>{@code everywhere}: what replaces parts of the answer; of a list one after the other
 *   <li>{@code once}: the list's last one stays
 *   <li>{@code but}: the endpoints that answer as healthy's
 * </ul>
 */
final class BuiltInScenarios {
  /** The mapping files that every listening scenario has. */
  static final List<String> MAPPING_FILES =
      List.of(
          "mappings/dispatch.json",
          "mappings/pending.json",
          "mappings/complete.json",
          "mappings/health.json");

  private static final String HEALTHY = "healthy";
  private static final String ROOT = "/ai-service/";
  private static final List<String> NAMES =
      new String(resource("scenarios.txt"), StandardCharsets.UTF_8).lines().toList();

  private BuiltInScenarios() {}

  static List<String> names() {
    return NAMES;
  }

  /** The files of a scenario by their path inside it. */
  static Map<String, byte[]> files(String name) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "no scenario \"" + name + "\"; there are " + String.join(", ", NAMES));
    }
    ObjectNode about = json(resource(name + "/" + ScenarioReader.ABOUT));
    boolean listening = about.path("listening").asBoolean(true);
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String file : listening ? MAPPING_FILES : List.<String>of()) {
      URL own = BuiltInScenarios.class.getResource(ROOT + name + "/" + file);
      files.put(file, own == null ? derived(name, about, file) : resource(name + "/" + file));
    }
    about.remove(List.of("everywhere", "once", "but"));
    files.put(ScenarioReader.ABOUT, bytes(about));
    return files;
  }

  private static byte[] derived(String name, ObjectNode about, String file) {
    ObjectNode healthy = json(resource(HEALTHY + "/" + file));
    String endpoint = file.replaceAll(".*/|\\.json", "");
    healthy.put("name", name + " " + endpoint);
    JsonNode changes = about.path("everywhere");
    if (changes.isMissingNode() || contains(about.path("but"), endpoint)) {
      return bytes(healthy);
    }
    if (changes.isObject()) {
      return bytes(changed(healthy, changes));
    }
    ObjectNode cycle = JsonText.MAPPER.createObjectNode();
    ArrayNode mappings = cycle.putArray("mappings");
    for (int step = 1; step <= changes.size(); step++) {
      boolean last = step == changes.size();
      ObjectNode mapping = changed(healthy.deepCopy(), changes.get(step - 1));
      mapping.put("name", name + " " + endpoint + ": " + step);
      mapping.put("scenarioName", name + " " + endpoint);
      mapping.put("requiredScenarioState", step == 1 ? "Started" : "step " + step);
      if (!last || !about.path("once").asBoolean()) {
        mapping.put("newScenarioState", last ? "Started" : "step " + (step + 1));
      }
      mappings.add(mapping);
    }
    return bytes(cycle);
  }

  /** Puts the fields of {@code change} into a healthy answer, which then holds no polls open. */
  private static ObjectNode changed(ObjectNode mapping, JsonNode change) {
    ObjectNode response = (ObjectNode) mapping.path("response");
    response.remove("transformerParameters");
    if (change.has("fault")) {
      response.removeAll();
    } else if (change.has("body") || change.has("base64Body")) {
      response.remove(List.of("jsonBody", "transformers"));
    }
    response.setAll((ObjectNode) change);
    return mapping;
  }

  private static boolean contains(JsonNode list, String word) {
    for (JsonNode one : list) {
      if (one.asText().equals(word)) {
        return true;
      }
    }
    return false;
  }

  private static ObjectNode json(byte[] file) {
    return (ObjectNode) JsonText.parse(new String(file, StandardCharsets.UTF_8), "a scenario");
  }

  private static byte[] bytes(JsonNode file) {
    return (file.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] resource(String path) {
    try (InputStream in = BuiltInScenarios.class.getResourceAsStream(ROOT + path)) {
      if (in == null) {
        throw new FileNotFoundException(ROOT + path);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package org.aibridge.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes a scenario from its files, and finds mistakes in them. */
final class ScenarioReader {
  /** The file that describes a scenario; a tester's folder may lack it. */
  static final String ABOUT = "scenario.json";

  static final String MAPPINGS = "mappings/";
  private static final String BODIES = "__files/";

  private ScenarioReader() {}

  /**
   * Reads the scenario {@code name} from its files.
   *
   * @param folder what messages put before a file
   * @param files by their paths inside the scenario
   */
  static AiServiceScenario read(String name, String folder, Map<String, byte[]> files) {
    String where = folder + "/" + ABOUT;
    byte[] about = files.getOrDefault(ABOUT, "{}".getBytes(StandardCharsets.UTF_8));
    JsonNode told = JsonText.parse(new String(about, StandardCharsets.UTF_8), where);
    if (!told.isObject()) {
      throw new IllegalArgumentException(where + " must be a JSON object");
    }
    JsonNode listening = told.path("listening");
    if (!listening.isMissingNode() && !listening.isBoolean()) {
      throw new IllegalArgumentException(
          where + ": listening must be true or false, was " + listening);
    }
    List<JsonNode> mappings = listening.asBoolean(true) ? mappings(folder, files) : List.of();
    return new AiServiceScenario(name, told, mappings);
  }

  private static List<JsonNode> mappings(String folder, Map<String, byte[]> files) {
    List<JsonNode> mappings = new ArrayList<>();
    files.forEach(
        (path, bytes) -> {
          if (path.startsWith(MAPPINGS) && path.endsWith(".json")) {
            readMappingFile(folder + "/" + path, bytes, files, mappings);
          }
        });
    if (mappings.isEmpty()) {
      throw new IllegalArgumentException(
          "there are no mappings in " + folder + "/" + MAPPINGS + "*.json");
    }
    return mappings;
  }

  private static void readMappingFile(
      String path, byte[] bytes, Map<String, byte[]> files, List<JsonNode> mappings) {
    JsonNode document = JsonText.parse(new String(bytes, StandardCharsets.UTF_8), path);
    Iterable<JsonNode> each =
        document.has("mappings") ? document.path("mappings") : List.of(document);
    for (JsonNode mapping : each) {
      inlineBodyFile(path, mapping, files);
      check(path, mapping);
      mappings.add(mapping);
    }
  }

  /** Puts the body file into the mapping, since the server has no folder to read it from. */
  private static void inlineBodyFile(String path, JsonNode mapping, Map<String, byte[]> files) {
    if (!(mapping.path("response") instanceof ObjectNode response)
        || !response.has("bodyFileName")) {
      return;
    }
    String file = BODIES + response.remove("bodyFileName").asText();
    byte[] body = files.get(file);
    if (body == null) {
      throw new IllegalArgumentException(path + " names " + file + ", which is not there");
    }
    try {
      response.put(
          "body", StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    } catch (CharacterCodingException e) {
      response.put("base64Body", body); // Jackson writes a byte array as base64
    }
  }

  private static void check(String path, JsonNode mapping) {
    if (!mapping.path("request").isObject() || !mapping.path("response").isObject()) {
      throw new IllegalArgumentException(path + " needs a \"request\" and a \"response\"");
    }
    try {
      StubMapping.buildFrom(mapping.toString());
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(path + " is not a WireMock mapping: " + e.getMessage(), e);
    }
  }
}

package org.aibridge.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.stubbing.StubMapping;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * A way for the AI service to behave, written as WireMock mapping files.
 *
 * <p>A scenario is a folder: {@code scenario.json} with a description, {@code mappings/*.json} in
 * WireMock's own format, and {@code __files/} for the bodies that mappings name in {@code
 * bodyFileName}. All of it is read and checked when the scenario is made; later edits of the files
 * need a new one. Immutable, for any thread.
 */
public final class AiServiceScenario {
  private final String name;
  private final JsonNode about;
  private final List<JsonNode> mappings;

  AiServiceScenario(String name, JsonNode about, List<JsonNode> mappings) {
    this.name = Objects.requireNonNull(name, "name");
    this.about = about;
    this.mappings = mappings.stream().map(AiServiceScenario::identified).toList();
  }

  /** By its id a mapping is known again in {@link ReceivedRequest#mappingId}. */
  private static JsonNode identified(JsonNode mapping) {
    return mapping.has("id")
        ? mapping
        : mapping.<ObjectNode>deepCopy().put("id", UUID.randomUUID().toString());
  }

  /** The names of the built-in scenarios, {@code healthy} first. */
  public static List<String> names() {
    return BuiltInScenarios.names();
  }

  /**
   * The built-in scenario of that name.
   *
   * @throws IllegalArgumentException when there is none; the message lists the names
   */
  public static AiServiceScenario named(String name) {
    return ScenarioReader.read(name, name, BuiltInScenarios.files(name));
  }

  /**
   * A scenario from a tester's own folder, named after it.
   *
   * @throws IllegalArgumentException when the folder has no {@code mappings} or a file of it cannot
   *     be used; the message names the file
   */
  public static AiServiceScenario fromDirectory(Path directory) {
    Path folder = directory.toAbsolutePath().normalize();
    Path fileName = folder.getFileName();
    String name = fileName == null ? folder.toString() : fileName.toString();
    return ScenarioReader.read(name, directory.toString(), ScenarioDirectory.files(folder));
  }

  /**
   * A scenario that passes every request on to a service at {@code baseUrl}, without a path, and
   * its answer back.
   */
  public static AiServiceScenario passingTo(URI baseUrl) {
    ObjectNode mapping = JsonText.MAPPER.createObjectNode();
    mapping.putObject("request").put("urlPattern", ".*");
    mapping.putObject("response").put("proxyBaseUrl", baseUrl.toString());
    ObjectNode about = JsonText.MAPPER.createObjectNode().put("description", "As " + baseUrl);
    return new AiServiceScenario("passing", about, List.of(mapping));
  }

  /**
   * This scenario once its fault is over: without the mappings whose {@code metadata} says {@code
   * "fault": true}, and {@code healthy} where none says so.
   */
  public AiServiceScenario withoutFault() {
    List<JsonNode> rest = mappings.stream().filter(mapping -> !isFault(mapping)).toList();
    return rest.size() == mappings.size()
        ? named("healthy")
        : new AiServiceScenario(name, about, rest);
  }

  private static boolean isFault(JsonNode mapping) {
    return mapping.path("metadata").path("fault").asBoolean();
  }

  /**
   * Copies the files of the built-in scenario {@code name} into {@code directory}, which is made
   * when it is not there, to be edited and read with {@link #fromDirectory}.
   *
   * @throws IllegalArgumentException when there is no such scenario
   * @throws java.io.UncheckedIOException when a file cannot be written, or is there already: a
   *     tester's edits are never overwritten
   */
  public static void export(String name, Path directory) {
    ScenarioDirectory.write(BuiltInScenarios.files(name), directory);
  }

  /**
   * Copies this built-in scenario into {@code directory}; see {@link #export}.
   *
   * @throws IllegalArgumentException when this is not a built-in scenario
   */
  public void exportTo(Path directory) {
    export(name, directory);
  }

  /** The scenario's name. */
  public String name() {
    return name;
  }

  /** What a client sees, in one sentence; empty if the folder does not say. */
  public String description() {
    return about.path("description").asText();
  }

  /** True if a server listens at all in this scenario. */
  public boolean isListening() {
    return about.path("listening").asBoolean(true);
  }

  /**
   * All that its {@code scenario.json} says: a copy, an empty object when there is no such file.
   */
  public JsonNode about() {
    return about.deepCopy();
  }

  /**
   * Its mappings in WireMock's format, each with an {@code id}: copies, none if nothing listens.
   */
  public List<JsonNode> mappings() {
    return mappings.stream().map(mapping -> mapping.<JsonNode>deepCopy()).toList();
  }

  /**
   * Fresh mappings for a server. Their states carry {@code generation}, so that what a scenario was
   * in before does not leak into its next start.
   */
  List<StubMapping> stubs(long generation) {
    return mappings.stream().map(json -> stub(json, generation)).toList();
  }

  private static StubMapping stub(JsonNode json, long generation) {
    StubMapping stub = StubMapping.buildFrom(json.toString());
    if (stub.isInScenario()) {
      stub.setScenarioName(stub.getScenarioName() + " #" + generation);
    }
    return stub;
  }

  @Override
  public String toString() {
    return name;
  }
}

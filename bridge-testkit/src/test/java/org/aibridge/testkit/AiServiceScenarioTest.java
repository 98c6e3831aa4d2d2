package org.aibridge.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AiServiceScenarioTest {
  private static final Path RESOURCES = Path.of("src/main/resources/ai-service");

  @TempDir Path folder;

  static List<String> names() {
    return AiServiceScenario.names();
  }

  @Test
  void listsExactlyTheScenariosThatHaveAFolder() throws IOException {
    try (Stream<Path> folders = Files.list(RESOURCES).filter(Files::isDirectory)) {
      assertThat(folders.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(AiServiceScenario.names());
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void packsEveryFileOfAScenario(String name) {
    Map<String, byte[]> packed = BuiltInScenarios.files(name);
    assertThat(packed.keySet())
        .containsAll(ScenarioDirectory.files(RESOURCES.resolve(name)).keySet())
        .containsAll(name.equals("refusing") ? List.of() : BuiltInScenarios.MAPPING_FILES);
    assertThat(new String(packed.get(ScenarioReader.ABOUT), StandardCharsets.UTF_8))
        .doesNotContain("everywhere");
    assertThat(AiServiceScenario.named(name).description()).isNotEmpty();
  }

  @Test
  void namesTheScenariosWhenOneIsUnknown() {
    assertThatThrownBy(() -> AiServiceScenario.named("sunny"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "no scenario \"sunny\"; there are " + String.join(", ", AiServiceScenario.names()));
  }

  @Test
  void describesEveryScenarioInTheReadmeInTheirOrder() throws IOException {
    List<String> expected = new ArrayList<>();
    for (String name : AiServiceScenario.names()) {
      String about = AiServiceScenario.named(name).description();
      expected.add("| `" + name + "` | " + about + " |");
    }
    assertThat(Files.readAllLines(Path.of("README.md")).stream().filter(l -> l.startsWith("| `")))
        .containsExactlyElementsOf(expected);
  }

  @ParameterizedTest
  @MethodSource("names")
  void readsBackWhatItExported(String name) {
    Path copy = folder.resolve(name);
    AiServiceScenario builtIn = AiServiceScenario.named(name);
    builtIn.exportTo(copy);
    AiServiceScenario read = AiServiceScenario.fromDirectory(copy);
    assertThat(read.name()).isEqualTo(name);
    assertThat(read.description()).isEqualTo(builtIn.description());
    assertThat(read.isListening()).isEqualTo(builtIn.isListening());
    assertThat(read.stubs(0)).hasSameSizeAs(builtIn.stubs(0));
  }

  @Test
  void runsAnEditedCopy() throws IOException {
    AiServiceScenario.export("healthy", folder);
    edit("mappings/dispatch.json", "\"status\": 200", "\"status\": 418");
    try (FakeAiService service = FakeAiService.start(AiServiceScenario.fromDirectory(folder))) {
      Client client = new Client(service);
      assertThat(client.dispatch().statusCode()).isEqualTo(418);
      assertThat(client.health().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void servesABodyFromAFileBesideTheMappings() throws IOException {
    AiServiceScenario.export("healthy", folder);
    Files.createDirectories(folder.resolve("__files"));
    Files.writeString(folder.resolve("__files/page.html"), "<p>größer</p>");
    write(
        "mappings/health.json",
        "{\"request\":{\"urlPath\":\"/api/v1/health\"},"
            + "\"response\":{\"status\":200,\"bodyFileName\":\"page.html\"}}");
    try (FakeAiService service = FakeAiService.start(AiServiceScenario.fromDirectory(folder))) {
      assertThat(new Client(service).health().body()).isEqualTo("<p>größer</p>");
    }
  }

  @Test
  void neverOverwritesATestersFile() throws IOException {
    AiServiceScenario.export("healthy", folder);
    write("mappings/dispatch.json", "edited");
    assertThatThrownBy(() -> AiServiceScenario.export("healthy", folder))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(folder.toString());
    assertThat(folder.resolve("mappings/dispatch.json")).hasContent("edited");
  }

  @Test
  void namesTheFileThatCannotBeUsed() throws IOException {
    for (Map.Entry<String, String> wrong :
        Map.of(
                "{", "is not JSON",
                "{\"response\":{}}", "needs a \"request\" and a \"response\"",
                "{\"request\":{\"colour\":1},\"response\":{}}", "is not a WireMock mapping",
                "{\"request\":{},\"response\":{\"bodyFileName\":\"gone\"}}", "__files/gone")
            .entrySet()) {
      write("mappings/mine.json", wrong.getKey());
      assertThatThrownBy(() -> AiServiceScenario.fromDirectory(folder))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("mappings/mine.json")
          .hasMessageContaining(wrong.getValue());
    }
  }

  @Test
  void wantsAFolderWithMappings() {
    assertThatThrownBy(() -> AiServiceScenario.fromDirectory(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("there are no mappings in " + folder);
    assertThatThrownBy(() -> AiServiceScenario.fromDirectory(folder.resolve("gone")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no scenario folder at");
  }

  private void edit(String file, String from, String to) throws IOException {
    String text = Files.readString(folder.resolve(file));
    assertThat(text).contains(from);
    write(file, text.replace(from, to));
  }

  private void write(String file, String text) throws IOException {
    Files.createDirectories(folder.resolve(file).getParent());
    Files.writeString(folder.resolve(file), text);
  }
}

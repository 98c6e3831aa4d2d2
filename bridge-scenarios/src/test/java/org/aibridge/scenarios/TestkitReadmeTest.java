package org.aibridge.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.aibridge.testkit.AiServiceScenario;
import org.junit.jupiter.api.Test;

class TestkitReadmeTest {
  private static final Path README = Path.of("../bridge-testkit/README.md");
  private static final Path TEMPLATE =
      Path.of("src/test/java/org/aibridge/scenarios/OutageTest.java");

  @Test
  void quotesATestThatRuns() throws IOException {
    Matcher marked =
        Pattern.compile("(?s)README: begin\n(.*?)// testkit's README: end")
            .matcher(Files.readString(TEMPLATE));
    assertThat(marked.find()).isTrue();
    assertThat(Files.readString(README)).contains(marked.group(1).strip());
  }

  @Test
  void hasTheQuickKeysOfARun() throws IOException {
    String readme = Files.readString(README);
    for (Map.Entry<String, String> key : QuickKeys.keys().entrySet()) {
      String section = "| " + key.getKey().replaceAll("\\..*", "");
      String name = key.getKey().replaceAll(".*\\.", "");
      String row =
          readme
              .lines()
              .filter(l -> l.startsWith(section) && l.contains(name))
              .findFirst()
              .orElse("");
      assertThat(row).as(name).contains(key.getValue());
    }
  }

  @Test
  void showsAScenariosFileAsItIs() throws IOException {
    assertThat(Json.read(quotedJson(0))).isEqualTo(AiServiceScenario.named("poison").about());
  }

  @Test
  void showsOddAnswersThatCanBePlayed() throws IOException {
    Plan plan = Plan.of(Json.read(quotedJson(1)));
    assertThat(plan.answers()).extracting(OddAnswer::status).containsExactly(200, 200, 200);
    assertThat(plan.answers().get(0).text()).endsWith("Content-Length: 2\r\n\r\nOK");
  }

  private static String quotedJson(int place) throws IOException {
    Matcher quoted = Pattern.compile("(?s)```json\n(.*?)```").matcher(Files.readString(README));
    return quoted.results().toList().get(place).group(1);
  }
}

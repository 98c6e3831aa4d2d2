package org.aibridge.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.aibridge.testkit.AiServiceScenario;
import org.aibridge.testlib.ChildJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class ScenariosCommandTest {
  @TempDir Path folder;

  @Test
  @Tag("slow")
  void playsScenariosSideBySideAndReportsThem() throws Exception {
    Path report = folder.resolve("report");
    Run run = Run.of("scenarios", "healthy", "poison", "down", "--report", report.toString());
    assertThat(run.out()).contains("3 of 3 as expected").containsPattern("down +running.*outage");
    assertThat(run.status()).isZero();
    assertThat(report.resolve("report.html"))
        .content()
        .contains("3 of 3 as expected", "&quot;poison&quot;:true", "<svg", "422", "503");
    Element suite = junit(report);
    assertThat(suite.getAttribute("tests")).isEqualTo("3");
    assertThat(suite.getAttribute("failures")).isEqualTo("0");
  }

  @Test
  @Tag("slow")
  void failsWhenOneDoesNotGoAsItsFileExpectsAndSaysWhatWasDifferent() throws Exception {
    Path mine = scenario("mine", "\"expect\": {\"dead\": 7, \"state_during\": \"held\"}");
    Path report = folder.resolve("report");
    Run run = Run.of("scenarios", mine.toString(), "--report", report.toString());
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .contains("0 of 1 as expected")
        .contains("mine: dead: expected 7, was 0")
        .contains("mine: state during the fault: expected held, was running");
    Element failure = (Element) junit(report).getElementsByTagName("failure").item(0);
    assertThat(failure.getAttribute("message")).isEqualTo("dead: expected 7, was 0");
    assertThat(report.resolve("report.html")).content().contains("dead: expected 7, was 0");
  }

  @Test
  @Tag("slow")
  void leavesNoFolderOfARunWhereItIsEnded() throws Exception {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Process command =
        ChildJvm.process(
            folder,
            List.of(),
            List.of("-Djava.io.tmpdir=" + temporary),
            ServiceCommand.class,
            "scenarios",
            "down",
            "--report",
            folder.resolve("report"));
    try {
      while (runs(temporary).noneMatch(run -> Files.exists(run.resolve("journal/cursor")))) {
        assertThat(command.isAlive()).isTrue();
        Thread.sleep(10);
      }
    } finally {
      command.destroy(); // as Ctrl-C does
      command.waitFor();
    }
    assertThat(runs(temporary)).isEmpty();
  }

  private static Stream<Path> runs(Path temporary) throws IOException {
    try (Stream<Path> all = Files.list(temporary)) {
      return all
          .filter(file -> file.getFileName().toString().startsWith("scenario-"))
          .toList()
          .stream();
    }
  }

  /** What no mapping can do: certificates, and the bytes of answers. */
  @Test
  @Tag("long")
  void playsWhatStandsBetweenTheBridgeAndTheService() {
    String[] arguments = {
      "scenarios",
      "tls-expired",
      "tls-untrusted",
      "answered-twice",
      "offered-twice",
      "odd-answers",
      "--report",
      folder.toString()
    };
    Run run = Run.of(arguments);
    assertThat(run.out()).contains("5 of 5 as expected");
    assertThat(run.status()).isZero();
  }

  @Test
  void skipsTheMapServerInCppWhereItsSourcesAreNot() throws Exception {
    Path report = folder.resolve("report");
    Run run = Run.of("scenarios", "healthy", "--native", "--report", report.toString());
    assertThat(run.out())
        .containsPattern("-    healthy +There is no .*bridge-native: --native needs")
        .contains("0 of 0 as expected, 1 skipped");
    assertThat(run.status()).isZero();
    assertThat(junit(report).getAttribute("skipped")).isEqualTo("1");
    assertThat(report.resolve("report.html")).content().contains("Skipped: There is no ");
  }

  @Test
  void namesTheMistakeInAFileBeforeAnythingRuns() throws IOException {
    for (String[] wrong :
        new String[][] {
          {"\"expect\": {\"daed\": 1}", "expect has the key \"daed\"; there are lost, dead"},
          {"\"expects\": {}", "scenario.json has the key \"expects\"; there are description, play"},
          {"\"expect\": {\"dead\": -1}", "expect.dead must be a whole number, 0 or more, was -1"},
          {"\"expect\": {\"state_during\": \"bad\"}", "expect.state_during must be one of off,"},
          {"\"expect\": {\"back_within\": \"soon\"}", "expect.back_within must be a duration such"},
          {"\"expect\": {\"problem_during\": 1}", "expect.problem_during must be a text, was 1"},
          {"\"play\": {\"connection\": \"bad\"}", "play.connection must be one of expired, un"},
          {"\"play\": {\"answers\": [{}]}", "play.answers must each have name, taken and answer"},
          {"\"play\": {\"poison\": 99}", "play.poison and play.large are more than play.events"},
          {"\"play\": []", "play must be an object, was []"}
        }) {
      Path mine = scenario("mine", wrong[0]);
      Run run = Run.of("scenarios", mine.toString(), "--report", folder.resolve("r").toString());
      assertThat(run.err()).contains("scenario mine: " + wrong[1]);
      assertThat(run.status()).isEqualTo(2);
      assertThat(run.out()).isEmpty();
    }
  }

  @Test
  void saysInASentenceThatAConfigurationIsNotThere() {
    for (String[] command :
        new String[][] {
          {"scenarios", "down", "--report", "" + folder, "--server-conf", "/none/there.conf"},
          {"incident", "--to", "" + folder.resolve("to"), "--conf", "/none/there.conf"}
        }) {
      Run run = Run.of(command);
      assertThat(run.status()).isEqualTo(2);
      assertThat(run.err())
          .startsWith("ai-bridge service: /none/there.conf is not there")
          .hasLineCount(1);
    }
  }

  @Test
  void namesTheScenariosWhenAnArgumentIsNone() {
    Run run = Run.of("scenarios", "sunny", "--report", folder.toString());
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("sunny is neither a folder nor a built-in scenario; these are healthy, slow");
  }

  @Test
  void readsEachScenarioOfAFolderOfSeveral() throws IOException {
    scenario("one", "\"play\": {}");
    scenario("two", "\"play\": {}");
    assertThat(ChosenScenarios.of(List.of(folder.toString())))
        .extracting(AiServiceScenario::name)
        .containsExactly("one", "two");
  }

  private Path scenario(String name, String more) throws IOException {
    Path mine = folder.resolve(name);
    if (!Files.exists(mine)) {
      AiServiceScenario.export("healthy", mine);
    }
    Files.writeString(mine.resolve("scenario.json"), "{\"description\": \"Mine\", " + more + "}");
    return mine;
  }

  private static Element junit(Path report) throws Exception {
    byte[] xml = Files.readAllBytes(report.resolve("junit.xml"));
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml))
        .getDocumentElement();
  }
}

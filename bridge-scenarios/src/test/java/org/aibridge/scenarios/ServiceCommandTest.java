package org.aibridge.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.aibridge.testkit.AiServiceScenario;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line for testers: help, and what it says to mistakes. */
class ServiceCommandTest {
  private static final String URL = "http://127.0.0.1:1";

  @TempDir Path folder;

  @Test
  void listsItsCommandsHoweverItIsAsked() {
    String help = Run.of("--help").out();
    assertThat(help).contains("fake", "scenarios", "record", "incident", "Exit status: 0");
    for (String asked : List.of("-h", "help")) {
      assertThat(Run.of(asked)).isEqualTo(new Run(0, help, ""));
    }
    assertThat(Run.of()).isEqualTo(new Run(2, "", help));
    assertThat(Run.of("help", "record").out()).isEqualTo(Run.of("record", "--help").out());
  }

  @Test
  void tellsAllThatFakeTakes() {
    Run help = Run.of("fake", "--help");
    assertThat(help.status()).isZero();
    assertThat(help.out())
        .contains("--scenario NAME", "--from DIR", "--export DIR", "--list", "--port N")
        .contains("--profile NAME", "--without PATH", "--data DIR");
    assertThat(Run.of("help", "fake")).isEqualTo(help);
  }

  @Test
  void listsTheScenarios() {
    Run list = Run.of("scenarios", "--list");
    assertThat(list.status()).isZero();
    assertThat(list.out()).contains("healthy ", "Everything answers 503 without Retry-After");
    assertThat(list.out().lines()).hasSize(AiServiceScenario.names().size());
    assertThat(list).isEqualTo(Run.of("fake", "--list"));
  }

  @Test
  void endsWithTwoAndASentenceForAMistakeInTheArguments() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "[ai_service]\ntimeout_read = soon\n");
    Path to = folder.resolve("to");
    Path mine = scenario("{}");
    refused("Unmatched argument at index 0: 'bogus'", "bogus");
    refused("Unknown option: '--bogus'", "scenarios", "--bogus");
    refused("--parallel must be 1 to 32, was 0", "scenarios", "--parallel", "0");
    refused("Invalid value for option '--parallel'", "scenarios", "--parallel", "x");
    refused("sunny is neither a folder nor a built-in scenario", "scenarios", "sunny");
    refused(
        "no scenario in " + Files.createDirectory(folder.resolve("empty")),
        "scenarios",
        "" + folder.resolve("empty"));
    refused("two scenarios are called down", "scenarios", "down", "down");
    refused(
        "--report must be a folder, but " + file + " is none",
        "scenarios",
        "down",
        "--report",
        "" + file);
    refused("--conf: /none cannot be read", "scenarios", "down", "--conf", "/none");
    refused(
        "--conf: " + file + ":2: [ai_service] timeout_read: ",
        "scenarios",
        "down",
        "--conf",
        "" + file);
    Path small = folder.resolve("small");
    Files.writeString(
        small, "[ai_service]\nbase_url = " + URL + "\n[event_dispatcher]\nmax_batch_size = 60\n");
    Path batches = scenario("{\"play\":{\"settings\":{\"event_dispatcher.batch_size\":100}}}");
    refused(
        "scenario mine with --conf: " + small + ":4: [event_dispatcher] max_batch_size: ",
        "scenarios",
        "" + batches,
        "--conf",
        "" + small);
    refused("/none is not there", "scenarios", "down", "--server-conf", "/none");
    refused("--service must be http://HOST:PORT", "scenarios", "down", "--service", "x");
    refused("Missing required options: '--to=DIR', '--target=URL'", "record");
    refused(
        "--target must be an http or https URL", "record", "--to", "" + to, "--target", "ftp://x");
    refused(
        "--port must be 0 to 65535", "record", "--to", "" + to, "--target", URL, "--port", "70000");
    refused(file + " is no folder", "record", "--to", "" + file, "--target", URL);
    refused(mine + " has a scenario already", "record", "--to", "" + mine, "--target", URL);
    refused("/none is not there", "incident", "--to", "" + to, "--conf", "/none");
    refused("", "incident", "--to", "" + to, "--since", "soon");
    refused("unknown option --bogus", "fake", "--scenario", "down", "--bogus");
    refused("Unknown argument '--bogus'", "fake", "--bogus");
    refused("no scenario \"sunny\"", "fake", "--scenario", "sunny");
    refused("--scenario needs a value", "fake", "--scenario");
    refused("--port must be 0-65535", "fake", "--scenario", "down", "--port", "70000");
    refused("--port must be a number from 0 to 65535", "fake", "--port", "70000");
    refused("--profile must be bridge or fastapi", "fake", "--profile", "x");
    refused("no scenario folder at /none", "fake", "--from", "/none");
    refused(mine + " has a scenario already", "fake", "--scenario", "down", "--export", "" + mine);
    assertThat(to).doesNotExist();
  }

  @Test
  void endsWithTwoAndSaysWhereForAMistakeInAScenariosFile() throws IOException {
    settings("[]", "play.settings must be an object, was []");
    settings(
        "{\"ai_service.timeout_raed\": 1000}",
        "play.settings: the bridge has no key \"ai_service.timeout_raed\"; did you mean"
            + " ai_service.timeout_read? (section.key, docs/configuration.md has all)");
    settings(
        "{\"ai_service.timeout_read\": \"soon\"}",
        "play.settings: ai_service.timeout_read: ",
        ", given \"soon\"; allowed: ");
    settings("{\"ai_service.timeout_read\": {}}", "must be a text, a number or a boolean, was {}");
    settings("{\"ai_service.base_url\": \"http://x\"}", "ai_service.base_url is set by each run");
    play("\"whole\": 1", "play.whole must be true or false, was 1");
    play("\"actions\": [{}]", "play.actions must each have an action_id, had {}");
    play("\"publish\": [{}]", "play.publish must have events, had {}");
    play(
        "\"publish\": [{\"event_type\": \"daily_reset\", \"after_ms\": -1}]",
        "play.publish: after_ms must be a whole number, 0 or more, was -1");
    Path mine = scenario("{\n\"play\": {,}}");
    refused(mine + "/scenario.json is not JSON, line 2: Unexpected", "scenarios", "" + mine);
    mine = scenario("{\"listening\": \"no\"}");
    refused(mine + "/scenario.json: listening must be true or false", "scenarios", "" + mine);
    mine = scenario("{}");
    Path mapping = mine.resolve("mappings/dispatch.json");
    Files.writeString(mapping, "{");
    refused(mapping + " is not JSON, line 1: Unexpected", "scenarios", "" + mine);
    Files.writeString(mapping, "{\"request\": {}}");
    refused(mapping + " needs a \"request\" and a \"response\"", "scenarios", "" + mine);
    refused(mapping + " needs a \"request\" and a \"response\"", "fake", "--from", "" + mine);
  }

  @Test
  void endsWithOneAndNamesThePortWhereItIsTaken() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String port = "" + other.getLocalPort();
      Path to = folder.resolve("to");
      ends(1, port, "record", "--to", "" + to, "--target", URL, "--port", port);
      assertThat(to).doesNotExist();
      ends(1, port, "fake", "--port", port);
      ends(1, port, "fake", "--scenario", "down", "--port", port);
    }
  }

  private void settings(String settings, String... sentence) throws IOException {
    play("\"settings\": " + settings, sentence);
  }

  private void play(String play, String... sentence) throws IOException {
    Path mine = scenario("{\"play\": {" + play + "}}");
    Path report = folder.resolve("report");
    Run run = ends(2, "scenario mine: ", "scenarios", "" + mine, "--report", "" + report);
    assertThat(run.err()).contains(sentence);
    assertThat(report).doesNotExist();
  }

  private static void refused(String sentence, String... arguments) {
    ends(2, sentence, arguments);
  }

  private static Run ends(int status, String sentence, String... arguments) {
    Run run = Run.of(arguments);
    String command = String.join(" ", arguments);
    assertThat(run.status()).as(command + "\n" + run.err()).isEqualTo(status);
    assertThat(run.err()).as(command).contains(sentence).doesNotContain("Exception");
    assertThat(run.err().lines()).as(command).isNotEmpty();
    assertThat(run.out()).as(command).isEmpty();
    return run;
  }

  private Path scenario(String about) throws IOException {
    Path mine = folder.resolve("mine");
    if (!Files.exists(mine)) {
      AiServiceScenario.export("healthy", mine);
    }
    Files.writeString(mine.resolve("scenario.json"), about);
    return mine;
  }
}

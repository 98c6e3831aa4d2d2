package org.aibridge.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** Runs command lines in a folder of their own and keeps what they said. */
public final class CommandRun {
  static final ObjectMapper JSON = new ObjectMapper();

  final Path folder;
  Map<String, String> environment = new HashMap<>();
  InstantSource clock = InstantSource.system();
  boolean unicode = true;
  boolean color;
  public String out = "";
  public String err = "";
  int exit;

  public CommandRun(Path folder) {
    this.folder = folder;
  }

  /** Writes {@code conf/ai_bridge.conf}: a whole section a line as {@code section: key = value}. */
  CommandRun conf(String baseUrl, String... more) throws IOException {
    String text =
        """
        [ai_service]
        base_url = %s
        timeout_connect = 20000
        timeout_read = 20000
        [journal]
        path = journal
        """
            .formatted(baseUrl);
    return confText(text + String.join("\n", more) + "\n");
  }

  CommandRun confText(String text) throws IOException {
    Files.createDirectories(folder.resolve("conf"));
    Files.writeString(confFile(), text);
    return this;
  }

  Path confFile() {
    return folder.resolve("conf/ai_bridge.conf");
  }

  public int run(String... args) {
    StringWriter said = new StringWriter();
    StringWriter complained = new StringWriter();
    exit = Main.run(surroundings(new PrintWriter(said), new PrintWriter(complained)), args);
    out = said.toString();
    err = complained.toString();
    return exit;
  }

  Surroundings surroundings(PrintWriter stdout) {
    return surroundings(stdout, stdout);
  }

  Surroundings surroundings(PrintWriter stdout, PrintWriter stderr) {
    return new Surroundings(
        stdout, stderr, unicode, color, folder, folder.resolve("etc"), environment, clock);
  }

  /** Runs {@code check --json} and answers its findings. */
  List<Found> check() throws IOException {
    run("check", "--json");
    return Found.all(out);
  }

  /** The findings of one check. */
  List<Found> check(String name) throws IOException {
    return check().stream().filter(found -> found.check.equals(name)).toList();
  }

  /** A finding as a program sees it. */
  record Found(String check, boolean ok, String level, String detail, String advice) {
    static List<Found> all(String json) throws IOException {
      return StreamSupport.stream(JSON.readTree(json).spliterator(), false).map(Found::of).toList();
    }

    static Found of(JsonNode json) {
      return new Found(
          json.required("check").asText(),
          json.required("ok").asBoolean(),
          json.required("level").asText(),
          json.required("detail").asText(),
          json.required("advice").asText());
    }
  }
}

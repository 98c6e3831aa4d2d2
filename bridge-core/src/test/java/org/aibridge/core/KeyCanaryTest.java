package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.aibridge.testlib.ChildJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
@Timeout(120)
class KeyCanaryTest {
  private static final String KEY = "cAnArY-7f3a9c51-k3Y";

  @TempDir Path folder;

  @Test
  void showsTheKeyToTheServiceAloneWhateverHappens(@AiService FakeAiService service)
      throws Exception {
    ConfFile conf =
        new ConfFile(folder, service.baseUrl())
            .set("ai_service", "api_key", KEY)
            .set("bridge", "shutdown_timeout", 500)
            .set("ai_service", "timeout_read", 300)
            .set("script_http", "timeout", 500)
            .set("circuit_breaker", "timeout", 100);
    conf.write();
    List<String> said = new ArrayList<>();
    try (ChildJvm child =
        ChildJvm.start(
            folder,
            List.of(),
            List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=trace"),
            BridgeChild.class,
            conf.path().toString())) {
      for (String action : List.of("hello", "throw")) {
        service.offerActions(
            "{\"action_id\":\"%s\",\"action_type\":\"broadcast\",\"payload\":{\"message\":\"%s\"}}"
                .formatted(action, action));
      }
      for (String state :
          List.of(
              "healthy",
              "unauthorized",
              "garbage",
              "refusing",
              "reset",
              "redirect",
              "hanging",
              "poison")) {
        service.switchTo(state);
        int before = service.requests().size();
        said.add(child.ask("publish 20"));
        said.add(child.ask("poison"));
        said.add(child.ask("get /api/v1/health"));
        said.add(child.ask("get http://user:" + KEY.substring(1) + "@[bad/"));
        said.add(child.ask("status"));
        if (!state.equals("refusing")) {
          Waits.until("a request in " + state, () -> service.requests().size() > before);
        }
        if (List.of("unauthorized", "redirect").contains(state)) { // Which hold everything.
          said.add(child.ask("reload"));
        }
      }
      Waits.until("nothing waits", () -> child.ask("status").contains("\"current_size\":0"));
      assertThat(child.ask("status")).containsPattern("\"dead_lettered\":[1-8]");
      for (String mistake :
          List.of(
              "[ai_service]\napi_kye = " + KEY + "\n",
              "[ai_service]\nbase_url = http://user:" + KEY + "@127.0.0.1:1/\n",
              "[ai_service]\napi_key = " + KEY + "\u00e9\n",
              "[ai_service]\napi_key = " + KEY + "\napi_key = " + KEY + "\n",
              "[ai_service]\napi_key_file = " + KEY + "/\n",
              "[ai_service\napi_key = " + KEY + "\n",
              "[ai_service]\napi_key " + KEY + "\n",
              "[event_dispatcher]\nbatch_size = x\n")) {
        conf.write(conf.text() + mistake);
        String answer = child.ask("reload");
        // The place of a key's file is not the key; only the other mistakes hold the secret.
        said.add(mistake.contains("api_key_file") ? answer.replace(KEY + "/", "") : answer);
      }
      conf.write();
      said.add(child.ask("reload"));
      said.add(child.ask("close"));
    }
    assertThat(said).noneMatch(line -> line.contains(KEY));
    assertThat(said).anyMatch(line -> line.contains("outcome=RELOADED"));
    assertThat(service.requests())
        .isNotEmpty()
        .allMatch(request -> request.header("X-API-Key").orElseThrow().equals(KEY));
    assertThat(Files.readString(folder.resolve("child.err")))
        .contains("ERROR", "WARN", "the handler's own fault");
    assertThat(filesWith(KEY.substring(1))).containsExactly(conf.path());
    // The letters and the journal are there, and searched.
    assertThat(filesWith("poison").stream().map(file -> folder.relativize(file).getName(0)))
        .contains(Path.of("dead-letters"), Path.of("journal"));
  }

  private List<Path> filesWith(String text) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).filter(file -> contains(file, text)).toList();
    }
  }

  private static boolean contains(Path file, String text) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.aibridge.api.AiBridge;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.deadletter.DeadLetterStore;
import org.aibridge.core.text.Shown;
import org.aibridge.ops.dlq.Letters;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What others write, through each command that shows it: nothing that nobody sees. */
@Tag("slow")
@Timeout(120)
class HostileWordsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NASTY =
      "\u001B[2J\u001B]52;c;cm0=\u0007\u007F\u009B\u202E\u2066\u200B\u200F\uFEFF\u2028\u2029\u00AD"
          + "\uE000\uDB40\uDC41\u3164\r\nFAKE";

  @TempDir Path folder;

  private CommandRun conf(String baseUrl) throws Exception {
    return new CommandRun(folder)
        .conf(
            baseUrl,
            "path = " + folder.resolve("journal"),
            "ring_path = " + folder.resolve("ring"),
            "reserve_mb = 1",
            "[event_dispatcher]",
            "dlq_path = " + folder.resolve("dlq"),
            "[action_executor]",
            "ledger_path = " + folder.resolve("ledger"),
            "poll_interval = 20",
            "[action_limits]",
            "approve = broadcast");
  }

  private static DeadLetter letter(int number) throws Exception {
    String id = "s1:" + number + NASTY;
    Map<String, Object> event =
        Map.of(
            "event_id",
            id,
            "event_type",
            "told" + NASTY,
            "player_id",
            7,
            "map",
            "m" + NASTY,
            "payload",
            Map.of("text" + NASTY, NASTY));
    return new DeadLetter(
        id,
        JSON.writeValueAsBytes(event),
        DeadLetter.Reason.REJECTED,
        200,
        "=cmd" + NASTY + "x".repeat(1000),
        "{\"detail\":" + JSON.writeValueAsString(NASTY) + "}\n" + NASTY,
        1,
        1,
        2,
        "batch" + NASTY,
        "key" + NASTY,
        0,
        List.of(new DeadLetter.Attempt(1, 2, 0, "no answer" + NASTY)),
        3);
  }

  @Test
  void ofLettersAreShownWithoutACharacterThatNobodySees() throws Exception {
    CommandRun run = conf("http://127.0.0.1:1");
    DeadLetter hostile = letter(1);
    try (DeadLetterStore store = Letters.open(folder.resolve("dlq"))) {
      store.append(hostile);
      store.append(letter(2));
    }
    for (String format : List.of("table", "csv", "jsonl", "json")) {
      for (List<String> command :
          List.of(
              List.of("dlq", "list"),
              List.of("dlq", "show", hostile.eventId()),
              List.of("dlq", "stats"),
              List.of("dlq", "tail"))) {
        List<String> words = new ArrayList<>(command);
        words.addAll(List.of("-o", format));
        run.run(words.toArray(String[]::new));
        check(run);
        assertThat(run.out).as(String.join(" ", words)).isNotEmpty();
        if (format.equals("json")) {
          assertThat(JSON.readTree(run.out)).isNotNull();
        }
      }
    }
    run.run("dlq", "list", "-o", "jsonl");
    assertThat(JSON.readTree(run.out.lines().findFirst().get()).path("event_type").asText())
        .isEqualTo("told" + NASTY);
    run.run("dlq", "list", "-o", "csv");
    assertThat(run.out.split("\r\n")).hasSize(3);
    run.run("dlq", "show", hostile.eventId(), "-o", "json");
    assertThat(JSON.readTree(run.out).path("answer").asText()).isEqualTo(hostile.answer());
    assertThat(JSON.readTree(run.out).path("event")).isEqualTo(JSON.readTree(hostile.eventJson()));
    run.run("dlq", "show", hostile.eventId() + "?");
    check(run);
  }

  @Test
  void ofLettersAreExportedAndImportedByteForByte() throws Exception {
    CommandRun run = conf("http://127.0.0.1:1");
    try (DeadLetterStore store = Letters.open(folder.resolve("dlq"))) {
      store.append(letter(1));
    }
    run.run("dlq", "export");
    String piped = run.out;
    assertThat(piped).contains("\u202E", "\u200B").endsWith("}\n");
    assertThat(run.run("dlq", "export", "--to", "letters.jsonl")).isZero();
    assertThat(folder.resolve("letters.jsonl")).hasContent(piped.stripTrailing());
    byte[] good = piped.getBytes(StandardCharsets.UTF_8);
    byte[] bad = piped.getBytes(StandardCharsets.UTF_8);
    bad[piped.indexOf("told")] = (byte) 0xC1; // an overlong form of one letter
    bad[piped.indexOf("told") + 1] = (byte) 0x81;
    Path lines = folder.resolve("a\u202E\u001B[2J.jsonl");
    Files.write(lines, bad);
    assertThat(run.run("dlq", "import", "--dry-run", lines.toString())).isEqualTo(ExitCodes.FOUND);
    assertThat(run.err).contains(":1: the line is not UTF-8");
    check(run);
    run.run("dlq", "purge", "--all", "--yes", "--forever");
    Files.write(lines, good);
    run.run("dlq", "import", lines.toString());
    check(run);
  }

  @Test
  void ofActionsAreToldApartAndCanBePasted(@AiService FakeAiService service) throws Exception {
    List<String> ids =
        List.of("gift-1", "gift-1\u200B", "$(touch x)", "it's", "--help", "a\u202Eb\\", "\u65E5");
    List<String> offers = new ArrayList<>();
    for (String id : ids) {
      offers.add(
          JSON.writeValueAsString(
              Map.of(
                  "action_id",
                  id,
                  "action_type",
                  "broadcast",
                  "payload",
                  Map.of("message", "x" + NASTY.replaceAll("\\p{IsControl}", "")))));
    }
    service.offerActions("[" + String.join(",", offers) + "]");
    CommandRun run = conf(service.baseUrl());
    try (AiBridge bridge = AiBridge.start(run.confFile())) {
      long deadline = System.nanoTime() + 20_000_000_000L;
      while (bridge.status().actions().held() < ids.size() && System.nanoTime() < deadline) {
        bridge.tick();
        LockSupport.parkNanos(1_000_000);
      }
      run.run("status");
      check(run);
      assertThat(run.run("actions", "pending")).isZero();
      check(run);
      assertThat(run.out.lines().map(line -> line.split("  broadcast")[0]))
          .containsOnlyOnce(
              "gift-1",
              "$'gift-1\\U0000200B'",
              "'$(touch x)'",
              "$'it\\'s'",
              "-- --help",
              "$'a\\U0000202Eb\\\\'",
              "'\u65E5'");
      run.run("actions", "pending", "-o", "json");
      check(run);
      List<String> listed = new ArrayList<>();
      for (JsonNode action : JSON.readTree(run.out).path("actions")) {
        listed.add(action.path("id").asText());
      }
      assertThat(listed).containsExactlyInAnyOrderElementsOf(ids);
      assertThat(run.run("actions", "deny", "--", "--help")).isZero();
      assertThat(run.out).contains("action --help is denied");
      assertThat(run.run("actions", "deny", "gift-1\u200B")).isZero();
      check(run);
      assertThat(run.run("actions", "deny", "gift-1" + NASTY)).isEqualTo(1);
      check(run);
      run.run("actions", "pending");
      assertThat(run.out).contains("gift-1  ").doesNotContain("200B'  ", "--help");
    }
  }

  private static void check(CommandRun run) {
    for (String said : List.of(run.out, run.err)) {
      assertThat(said.replace("\r\n", "\n").codePoints())
          .as(said)
          .noneMatch(point -> point != '\n' && Shown.isUnseen(point));
      assertThat(said.lines()).as(said).noneMatch(line -> line.startsWith("FAKE"));
    }
  }
}

package org.aibridge.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.aibridge.core.deadletter.DeadLetterStore;
import org.aibridge.core.store.SegmentScan;
import org.aibridge.ops.dlq.Letters;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code dlq} while no server runs, and all that can be asked wrongly. */
@Tag("slow")
class DlqCommandTest {
  @TempDir private Path folder;
  private CommandRun run;
  private Path letters;

  @BeforeEach
  void begin() throws IOException {
    run = new CommandRun(folder);
    run.conf("http://127.0.0.1:1", "[event_dispatcher]", "dlq_path = letters");
    letters = folder.resolve("letters");
    try (DeadLetterStore store = Letters.open(letters)) {
      Letters.append(store, 60);
    }
  }

  @Test
  void groupsLettersByWhatIsWrong() throws IOException {
    JsonNode stats = json("dlq", "stats", "-o", "json");
    assertThat(stats.path("letters").asInt()).isEqualTo(60);
    assertThat(stats.path("problems")).hasSize(3);
    assertThat(stats.path("problems").get(0).path("letters").asInt()).isEqualTo(20);
    assertThat(stats.path("types").path("item_drop").asInt()).isEqualTo(12);
    assertThat(stats.path("maps").path("geffen").asInt()).isEqualTo(15);
    assertThat(stats.path("problems").findValuesAsText("answer"))
        .allMatch(answer -> answer.startsWith("{\"detail\":\""));
    assertThat(run.run("dlq", "stats", "-o", "table")).isZero();
    assertThat(run.out).contains("letters  60", "422 unknown map *", "404 player # is not known");
    assertThat(run.out)
        .containsPattern("FOR ONE +THE ANSWER BEGAN\n")
        .containsPattern(" s1:[0-9]+ +\\{\"detail\":\"player [0-9]+ is not known\"\\}\n")
        .containsPattern("MAP +LETTERS\ngeffen +15 +\u2588+\n");
    assertThat(run.out).contains("\u2588").doesNotContain("\u001B");
    assertThat(run.run("dlq", "stats", "--fail-if-above", "60")).isZero();
    assertThat(run.run("dlq", "stats", "--fail-if-above", "59")).isEqualTo(3);
  }

  /** Else one command could act by two states of the file. */
  @Test
  void readsTheConfigurationOnceForACommand() throws IOException {
    run.conf("http://127.0.0.1:1", "[event_dispatcher]", "dlq_path = letters");
    run.confText(
        Files.readString(run.confFile()).replace("[journal]", "api_key_env = KEY\n[journal]"));
    AtomicInteger reads = new AtomicInteger();
    run.environment =
        new HashMap<>(Map.of("KEY", "secret")) {
          @Override
          public String get(Object name) {
            reads.addAndGet(name.equals("KEY") ? 1 : 0);
            return super.get(name);
          }
        };
    assertThat(run.run("dlq", "replay", "--all")).isEqualTo(1);
    assertThat(run.err).contains("start the server");
    assertThat(reads).hasValue(1);
  }

  @ParameterizedTest
  @CsvSource({
    "--type item_drop, 12",
    "--status 404, 20",
    "--player 150007, 1",
    "--map geffen, 15",
    "--map geffen --type item_drop, 3",
    "--reason expired, 0",
    "--grep 'quest 8 has', 1",
    "--since 2025-11-20T00:00:00Z, 60",
    "--until 2025-11-20T00:53:50Z, 30",
    "--since 1h, 0",
    "--id s1:1763600000000003, 1",
    "--limit 7, 7"
  })
  void listsWhatIsSelected(String options, int expected) throws IOException {
    List<String> args = new java.util.ArrayList<>(List.of("dlq", "list", "-o", "jsonl"));
    for (String option : options.split(" (?=--)")) {
      String[] words = option.split(" ", 2);
      args.add(words[0]);
      args.add(words[1].replace("'", ""));
    }
    assertThat(run.run(args.toArray(String[]::new))).as(run.err).isZero();
    assertThat(run.out.lines()).hasSize(expected);
  }

  @Test
  void findsAPlayerByKey() throws IOException {
    String key = "069a79f4-44e9-4726-a5be-fca90e38aaf5";
    try (DeadLetterStore store = Letters.open(letters)) {
      store.append(Letters.keyed(key));
    }
    JsonNode found = json("dlq", "list", "--player", key, "-o", "json");
    assertThat(found).hasSize(1);
    assertThat(found.get(0).path("player_key").asText()).isEqualTo(key);
    assertThat(found.get(0).has("player_id")).isFalse();
    assertThat(json("dlq", "list", "--player", key + ",150007", "-o", "json")).hasSize(2);
    assertThat(json("dlq", "list", "--player", "0150007", "-o", "json")).hasSize(1);
    assertThat(json("dlq", "list", "--player", "150007", "-o", "json").get(0).has("player_key"))
        .isFalse();
    assertThat(json("dlq", "list", "--reason", "later_version", "-o", "json")).hasSize(1);
    run.run("dlq", "list", "--player", key, "-o", "csv");
    assertThat(run.out).contains(",player_id,player_key,map,", ",monster_kill,," + key + ",,");
    run.run("dlq", "list", "--player", key, "-o", "table");
    assertThat(run.out).contains(key);
  }

  @Test
  void printsEachFormatAndTheNewestLast() throws IOException {
    run.run("dlq", "list", "-o", "csv", "--limit", "2");
    assertThat(run.out).startsWith("event_id,dead_at_ms,").contains("s1:1763600000000058,");
    assertThat(run.out.lines().toList().get(2)).startsWith("s1:1763600000000059,");
    assertThat(json("dlq", "list", "-o", "json")).hasSize(60);
    run.run("dlq", "list", "-o", "table");
    assertThat(run.out.lines()).hasSize(61);
    run.run("dlq", "tail", "-n", "3", "-o", "jsonl");
    assertThat(run.out.lines()).hasSize(3);
  }

  @Test
  void showsAllThatIsKnownOfOne() throws IOException {
    assertThat(run.run("dlq", "show", "s1:1763600000000003", "-o", "table")).isZero();
    assertThat(run.out)
        .contains("422", "unknown map 'm3'", "64 events together", "\"player_id\" : 150003")
        .contains("s1:1763600000000003-1:1:4", "0 so far", "no bridge runs here");
    JsonNode json = json("dlq", "show", "s1:1763600000000003", "-o", "json");
    assertThat(json.path("history")).hasSize(2);
    assertThat(json.path("state").asText()).isEqualTo("dead");
  }

  @Test
  void purgesAndUndoesWhileNoServerRuns() throws IOException {
    assertThat(run.run("dlq", "purge", "--status", "404", "--dry-run")).isZero();
    assertThat(run.out).contains("20 letters would be purged");
    assertThat(run.run("dlq", "purge", "--status", "404", "--yes")).as(run.err).isZero();
    assertThat(run.out).contains("20 letters are purged");
    assertThat(json("dlq", "stats", "-o", "json").path("letters").asInt()).isEqualTo(40);
    assertThat(run.run("dlq", "undo")).isZero();
    assertThat(run.out).contains("20 letters are back");
    assertThat(json("dlq", "stats", "-o", "json").path("letters").asInt()).isEqualTo(60);
    assertThat(run.run("dlq", "undo")).isEqualTo(1);
    assertThat(run.err).contains("nothing in the trash");
    assertThat(run.run("dlq", "purge", "--older-than", "1d", "--forever", "--yes")).isZero();
    assertThat(json("dlq", "stats", "-o", "json").path("removed").path("purged").asInt())
        .isEqualTo(60);
  }

  @Test
  void bringsWhatItExportsToAnotherServer() throws IOException {
    assertThat(run.run("dlq", "export", "--to", "x.jsonl", "--map", "geffen")).isZero();
    assertThat(run.run("dlq", "export", "--to", "x.jsonl")).isEqualTo(1);
    Path there = Files.createDirectories(folder.resolve("there"));
    CommandRun other = new CommandRun(there);
    other.conf("http://127.0.0.1:1", "[event_dispatcher]", "dlq_path = letters");
    String file = folder.resolve("x.jsonl").toString();
    assertThat(other.run("dlq", "import", file)).as(other.err).isZero();
    assertThat(other.out).contains("15 letters are imported");
    other.run("dlq", "export");
    assertThat(other.out.lines().toList()).isEqualTo(Files.readAllLines(folder.resolve("x.jsonl")));
    assertThat(other.run("dlq", "import", file)).isZero();
    assertThat(other.out).contains("0 letters are imported");
    assertThat(other.err).contains("15 are here already");
  }

  @Test
  void readsTheOlderBridgesFileAndCountsWhatItCannot() throws IOException {
    Files.writeString(
        folder.resolve("old.log"),
        """
        # Failed batch at Mon Nov 26 21:15:30 2025
        {"events":[{"event_type":"player_login","player_id":150001},{"event_type":"npc_talk"}]}
        {"events":[{"event_type":"player_login","player_id":15
        # Failed batch at Wed Nov 26 21:15:31 2025
        {"events":[]}
        what is this

        {"events":[{"event_type":"player_login","player_id":150001},{"event_type":"npc_talk"}]}
        """);
    assertThat(run.run("dlq", "import", "old.log", "--dry-run")).isEqualTo(3);
    assertThat(run.out).contains("4 letters would be imported");
    assertThat(run.run("dlq", "import", "old.log")).isEqualTo(3);
    assertThat(run.out).contains("4 letters are imported");
    assertThat(run.err)
        .contains("old.log:3: not JSON", "old.log:5: a batch without events", "old.log:6: not JSON")
        .contains("3 lines cannot be read");
    run.run("dlq", "export", "--reason", "imported");
    JsonNode first = CommandRun.JSON.readTree(run.out.lines().findFirst().orElseThrow());
    assertThat(first.path("event").path("event_id")).isEqualTo(first.path("event_id"));
    assertThat(first.path("event").path("player_id").asLong()).isEqualTo(150001);
    assertThat(first.path("event").path("timestamp")).isEqualTo(first.path("dead_at_ms"));
    assertThat(run.out.lines()).hasSize(4).doesNotHaveDuplicates();
    assertThat(run.run("dlq", "import", "old.log")).isEqualTo(3);
    assertThat(run.out).contains("0 letters are imported");
  }

  @Test
  void passesOverALetterThatNoRecordCanHold() throws IOException {
    String event = "{\"event_type\":\"custom\",\"payload\":{\"a\":\"%s\"}}%n";
    Files.writeString(
        folder.resolve("old.log"),
        event.formatted("first")
            + event.formatted("\u20AC".repeat(700_000))
            + event.formatted("last"));
    assertThat(run.run("dlq", "import", "old.log")).isEqualTo(3);
    assertThat(run.out).contains("2 letters are imported");
    assertThat(run.err).contains("old.log:2: a letter of more than 1048576 bytes");
  }

  @Test
  void tellsHowFarAnImportCameThatHasNoRoomAndGoesOnWhenThereIsSome() throws IOException {
    Files.writeString(folder.resolve("old.log"), "{\"event_type\":\"custom\"}\n");
    run.conf(
        "http://127.0.0.1:1", "reserve_mb = 1000000", "[event_dispatcher]", "dlq_path = letters");
    assertThat(run.run("dlq", "import", "old.log")).isEqualTo(1);
    assertThat(run.err)
        .contains("stopped after 0 letters", "MB are kept in reserve", "run it again");
    run.conf("http://127.0.0.1:1", "[event_dispatcher]", "dlq_path = letters");
    assertThat(run.run("dlq", "import", "old.log")).isZero();
    assertThat(run.out).contains("1 letters are imported");
  }

  @Test
  void saysWhereARecordIsDamaged() throws IOException {
    assertThat(run.run("dlq", "verify", "-o", "table")).isZero();
    assertThat(run.out).contains("60 letters are whole", "no damage");
    Path file = SegmentScan.file(letters, SegmentScan.segments(letters).get(0));
    long at;
    try (SegmentScan scan = new SegmentScan(letters)) {
      scan.open(SegmentScan.segments(letters).get(0));
      scan.next();
      scan.next();
      at = scan.at();
    }
    try (RandomAccessFile spoilt = new RandomAccessFile(file.toFile(), "rw")) {
      spoilt.seek(at + 100);
      spoilt.write(0);
      spoilt.write(0);
    }
    assertThat(run.run("dlq", "verify", "-o", "table")).isEqualTo(3);
    assertThat(run.out).contains(file.getFileName().toString(), Long.toString(at), "59 letters");
    assertThat(run.run("dlq", "list")).isZero();
    assertThat(run.out.lines()).hasSize(59);
    assertThat(run.err).contains("1 places cannot be read").hasLineCount(1);
  }

  @Test
  void looksAtACopyWithoutAConfiguration() throws IOException {
    Files.delete(run.confFile());
    assertThat(run.run("dlq", "list", "--folder", "letters")).isZero();
    assertThat(run.out.lines()).hasSize(60);
    isRefused(2, "--folder is for looking", "dlq", "purge", "--folder", "letters", "--all");
  }

  @Test
  void refusesWrongFoldersWithASentence() throws IOException {
    isRefused(1, "no such folder", "dlq", "stats", "--folder", "none");
    isRefused(1, "is a file", "dlq", "stats", "--folder", "conf/ai_bridge.conf");
    Path empty = Files.createDirectories(folder.resolve("empty"));
    isRefused(1, "no bridge has ever used it", "dlq", "stats", "--folder", "empty");
    Files.createFile(empty.resolve("cursor"));
    isRefused(1, "is the journal's folder", "dlq", "stats", "--folder", "empty");
    Files.writeString(letters.resolve("format"), "ai-bridge dead letters 3\n");
    isRefused(1, "of format 3", "dlq", "stats");
    isRefused(1, "of format 3", "dlq", "purge", "--all", "--yes");
    Files.writeString(letters.resolve("format"), "what");
    isRefused(1, "is not the format", "dlq", "stats");
    Files.delete(run.confFile());
    isRefused(1, "--conf", "dlq", "stats");
    isRefused(1, "--conf", "status");
  }

  @Test
  void refusesAFolderItMayNotRead() throws IOException {
    Assumptions.assumeFalse(System.getProperty("user.name").equals("root"), "root may read all");
    Files.setPosixFilePermissions(letters, java.util.Set.of());
    isRefused(1, "cannot be read by the user", "dlq", "stats");
    Files.setPosixFilePermissions(
        letters, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void knowsNoUnknownEvent() {
    isRefused(1, "no letter of the event s1:9", "dlq", "show", "s1:9");
    isRefused(1, "nothing of purge 7", "dlq", "undo", "7");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "list --since 1h --until 2h",
        "list --since yesterday",
        "list --status 42",
        "list --reason bored",
        "list --fingerprint xyz",
        "list --limit -1",
        "tail -f -o json",
        "stats --fail-if-above -1",
        "replay",
        "replay --all --rate fast",
        "replay --all --rate 0/s",
        "replay --all --edit map",
        "replay --all --edit event_id=s1:1",
        "replay --all --edit player_id=me",
        "replay --all --edit priority=huge",
        "replay --all --limit 0",
        "purge",
        "purge --older-than soon",
        "purge --all"
      })
  void refusesTheImpossibleWithASentence(String line) {
    isRefused(2, "", ("dlq " + line).split(" "));
  }

  @Test
  void refusesToReplayWithoutAServer() {
    isRefused(1, "start the server, or send from here with --direct", "dlq", "replay", "--all");
    isRefused(1, "no bridge runs", "reload");
    isRefused(1, "no bridge runs", "resume");
    isRefused(1, "no bridge runs", "status");
  }

  @Test
  void saysWhatWouldBeReplayed() {
    assertThat(run.run("dlq", "replay", "--map", "geffen", "--dry-run")).isZero();
    assertThat(run.out).contains("15 letters would be replayed", "... and 10 more");
  }

  @Test
  void completesForShells() {
    assertThat(run.run("completion")).isZero();
    assertThat(run.out).contains("complete", "ai-bridge", "dlq");
    assertThat(run.run("dlq", "replay", "--help")).isZero();
    assertThat(run.out).contains("Examples:", "--rate 50/s");
  }

  private JsonNode json(String... args) throws IOException {
    assertThat(run.run(args)).as(run.err).isZero();
    return CommandRun.JSON.readTree(run.out);
  }

  private void isRefused(int exit, String sentence, String... args) {
    assertThat(run.run(args)).as(run.err).isEqualTo(exit);
    assertThat(run.err).startsWith("ai-bridge: ").contains(sentence).hasLineCount(1);
    assertThat(run.out).isEmpty();
  }
}

package org.aibridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigProblemsTest {
  @TempDir Path folder;
  private ConfigFiles files;

  @BeforeEach
  void setUp() {
    files = new ConfigFiles(folder);
  }

  @Test
  void reportsTenMistakesAtOnce() {
    Path file =
        files.write(
            "test.conf",
            """
            [bridge]
            enabled = maybe
            server_id = map server
            [ai_service]
            base_url = gopher://ai
            api_key_header = X Key
            timeout_read = 30s
            compression = zip
            this is no setting
            [http_pool]
            max_connections = 0
            [event_dispatcher]
            batch_size = 99999999999999999999
            [action_executor]
            tick_budget_us = -5
            """);

    ConfigException failure = ConfigFiles.failure(file, Map.of());

    String at = file + ":";
    assertThat(failure)
        .hasMessage(
            String.join(
                "\n",
                at
                    + "2: [bridge] enabled: is neither yes nor no, given \"maybe\"; allowed: yes,"
                    + " no, true, false, on or off",
                at
                    + "3: [bridge] server_id: is not a name, given \"map server\"; allowed: 1-64"
                    + " characters of A-Z a-z 0-9 _ . -",
                at
                    + "5: [ai_service] base_url: does not begin with http:// or https://, given"
                    + " \"gopher://ai\"; allowed: an absolute http:// or https:// URL of host, port"
                    + " and path alone, up to 2048 characters",
                at
                    + "6: [ai_service] api_key_header: is not the name of a header, given \"X...\";"
                    + " allowed: the name of a header the bridge does not set itself",
                at
                    + "7: [ai_service] timeout_read: is not a whole number in plain digits, given"
                    + " \"30s\"; allowed: a whole number from 1 to 600000 (ms)",
                at
                    + "8: [ai_service] compression: is no compression we know, given \"zip\";"
                    + " allowed: none or gzip",
                at + "9: is neither a setting nor a comment; allowed: key = value",
                at
                    + "11: [http_pool] max_connections: is out of range, given \"0\"; allowed: a"
                    + " whole number from 1 to 1000 (connections)",
                at
                    + "13: [event_dispatcher] batch_size: is out of range, given"
                    + " \"99999999999999999999\"; allowed: a whole number from 1 to 10000 (events)",
                at
                    + "15: [action_executor] tick_budget_us: is out of range, given \"-5\"; allowed:"
                    + " a whole number from 10 to 50000 (us)"));
    assertThat(failure.problems())
        .hasSize(10)
        .extracting(ConfigProblem::line)
        .containsExactly(2, 3, 5, 6, 7, 8, 9, 11, 13, 15);
    assertThat(failure.problems()).extracting(ConfigProblem::file).containsOnly(file);
  }

  @Test
  void saysOfAMissingFileThatItIsMissing() {
    Path file = folder.resolve("absent.conf");

    assertThat(ConfigFiles.failure(file, Map.of()))
        .hasMessageStartingWith(file + ": there is no such file;");
  }

  @Test
  void saysOfAFolderThatItIsOne() {
    assertFailure(folder, "this is a folder, not a file", 0);
  }

  @Test
  void doesNotWaitForAPipe() throws Exception {
    Path pipe = folder.resolve("pipe");
    Process mkfifo = new ProcessBuilder("mkfifo", pipe.toString()).start();
    assumeThat(mkfifo.waitFor()).isZero();

    assertFailure(pipe, "this is not a regular file", 0);
  }

  @Test
  void saysOfAnUnreadableFileThatItCannotBeRead() throws IOException {
    Path file = files.write("secret.conf", "[bridge]");
    assumeThat(file.getFileSystem().supportedFileAttributeViews()).contains("posix");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    assumeThat(Files.isReadable(file)).as("root reads everything").isFalse();

    assertFailure(file, "the file cannot be read (AccessDeniedException)", 0);
  }

  @Test
  void saysOfAFileThatFailsWhileItIsReadThatItCannotBeRead() {
    Path file = Path.of("/proc/self/mem"); // exists, and its first byte is an I/O error
    assumeThat(file).exists();

    assertFailure(file, "the file cannot be read (IOException)", 0);
  }

  @Test
  void saysOfAnEmptyFileWhatItNeeds() {
    for (String text : new String[] {"", "\n\n", "# nothing", "\uFEFF", "[ai_service]"}) {
      assertThat(files.failure(text).problems())
          .singleElement()
          .asString()
          .contains("[ai_service] base_url: the file sets nothing; this key is required");
    }
  }

  @Test
  void saysOfBinaryFilesThatTheyAreBinary() {
    assertFailure(files.write("nul", new byte[4096]), "the file is binary, it holds a NUL byte", 1);
    assertFailure(
        files.write("late", "[bridge]\r\n\rx\0".getBytes(StandardCharsets.UTF_8)),
        "the file is binary, it holds a NUL byte",
        3);
  }

  @Test
  void saysOfOtherEncodingsWhereTheyAreWrong() {
    assertFailure(
        files.write("latin", "[bridge]\n# gr\u00fcn".getBytes(StandardCharsets.ISO_8859_1)),
        "the file is not UTF-8, the first wrong byte is here",
        2);
    assertFailure(
        files.write("cut", new byte[] {'#', '\n', '#', (byte) 0xE2, (byte) 0x82}),
        "the file is not UTF-8, the first wrong byte is here",
        2);
    assertFailure(
        files.write("utf16", "\uFEFF[bridge]".getBytes(StandardCharsets.UTF_16BE)),
        "the file is UTF-16, save it as UTF-8",
        1);
  }

  @Test
  void refusesAFileOverOneMebibyteAndTakesOneOfThatSize() {
    String text = "[ai_service]\nbase_url = http://ai\n#";
    String full = text + "x".repeat(ConfigFile.MAX_BYTES - text.length());

    assertThat(files.read(full).warnings()).isEmpty();
    assertFailure(files.write("large", full + "x"), "the file is larger than 1048576 bytes", 0);
  }

  @Test
  void refusesARouteOfNoTypeAndOneToNoSink() {
    ConfigProblem type = files.problemWith("[routes]\nkafka = monster_kill, monster_kil");
    assertThat(type.message()).isEqualTo("holds 'monster_kil', which is no type of event");
    assertThat(type.allowed())
        .contains("monster_kill, ")
        .contains(", custom")
        .contains("* for all");
    ConfigProblem sink = files.problemWith("[routes]\nrabbit = monster_kill");
    assertThat(sink.key()).isEqualTo("[routes] rabbit");
    assertThat(sink.message()).isEqualTo("is no sink");
    assertThat(sink.allowed()).isEqualTo("kafka");
    assertThat(files.problemWith("[routes]\nkafka = monster_kill").message())
        .isEqualTo("leads to Kafka, and [kafka] bootstrap_servers names none");
  }

  @Test
  void refusesHalfASection() {
    for (String header : new String[] {"[http_pool", "[http_pool] x", "[]]"}) {
      ConfigProblem problem = files.problemWith(header + "\nmax_retries = 99999");
      assertThat(problem.line()).isEqualTo(3);
      assertThat(problem.message()).isEqualTo("is no section");
    }
  }

  @Test
  void refusesHalfAQuote() {
    assertThat(files.problemWith("[bridge]\nserver_id = \"map").message())
        .isEqualTo("a quote is opened and not closed");
    assertThat(files.problemWith("[bridge]\nserver_id = 'a' b").message())
        .isEqualTo("something follows the closing quote");
  }

  @Test
  void showsWhatWasGivenOnOneShortPrintableLine() {
    ConfigProblem problem =
        files.problemWith("[bridge]\nserver_id = \u001b[31m\u202e" + "x".repeat(1000));

    assertThat(problem.given()).isEqualTo("\\u001B[31m\\u202E" + "x".repeat(101) + "...");
    assertThat(problem.toString()).doesNotContain("\n", "\u001b", "\u202e");
  }

  @Test
  void listsTheFirstOfVeryManyProblemsAndCountsTheRest() {
    String nonsense =
        IntStream.range(0, 1000).mapToObj(i -> "nonsense").collect(Collectors.joining("\n"));

    ConfigException failure = files.failure("[ai_service]\nbase_url = http://ai\n" + nonsense);

    assertThat(failure.problems()).hasSize(1000);
    assertThat(failure.getMessage().lines()).hasSize(201);
    assertThat(failure).hasMessageEndingWith("\nand 800 more problems");
  }

  private static void assertFailure(Path file, String message, int line) {
    ConfigException failure = ConfigFiles.failure(file, Map.of());
    assertThat(failure.problems()).hasSize(1);
    ConfigProblem problem = failure.problems().get(0);
    assertThat(problem.message()).isEqualTo(message);
    assertThat(problem.line()).isEqualTo(line);
    assertThat(problem.file()).isEqualTo(file);
  }
}

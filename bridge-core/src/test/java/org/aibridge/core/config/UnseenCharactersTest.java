package org.aibridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What editors, web pages and chat programs leave in a file, and nobody sees. */
class UnseenCharactersTest {
  private static final List<String> EMPTY =
      List.of("\u00A0", "\uFEFF", "\u200B", "\u3000", "\t\u202F ");

  @TempDir Path folder;
  private ConfigFiles files;

  @BeforeEach
  void setUp() {
    files = new ConfigFiles(folder);
  }

  @Test
  void countForNothingAtTheEndsOfKeysAndValues() {
    for (String nothing : EMPTY) {
      for (String line :
          List.of(
              "timeout_read@ = 1234",
              "@timeout_read = 1234",
              "timeout_read = 1234@",
              "timeout_read =@1234",
              "timeout_read = \"1234@\"",
              "timeout_read = 1234@# comment")) {
        String text =
            "\uFEFF\uFEFF[ai_service]@\nbase_url = http://ai\n" + line + "\n[@journal@]\n";
        ConfigResult result = files.read(text.replace("@", nothing));
        assertThat(result.config().aiService().readTimeout()).as(line).hasMillis(1234);
        assertThat(result.warnings()).isEmpty();
      }
    }
  }

  @Test
  void areNamedInsideOfNamesAndValues() {
    assertThat(files.readWith("time\u00A0out\u200B_read = 1").warnings())
        .singleElement()
        .asString()
        .endsWith(
            "unknown key [ai_service] time\\u00A0out\\u200B_read, which holds a no-break space"
                + " (U+00A0), it has no effect; did you mean timeout_read?");
    assertThat(files.problemWith("timeout_read = 3\u00A0000").given()).isEqualTo("3\\u00A0000");
    assertThat(files.problemWith("timeout_read = 3\u202E0\u001B[2J").given())
        .isEqualTo("3\\u202E0\\u001B[2J");
  }

  @Test
  void areNamedByCodePointWhereAValueIsRefused() {
    assertThat(files.problemWith("timeout_read = 3\u00A0000").message())
        .isEqualTo("is not a whole number in plain digits and holds a no-break space (U+00A0)");
    assertThat(files.problemWith("timeout_read = \u201C3000\u201D").message())
        .endsWith("and holds a typographic quote (U+201C)");
    assertThat(files.problemWith("timeout_read = \u22123000").message())
        .endsWith("and holds a typographic dash (U+2212)");
    assertThat(files.problemWith("timeout_read = 3\uFEFF000").message())
        .endsWith("and holds a byte order mark (U+FEFF)");
    assertThat(files.problemWith("api_key = a\u200Bb").message())
        .endsWith("and holds a character that is not seen (U+200B)");
    assertThat(files.problemWith("timeout_read = 3 000").message()).doesNotContain("holds");
  }

  @Test
  void areWarnedOfWhereTheyCount() {
    for (String value : List.of("ai\u00A0bridge/j", "\u201Cai_bridge\u201D", "a\u3000b")) {
      assertThat(files.readWith("[journal]\npath = " + value).warnings())
          .as(value)
          .singleElement()
          .asString()
          .matches(
              ".*\\[journal] path holds .*\\(U\\+\\w+\\), which counts as a part of the value");
    }
    assertThat(files.readWith("[journal]\npath = Guard\u2019s/\u00E9\u2013x").warnings()).isEmpty();
  }

  @Test
  void standBesideErrorsAndNotInsteadOfThem() {
    ConfigException failure =
        files.failure("[ai_service]\nbase_ur = http://ai\ntimeout_read = x\n[htp_pool]\n");

    assertThat(failure.problems()).hasSize(2);
    assertThat(failure.warnings()).hasSize(2);
    assertThat(failure.warnings().get(0)).endsWith("did you mean base_url?");
  }

  @Test
  void warnsOfAKeyThatACommentMayHaveCut() {
    for (String cut : List.of("#s3cret", "abc #def", "abc //def", "abc ;d", "# none")) {
      assertThat(files.readWith("api_key = " + cut).warnings())
          .as(cut)
          .singleElement()
          .asString()
          .contains("[ai_service] api_key ends before a comment")
          .doesNotContain("s3cret", "def", "abc");
    }
    for (String whole :
        List.of("", "abc", "abc # ours", "\"abc #def\"", "'#s' # ours", "a#b", "a//b")) {
      assertThat(files.readWith("api_key = " + whole).warnings()).as(whole).isEmpty();
    }
    assertThat(files.read("ai_sidecar_endpoint: http://ai\nai_sidecar_api_key: #x\n").warnings())
        .anyMatch(warning -> warning.contains("ends before a comment"));
  }
}

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
        .contains("unknown key [ai_service] time\\u00A0out\\u200B_read");
    assertThat(files.problemWith("timeout_read = 3\u00A0000").given()).isEqualTo("3\\u00A0000");
    assertThat(files.problemWith("timeout_read = 3\u202E0\u001B[2J").given())
        .isEqualTo("3\\u202E0\\u001B[2J");
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

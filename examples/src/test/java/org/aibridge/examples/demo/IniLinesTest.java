package org.aibridge.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class IniLinesTest {
  @Test
  void knowsSettingsThatStandInNoSection() {
    assertThat(IniLines.hasSections("# x\n\n  [bridge]\na = 1\n")).isTrue();
    assertThat(IniLines.hasSections("# only\n// comments\n")).isTrue();
    assertThat(IniLines.hasSections("// x\nai_sidecar_endpoint: a:1\n")).isFalse();
  }

  @Test
  void setsTheKeyOfItsOwnSectionOnly() {
    assertThat(set("journal", "path", "/run", "[journal]", "path = a", "[other]", "path = b"))
        .containsExactly("[journal]", "path = /run", "[other]", "path = b");
  }

  @Test
  void appendsAtTheEndOfTheSectionBeforeItsBlankLines() {
    assertThat(set("journal", "path", "/run", "[journal]", "roll_mb = 1", "", "[other]"))
        .containsExactly("[journal]", "roll_mb = 1", "path = /run", "", "[other]");
  }

  @Test
  void addsASectionThatIsMissing() {
    assertThat(set("journal", "path", "/run", "[other]", "path = b"))
        .containsExactly("[other]", "path = b", "", "[journal]", "path = /run");
  }

  @Test
  void fillsAnEmptySectionAndAnEmptyFile() {
    assertThat(set("journal", "path", "/run", "[journal]"))
        .containsExactly("[journal]", "path = /run");
    assertThat(set("journal", "path", "/run")).containsExactly("", "[journal]", "path = /run");
  }

  @Test
  void leavesCommentsAlone() {
    assertThat(set("journal", "path", "/run", "[journal] ; here", "# path = a", "// path = b"))
        .containsExactly("[journal] ; here", "# path = a", "// path = b", "path = /run");
  }

  @Test
  void setsEveryOccurrenceSoThatNoneWins() {
    assertThat(
            set(
                "journal",
                "path",
                "/run",
                "[ Journal ]",
                "  Path=a",
                "[x]",
                "[journal]",
                "path = b"))
        .containsExactly("[ Journal ]", "path = /run", "[x]", "[journal]", "path = /run");
  }

  @Test
  void longerKeysOfTheSameBeginningStay() {
    assertThat(set("journal", "path", "/run", "[journal]", "path_extra = a", "ring_path = b"))
        .containsExactly("[journal]", "path_extra = a", "ring_path = b", "path = /run");
  }

  private static List<String> set(String section, String key, String value, String... lines) {
    return new IniLines(List.of(lines)).set(section, key, value).lines();
  }
}

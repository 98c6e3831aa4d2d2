package org.aibridge.ops.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** The last gate behind all that commands print. */
class ShownWriterTest {
  private static String written(String text, boolean unicode) {
    StringWriter console = new StringWriter();
    ShownWriter.of(new PrintWriter(console), unicode).print(text);
    return console.toString();
  }

  @Test
  void showsNoTwoLettersAlikeWhereTheConsoleKnowsAsciiAlone() {
    assertThat(written("\u00C4nna \u00D6nna ?nna\t\uD83D\uDE00\n", false))
        .isEqualTo("\\u00C4nna \\u00D6nna ?nna\t\\uD83D\\uDE00\n");
  }

  @Test
  void showsLettersWhereTheConsoleKnowsThem() {
    assertThat(written("\u00C4nna\u00A0\u200B\n", true)).isEqualTo("\u00C4nna\\u00A0\\u200B\n");
  }
}

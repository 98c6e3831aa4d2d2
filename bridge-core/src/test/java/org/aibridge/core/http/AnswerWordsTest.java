package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.aibridge.core.config.Secret;
import org.junit.jupiter.api.Test;

/** What a person reads of an answer that is none. */
class AnswerWordsTest {
  private static final Secret KEY = new Secret("s3/cret");

  private static String said(String type, String encoding, String body) {
    return AnswerWords.of(200, type, encoding, body.getBytes(StandardCharsets.UTF_8), KEY);
  }

  @Test
  void namesStatusContentAndTheBeginning() {
    assertThat(said("text/plain", null, "OK")).isEqualTo("HTTP 200, text/plain, \"OK\"");
    assertThat(said("application/json", "br", "\u001B[31m{}"))
        .isEqualTo("HTTP 200, application/json, br, \"\\u001B[31m{}\"");
    assertThat(said(null, null, "")).isEqualTo("HTTP 200");
    assertThat(
            AnswerWords.of(
                200, "application/json; charset=ISO-8859-1", null, new byte[] {(byte) 0xE9}, KEY))
        .isEqualTo("HTTP 200, application/json; charset=ISO-8859-1, \"\uFFFD\"");
  }

  @Test
  void showsNoCharacterThatNobodySeesAndNoMoreThanALine() {
    String nasty = "a\r\n\tb\u202Ec\u200B\u0000 \u2028 d\uE000\uDC00";
    assertThat(said("x\ny", null, nasty))
        .isEqualTo("HTTP 200, x\\u000Ay, \"a b\\u202Ec\\u200B\\u0000 \\u2028 d\\uE000?\"");
    for (int length = 0; length < 600; length++) {
      String text = said("t".repeat(length), "e".repeat(length), " \uD83D\uDE00".repeat(length));
      assertThat(text.codePointCount(0, text.length())).isLessThan(270);
      assertThat(text.chars().filter(c -> c == '\n').count()).isZero();
    }
  }

  @Test
  void masksTheKeyThatAServiceRepeats() {
    assertThat(said("t/s3/cret", "s3/cret", "a".repeat(115) + " s3/cret {\"k\":\"s3\\/cret\"}"))
        .doesNotContain("s3/c", "s3\\/c")
        .contains("***");
  }
}

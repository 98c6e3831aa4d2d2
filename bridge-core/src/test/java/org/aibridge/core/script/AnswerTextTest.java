package org.aibridge.core.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class AnswerTextTest {
  @Test
  void cutsBetweenTwoCharacters() {
    byte[] text = "aé€🐉".getBytes(StandardCharsets.UTF_8);
    String[] expected = {"", "a", "a", "aé", "aé", "aé", "aé€", "aé€", "aé€", "aé€", "aé€🐉"};
    for (int max = 0; max < expected.length; max++) {
      assertThat(AnswerText.of(text, max)).as("%d bytes", max).isEqualTo(expected[max]);
    }
  }

  @Property
  void isTheLongestBeginningThatFits(@ForAll String any, @ForAll @IntRange(max = 40) int max) {
    byte[] bytes = any.getBytes(StandardCharsets.UTF_8);
    String whole = new String(bytes, StandardCharsets.UTF_8);
    String cut = AnswerText.of(bytes, max);
    assertThat(whole).startsWith(cut);
    assertThat(bytes(cut)).isLessThanOrEqualTo(max);
    if (!cut.equals(whole)) {
      int next = whole.codePointAt(cut.length());
      assertThat(bytes(cut + Character.toString(next))).isGreaterThan(max);
    }
  }

  @Property
  void keepsTheLimitForBytesThatAreNoText(
      @ForAll @Size(max = 60) byte[] bytes, @ForAll @IntRange(max = 60) int max) {
    assertThat(bytes(AnswerText.of(bytes, max))).isLessThanOrEqualTo(max);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}

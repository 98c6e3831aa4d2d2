package org.aibridge.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ByteSinkTest {
  @Test
  void writesNumbersOfEveryLengthInDecimal() {
    assertThat(written(0)).isEqualTo("0");
    for (long power = 1; power > 0 && power <= Long.MAX_VALUE / 10; power *= 10) {
      for (long number = power - 1; number <= power + 1; number++) {
        assertThat(written(number)).isEqualTo(Long.toString(number));
      }
    }
    for (long number :
        new long[] {
          Integer.MAX_VALUE, Integer.MAX_VALUE + 1L, Long.MAX_VALUE, Long.MIN_VALUE, -7
        }) {
      assertThat(written(number)).isEqualTo(Long.toString(number));
    }
  }

  @Property
  void writesAnyNumberInDecimal(@ForAll long number) {
    assertThat(written(number)).isEqualTo(Long.toString(number));
  }

  private static String written(long number) {
    ByteSink sink = new ByteSink(1).put((byte) '<').putNumber(number).put((byte) '>');
    String text = new String(sink.array(), 0, sink.length(), StandardCharsets.US_ASCII);
    assertThat(text).startsWith("<").endsWith(">");
    return text.substring(1, text.length() - 1);
  }
}

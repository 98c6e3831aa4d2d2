package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RejectedEventsTest {
  private static final String ANSWER =
      "{\"accepted\":1,\"rejected\":[{\"event_id\":\"s:1\",\"error\":\"too old\"}]}";

  private static Map<String, String> read(String body) {
    return RejectedEvents.read(body.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void tellsWhichAreUnwantedAndWhy() {
    assertThat(read(ANSWER)).containsExactly(Map.entry("s:1", "too old"));
  }

  @Test
  void understandsANameThatIsWrittenWithEscapes() {
    assertThat(read(ANSWER.replace("rejected", "\\u0072eject\\u0065d")))
        .containsExactly(Map.entry("s:1", "too old"));
  }

  @Test
  void understandsUtf16() {
    assertThat(RejectedEvents.read(ANSWER.getBytes(StandardCharsets.UTF_16LE)))
        .containsExactly(Map.entry("s:1", "too old"));
    assertThat(RejectedEvents.read(ANSWER.getBytes(StandardCharsets.UTF_16BE)))
        .containsExactly(Map.entry("s:1", "too old"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"rejecte\":1}",
        "rejecte",
        "{\"a\":\"rejected\"}",
        "{\"rejected\":[]}"
      })
  void findsNoneWhereNoneAreNamed(String body) {
    assertThat(read(body)).isEmpty();
  }
}

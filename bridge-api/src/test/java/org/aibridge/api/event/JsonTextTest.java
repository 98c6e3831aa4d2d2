package org.aibridge.api.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JsonTextTest {
  private final JsonText json = new JsonText();

  @Test
  void isAnEmptyObjectUntilSomethingIsPut() {
    assertThat(json).hasToString("{}");
  }

  @Test
  void writesEachKindOfValue() {
    json.put("text", "a").put("whole", Long.MIN_VALUE).put("number", 1.5).put("yes", true);
    assertThat(json)
        .hasToString("{\"text\":\"a\",\"whole\":-9223372036854775808,\"number\":1.5,\"yes\":true}");
  }

  @Test
  void writesNullForWhatJsonDoesNotKnow() {
    json.put("a", (String) null).put("b", Double.NaN).put("c", Double.NEGATIVE_INFINITY);
    assertThat(json).hasToString("{\"a\":null,\"b\":null,\"c\":null}");
  }

  @Test
  void escapesWhatWouldEndATextOrBreakALine() {
    json.put("\"\\", "\n\u0000\u001f é龍");
    assertThat(json).hasToString("{\"\\\"\\\\\":\"\\u000a\\u0000\\u001f é龍\"}");
  }

  @Test
  void goesOnAfterItWasReadAndBeginsAnewAfterAReset() {
    assertThat(json.put("a", 1)).hasToString("{\"a\":1}");
    assertThat(json.put("b", 2)).hasToString("{\"a\":1,\"b\":2}");
    assertThat(json.reset().put("c", 3)).hasToString("{\"c\":3}");
  }
}

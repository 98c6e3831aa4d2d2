package org.aibridge.api.action;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CustomPayloadTest {
  private static Map<String, Object> values(String json) {
    return CustomPayload.of(json).values();
  }

  @Test
  void isReadWhenAsked() {
    CustomPayload broken = CustomPayload.of("{");
    assertThat(broken.json()).isEqualTo("{");
    assertThatThrownBy(broken::values)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the payload is no JSON object: a name in quotes must stand at character 1");
    CustomPayload payload = CustomPayload.of("{\"a\":1}");
    assertThat(payload.values()).isSameAs(payload.values()).isEqualTo(Map.of("a", 1));
  }

  @Test
  void hasTheValuesOfJson() {
    assertThat(values(" {\t\"a\" : [ 1 , -2.5, 1e3, true, false, null, [], {} ] }\n"))
        .isEqualTo(
            Map.of("a", Arrays.asList(1, -2.5, 1000.0, true, false, null, List.of(), Map.of())));
    assertThat(values("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00é\"}"))
        .isEqualTo(Map.of("a", "\"\\/\b\f\n\r\té\uD83D\uDE00é"));
    assertThat(
            values(
                "{\"a\":[2147483648,-9223372036854775808,9223372036854775807,"
                    + "9223372036854775808]}"))
        .isEqualTo(
            Map.of(
                "a",
                List.of(
                    2147483648L,
                    Long.MIN_VALUE,
                    Long.MAX_VALUE,
                    new BigInteger("9223372036854775808"))));
  }

  @Test
  void keepsTheOrderAndLetsNobodyChangeIt() {
    Map<String, Object> values = values("{\"z\":[1],\"a\":{\"b\":2}}");
    assertThat(values.keySet()).containsExactly("z", "a");
    assertThatThrownBy(values::clear).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> ((List<?>) values.get("z")).clear())
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> ((Map<?, ?>) values.get("a")).clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "1",
        "{\"a\":1}x",
        "{\"a\":1,}",
        "{,\"a\":1}",
        "{\"a\" 1}",
        "{a:1}",
        "{\"a\":01}",
        "{\"a\":.5}",
        "{\"a\":+1}",
        "{\"a\":NaN}",
        "{\"a\":tru}",
        "{\"a\":[1,]}",
        "{\"a\":[1 2]}",
        "{\"a\":\"x}",
        "{\"a\":\"\n\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u00g0\"}",
        "{\"a\":\"\\uFF1",
        "{\"a\":1,\"a\":2}"
      })
  void refusesWhatIsNoObject(String json) {
    assertThatThrownBy(() -> values(json)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesEndlessBrackets() {
    assertThat(values("{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}")).hasSize(1);
    assertThatThrownBy(() -> values("{\"a\":" + "[".repeat(64) + "]".repeat(64) + "}"))
        .hasMessageContaining("at most 64 levels");
  }

  @Test
  void takesNoZeroCharacterForTheEnd() {
    assertThatThrownBy(() -> values("{}\u0000")).hasMessageContaining("the end");
  }

  @Test
  void isEqualToOneOfTheSameText() {
    assertThat(CustomPayload.of("{}")).isEqualTo(CustomPayload.of("{}")).hasToString("{}");
    assertThat(CustomPayload.of("{}")).hasSameHashCodeAs(CustomPayload.of("{}"));
    assertThat(CustomPayload.of("{}")).isNotEqualTo(CustomPayload.of("{ }"));
  }
}

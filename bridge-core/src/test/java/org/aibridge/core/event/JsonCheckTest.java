package org.aibridge.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.aibridge.api.event.GameEvent;
import org.aibridge.testdouble.RecordingBridge;
import org.junit.jupiter.api.Test;

/** Jackson, which checks all the RFC asks, is the judge, also of the test double's own check. */
class JsonCheckTest {
  private static final JsonFactory JACKSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(JsonCheck.MAX_DEPTH).build())
          .build();

  @Provide
  Arbitrary<String> generated() {
    return Events.json();
  }

  /** Text made of the pieces a parser stumbles over. */
  @Provide
  Arbitrary<String> soup() {
    return Arbitraries.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\"a\"",
            "\"a\":",
            "1",
            "0",
            "-",
            "+",
            ".",
            "e",
            "E5",
            "1.5",
            "-0",
            "true",
            "false",
            "null",
            " ",
            "\n",
            "\t",
            "\\",
            "\\u00e9",
            "\\ud800",
            "\\udC00",
            "\"\\u0061\":",
            "\"b\":",
            "1e308",
            "1e309",
            "-2E+308",
            "0e999",
            "é",
            "\uD800",
            "\uD83D\uDE00",
            "\u0001",
            "\f",
            "nul",
            "NaN",
            "//",
            "'")
        .list()
        .ofMaxSize(14)
        .map(pieces -> "{" + String.join("", pieces) + "}");
  }

  @Property(tries = 4000)
  void agreesWithJacksonOnWhatIsWritten(@ForAll("generated") String json) {
    assertThat(JsonCheck.isObject(json)).isTrue();
    assertThat(judge(json)).isTrue();
    assertThat(isTakenByTheTestDouble(json)).isTrue();
  }

  @Property(tries = 20_000)
  void agreesWithJacksonOnSoup(@ForAll("soup") String text) {
    assertThat(JsonCheck.isObject(text))
        .as(text)
        .isEqualTo(judge(text))
        .isEqualTo(isTakenByTheTestDouble(text));
  }

  @Property(tries = 10_000)
  void agreesWithJacksonOnMutations(
      @ForAll("generated") String json, @ForAll int seed, @ForAll char replacement) {
    int at = Math.floorMod(seed, json.length());
    char c = seed % 3 == 0 ? "{}[]\",:\\0-e".charAt(Math.floorMod(seed / 3, 11)) : replacement;
    String mutated =
        switch (Math.floorMod(seed, 5)) {
          case 0 -> json.substring(0, at) + json.substring(at + 1);
          case 1 -> json.substring(0, at) + c + json.substring(at);
          case 2 -> json.substring(0, at);
          default -> json.substring(0, at) + c + json.substring(at + 1);
        };
    assertThat(JsonCheck.isObject(mutated))
        .as(mutated)
        .isEqualTo(judge(mutated))
        .isEqualTo(isTakenByTheTestDouble(mutated));
  }

  /** Few names, written in several ways, in objects that lie in one another. */
  @Provide
  Arbitrary<String> doubles() {
    Arbitrary<String> name =
        Arbitraries.of(
            "a",
            "\\u0061",
            "b",
            "ab",
            "long enough for two",
            "long enough for tw\\u006F",
            "\\u00e9",
            "é",
            "\\ud83d\\ude00",
            "\uD83D\uDE00",
            "\\n",
            "\\u000a",
            "",
            "\\\\",
            "\\u005c");
    Arbitrary<String> member =
        Combinators.combine(
                name, Arbitraries.of("1", "[{\"a\":1},2]", "{}", "{\"a\":{\"a\":1},\"b\":2}"))
            .as((key, value) -> "\"" + key + "\":" + value);
    return member.list().ofMaxSize(6).map(members -> "{" + String.join(",", members) + "}");
  }

  @Property(tries = 5000)
  void agreesWithJacksonOnKeysThatStandTwice(@ForAll("doubles") String json) {
    assertThat(JsonCheck.isObject(json))
        .as(json)
        .isEqualTo(judge(json))
        .isEqualTo(isTakenByTheTestDouble(json));
  }

  /** Digits around what a double can hold. */
  @Provide
  Arbitrary<String> numbers() {
    return Combinators.combine(
            Arbitraries.of("", "-"),
            Arbitraries.of("0", "1", "17", "179", "1797693134862315", "18", "9"),
            Arbitraries.integers().between(0, 320),
            Arbitraries.of("", ".0", ".5", ".00001", ".7976931348623157", ".7976931348623159"),
            Arbitraries.of("", "e0", "e1", "E-5", "e+300", "e307", "e308", "e309", "e999999999999"))
        .as(
            (sign, digits, zeros, fraction, power) ->
                sign + digits + zeros(digits, zeros) + fraction + power);
  }

  private static String zeros(String digits, int count) {
    return digits.equals("0") ? "" : "0".repeat(count);
  }

  @Property(tries = 10_000)
  void agreesWithTheJdkOnNumbersBeyondADouble(@ForAll("numbers") String number) {
    String json = "{\"n\":" + number + "}";
    assertThat(JsonCheck.isObject(json))
        .as(json)
        .isEqualTo(judge(json))
        .isEqualTo(isTakenByTheTestDouble(json));
  }

  @Test
  void refusesWhatStrictReadersDo() {
    assertThat(
            List.of(
                "{\"a\":1e400}",
                "{\"a\":-1e400}",
                "{\"a\":\"\\ud83d\"}",
                "{\"a\":\"\\ude00\"}",
                "{\"a\":\"\\ud83dx\"}",
                "{\"a\":\"\\ud83d\\n\"}",
                "{\"\\ud83d\":1}",
                "{\"a\":1,\"a\":2}",
                "{\"b\":{\"a\":1,\"\\u0061\":2}}",
                "{\"a\":01}",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{\"a\":1,}",
                "{\"a\":[1,]}",
                "\uFEFF{}",
                "{\"a\":\"\n\"}",
                "{\"a\":" + "9".repeat(1001) + "}",
                "{\"" + "k".repeat(50_001) + "\":1}",
                "{\"a\":" + "[".repeat(64) + "]".repeat(64) + "}"))
        .noneMatch(JsonCheck::isObject)
        .noneMatch(JsonCheckTest::isTakenByTheTestDouble);
    assertThat(
            List.of(
                "{\"a\":1.7976931348623157e308,\"A\":0e400,\"b\":1e-400}",
                "{\"a\":{\"a\":[{\"a\":1},{\"a\":2}]},\"\\ud83d\\ude00\":1}"))
        .allMatch(JsonCheck::isObject)
        .allMatch(JsonCheckTest::isTakenByTheTestDouble);
  }

  @Test
  void keepsApartAsManyKeysAsFit() {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < 100_000; i++) {
      json.append('"').append(i).append("\":1,");
    }
    assertThat(JsonCheck.isObject(json + "\"x\":1}")).isTrue();
    assertThat(JsonCheck.isObject(json + "\"7777\":1}")).isFalse();
    assertThat(JsonCheck.isObject("{\"7777\":1}")).isTrue();
  }

  private static boolean isTakenByTheTestDouble(String payload) {
    return new RecordingBridge().publish(GameEvent.custom("any", 1, null, payload));
  }

  private static boolean judge(String text) {
    byte[] utf8;
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      utf8 = new byte[bytes.remaining()];
      bytes.get(utf8);
    } catch (CharacterCodingException e) {
      return false;
    }
    if (!text.isEmpty() && text.charAt(0) == '\uFEFF') {
      return false; // Jackson takes a mark of the byte order, which is not JSON
    }
    try (JsonParser parser = JACKSON.createParser(utf8)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      int depth = 1;
      while (depth > 0) {
        JsonToken token = parser.nextToken();
        if (token == null) {
          return false;
        }
        if (token.isNumeric()) {
          if (!Double.isFinite(Double.parseDouble(parser.getText()))) {
            return false;
          }
        } else if (token == JsonToken.VALUE_STRING || token == JsonToken.FIELD_NAME) {
          if (!StandardCharsets.UTF_8.newEncoder().canEncode(parser.getText())) {
            return false; // half a character, as an escape
          }
        }
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      }
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }
}

package org.aibridge.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Jackson, which checks all the RFC asks, is the judge. */
class JsonCheckTest {
  private static final JsonFactory JACKSON =
      JsonFactory.builder()
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
  }

  @Property(tries = 20_000)
  void agreesWithJacksonOnSoup(@ForAll("soup") String text) {
    assertThat(JsonCheck.isObject(text)).as(text).isEqualTo(judge(text));
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
    assertThat(JsonCheck.isObject(mutated)).as(mutated).isEqualTo(judge(mutated));
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
          parser.getText();
        } else if (token == JsonToken.VALUE_STRING || token == JsonToken.FIELD_NAME) {
          parser.getText();
        }
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      }
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }
}

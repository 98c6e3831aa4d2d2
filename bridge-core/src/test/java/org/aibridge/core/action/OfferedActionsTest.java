package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

final class OfferedActionsTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static List<String> walk(byte[] body) throws IOException {
    List<String> offers = new ArrayList<>();
    OfferedActions.walk(
        body,
        (json, offset, length) ->
            offers.add(new String(json, offset, length, StandardCharsets.UTF_8)));
    return offers;
  }

  private static List<String> walk(String body) throws IOException {
    return walk(body.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void findsEachElementWhateverItIs() throws Exception {
    assertThat(
            walk(
                " {\"é\":{\"actions\":[0]}, \"n\":1e5 ,\"actions\" :\n"
                    + "[ {\"ä\":\"🐉]}\"} ,7,\"t,]\",null ,true, [1,[2]],{} , -1.5e3\t] , \"more\":"
                    + " [] } "))
        .containsExactly(
            "{\"ä\":\"🐉]}\"}", "7", "\"t,]\"", "null", "true", "[1,[2]]", "{}", "-1.5e3");
    assertThat(walk("{\"actions\":[]}")).isEmpty();
    assertThat(walk("{\"actions\":[\"\\\\\",\"\\\"\"]}")).containsExactly("\"\\\\\"", "\"\\\"\"");
  }

  @Test
  void stepsOverAByteOrderMark() throws Exception {
    assertThat(walk("\uFEFF{\"actions\":[{\"a\":1},2]}")).containsExactly("{\"a\":1}", "2");
  }

  @Test
  void refusesWhatIsNotUtf8() {
    for (String name : List.of("UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32")) {
      byte[] body = "{\"actions\":[{\"a\":1}]}".getBytes(Charset.forName(name));
      assertThatThrownBy(() -> walk(body)).as(name).isInstanceOf(IOException.class);
    }
  }

  @Test
  void takesAnEmptyAnswerForNoActions() throws Exception {
    for (String body :
        List.of("", " ", "\r\n\t", "\uFEFF", "\uFEFF\n", "{\"x\":1,\"actions\" : null}")) {
      assertThat(walk(body)).as(body).isEmpty();
    }
  }

  @Test
  void refusesWhatIsNotOfTheContractsForm() {
    for (String body :
        List.of(
            "[]",
            "7",
            "\"actions\"",
            "{}",
            "{\"actions\":{}}",
            "{\"actions\"",
            "{\"actions\":",
            "{\"actions\":[",
            "{\"actions\":[1",
            "{\"actions\":[}",
            "{\"actions\":[1 2]}",
            "{\"actions\":[\"a",
            "{\"actions\":[{\"a\\",
            "{\"x\":1 \"y\":2}",
            "<html>",
            "{actions:[]}")) {
      assertThatThrownBy(() -> walk(body)).as(body).isInstanceOf(IOException.class);
    }
  }

  @Test
  void handsOnWhatStandsBeforeTheEndOfACutAnswer() {
    List<String> offers = new ArrayList<>();
    byte[] body = "{\"actions\":[{\"a\":1},{\"b\":2},{\"c\":".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(
            () ->
                OfferedActions.walk(
                    body, (json, offset, length) -> offers.add(new String(json, offset, length))))
        .hasMessageContaining("ends in the middle");
    assertThat(offers).containsExactly("{\"a\":1}", "{\"b\":2}");
  }

  @Test
  void goesOnBehindWhatNoParserWouldRead() throws Exception {
    assertThat(walk("{\"actions\":[{\"a\":NaN},{],{\"a\":\"\t\"},{\"b\":2}]}"))
        .containsExactly("{\"a\":NaN}", "{]", "{\"a\":\"\t\"}", "{\"b\":2}")
        .hasSize(4);
  }

  @Test
  void needsNoHeapForDepth() throws Exception {
    int depth = 4 << 20;
    assertThat(walk("{\"actions\":[" + "[".repeat(depth) + "]".repeat(depth) + ",7]}"))
        .hasSize(2)
        .last()
        .isEqualTo("7");
  }

  @Property(tries = 500)
  void findsWhatAParserFinds(@ForAll("documents") String document) throws Exception {
    List<JsonNode> expected = new ArrayList<>();
    MAPPER.readTree(document).path("actions").forEach(expected::add);
    List<JsonNode> found = new ArrayList<>();
    for (String offer : walk(document)) {
      found.add(MAPPER.readTree(offer));
    }
    assertThat(found).isEqualTo(expected);
  }

  @Property(tries = 2000)
  void endsOnAnyBytes(@ForAll("mutilated") byte[] body) {
    try {
      walk(body);
    } catch (IOException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  @Provide
  Arbitrary<byte[]> mutilated() {
    return Combinators.combine(
            documents(), Arbitraries.integers().between(0, 1 << 20), Arbitraries.bytes())
        .as(
            (document, place, value) -> {
              byte[] bytes = document.getBytes(StandardCharsets.UTF_8);
              bytes[place % bytes.length] = value;
              return bytes;
            });
  }

  @Provide
  Arbitrary<String> documents() {
    Arbitrary<String> gap = Arbitraries.of("", " ", "\n", "\t\r\n ");
    Arbitrary<String> elements = value().list().ofMaxSize(6).map(list -> String.join(" , ", list));
    return Combinators.combine(gap, value(), elements, gap)
        .as(
            (space, before, inside, behind) ->
                "%s{\"x\":%s,%s\"actions\"%s:%s[%s%s]%s,\"y\":[1]}%s"
                    .formatted(space, before, space, behind, space, behind, inside, space, behind));
  }

  private static Arbitrary<String> value() {
    Arbitrary<String> text =
        Arbitraries.strings()
            .withChars("ab\"\\{}[],:é🐉\n\u0000 ")
            .ofMaxLength(8)
            .map(OfferedActionsTest::quoted);
    Arbitrary<String> scalar =
        Arbitraries.oneOf(text, Arbitraries.of("0", "-1.5e+7", "true", "null", "{}", "[]"));
    return Arbitraries.lazyOf(
        () -> scalar,
        () -> scalar,
        () -> value().list().ofMaxSize(3).map(list -> "[" + String.join(",", list) + "]"),
        () ->
            Combinators.combine(text, value())
                .as((name, value) -> "{" + name + " : " + value + "}"));
  }

  private static String quoted(String text) {
    try {
      return MAPPER.writeValueAsString(
          new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}

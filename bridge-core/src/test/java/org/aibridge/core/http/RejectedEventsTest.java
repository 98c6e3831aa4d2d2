package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RejectedEventsTest {
  private static final String ANSWER =
      "{\"accepted\":1,\"rejected\":[{\"event_id\":\"s:1\",\"error\":\"too old\"}]}";

  private static Map<String, String> read(String body) {
    return read(body.getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, String> read(byte[] body) {
    return RejectedEvents.read(body, () -> Set.of("s:1", "s:2"), () -> {});
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '=',
      value = {
        "1=true",
        "true=true",
        "\"one\"=true",
        "[\"s:9\"]=true",
        "[{\"index\":0}]=true",
        "{\"0\":\"bad\"}=true",
        "0=false",
        "false=false",
        "null=false",
        "\"\"=false",
        "[]=false",
        "{}=false",
        "{\"s:1\":null}=false",
        "{\"count\":0,\"events\":[],\"more\":{\"a\":false,\"b\":\"\"}}=false",
        "{\"count\":0,\"events\":[{}]}=true",
        "{\"count\":2}=true",
        "[null]=true",
        "[\"s:1\"]=false"
      })
  void tellsWhereSomethingWasRejectedAndNobodyKnowsWhat(String rejected, boolean unclear) {
    boolean[] told = {false};
    byte[] body = ("{\"rejected\":" + rejected + "}").getBytes(StandardCharsets.UTF_8);
    RejectedEvents.read(body, () -> Set.of("s:1", "s:2"), () -> told[0] = true);
    assertThat(told[0]).isEqualTo(unclear);
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
    assertThat(read(ANSWER.getBytes(StandardCharsets.UTF_16LE)))
        .containsExactly(Map.entry("s:1", "too old"));
    assertThat(read(ANSWER.getBytes(StandardCharsets.UTF_16BE)))
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '=',
      value = {
        "[\"s:1\"]=s:1",
        "[\"s:2\",\"s:1\"]=s:1,s:2",
        "{\"s:1\":\"bad map\"}=s:1 bad map",
        "{\"s:1\":null,\"s:2\":{\"error\":\"why\"},\"s:3\":false}=s:2 why",
        "[{\"event_id\":\"s:1\"}]=s:1",
        "[{\"error\":{\"a\":[1]},\"event_id\":\"s:1\",\"x\":[[{}]]}]=s:1",
        "[{\"event_id\":\"s:2\",\"error\":7},{\"event_id\":\"s:9\",\"error\":\"e\"}]=s:2 7",
        "[[\"s:1\"],3,null,{\"event_id\":[\"s:2\"]},{},1e999999999]=s:1,s:2",
        "\"s:1\"=s:1",
        "[{\"id\":\"s:1\",\"reason\":\"why\"}]=s:1 why",
        "[{\"id\":\"s:1\",\"reason\":\"code\",\"error\":\"why\",\"message\":\"m\"}]=s:1 why",
        "{\"event_id\":\"s:1\",\"error\":\"why\"}=s:1 why",
        "{\"count\":1,\"ids\":[\"s:1\"]}=s:1",
        "{\"count\":1,\"events\":[{\"event_id\":\"s:2\",\"message\":\"m\"}]}=s:2 m",
        "[{\"event\":{\"event_id\":\"s:1\"},\"error\":\"why\"}]=s:1",
        "[[\"s:1\",\"why\"]]=s:1",
        "[{\"event_id\":\"s:1\",\"error\":\"duplicate\",\"duplicate_of\":\"s:2\"}]=s:1 duplicate",
        "[{\"of\":\"s:2\",\"seen\":[\"s:2\"],\"error\":\"dup\",\"event_id\":\"s:1\"}]=s:1 dup",
        "[{\"event_id\":\"s:1\",\"error\":\"bad\",\"seen\":[{\"event_id\":\"s:2\"}]}]=s:1 bad",
        "[{\"duplicate_of\":\"s:2\",\"id\":\"s:1\",\"error\":\"dup\"}]=s:1 dup",
        "[{\"event_id\":\"s:9\",\"error\":\"dup\",\"of\":\"s:9\"}]=",
        "{\"s:1\":{\"error\":\"dup\",\"of\":\"s:2\"}}=s:1 dup",
        "{\"s:1\":[\"s:2\"]}=s:1",
        "{\"s:1\":[],\"s:2\":0}=",
        "{\"s:1\":\"\",\"s:2\":{}}=",
        "{\"s:1\":[\"why\"],\"s:2\":{\"errors\":[\"why\"]}}=s:1,s:2",
        "[{\"id\":1,\"error\":\"s:9\"},\"S:1\",\" s:1\"]=",
        "1=",
        "null=",
        "true="
      })
  void readsIdsHoweverTheyAreListed(String rejected, String found) {
    Map<String, String> reasons = new TreeMap<>(read("{\"a\":[{}],\"rejected\":" + rejected + "}"));
    String listed =
        reasons.entrySet().stream()
            .map(e -> (e.getKey() + " " + e.getValue()).replace(" rejected by the AI service", ""))
            .collect(Collectors.joining(","));
    assertThat(listed).isEqualTo(found == null ? "" : found);
  }

  /** A million that are none, and a million of others. */
  @ParameterizedTest
  @ValueSource(strings = {"[],", "{},", "{\"event_id\":\"s:7\",\"error\":\"e\"},", "\"s:7\","})
  void takesNoMoreMemoryForAnAnswerThatListsMuch(String one) {
    String much = one.repeat(8_000_000 / one.length());
    byte[] body = ("{\"rejected\":[" + much + "\"s:1\"]}").getBytes(StandardCharsets.UTF_8);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    read("{\"rejected\":[]}");
    Map<String, String> found = read(body);
    assertThat(found).containsOnlyKeys("s:1");
    long before = threads.getCurrentThreadAllocatedBytes();
    read(body);
    // Texts that are gone at once; as objects it would be ten times the body.
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10L * body.length);
  }
}

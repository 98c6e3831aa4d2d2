package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.aibridge.core.config.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a 2xx says in its body, in each way in which it can be written. */
class AnswerBodyTest {
  private static final byte[] BATCH =
      "{\"events\":[{\"event_id\":\"s:1\"},{\"event_id\":\"s:2\"}]}"
          .getBytes(StandardCharsets.UTF_8);

  private static Answer answer(ServiceRequest request, byte[] body) throws IOException {
    return AnswerReader.read(
        request,
        true,
        new AnswerReader.Head(200, "application/json", "", "", -1),
        new AnswerReader.Body(body, () -> true),
        Secret.NONE,
        1);
  }

  private static Answer.Kind ofEvents(byte[] body) throws IOException {
    return answer(Calls.post(BATCH), body).kind();
  }

  private static Answer ofPoll(byte[] body) throws IOException {
    return answer(ServiceRequest.get(ServiceRequest.Caller.ACTIONS, "/", 1000, true), body);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The text in each encoding that is read, with names as they are and with escapes. */
  private static Map<String, byte[]> ways(String json) {
    Map<String, byte[]> ways = new LinkedHashMap<>();
    for (String text : List.of(json, json.replace("s", "\\u0073").replace("o", "\\u006f"))) {
      if (text.equals(json) || !json.contains("false") && !json.contains("null")) {
        for (String charset : List.of("UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32")) {
          ways.put(charset + " " + text, text.getBytes(Charset.forName(charset)));
        }
        ways.put("marked " + text, utf8("\uFEFF" + text));
      }
    }
    return ways;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"success\":false}",
        "{\"success\":\"False\"}",
        "{\"success\":0}",
        "{\"ok\":false,\"error\":\"database is locked\"}",
        "{\"\\u0073uccess\":false}",
        "{\"status\":\"error\",\"message\":\"database is locked\"}",
        "{\"status\":\"FAILED\"}",
        "{\"error\":\"database is locked\"}",
        "{\"error\":{\"code\":500}}",
        "{\"error\":true,\"detail\":[1]}",
        "{\"success\":true,\"success\":false}",
        "{\"data\":{\"rejected\":[\"s:1\"]},\"success\":false}",
        "{\"timestamp\":\"t\",\"status\":500,\"error\":\"Internal Server Error\"}",
        "{\"accepted\":0,\"error\":\"database is locked\"}",
        "{\"rejected\":[],\"error\":\"database is locked\"}",
        "{\"success\":null,\"error\":\"database is locked\"}",
        "{\"status\":\"unavailable\",\"error\":\"database is locked\"}",
        "{\"error\":[\"database is locked\"]}",
        "{\"error\":500}",
        "[{\"error\":\"database is locked\"},500]",
        "{\"success\":false,\"rejected\":[]}",
        "{\"success\":false,\"rejected\":[\"s:9\"]}",
        "{\"success\":false,\"rejected\":[null]}",
        "{\"success\":false,\"rejected\":{\"s:1\":null}}",
        "{\"rejected\":2,\"success\":false}"
      })
  void thatTheRequestFailedTakesNoEvent(String json) throws IOException {
    for (Map.Entry<String, byte[]> way : ways(json).entrySet()) {
      assertThat(ofEvents(way.getValue())).as(way.getKey()).isEqualTo(Answer.Kind.NO_ANSWER);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "true",
        "false",
        "null",
        "{\"success\":true}",
        "{\"success\":null}",
        "{\"status\":\"ok\",\"error\":\"1 of 2 was late\"}",
        "{\"accepted\":2,\"error\":\"1 of 2 was late\"}",
        "{\"error\":null}",
        "{\"error\":\"\"}",
        "{\"error\":[]}",
        "{\"error\":false}",
        "{\"status\":200}",
        "{\"success\":0,\"duplicates\":20}",
        "{\"error\":{}}",
        "{\"error\":{\"code\":0,\"message\":\"\"}}",
        "{\"error\":\"None\"}",
        "{\"error\":\"false\"}",
        "{\"error\":0}",
        "[{\"events\":2},200]",
        "[500]",
        "{\"result\":{\"success\":false}}",
        "[{\"success\":false}]",
        "{\"success\":false,\"rejected\":[\"s:1\"]}",
        "{\"rejected\":{\"s:2\":\"bad\"},\"success\":false}"
      })
  void anythingElseTakesThem(String json) throws IOException {
    for (Map.Entry<String, byte[]> way : ways(json).entrySet()) {
      assertThat(ofEvents(way.getValue())).as(way.getKey()).isEqualTo(Answer.Kind.OK);
    }
  }

  @Test
  void ofAPollIsAnObjectWithActionsOrNothing() throws IOException {
    for (String body :
        List.of(
            "",
            " \r\n",
            "\uFEFF",
            "{\"actions\":[]}",
            "{\"actions\":null}",
            "\uFEFF {\"n\":NaN,\"actions\" : [{\"cut",
            "{\"max_results\":5,\"actions\":[}")) {
      assertThat(ofPoll(utf8(body)).kind()).as(body).isEqualTo(Answer.Kind.OK);
    }
  }

  /** Else polls would fail for ever beside a status that says that all is well. */
  @Test
  void ofAPollThatOffersNoArrayIsToldAsAFailure() throws IOException {
    List<byte[]> bodies = new ArrayList<>();
    for (String json :
        List.of(
            "{}",
            "[]",
            "[{\"action_id\":\"a\"}]",
            "{\"error\":\"database is locked\"}",
            "{\"status\":\"ok\"}",
            "{\"data\":{\"actions\":[]}}",
            "{\"actions\":{}}",
            "{\"actions\":\"\"}",
            "{\"Actions\":[]}",
            "{\"actions\"")) {
      bodies.add(utf8(json));
      assertThat(ofPoll(utf8(json)).said())
          .endsWith(": a body that is no object with an array \"actions\"");
    }
    for (String text : List.of("OK", "null", "<html>", "\u65e5\u672c", "\u0000")) {
      bodies.add(utf8(text));
    }
    bodies.add("{\"actions\":[]}".getBytes(StandardCharsets.UTF_16));
    for (byte[] body : bodies) {
      Answer answer = ofPoll(body);
      assertThat(answer.kind()).as(answer.said()).isEqualTo(Answer.Kind.NO_ANSWER);
      assertThat(answer.said()).contains(": a body that is no");
    }
  }
}

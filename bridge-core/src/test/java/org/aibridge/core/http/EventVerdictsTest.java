package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.aibridge.core.service.EventBatch;
import org.aibridge.core.service.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EventVerdictsTest {
  private static final EventBatch BATCH =
      new EventBatch(
          "k",
          3,
          false,
          ("{\"events\":[{\"event_id\":\"s:1\",\"payload\":{\"event_id\":\"s:9\"}},"
                  + "{\"event_id\":\"s:2\"},{\"event_id\":\"s:1\"}]}")
              .getBytes(StandardCharsets.UTF_8));

  private Verdict verdict(Answer.Kind kind, int status, long retryAfterMs, String body) {
    return EventVerdicts.of(
        new Answer(kind, status, retryAfterMs, body.getBytes(StandardCharsets.UTF_8), "why", 7),
        BATCH,
        text -> text.replace("secret", "***"));
  }

  @ParameterizedTest
  @CsvSource({
    "OK,           200, -1,   Delivered",
    "REFUSED,      422, -1,   Refused",
    "TOO_LARGE,    413, -1,   TooLarge",
    "COME_BACK,    429, 5000, Later",
    "FAILED,       500, -1,   Later",
    "NO_ANSWER,    0,   -1,   Later",
    "LOCAL_FAILURE,0,   -1,   NotSent",
    "UNAUTHORIZED, 401, -1,   Held",
    "REDIRECT,     302, -1,   Held",
    "BLOCKED,      404, -1,   Held",
    "CANCELLED,    0,   -1,   Held"
  })
  void judgesEachKindOfAnswer(Answer.Kind kind, int status, long retryAfterMs, String expected) {
    Verdict verdict = verdict(kind, status, retryAfterMs, "");
    assertThat(verdict.getClass().getSimpleName()).isEqualTo(expected);
    assertThat(verdict.reply().code()).isEqualTo(status);
    assertThat(verdict.reply().latencyNanos()).isEqualTo(7);
  }

  @ParameterizedTest
  @EnumSource(Answer.Kind.class)
  void judgesEveryKindThereIs(Answer.Kind kind) {
    assertThat(verdict(kind, 0, -1, "").reply().problem()).isEqualTo("why");
  }

  @ParameterizedTest
  @CsvSource({"5000, true, false", "0, true, true"})
  void tellsAnOrderedWaitFromAnotherAndFromNone(long ms, boolean ordered, boolean atOnce) {
    assertThat(verdict(Answer.Kind.COME_BACK, 429, ms, ""))
        .isInstanceOfSatisfying(
            Verdict.Later.class,
            later -> {
              assertThat(later.ordered()).isEqualTo(ordered);
              assertThat(later.atOnce()).isEqualTo(atOnce);
            });
    assertThat(verdict(Answer.Kind.FAILED, 503, -1, ""))
        .isInstanceOfSatisfying(
            Verdict.Later.class, later -> assertThat(later.ordered()).isFalse());
  }

  @Test
  void namesRejectedEventsByTheirPlaceAndWithoutSecrets() {
    Verdict verdict =
        verdict(
            Answer.Kind.OK,
            200,
            -1,
            "{\"rejected\":[{\"event_id\":\"s:1\",\"error\":\"a secret\"},\"s:9\"]}");
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Delivered.class,
            delivered ->
                assertThat(delivered.rejected()).isEqualTo(Map.of(0, "a ***", 2, "a ***")));
    assertThat(verdict.reply().text()).contains("***").doesNotContain("secret");
    assertThat(((Verdict.Delivered) verdict).unclear()).isFalse();
  }

  @Test
  void saysWhereSomethingWasRejectedAndNobodyKnowsWhat() {
    Verdict verdict = verdict(Answer.Kind.OK, 200, -1, "{\"rejected\":[\"s:9\"]}");
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Delivered.class,
            delivered -> {
              assertThat(delivered.rejected()).isEmpty();
              assertThat(delivered.unclear()).isTrue();
            });
    assertThat(verdict.reply().text()).contains("s:9");
  }

  @Test
  void keepsOnlyTheBeginningOfWhatWasAnswered() {
    String whole = "x".repeat(10_000);
    assertThat(verdict(Answer.Kind.REFUSED, 400, -1, whole).reply().text()).hasSize(2048);
  }
}

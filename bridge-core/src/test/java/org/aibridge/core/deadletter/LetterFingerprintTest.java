package org.aibridge.core.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LetterFingerprintTest {
  @Test
  void isTheSameWhateverNumbersIdsAndQuotedValuesSay() {
    String one = refused("{\"detail\":\"player 150001 is on unknown map 'prontera'\"}");
    String other = refused("{\"detail\":\"player 7 is on unknown map 'geffen'\"}");
    assertThat(one).isEqualTo(other).isEqualTo("422 player # is on unknown map *");
    assertThat(refused("no session 3f2504e0-4f89-11d3-9a0c-0305e82c3301"))
        .isEqualTo(refused("no session 9b2504e0-4f89-11d3-9a0c-0305e82c3aaa"))
        .isEqualTo("422 no session #");
  }

  @Test
  void tellsReasonsApart() {
    assertThat(refused("{\"error\":\"no such player\"}"))
        .isNotEqualTo(refused("{\"error\":\"no such map\"}"));
    assertThat(LetterFingerprint.text(DeadLetter.Reason.REFUSED, 400, "HTTP 400", "no"))
        .isNotEqualTo(LetterFingerprint.text(DeadLetter.Reason.REFUSED, 422, "HTTP 422", "no"));
  }

  @Test
  void readsWhatAValidatorSaysAndNotWhatItRepeats() {
    String answer =
        "{\"detail\":[{\"loc\":[\"body\",\"events\",0,\"map\"],\"msg\":\"field required\","
            + "\"type\":\"missing\",\"input\":{\"player_id\":%d,\"name\":\"%s\"}}]}";
    assertThat(refused(answer.formatted(1, "a")))
        .isEqualTo(refused(answer.formatted(2, "b")))
        .isEqualTo("422 body events map field required missing");
  }

  @Test
  void takesTheTextOfAnAnswerThatIsNoJson() {
    assertThat(refused("<html>\n  no   way</html>")).isEqualTo("422 <html> no way</html>");
    assertThat(refused("{\"detail\":\"cut in the mid")).startsWith("422 {");
    assertThat(refused("")).isEqualTo("422");
    assertThat(
            LetterFingerprint.text(
                DeadLetter.Reason.EXPIRED, 0, "older than event_ttl (50 ms)", ""))
        .isEqualTo("expired older than event_ttl (# ms)");
  }

  @Test
  void usesWhatTheServiceSaidOfARejectedEvent() {
    assertThat(
            LetterFingerprint.text(
                DeadLetter.Reason.REJECTED,
                200,
                "stale: 12 s",
                "{\"rejected\":[{\"error\":\"x\"}]}"))
        .isEqualTo("200 rejected stale: # s");
  }

  @Test
  void staysShort() {
    assertThat(refused("word ".repeat(1000))).hasSizeLessThan(200);
    assertThat(refused("x".repeat(2000))).hasSizeLessThan(200);
  }

  @Test
  void hasAName() {
    assertThat(LetterFingerprint.name(LetterFingerprint.hash("422 no such map")))
        .matches("[0-9a-f]{8}");
  }

  private static String refused(String answer) {
    return LetterFingerprint.text(DeadLetter.Reason.REFUSED, 422, "HTTP 422", answer);
  }
}

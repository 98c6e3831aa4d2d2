package org.aibridge.api.script;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScriptAnswerTest {
  @Test
  void hasABodyOrAProblem() {
    assertThat(ScriptAnswer.answered(204, "said"))
        .isEqualTo(new ScriptAnswer(true, 204, "said", ""));
    assertThat(ScriptAnswer.failed(503, "busy"))
        .isEqualTo(new ScriptAnswer(false, 503, "", "busy"));
  }
}

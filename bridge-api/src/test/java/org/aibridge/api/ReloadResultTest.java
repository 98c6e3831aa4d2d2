package org.aibridge.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.aibridge.api.ReloadResult.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReloadResultTest {
  @ParameterizedTest
  @EnumSource
  void leavesTheOldSettingsInAllCasesButOne(Outcome outcome) {
    assertThat(new ReloadResult(outcome, List.of()).reloaded())
        .isEqualTo(outcome == Outcome.RELOADED);
  }

  @Test
  void copiesItsProblems() {
    List<String> problems = new ArrayList<>(List.of("line 3: no such key"));
    ReloadResult result = new ReloadResult(Outcome.REJECTED, problems);
    problems.clear();
    assertThat(result.problems()).containsExactly("line 3: no such key");
    assertThatThrownBy(() -> result.problems().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }
}

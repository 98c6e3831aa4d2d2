package org.aibridge.core.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.aibridge.api.status.BridgeState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The one rule by which the state is told, as a table, and what the log makes of it. */
class DiagnosisTest {
  private static final long BOUND_MS = Diagnosis.BOUND_MS;

  /**
   * Standing for less than the bound is told only where the reason is known. Of several reasons the
   * first of the columns is told.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # row                    |shortage |held |paused|breaker  |ordered|standing|said      |state   |problem                   |next         |command
          all is well              |-        |-    |-     |closed   |0      |0       |-         |RUNNING |-                         |-            |-
          a backlog goes out       |-        |-    |-     |closed   |0      |2000    |-         |RUNNING |-                         |-            |-
          a short ordered wait     |-        |-    |-     |closed   |5000   |29999   |HTTP 429  |RUNNING |-                         |-            |-
          429 with Retry-After     |-        |-    |-     |closed   |41000  |30000   |HTTP 429  |DEGRADED|left alone: HTTP 429; 7   |in 41 s      |-
          503 with Retry-After     |-        |-    |-     |closed   |75000  |60000   |HTTP 503  |DEGRADED|left alone: HTTP 503; 7   |in 75 s      |-
          429 without              |-        |-    |-     |closed   |0      |31000   |HTTP 429  |DEGRADED|stand for 31 s: HTTP 429  |in 3 s       |retry
          one lane is answered 500 |-        |-    |-     |closed   |0      |600000  |HTTP 500  |DEGRADED|stand for 600 s: HTTP 500 |in 3 s       |retry
          a reader that cannot read|-        |-    |-     |closed   |0      |45000   |-         |DEGRADED|stand for 45 s; 7 events  |in 3 s       |retry
          a full disk              |disk full|-    |-     |closed   |0      |0       |-         |DEGRADED|disk full                 |by itself    |-
          refused credentials      |-        |401  |-     |closed   |0      |0       |-         |HELD    |401                       |in 3 s       |reload
          a surge of refusals      |-        |-    |surge |closed   |0      |0       |-         |DEGRADED|surge                     |in 3 s       |resume
          nobody answers           |-        |-    |-     |open     |0      |0       |-         |OUTAGE  |does not answer; 7 events |in 9 s       |retry
          200 with a text          |-        |-    |-     |open     |0      |0       |HTTP 200 x|OUTAGE  |fails: HTTP 200 x; 7      |in 9 s       |retry
          a probe is under way     |-        |-    |-     |half_open|0      |0       |HTTP 500  |OUTAGE  |fails: HTTP 500           |in 9 s       |retry
          disk before the service  |disk full|401  |surge |open     |9000   |90000   |HTTP 500  |DEGRADED|disk full                 |by itself    |-
          """)
  void tellsWhateverStands(
      String row,
      String shortage,
      String held,
      String paused,
      String breaker,
      long ordered,
      long standing,
      String said,
      BridgeState state,
      String problem,
      String next,
      String command) {
    Vitals vitals =
        new Vitals(
            false,
            or(shortage),
            or(held),
            or(paused),
            breaker,
            8200,
            ordered,
            2300,
            7,
            standing + 1000,
            standing,
            or(said));
    Diagnosis told = Diagnosis.of(vitals, BOUND_MS);
    assertThat(told.state()).isEqualTo(state);
    assertThat(told.problem()).contains(or(problem));
    assertThat(told.next()).contains(or(next));
    assertThat(told.command()).isEqualTo(or(command));
    assertThat(told.problem().isEmpty()).isEqualTo(state == BridgeState.RUNNING);
    assertThat(told.next().isEmpty()).isEqualTo(state == BridgeState.RUNNING);
  }

  private static String or(String text) {
    return text == null ? "" : text;
  }

  /** Nothing may stand in silence, whatever else is so. */
  @Test
  void neverCallsRunningWhatStandsForTheBound() {
    String[] breakers = {"closed", "open", "half_open"};
    for (int bits = 0; bits < 32; bits++) {
      for (String breaker : breakers) {
        Vitals vitals =
            new Vitals(
                false,
                (bits & 1) == 0 ? "" : "a",
                (bits & 2) == 0 ? "" : "b",
                (bits & 4) == 0 ? "" : "c",
                breaker,
                0,
                (bits & 8) == 0 ? 0 : 1,
                0,
                1,
                BOUND_MS,
                BOUND_MS,
                (bits & 16) == 0 ? "" : "d");
        assertThat(Diagnosis.of(vitals, BOUND_MS).state()).isNotEqualTo(BridgeState.RUNNING);
        assertThat(Diagnosis.of(vitals, BOUND_MS).problem()).isNotEmpty();
      }
    }
    assertThat(Diagnosis.of(Vitals.WELL, BOUND_MS).state()).isEqualTo(BridgeState.RUNNING);
  }

  private final DiagnosisLog log = new DiagnosisLog();
  private final List<String> said = new ArrayList<>();

  private void at(double seconds, BridgeState state) {
    String problem = state == BridgeState.RUNNING ? "" : "it is " + state;
    Diagnosis now = new Diagnosis(state, problem, "it goes on", "");
    String line = log.next(now, 5, (long) (seconds * 1e9));
    if (!line.isEmpty()) {
      said.add(line);
    }
  }

  @Test
  void saysTwoLinesOfAShortageThatFlickers() {
    at(0, BridgeState.RUNNING);
    for (int i = 1; i <= 60; i++) {
      at(i, i % 9 < 4 ? BridgeState.DEGRADED : BridgeState.RUNNING);
    }
    assertThat(said).containsExactly("it is DEGRADED; it goes on");
    assertThat(log.isWarning()).isTrue();
    for (int i = 61; i <= 80; i++) {
      at(i, BridgeState.RUNNING);
    }
    assertThat(said)
        .containsExactly(
            "it is DEGRADED; it goes on", "all is well again after 57 s; 5 events go out");
    assertThat(log.isWarning()).isFalse();
  }

  @Test
  void saysRarelyThatItIsStillSoAndAtOnceThatItIsAnother() {
    for (int i = 0; i <= 1300; i++) {
      at(i, i < 1250 ? BridgeState.OUTAGE : BridgeState.HELD);
    }
    assertThat(said)
        .containsExactly(
            "it is OUTAGE; it goes on",
            "it is OUTAGE, for 600 s now; it goes on",
            "it is OUTAGE, for 1200 s now; it goes on",
            "it is HELD, for 1250 s now; it goes on");
  }
}

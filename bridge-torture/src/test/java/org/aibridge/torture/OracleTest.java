package org.aibridge.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OracleTest {
  private static final long PLAYER = 150_001;

  private final BitSet accepted = new BitSet();
  private final List<Commit> commits = new ArrayList<>();

  OracleTest() {
    accepted.set(0, 4);
  }

  @Test
  void isContentWhenEverythingCameOnceAndInOrder() {
    commit("a", 1, event(0), event(1));
    commit("b", 2, event(2), event(3));

    assertThat(judge().isClean()).isTrue();
    assertThat(judge().accepted()).isEqualTo(4);
    assertThat(judge().committed()).isEqualTo(4);
  }

  @Test
  void isContentWhenABatchCameAgainUnderItsKey() {
    commit("a", 1, event(0), event(1));
    commit("b", 2, event(2), event(3));
    commit("a", 1, event(0), event(1));

    assertThat(judge().isClean()).isTrue();
    assertThat(judge().repeated()).isEqualTo(1);
  }

  @Test
  void catchesALostEvent() {
    commit("a", 1, event(0), event(1), event(3));

    assertThat(judge().isClean()).isFalse();
    assertThat(judge().missing()).containsExactly(2L);
    assertThat(judge().text()).contains("missing: 1 [2]");
  }

  @Test
  void findsAnEventAmongTheDeadLettersOrTheWaiting() {
    commit("a", 1, event(0), event(1));

    assertThat(
            new Oracle(accepted, commits)
                .deadLetters(() -> Set.of(2L))
                .waiting(() -> Set.of(3L))
                .judge()
                .isClean())
        .isTrue();
  }

  @Test
  void catchesAnEventThatCameUnderAnotherKey() {
    commit("a", 1, event(0), event(1), event(2), event(3));
    commit("b", 2, event(3));

    assertThat(judge().violations())
        .anyMatch(v -> v.contains("event s:3 was taken under the keys a and b"));
  }

  @Test
  void catchesAKeyThatStandsForTwoBatches() {
    commit("a", 1, event(0), event(1), event(2), event(3));
    commit("a", 2, event(0), event(1), event(2));

    assertThat(judge().violations()).containsExactly("key a stands for two different batches");
  }

  @Test
  void catchesANumberWithTwoEventIds() {
    commit("a", 1, event(0), event(1), event(2), event(3));
    commit("b", 2, new CommittedEvent("s:99", 3, PLAYER + 1));

    assertThat(judge().violations()).containsExactly("number 3 has the event ids s:3 and s:99");
  }

  @Test
  void catchesAnEventIdThatStandsForTwoNumbers() {
    commit("a", 1, event(0), event(1), event(2));
    commit("b", 2, new CommittedEvent("s:2", 3, PLAYER));

    assertThat(judge().violations()).contains("event id s:2 stands for numbers 2 and 3");
  }

  @Test
  void catchesDisorderOfOnePlayerAndOfNoTwo() {
    commit("a", 1, event(0), event(2), event(1));
    commit("b", 2, new CommittedEvent("s:3", 3, PLAYER + 1));

    assertThat(judge().violations())
        .containsExactly("player 150001: number 1 came after number 2 (batch 0)");
  }

  @Test
  void countsWhatWasCommittedAndNeverNoted() {
    commit("a", 1, event(0), event(1), event(2), event(3), event(4));

    assertThat(judge().isClean()).isTrue();
    assertThat(judge().unnoted()).containsExactly(4L);
  }

  private Oracle.Findings judge() {
    return new Oracle(accepted, commits).judge();
  }

  private void commit(String key, int sum, CommittedEvent... events) {
    commits.add(new Commit(commits.size(), 0, key, sum, List.of(events)));
  }

  private static CommittedEvent event(long number) {
    return new CommittedEvent("s:" + number, number, PLAYER);
  }
}

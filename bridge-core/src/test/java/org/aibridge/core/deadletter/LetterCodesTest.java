package org.aibridge.core.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The codes lie on disk: a new reason or mark gets one of its own, and none is given again. */
class LetterCodesTest {
  @Test
  void keepsTheReasonsThatFilesWereWrittenWith() {
    assertThat(
            Arrays.stream(DeadLetter.Reason.values())
                .collect(Collectors.toMap(DeadLetter.Reason::wireName, DeadLetter.Reason::code)))
        .isEqualTo(
            Map.of(
                "refused", 0,
                "rejected", 1,
                "too_large", 2,
                "expired", 3,
                "imported", 4,
                "later_version", 5));
    for (DeadLetter.Reason reason : DeadLetter.Reason.values()) {
      assertThat(DeadLetter.Reason.of(reason.code())).isEqualTo(reason);
      assertThat(DeadLetter.Reason.of(reason.wireName())).isEqualTo(reason);
    }
    assertThat(DeadLetter.Reason.of(99)).as("a later version's").isEqualTo(imported());
    assertThat(DeadLetter.Reason.of("later")).isEqualTo(imported());
  }

  private static DeadLetter.Reason imported() {
    return DeadLetter.Reason.IMPORTED;
  }

  @Test
  void keepsTheWordsThatCountsWereWrittenWith() {
    assertThat(Arrays.stream(Removals.Why.values()).map(Removals.Why::wireName))
        .containsExactly("replayed", "died_again", "purged", "size", "age", "file_deleted");
  }

  @Test
  void keepsTheMarksThatFilesWereWrittenWith() {
    assertThat(Arrays.stream(Mark.values()).collect(Collectors.toMap(Enum::name, Mark::code)))
        .isEqualTo(
            Map.of(
                "NONE", 0,
                "QUEUED", 1,
                "RELEASED", 2,
                "DELIVERED", 3,
                "DIED_AGAIN", 4,
                "PURGED", 5,
                "UNDONE", 6,
                "FORGOTTEN", 7,
                "AGED", 8));
    assertThat(Mark.of(2)).isEqualTo(Mark.RELEASED);
    assertThat(Mark.of(0)).isNull();
    assertThat(Mark.of(9)).as("a later version's").isNull();
  }
}

package org.aibridge.core.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeathStatsTest {
  private final DeathStats stats = new DeathStats();

  /** A service that words each refusal anew is told of, and takes no memory without end. */
  @Test
  void tellsOnceThatThereAreFurtherKinds() {
    for (int i = 0; i < DeathStats.MAX_KINDS; i++) {
      die("no " + (char) ('a' + i / 26) + (char) ('a' + i % 26));
    }
    assertThat(stats.kinds()).hasSize(DeathStats.MAX_KINDS).noneMatch(kind -> isFurther(kind));
    die("no aa");
    assertThat(stats.kinds()).as("one that is known").hasSize(DeathStats.MAX_KINDS);
    for (String why : List.of("no zy", "no zz", "no zy")) {
      die(why);
      assertThat(stats.kinds()).hasSize(DeathStats.MAX_KINDS + 1);
      assertThat(stats.kinds()).filteredOn(kind -> isFurther(kind)).hasSize(1);
    }
    assertThat(stats.count(DeadLetter.Reason.REFUSED)).isEqualTo(DeathStats.MAX_KINDS + 4);
  }

  @Test
  void tellsHowManyDiedInTheLastTenMinutes() {
    long minute = 60_000;
    long start = 1_763_600_000_000L / minute * minute;
    assertThat(stats.recent(start)).isZero();
    assertThat(stats.newestMs()).isZero();
    for (int i = 0; i < 30; i++) {
      die("no", start + i * minute / 2);
    }
    long last = start + 29 * minute / 2;
    assertThat(stats.newestMs()).isEqualTo(last);
    assertThat(stats.recent(last)).as("two a minute").isEqualTo(20);
    assertThat(stats.recent(last + 5 * minute)).isEqualTo(10);
    assertThat(stats.recent(last + 10 * minute)).isZero();
    die("no", last + 60 * minute);
    assertThat(stats.recent(last + 60 * minute)).isEqualTo(1);
  }

  private static boolean isFurther(DeathStats.Kind kind) {
    return kind.fingerprint().isEmpty();
  }

  private void die(String why) {
    die(why, 0);
  }

  private void die(String why, long atMs) {
    byte[] json = "{}".getBytes(StandardCharsets.UTF_8);
    stats.add(
        new DeadLetter(
            "s1:1",
            json,
            DeadLetter.Reason.REFUSED,
            422,
            why,
            "",
            1,
            0,
            0,
            "",
            "",
            0,
            List.of(),
            atMs));
  }
}

package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Some of what {@link ForeignHands} does; its {@code main} does all of it. */
@Tag("slow")
@Timeout(300)
class ForeignHandsTest {
  /** Made once: what it damages copies of takes longer to make than a case to run. */
  private static ForeignHands hands;

  /** What a store behind the end of a mapped file may do to a JVM that has it in compiled code. */
  private static final String SIGBUS = "died, exit 134";

  @BeforeAll
  static void begin(@TempDir Path folder) throws Exception {
    hands = new ForeignHands(folder);
  }

  @AfterAll
  static void end() throws Exception {
    hands.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "role=journal/oldest.cq4, damage=(HALF|DELETE|GARBAGE), when=DOWN",
        "role=journal/newest.cq4, damage=(EMPTY|DELETE|OLDER), when=RUNNING",
        "role=journal/cursor, damage=(EMPTY|DELETE|GARBAGE), when=.*",
        "role=actions/newest.cq4, damage=(EMPTY|DELETE), when=.*",
        "role=actions/, damage=DELETE, when=.*",
        "role=journal/ring.place, damage=GARBAGE, when=DOWN"
      })
  void losesNothingLaterAppliesNothingTwiceAndTellsWhatIsMissing(String which) throws Exception {
    Pattern wanted = Pattern.compile("Case\\[" + which + "]");
    List<ForeignHands.Case> cases =
        hands.cases().stream().filter(c -> wanted.matcher(c.toString()).matches()).toList();
    assertThat(cases).isNotEmpty();
    for (ForeignHands.Case what : cases) {
      ForeignHands.Outcome outcome = hands.run(what);
      if (!outcome.end().equals(SIGBUS) || !what.toString().contains("EMPTY, when=RUNNING")) {
        assertThat(outcome.end()).as("%s", outcome).isEqualTo("closed");
      }
      assertThat(outcome.lostLater()).as("accepted later and lost: %s", outcome).isZero();
      assertThat(outcome.twice()).as("applied twice: %s", outcome).isEqualTo(Set.of());
      assertThat(outcome.waiting()).as("waiting in the end: %s", outcome).isZero();
      if (outcome.lost() > 0) {
        assertThat(outcome.damaged()).as("counted: %s", outcome).isPositive();
        assertThat(outcome.told()).as("told: %s", outcome).isNotEmpty();
      }
    }
  }
}

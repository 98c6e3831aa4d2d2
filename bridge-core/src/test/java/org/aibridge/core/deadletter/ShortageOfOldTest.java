package org.aibridge.core.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.aibridge.core.store.LeftByAShortage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Letters that went on behind an end mark, as an earlier version left them. */
class ShortageOfOldTest {
  /** One was refused. */
  private static final List<String> ALL =
      IntStream.range(0, 200).filter(i -> i != 68).mapToObj(i -> "s1:" + i).toList();

  @TempDir Path temp;

  @Test
  void listsEveryLetterBeforeAndAfterAStart() throws Exception {
    Path folder = LeftByAShortage.unpack("letters", temp.resolve("letters"));
    assertThat(ids(folder)).isEqualTo(ALL);
    DeadLetterStore.Limits limits =
        new DeadLetterStore.Limits(64 << 20, 0, Duration.ZERO, Duration.ofDays(7), false);
    try (DeadLetterStore store =
        DeadLetterStore.open(folder, limits, World.of(new ManualClock()))) {
      assertThat(ids(folder)).isEqualTo(ALL);
      store.trim();
      assertThat(store.summary().letters()).isEqualTo(199);
      assertThat(store.unreadable()).isZero();
    }
  }

  @Test
  void goesToALetterThatHasNoHeader() throws Exception {
    Path folder = LeftByAShortage.unpack("letters", temp.resolve("letters"));
    List<Long> places = new ArrayList<>();
    try (LetterScan scan = new LetterScan(folder)) {
      while (scan.next()) {
        places.add(scan.at());
      }
      assertThat(scan.damaged()).isZero();
      scan.open(1);
      for (int i = 198; i >= 0; i -= 7) {
        scan.seek(places.get(i));
        assertThat(scan.next()).isTrue();
        assertThat(id(scan.letter().tree())).isEqualTo(ALL.get(i));
      }
    }
  }

  private static List<String> ids(Path folder) throws Exception {
    return StoredLetters.in(folder).stream().map(ShortageOfOldTest::id).toList();
  }

  private static String id(JsonNode letter) {
    return letter.path("event_id").asText();
  }
}

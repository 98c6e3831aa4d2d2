package org.aibridge.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.aibridge.testkit.ReceivedEvent;
import org.junit.jupiter.api.Test;

class ExpectationsTest {
  private static final Expectations NONE = Expectations.of(Json.read("{}"));

  @Test
  void findsALostEventThoughTheFileAsksForNothing() {
    assertThat(NONE.judge(played(1, List.of(), Set.of())))
        .containsExactly("lost: expected 0, was 1");
  }

  @Test
  void findsAnActionAppliedTwiceThoughTheFileAsksForNothing() {
    assertThat(NONE.judge(played(0, List.of(), Set.of("a-1"))))
        .containsExactly("applied twice: a-1");
  }

  @Test
  void findsEventsOutOfOrderThoughTheFileAsksForNothing() {
    assertThat(NONE.judge(played(0, List.of("player 7: 1 after 2"), Set.of())))
        .containsExactly("out of order: player 7: 1 after 2");
  }

  @Test
  void wantsTheWordsOfTheProblemWhileTheScenarioIsInForce() {
    Expectations told =
        Expectations.of(Json.read("{\"expect\":{\"problem_during\":\"HTTP 402\"}}"));
    assertThat(told.judge(played(0, List.of(), Set.of())))
        .containsExactly(
            "problem during the fault: expected one with \"HTTP 402\", was the AI service is down");
  }

  @Test
  void isContentWhenAllIsAccountedFor() {
    assertThat(NONE.judge(played(0, List.of(), Set.of()))).isEmpty();
  }

  @Test
  void seesOrderPerPlayerAndByTheFirstTimeAnEventWasTaken() {
    assertThat(ScenarioPlayer.outOfOrder(events("7 1", "8 3", "7 2", "7 1", "8 4"))).isEmpty();
    assertThat(ScenarioPlayer.outOfOrder(events("7 2", "8 3", "7 1")))
        .containsExactly("player 7: 1 after 2");
  }

  private static List<ReceivedEvent> events(String... playerAndSequence) {
    return Stream.of(playerAndSequence)
        .map(text -> text.split(" "))
        .map(p -> "{\"player_id\":%s,\"event_id\":\"map:%s\"}".formatted(p[0], p[1]))
        .map(json -> new ReceivedEvent(Json.read(json), "", 200, true))
        .toList();
  }

  private static Played played(long lost, List<String> outOfOrder, Set<String> twice) {
    Sight end = new Sight(1, "running", "the AI service is down", 10, 9, 1, 0, 0, 0, 0, 0);
    return new Played(
        List.of(end),
        List.of(),
        lost,
        0,
        outOfOrder,
        0,
        twice,
        0,
        1,
        5,
        Duration.ZERO,
        0,
        0,
        Ends.NONE);
  }
}

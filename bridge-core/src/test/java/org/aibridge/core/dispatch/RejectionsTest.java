package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RejectionsTest {
  private static final int PERCENT = 50;
  private final Rejections rejections = new Rejections();

  @Test
  void tellsOnceMostOfTheLatestEventsAreRejectedAndNoLongerThanThat() {
    rejections.taken(99, 99, "bad");
    assertThat(rejections.problem(PERCENT)).as("too few to tell").isEmpty();
    rejections.taken(1, 1, "bad \u001b map");
    assertThat(rejections.problem(PERCENT))
        .isEqualTo(
            "the AI service rejected 100 of the last 100 events in its 2xx, the last one with: \"bad"
                + " \\u001B map\"");
    rejections.taken(100, 0, "");
    assertThat(rejections.problem(PERCENT)).as("half of them").isEmpty();
    assertThat(rejections.problem(0)).as("switched off").isEmpty();
  }

  @Test
  void remembersTheLatestAlone() {
    rejections.taken(200, 200, "bad");
    rejections.taken(100, 0, "");
    rejections.taken(1, 1, "bad");
    assertThat(rejections.problem(PERCENT)).isEmpty();
    rejections.taken(500, 500, "bad");
    assertThat(rejections.problem(PERCENT)).contains("200 of the last 200");
  }
}

package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventPathTest {
  private final EventPath path = new EventPath();

  private Answer.Kind told(Answer.Kind kind, int status) {
    return judged(kind, status, true);
  }

  private Answer.Kind judged(Answer.Kind kind, int status, boolean alone) {
    return path.judged(new Answer(kind, status, -1, new byte[0], "why", 1), alone).kind();
  }

  private Answer.Kind notFound() {
    return told(Answer.Kind.BLOCKED, 404);
  }

  @Test
  void is404AboutTheAddressUntilABatchWasTaken() {
    for (int i = 0; i < 100; i++) {
      assertThat(notFound()).isEqualTo(Answer.Kind.BLOCKED);
      told(Answer.Kind.REFUSED, 422);
    }
    told(Answer.Kind.OK, 200);
    assertThat(notFound()).isEqualTo(Answer.Kind.REFUSED);
  }

  @Test
  void is404AboutAnEventWhileOthersAreTaken() {
    for (int i = 0; i < 100; i++) {
      told(Answer.Kind.OK, 200);
      for (int other = 1; other < EventPath.BELIEVED; other++) {
        assertThat(notFound()).isEqualTo(Answer.Kind.REFUSED);
      }
    }
  }

  @Test
  void hasBatchesOfManyEventsHalvedAsOftenAsItTakes() {
    told(Answer.Kind.OK, 200);
    for (int i = 0; i < 100; i++) {
      assertThat(judged(Answer.Kind.BLOCKED, 404, false)).isEqualTo(Answer.Kind.REFUSED);
    }
    assertThat(notFound()).as("the first event alone").isEqualTo(Answer.Kind.REFUSED);
  }

  @Test
  void is404ToManyEventsAboutTheAddressOnceThePathHasGone() {
    told(Answer.Kind.OK, 200);
    for (int i = 0; i < EventPath.BELIEVED; i++) {
      notFound();
    }
    assertThat(judged(Answer.Kind.BLOCKED, 404, false)).isEqualTo(Answer.Kind.BLOCKED);
  }

  @Test
  void is404AboutTheAddressOnceThePathHasGone() {
    told(Answer.Kind.OK, 200);
    for (int i = 1; i < EventPath.BELIEVED; i++) {
      notFound();
      told(Answer.Kind.REFUSED, 422);
    }
    assertThat(notFound()).isEqualTo(Answer.Kind.BLOCKED);
    assertThat(notFound()).isEqualTo(Answer.Kind.BLOCKED);
    told(Answer.Kind.OK, 200);
    assertThat(notFound()).isEqualTo(Answer.Kind.REFUSED);
  }

  @Test
  void knowsNothingOfAnotherService() {
    told(Answer.Kind.OK, 200);
    path.forget();
    assertThat(notFound()).isEqualTo(Answer.Kind.BLOCKED);
  }

  @ParameterizedTest
  @CsvSource({"BLOCKED,405", "BLOCKED,501", "BLOCKED,402", "REFUSED,422", "FAILED,500"})
  void altersNoOtherAnswer(Answer.Kind kind, int status) {
    told(Answer.Kind.OK, 200);
    assertThat(told(kind, status)).isEqualTo(kind);
  }
}

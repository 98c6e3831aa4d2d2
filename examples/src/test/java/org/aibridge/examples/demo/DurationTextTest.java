package org.aibridge.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DurationTextTest {
  private final DurationText text = new DurationText();

  @Test
  void readsWhatPeopleType() {
    assertThat(text.convert("5s")).isEqualTo(Duration.ofSeconds(5));
    assertThat(text.convert("500ms")).isEqualTo(Duration.ofMillis(500));
    assertThat(text.convert("2m")).isEqualTo(Duration.ofMinutes(2));
    assertThat(text.convert("0")).isEqualTo(Duration.ZERO);
  }

  @Test
  void refusesWhatHasNoUnitOrSense() {
    for (String wrong : new String[] {"5", "-5s", "5 s", "s", "", "5h", "9999999999s"}) {
      assertThatThrownBy(() -> text.convert(wrong)).hasMessageContaining("is not a duration");
    }
  }
}

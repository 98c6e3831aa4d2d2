package org.aibridge.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.aibridge.api.EventEnd.How;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventEndTest {
  @Test
  void refusesNull() {
    assertThatThrownBy(() -> new EventEnd(null, "{}", How.DELIVERED, "")).hasMessage("eventId");
    assertThatThrownBy(() -> new EventEnd("s:1", null, How.DELIVERED, "")).hasMessage("json");
    assertThatThrownBy(() -> new EventEnd("s:1", "{}", null, "")).hasMessage("how");
    assertThatThrownBy(() -> new EventEnd("s:1", "{}", How.DELIVERED, null)).hasMessage("problem");
  }

  @ParameterizedTest
  @EnumSource
  void namesAnEndAsDeadLettersAreNamed(How how) {
    assertThat(how.wireName()).matches("[a-z_]+").isEqualToIgnoringCase(how.name());
  }
}

package org.aibridge.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNameTest {
  @Test
  void countsLettersPutInTakenOutAndReplaced() {
    assertThat(NearestName.distance("", "lanes")).isEqualTo(5);
    assertThat(NearestName.distance("lanes", "lanes")).isZero();
    assertThat(NearestName.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(NearestName.distance("batchsize", "batch_size")).isEqualTo(1);
  }

  @Test
  void findsTheNearestAndNothingThatIsFar() {
    List<String> known = List.of("timeout_read", "timeout_connect", "lanes");

    assertThat(NearestName.of("timeout_raed", known)).hasValue("timeout_read");
    assertThat(NearestName.of("lane", known)).hasValue("lanes");
    assertThat(NearestName.of("x", known)).isEmpty();
    assertThat(NearestName.of("weather", known)).isEmpty();
  }
}

package org.aibridge.torture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class OrdealTest {
  private static JsonNode told(String state, String problem) {
    return new ObjectMapper().createObjectNode().put("state", state).put("problem", problem);
  }

  @Test
  void takesAShortageForOverOnlyWhereThereWasOne() {
    JsonNode past = told("DEGRADED", "too many open files (64) (last 12 s ago)");
    assertThat(Ordeal.isWell(past, DescriptorsExperiment.PAST)).isTrue();
    assertThat(Ordeal.isWell(past, Ordeal.NO_PROBLEM)).as("in any other experiment").isFalse();
    JsonNode present = told("DEGRADED", "too many open files (64)");
    assertThat(Ordeal.isWell(present, DescriptorsExperiment.PAST)).isFalse();
    assertThat(Ordeal.isWell(told("RUNNING", ""), Ordeal.NO_PROBLEM)).isTrue();
    assertThat(Ordeal.isWell(told("OUTAGE", ""), DescriptorsExperiment.PAST)).isFalse();
  }
}

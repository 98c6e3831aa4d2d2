package org.aibridge.ops.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class TrialsTest {
  private final ObjectNode answer = JsonNodeFactory.instance.objectNode().put("ordered_ms", 0);
  private final ArrayNode all = answer.putArray("trials");

  private TrialsTest with(String use, boolean failed, boolean shut, String state) {
    all.addObject()
        .put("use", use)
        .put("failed", failed)
        .put("shut", shut)
        .put("state", state)
        .put("service_said", state.equals("failed") ? "HTTP 500" : "");
    return this;
  }

  private void says(boolean known, boolean well, String sentence) {
    Trials trials = new Trials(answer);
    assertThat(trials.isKnown()).as("known").isEqualTo(known);
    assertThat(trials.isWell()).as("well").isEqualTo(well);
    assertThat(trials.sentence()).startsWith(sentence);
    all.removeAll();
  }

  @Test
  void tellsWhatTheServiceSaidToTheEventThatFailedBefore() {
    with("events to http", true, true, "taken").with("polls", false, false, "behind");
    says(true, true, "the AI service answers as it should");
    with("events to http", true, true, "failed").with("polls", false, false, "taken");
    says(true, false, "the AI service was asked and still fails: HTTP 500");
  }

  @Test
  void doesNotTakeAPollsAnswerForAnEventsWhereBothFailed() {
    with("events to http", true, true, "nothing").with("polls", true, true, "taken");
    says(false, true, "the AI service answers as it should");
    with("events to http", true, true, "under_way").with("polls", true, true, "taken");
    says(false, false, "the AI service was asked and has not answered yet");
  }

  @Test
  void waitsForAStateThatItDoesNotKnow() {
    with("events to http", true, true, "of_a_later_version");
    says(false, false, "the AI service was asked and has not answered yet");
  }

  @Test
  void takesOneSinksAnswerForNoneOfTheOthers() {
    with("events to http", true, true, "taken").with("events to kafka", true, true, "under_way");
    says(false, false, "the AI service was asked and has not answered yet");
    with("events to http", true, true, "taken").with("events to kafka", true, true, "failed");
    says(true, false, "the AI service was asked and still fails: HTTP 500");
    answer.put("ordered_ms", 5000);
    with("events to kafka", true, true, "taken").with("results", true, false, "nothing");
    says(true, true, "the AI service answers as it should");
  }

  @Test
  void claimsNoTrialWhileARequestFromBeforeHasNotEnded() {
    with("events to http", false, false, "behind").with("polls", false, false, "taken");
    says(false, false, "nothing was tried yet: a request from before is still under way");
  }

  @Test
  void tellsWhereThereIsNothingToSend() {
    with("events to http", true, true, "nothing").with("polls", false, false, "taken");
    says(false, false, "nothing was tried yet, for there is nothing to send");
    with("events to http", false, false, "nothing").with("polls", false, false, "behind");
    says(true, true, "nothing was kept back");
  }

  @Test
  void waitsForNothingDuringAPauseThatTheServiceHasOrdered() {
    answer.put("ordered_ms", 61_000);
    with("events to http", true, false, "nothing");
    says(true, false, "the AI service has ordered a pause and is not asked for 1 min 1 s");
  }
}

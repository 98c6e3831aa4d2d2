package org.aibridge.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.aibridge.api.status.BridgeState;

/**
 * What a scenario's file says under {@code expect}.
 *
 * <p>Three things are expected of every scenario, whatever its file says: no event is lost, no
 * action is applied twice, each player's events come in order. A number that is not there may be
 * any.
 */
record Expectations(Keys keys, boolean ofThisService) {
  private static final List<String> KEYS =
      List.of(
          "lost",
          "dead",
          "waiting",
          "duplicates",
          "applied",
          "failed",
          "refused",
          "state_during",
          "problem_during",
          "back_within",
          "longest_tick");
  private static final String LATE =
      "; an answer that came after timeout_read makes some: is this machine busy?";
  private static final List<String> STATES =
      Arrays.stream(BridgeState.values()).map(BridgeState::wireName).toList();

  /**
   * The expectations of a scenario.
   *
   * @throws IllegalArgumentException when its file has a mistake; the message says which
   */
  static Expectations of(JsonNode about) {
    Expectations read = new Expectations(new Keys("expect", about.path("expect"), KEYS), true);
    read.judge(Played.NOTHING); // reads each key, and so finds what is wrong with it
    return read;
  }

  /** Returns only the expectations that hold for any service, for a run with another service. */
  Expectations ofAnotherService() {
    return new Expectations(new Keys("expect", MissingNode.getInstance(), KEYS), false);
  }

  /** The state that the bridge must reach while the scenario is in force; empty if none. */
  private String stateDuring() {
    return keys.text("state_during", STATES, "");
  }

  /** Words that the bridge's problem has to have meanwhile, or an empty text. */
  private String problemDuring() {
    return keys.words("problem_during");
  }

  /** Whether the bridge tells of itself what it is expected to while the scenario is in force. */
  boolean isSeenIn(Sight sight) {
    return (stateDuring().isEmpty() || sight.state().equals(stateDuring()))
        && sight.problem().contains(problemDuring());
  }

  /** The maximum time for the bridge to recover; if it takes longer, the scenario fails. */
  Duration patience() {
    return keys.duration("back_within", Duration.ofSeconds(15));
  }

  /** Returns a sentence for each unmet expectation; an empty list if all are met. */
  List<String> judge(Played played) {
    List<String> wrong = new ArrayList<>();
    number(wrong, "lost", 0, played.lost());
    if (!played.isOutside()) {
      ours(wrong, played);
    }
    together(wrong, played);
    if (ofThisService) {
      wrong.addAll(played.ends().differences());
    }
    return wrong;
  }

  /** Judges the expectations that hold only if the scenario itself publishes all events. */
  private void ours(List<String> wrong, Played played) {
    number(wrong, "waiting", 0, played.last().waiting());
    for (String key : List.of("dead", "duplicates", "applied", "failed", "refused")) {
      if (keys.has(key)) {
        number(wrong, key, 0, played.count(key));
      }
    }
  }

  private void together(List<String> wrong, Played played) {
    if (!played.appliedTwice().isEmpty()) {
      wrong.add("applied twice: " + String.join(", ", played.appliedTwice()));
    }
    if (!played.outOfOrder().isEmpty()) {
      wrong.add("out of order: " + String.join(", ", played.outOfOrder()));
    }
    String state = stateDuring();
    if (!state.isEmpty() && !played.statesDuring().contains(state)) {
      wrong.add(
          "state during the fault: expected %s, was %s"
              .formatted(state, String.join(", then ", played.statesDuring())));
    }
    if (!problemDuring().isEmpty()
        && played.sightsDuring().noneMatch(sight -> sight.problem().contains(problemDuring()))) {
      wrong.add(
          "problem during the fault: expected one with \"%s\", was %s"
              .formatted(
                  problemDuring(),
                  played
                      .sightsDuring()
                      .map(Sight::problem)
                      .filter(problem -> !problem.isEmpty())
                      .reduce((before, last) -> last)
                      .orElse("none")));
    }
    if (played.backMs() < 0 || played.backMs() > patience().plus(played.slack()).toMillis()) {
      wrong.add(
          "back: expected within %d ms, %s"
              .formatted(
                  patience().plus(played.slack()).toMillis(),
                  played.backMs() < 0
                      ? "was not; " + played.last().problem()
                      : "took " + played.backMs() + " ms"));
    }
    Duration longest = keys.duration("longest_tick", Duration.ofDays(1));
    if (played.tickMs() > longest.toMillis()) {
      wrong.add(
          "longest tick: expected at most %d ms, was %.1f ms"
              .formatted(longest.toMillis(), played.tickMs()));
    }
  }

  private void number(List<String> wrong, String key, int otherwise, long was) {
    int expected = keys.number(key, otherwise);
    if (was != expected) {
      String hint = key.equals("duplicates") ? LATE : "";
      wrong.add("%s: expected %d, was %d%s".formatted(key, expected, was, hint));
    }
  }
}

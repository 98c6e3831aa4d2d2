package org.aibridge.scenarios;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What came of one scenario.
 *
 * @param sights what the bridge told of itself, in order
 * @param lost how many events were accepted, and are neither taken, nor dead, nor waiting
 * @param duplicates how often it took one that it had
 * @param outOfOrder a sentence for each player whose events came in another order
 * @param offered how many actions it offered, each counted once
 * @param faultMs when the scenario came into force
 * @param healMs when it ended, or was to have ended
 * @param backMs how long after that all was well, -1 if it never was
 * @param ends the ends of an incident beside these; {@link Ends#NONE} without one
 * @param slack how much longer than the built-in map-server it might take; zero for that one
 */
record Played(
    List<Sight> sights,
    List<Request> requests,
    long lost,
    long duplicates,
    List<String> outOfOrder,
    long offered,
    Set<String> appliedTwice,
    long faultMs,
    long healMs,
    long backMs,
    Duration slack,
    double tickMs,
    double bridgeMs,
    Ends ends) {
  static final Played NOTHING =
      new Played(
          List.of(),
          List.of(),
          0,
          0,
          List.of(),
          0,
          Set.of(),
          0,
          0,
          0,
          Duration.ZERO,
          0,
          0,
          Ends.NONE);

  Played {
    sights = List.copyOf(sights);
    requests = List.copyOf(requests);
  }

  Played with(Ends compared) {
    return new Played(
        sights,
        requests,
        lost,
        duplicates,
        outOfOrder,
        offered,
        appliedTwice,
        faultMs,
        healMs,
        backMs,
        slack,
        tickMs,
        bridgeMs,
        compared);
  }

  /** Returns the last sight; {@link Sight#NONE} if there is none. */
  Sight last() {
    return sights.isEmpty() ? Sight.NONE : sights.get(sights.size() - 1);
  }

  /** True if the scenario was played against a server of the tester's own. */
  boolean isOutside() {
    return !slack.isZero();
  }

  /** Returns the actual number for the expectation {@code key}. */
  long count(String key) {
    return switch (key) {
      case "dead" -> last().dead();
      case "duplicates" -> duplicates;
      case "applied" -> last().applied();
      case "failed" -> last().failed();
      case "refused" -> last().refused();
      default -> throw new IllegalArgumentException(key);
    };
  }

  /** The states of the bridge during the fault, without repetitions, in order of appearance. */
  List<String> statesDuring() {
    return sightsDuring().map(Sight::state).distinct().toList();
  }

  /** What the bridge told of itself while the scenario was in force. */
  Stream<Sight> sightsDuring() {
    return sights.stream().filter(sight -> sight.atMs() >= faultMs && sight.atMs() <= healMs);
  }

  /** How long the run took. */
  Duration took() {
    return Duration.ofMillis(last().atMs());
  }
}

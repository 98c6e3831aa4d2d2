package org.aibridge.torture;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Collects a host's status ten times a second for a while. For one thread. */
final class Samples {
  private static final int EVERY_MS = 100;

  /** The time without progress that counts as a standstill, in nanoseconds. */
  private static final long STANDSTILL_NANOS = 2_500_000_000L;

  private static final int STANDSTILL_LOOKS = 15;

  private final FaultHost host;
  private final List<JsonNode> all = new ArrayList<>();
  private final Set<String> problems = new TreeSet<>();
  private JsonNode moved;
  private long movedNanos;

  /** The number of samples since the last progress; there are fewer of them on a busy machine. */
  private int still;

  private boolean stood;

  Samples(FaultHost host) {
    this.host = host;
  }

  /** Takes another sample. */
  JsonNode look() {
    JsonNode now = host.status();
    all.add(now);
    if (!now.path("state").asText().equals("RUNNING")) {
      problems.add(now.path("state").asText() + ": " + now.path("problem").asText());
    }
    if (moved == null || isMoving(moved, now)) {
      moved = now;
      movedNanos = System.nanoTime();
      still = 0;
    } else {
      still++;
      stood |= still > STANDSTILL_LOOKS && System.nanoTime() - movedNanos > STANDSTILL_NANOS;
    }
    return now;
  }

  /** Takes samples for {@code ms} milliseconds. */
  void watch(long ms) {
    for (long end = System.nanoTime() + ms * 1_000_000; System.nanoTime() - end < 0; ) {
      look();
      Pause.millis(EVERY_MS);
    }
  }

  /**
   * Takes samples until {@code holds} is true; returns the milliseconds, -1 after {@code limitMs}.
   */
  long until(Predicate<JsonNode> holds, long limitMs) {
    long start = System.nanoTime();
    while (System.nanoTime() - start < limitMs * 1_000_000) {
      if (holds.test(look())) {
        return (System.nanoTime() - start) / 1_000_000;
      }
      Pause.millis(EVERY_MS);
    }
    return -1;
  }

  /** True if the last sample shows a bridge that is off. */
  boolean isOff() {
    return all.get(all.size() - 1).path("state").asText().equals("OFF");
  }

  /** True if the bridge made no progress for 2.5 s while events were waiting or refused. */
  boolean stood() {
    return stood;
  }

  boolean any(Predicate<JsonNode> holds) {
    return all.stream().anyMatch(holds);
  }

  /** Returns all states seen, except running, with their problems. */
  Set<String> problems() {
    return problems;
  }

  /** True if a reported problem contains one of {@code words}, which name the shortage. */
  boolean told(String... words) {
    String text = problems.toString().toLowerCase(Locale.ROOT);
    for (String word : words) {
      if (text.contains(word)) {
        return true;
      }
    }
    return false;
  }

  /** False if waiting events are not delivered, or if events are refused and none is accepted. */
  private static boolean isMoving(JsonNode before, JsonNode now) {
    boolean sends = now.path("waiting").asLong() == 0 || grows(before, now, "delivered");
    boolean takes = !grows(before, now, "refused") || grows(before, now, "accepted");
    return sends && takes;
  }

  static boolean grows(JsonNode before, JsonNode now, String name) {
    return now.path(name).asLong() > before.path(name).asLong();
  }
}

package org.aibridge.ops.dlq;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.aibridge.core.deadletter.LetterView;
import org.aibridge.core.deadletter.Mark;
import org.aibridge.core.deadletter.Removals;

/** Counts letters by problem, reason, status, type, map and hour. */
final class Stats {
  /** The most problems, types or maps that have a count of their own; the others share one. */
  private static final int MAX_KINDS = 10_000;

  private static final long HOUR_MS = 3_600_000;
  private static final String OTHERS = "(others)";

  /** The letters that have the same problem. */
  static final class Problem {
    final String name;
    final String text;
    final String example;

    /** What the service answered to the example, or why it is dead; empty for nothing. */
    final String answer;

    long letters;
    long oldestMs = Long.MAX_VALUE;
    long newestMs;

    private Problem(String name, String text, LetterView example) {
      this.name = name;
      this.text = text;
      this.example = example.eventId();
      this.answer = answer(example);
    }

    private static String answer(LetterView letter) {
      try {
        JsonNode json = letter.tree();
        String answer = json.path("answer").asText();
        return answer.isEmpty() ? json.path("problem").asText() : answer;
      } catch (IOException unreadable) {
        return "";
      }
    }
  }

  final Map<Long, Problem> problems = new HashMap<>();
  final Map<String, Long> reasons = new HashMap<>();
  final Map<Integer, Long> statuses = new TreeMap<>();
  final Map<String, Long> types = new HashMap<>();
  final Map<String, Long> maps = new HashMap<>();
  final Map<Long, Long> hours = new TreeMap<>();
  long letters;
  long queued;
  long trash;
  long bytes;
  int files;
  long oldestMs = Long.MAX_VALUE;
  long newestMs;
  long damaged;
  Removals removals;

  void add(LetterView letter, Mark mark) {
    if (!mark.isThere()) {
      trash += mark == Mark.PURGED ? 1 : 0;
      return;
    }
    letters++;
    queued += mark == Mark.QUEUED ? 1 : 0;
    bytes += letter.sizeBytes();
    long deadAtMs = letter.deadAtMs();
    oldestMs = Math.min(oldestMs, deadAtMs);
    newestMs = Math.max(newestMs, deadAtMs);
    reasons.merge(letter.reason().wireName(), 1L, Long::sum);
    statuses.merge(letter.status(), 1L, Long::sum);
    count(types, letter.type());
    count(maps, letter.map());
    hours.merge(Math.floorDiv(deadAtMs, HOUR_MS) * HOUR_MS, 1L, Long::sum);
    Problem problem = problem(letter);
    problem.letters++;
    problem.oldestMs = Math.min(problem.oldestMs, deadAtMs);
    problem.newestMs = Math.max(problem.newestMs, deadAtMs);
  }

  private static void count(Map<String, Long> counts, String name) {
    counts.merge(
        counts.size() < MAX_KINDS || counts.containsKey(name) ? name : OTHERS, 1L, Long::sum);
  }

  List<Problem> problemsByCount() {
    return problems.values().stream()
        .sorted(Comparator.comparingLong((Problem p) -> p.letters).reversed())
        .toList();
  }

  private Problem problem(LetterView letter) {
    Problem problem = problems.get(letter.fingerprint());
    if (problem == null) {
      boolean room = problems.size() < MAX_KINDS;
      long key = room ? letter.fingerprint() : 0;
      problem =
          problems.computeIfAbsent(
              key,
              k ->
                  room
                      ? new Problem(
                          org.aibridge.core.deadletter.LetterFingerprint.name(k),
                          letter.fingerprintText(),
                          letter)
                      : new Problem("", OTHERS, letter));
    }
    return problem;
  }
}

package org.aibridge.torture;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Compares what was accepted with what became of it.
 *
 * <p>The promise: each accepted number was committed by the service, or is a dead letter, or waits;
 * an event that was sent twice had the same event id under the same idempotency key; a key always
 * stands for the same bytes; and at a service that takes each key once, a player's events come in
 * order, each once.
 */
public final class Oracle {
  private static final int EXAMPLES = 10;

  /**
   * What was found.
   *
   * @param accepted how many numbers the ledger holds
   * @param committed how many different numbers the service took
   * @param missing accepted numbers that are nowhere
   * @param unnoted numbers the service took and the ledger does not hold: published by a process
   *     that died before it noted them
   * @param repeated batches taken again under a key known already
   * @param violations everything else that must not be, one sentence each
   */
  public record Findings(
      int accepted,
      int committed,
      Set<Long> missing,
      Set<Long> unnoted,
      int repeated,
      List<String> violations) {

    public boolean isClean() {
      return missing.isEmpty() && violations.isEmpty();
    }

    /** Returns a report for people. */
    public String text() {
      StringBuilder text = new StringBuilder();
      text.append("accepted %,d, committed %,d".formatted(accepted, committed));
      text.append(", %,d batches taken again, ".formatted(repeated));
      text.append("%,d committed without a note in the ledger%n".formatted(unnoted.size()));
      text.append("missing: ").append(missing.size()).append(' ').append(some(missing));
      violations.stream().limit(EXAMPLES).forEach(v -> text.append('\n').append(v));
      if (violations.size() > EXAMPLES) {
        text.append("\nand ").append(violations.size() - EXAMPLES).append(" more");
      }
      return text.toString();
    }
  }

  private final BitSet accepted;
  private final List<Commit> commits;
  private final Set<Long> elsewhere = new HashSet<>();
  private final List<String> violations = new ArrayList<>();

  /**
   * @param accepted the numbers that {@code publish} accepted
   * @param commits the batches that the service took, in order
   */
  public Oracle(BitSet accepted, List<Commit> commits) {
    this.accepted = (BitSet) accepted.clone();
    this.commits = commits;
  }

  /** Adds the numbers of events that have become dead letters. */
  public Oracle deadLetters(Supplier<? extends Collection<Long>> numbers) {
    elsewhere.addAll(numbers.get());
    return this;
  }

  /** Adds the numbers of events that wait on disk. */
  public Oracle waiting(Supplier<? extends Collection<Long>> numbers) {
    elsewhere.addAll(numbers.get());
    return this;
  }

  /** Compares all accepted events with the events that were committed or are elsewhere. */
  public Findings judge() {
    violations.clear();
    BitSet committed = new BitSet();
    for (Commit commit : commits) {
      for (CommittedEvent event : commit.events()) {
        if (event.number() < 0) {
          violations.add("event " + event.id() + " has no number");
        } else {
          committed.set((int) event.number());
        }
      }
    }
    int repeated = checkKeys();
    checkIdentities();
    checkOrder();
    BitSet missing = (BitSet) accepted.clone();
    missing.andNot(committed);
    elsewhere.forEach(number -> missing.clear(Math.toIntExact(number)));
    BitSet unnoted = (BitSet) committed.clone();
    unnoted.andNot(accepted);
    return new Findings(
        accepted.cardinality(),
        committed.cardinality(),
        numbers(missing),
        numbers(unnoted),
        repeated,
        List.copyOf(violations));
  }

  /** Returns the commits, but only the first one for each idempotency key. */
  public static List<Commit> appliedOnceByKey(List<Commit> commits) {
    Set<String> keys = new HashSet<>();
    return commits.stream().filter(c -> c.key().isEmpty() || keys.add(c.key())).toList();
  }

  private int checkKeys() {
    Map<String, Integer> sums = new HashMap<>();
    int repeated = 0;
    for (Commit commit : commits) {
      if (commit.key().isEmpty()) {
        violations.add("batch " + commit.order() + " has no idempotency key");
        continue;
      }
      Integer sum = sums.putIfAbsent(commit.key(), commit.contentSum());
      if (sum != null) {
        repeated++;
        if (sum != commit.contentSum()) {
          violations.add("key " + commit.key() + " stands for two different batches");
        }
      }
    }
    return repeated;
  }

  private void checkIdentities() {
    Map<Long, String> idOf = new HashMap<>();
    Map<String, Long> numberOf = new HashMap<>();
    Map<String, String> keyOf = new HashMap<>();
    for (Commit commit : commits) {
      for (CommittedEvent event : commit.events()) {
        differs(idOf, event.number(), event.id(), "number %s has the event ids %s and %s");
        differs(numberOf, event.id(), event.number(), "event id %s stands for numbers %s and %s");
        differs(keyOf, event.id(), commit.key(), "event %s was taken under the keys %s and %s");
      }
    }
  }

  private <K, V> void differs(Map<K, V> known, K key, V value, String sentence) {
    V before = known.putIfAbsent(key, value);
    if (before != null && !before.equals(value)) {
      violations.add(sentence.formatted(key, before, value));
    }
  }

  private void checkOrder() {
    Map<Long, Long> last = new HashMap<>();
    for (Commit commit : appliedOnceByKey(commits)) {
      for (CommittedEvent event : commit.events()) {
        Long before = last.put(event.player(), event.number());
        if (before != null && before >= event.number()) {
          violations.add(
              "player %d: number %d came after number %d (batch %d)"
                  .formatted(event.player(), event.number(), before, commit.order()));
        }
      }
    }
  }

  private static Set<Long> numbers(BitSet bits) {
    Set<Long> result = new java.util.TreeSet<>();
    bits.stream().forEach(i -> result.add((long) i));
    return result;
  }

  private static String some(Set<Long> numbers) {
    String all = numbers.stream().limit(EXAMPLES).toList().toString();
    return numbers.isEmpty() ? "" : numbers.size() > EXAMPLES ? all + " ..." : all;
  }
}

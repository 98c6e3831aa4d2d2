package org.aibridge.sim;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a tape shorter as long as it breaks the same rule: fewer operations, then fewer settings,
 * then smaller numbers.
 */
final class Shrinker {
  private final Shim shim;
  private final Path root;
  private final long untilNanos;
  private String rule;
  private int tries;

  Shrinker(Shim shim, Path root, long seconds) {
    this.shim = shim;
    this.root = root;
    this.untilNanos = System.nanoTime() + seconds * 1_000_000_000L;
  }

  Tape shrink(Tape tape, String brokenRule) throws IOException {
    this.rule = brokenRule;
    Tape best = tape;
    for (int before = -1; before != size(best) && mayTry(); ) {
      before = size(best);
      best = withoutSpans(best);
      best = withoutSettings(best);
      best = shorter(best);
    }
    return best;
  }

  private static int size(Tape tape) {
    return tape.toString().length();
  }

  private Tape withoutSpans(Tape tape) throws IOException {
    Tape best = tape;
    for (int span = Math.max(1, best.ops().size() / 2); span >= 1; span /= 2) {
      for (int from = 0; from < best.ops().size(); ) {
        List<Tape.Op> fewer = new ArrayList<>(best.ops());
        fewer.subList(from, Math.min(fewer.size(), from + span)).clear();
        Tape candidate = best.with(fewer);
        if (fails(candidate)) {
          best = candidate;
        } else {
          from += span;
        }
      }
    }
    return best;
  }

  private Tape withoutSettings(Tape tape) throws IOException {
    Tape best = tape;
    for (String name : tape.settings().keySet()) {
      Tape candidate = best.with(name, null);
      if (name.contains(".") && fails(candidate)) {
        best = candidate;
      }
    }
    return best;
  }

  /** Halves the numbers of each operation, as long as the tape still breaks the rule. */
  private Tape shorter(Tape tape) throws IOException {
    Tape best = tape;
    for (int i = 0; i < best.ops().size(); i++) {
      for (int word = 0; word < best.ops().get(i).words().size(); word++) {
        Tape.Op op = best.ops().get(i);
        if (op.word(word).matches("[0-9]+") && op.number(word) > 1) {
          List<String> words = new ArrayList<>(op.words());
          words.set(word, Long.toString(op.number(word) / 2));
          List<Tape.Op> ops = new ArrayList<>(best.ops());
          ops.set(i, new Tape.Op(op.atMs(), op.kind(), words));
          Tape candidate = best.with(ops);
          best = fails(candidate) ? candidate : best;
        }
      }
    }
    return best;
  }

  private boolean mayTry() {
    return System.nanoTime() < untilNanos;
  }

  private boolean fails(Tape tape) throws IOException {
    if (!mayTry()) {
      return false;
    }
    if (++tries % 10 == 0) {
      System.gc();
    }
    return SimRun.run(tape, shim, root).violations().stream()
        .anyMatch(violation -> violation.rule().equals(rule));
  }
}

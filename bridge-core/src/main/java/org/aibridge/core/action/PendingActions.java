package org.aibridge.core.action;

import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Supplier;
import org.aibridge.api.action.Action;
import org.aibridge.core.config.BridgeConfig;

/**
 * The actions that were taken and whose end is not in the ledger yet, and of those the ones that no
 * thread of the server has been given. For the actions thread.
 */
final class PendingActions {
  private final ProgressMarks marks;
  private final Set<ActionTask> taken = new LinkedHashSet<>();
  private final PriorityQueue<ActionTask> intended = new PriorityQueue<>(ActionRunner.ORDER);
  private long number;

  /** Whether something may be in the ledger and nowhere else, since an error came in between. */
  private boolean mayHaveForgotten;

  /** Whether there are intents that a sync has not been asked for yet. */
  private boolean unsynced;

  PendingActions(ProgressMarks marks) {
    this.marks = marks;
  }

  /**
   * Takes an action.
   *
   * @param intent notes in the ledger that it is about to be handed over
   * @param tally as in {@link ActionTask}
   * @param keepsTo as in {@link ActionTask}
   */
  void take(
      String id,
      Action action,
      Tally tally,
      BridgeConfig.ActionLimits keepsTo,
      Supplier<LedgerEntry> intent) {
    int mark = marks.take(id);
    try {
      add(new ActionTask(intent.get(), action, number++, mark, tally, keepsTo));
    } catch (Throwable e) {
      marks.give(mark);
      mayHaveForgotten = true;
      throw e;
    }
  }

  private void add(ActionTask task) {
    unsynced = true;
    taken.add(task);
    boolean both = false;
    try {
      both = intended.add(task);
    } finally {
      if (!both) {
        taken.remove(task);
      }
    }
  }

  /** Lets {@code task} go, whose end is in the ledger; whether it was here. */
  void give(ActionTask task) {
    taken.remove(task);
    marks.give(task.mark);
  }

  boolean has(ActionTask task) {
    return taken.contains(task);
  }

  /** All of it; whoever lets one go while looking looks at a copy. */
  Collection<ActionTask> all() {
    return Collections.unmodifiableCollection(taken);
  }

  int size() {
    return taken.size();
  }

  /** What is to be handed over next, or null. */
  ActionTask next() {
    return intended.peek();
  }

  /** Notes that {@link #next} was handed over. */
  void handedOver() {
    intended.poll();
  }

  boolean isUnsynced() {
    return unsynced;
  }

  void synced() {
    unsynced = false;
  }

  /** Of {@code intents}, which are in the ledger, those that are not here though they should be. */
  List<LedgerEntry> forgotten(Supplier<List<LedgerEntry>> intents) {
    if (!mayHaveForgotten) {
      return List.of();
    }
    Set<LedgerEntry> known = new HashSet<>();
    taken.forEach(task -> known.add(task.entry));
    return intents.get().stream().filter(entry -> !known.contains(entry)).toList();
  }

  /** Notes that nothing is forgotten any more. */
  void remembered() {
    mayHaveForgotten = false;
  }
}

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
 * The accepted actions whose ends are not in the ledger yet, and the queue of those that no thread
 * of the host has yet. Actions thread only.
 */
final class PendingActions {
  private final ProgressMarks marks;
  private final Set<ActionTask> taken = new LinkedHashSet<>();
  private final PriorityQueue<ActionTask> intended = new PriorityQueue<>(ActionRunner.ORDER);
  private long number;

  /** True if an error may have left an intent in the ledger without a task in this object. */
  private boolean mayHaveForgotten;

  /** True if intents were written since the last sync. */
  private boolean unsynced;

  PendingActions(ProgressMarks marks) {
    this.marks = marks;
  }

  /**
   * Accepts an action.
   *
   * @param intent records in the ledger that the action is about to be handed over
   * @param tally see {@link ActionTask}
   * @param keepsTo see {@link ActionTask}
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

  /** Removes {@code task} and frees its mark, once its end is in the ledger. */
  void give(ActionTask task) {
    taken.remove(task);
    marks.give(task.mark);
  }

  boolean has(ActionTask task) {
    return taken.contains(task);
  }

  /** Returns a live view of all actions; copy it before removing actions in a loop. */
  Collection<ActionTask> all() {
    return Collections.unmodifiableCollection(taken);
  }

  int size() {
    return taken.size();
  }

  /** Returns the action to hand over next, or null. */
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

  /** Returns the ledger's {@code intents} that have no task here because of an error. */
  List<LedgerEntry> forgotten(Supplier<List<LedgerEntry>> intents) {
    if (!mayHaveForgotten) {
      return List.of();
    }
    Set<LedgerEntry> known = new HashSet<>();
    taken.forEach(task -> known.add(task.entry));
    return intents.get().stream().filter(entry -> !known.contains(entry)).toList();
  }

  /** Notes that each intent in the ledger has a task or an end again. */
  void remembered() {
    mayHaveForgotten = false;
  }
}

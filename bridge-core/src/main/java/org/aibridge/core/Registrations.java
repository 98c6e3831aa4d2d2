package org.aibridge.core;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.aibridge.api.AiBridge;
import org.aibridge.api.ReloadResult;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.ActionTarget;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.PlayerRef;

/**
 * Keeps what a host tells a bridge that is still starting, and tells it to that bridge in the same
 * order. Any thread; no locks, and no code that the JVM would link at its first call.
 */
final class Registrations {
  /** The kinds of registration; each kind corresponds to one method of {@link AiBridge}. */
  enum Kind {
    HANDLER,
    CUSTOM_HANDLER,
    NO_HANDLER,
    NO_CUSTOM_HANDLER,
    PLAYERS,
    ONLINE,
    PLACEMENT,
    RELOAD
  }

  private record Entry(Kind kind, Object key, Object value, Entry before) {}

  private static final Entry HANDED_OVER = new Entry(null, null, null, null);

  private final AtomicReference<Entry> newest = new AtomicReference<>();
  private volatile AiBridge receiver;

  /**
   * Keeps one registration, or tells it to the bridge that all earlier ones were handed over to.
   *
   * @param key the handler's record class or custom name, or null
   */
  void add(Kind kind, Object key, Object value) {
    Entry entry = new Entry(kind, key, value, keep(kind, key, value));
    if (entry.before == HANDED_OVER) {
      tell(receiver, entry);
    }
  }

  /** Removes a handler, now or at the hand-over; false if there is none. See {@link #add}. */
  boolean remove(Kind kind, Object key) {
    Entry before = keep(kind, key, null);
    if (before == HANDED_OVER) {
      return key instanceof Class<?>
          ? receiver.removeHandler(((Class<?>) key).asSubclass(Action.class))
          : receiver.removeCustomHandler((String) key);
    }
    for (Entry entry = before; entry != null; entry = entry.before) {
      if (key.equals(entry.key)) {
        return entry.kind == Kind.HANDLER || entry.kind == Kind.CUSTOM_HANDLER;
      }
    }
    return false;
  }

  /** Adds an entry and returns the previous one; adds none if that is {@link #HANDED_OVER}. */
  private Entry keep(Kind kind, Object key, Object value) {
    while (true) {
      Entry before = newest.get();
      if (before == HANDED_OVER
          || newest.compareAndSet(before, new Entry(kind, key, value, before))) {
        return before;
      }
    }
  }

  /** Passes all entries to {@code bridge}, to which later entries go directly. Call only once. */
  void handOver(AiBridge bridge) {
    receiver = bridge;
    Entry told = null;
    Entry now = newest.get();
    while (true) {
      Deque<Entry> fresh = new ArrayDeque<>();
      for (Entry entry = now; entry != told; entry = entry.before) {
        fresh.push(entry);
      }
      fresh.forEach(entry -> tell(bridge, entry));
      told = now;
      if (newest.compareAndSet(now, HANDED_OVER)) {
        return;
      }
      now = newest.get();
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static void tell(AiBridge bridge, Entry entry) {
    switch (entry.kind) {
      case HANDLER -> bridge.onAction((Class) entry.key, (ActionHandler) entry.value);
      case CUSTOM_HANDLER ->
          bridge.onCustomAction((String) entry.key, (ActionHandler<CustomAction>) entry.value);
      case NO_HANDLER -> bridge.removeHandler((Class<? extends Action>) entry.key);
      case NO_CUSTOM_HANDLER -> bridge.removeCustomHandler((String) entry.key);
      case PLAYERS -> bridge.identifyPlayers((ToLongFunction<? super String>) entry.value);
      case ONLINE -> bridge.requireOnline((Predicate<? super PlayerRef>) entry.value);
      case PLACEMENT ->
          bridge.applyActionsPerTarget(
              (Function<? super ActionTarget, ? extends Executor>) entry.value);
      case RELOAD ->
          bridge.reload().thenAccept(((CompletableFuture<ReloadResult>) entry.value)::complete);
    }
  }
}

package org.aibridge.core.action;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.ActionTarget;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.PlayerRef;
import org.aibridge.api.spi.HandlerKeys;

/**
 * The map-server's handlers, by record class or custom name, and its check of who is online. Any
 * thread; no locks.
 */
final class HandlerRegistry {
  /**
   * The handlers at one moment.
   *
   * @param replaced the kinds whose handler was replaced and not yet logged
   */
  private record State(Map<Object, ActionHandler<?>> handlers, Set<String> replaced) {}

  private final AtomicReference<State> state = new AtomicReference<>(new State(Map.of(), Set.of()));

  /** The host's check whether a player is in the game; null until the host sets one. */
  private volatile Predicate<? super PlayerRef> online;

  void requireOnline(Predicate<? super PlayerRef> isOnline) {
    online = isOnline;
  }

  /** True if the host has set a check that tells who is in the game. */
  boolean asksWhoIsOnline() {
    return online != null;
  }

  /** True if the player of {@code action} is not in the game; throws if the host's check throws. */
  boolean isForAbsent(Action action) {
    Predicate<? super PlayerRef> check = online;
    return check != null
        && action.target() instanceof ActionTarget.OnePlayer one
        && !check.test(one.player());
  }

  <A extends Action> void put(Class<A> type, ActionHandler<? super A> handler) {
    HandlerKeys.checkRecord(type);
    store(type, handler);
  }

  void putCustom(String name, ActionHandler<CustomAction> handler) {
    HandlerKeys.checkCustomName(name);
    store(name, handler);
  }

  /** Sets the handler of all actions that have no handler of their own. */
  void putForOthers(ActionHandler<Action> handler) {
    store(Action.class, handler);
  }

  /** Removes the handler of a record class or a custom name; false if there is none. */
  boolean remove(Object key) {
    State before =
        state.getAndUpdate(
            old -> {
              Map<Object, ActionHandler<?>> copy = new HashMap<>(old.handlers);
              copy.remove(key);
              return new State(copy, old.replaced);
            });
    return before.handlers.containsKey(key);
  }

  /** Returns the handler for {@code action}, or null. */
  @SuppressWarnings("unchecked")
  ActionHandler<Action> find(Action action) {
    Object key = action instanceof CustomAction ? action.header().type() : action.getClass();
    Map<Object, ActionHandler<?>> handlers = state.get().handlers;
    ActionHandler<?> own = handlers.get(key);
    return (ActionHandler<Action>) (own != null ? own : handlers.get(Action.class));
  }

  /** Returns the action types whose handler was replaced since the last call, for the log. */
  Set<String> takeReplaced() {
    return state.get().replaced.isEmpty()
        ? Set.of()
        : state.getAndUpdate(old -> new State(old.handlers, Set.of())).replaced;
  }

  private void store(Object key, ActionHandler<?> handler) {
    Objects.requireNonNull(handler, "handler");
    state.updateAndGet(
        old -> {
          Map<Object, ActionHandler<?>> copy = new HashMap<>(old.handlers);
          ActionHandler<?> before = copy.put(key, handler);
          Set<String> replaced = old.replaced;
          if (before != null && before != handler) {
            replaced = new HashSet<>(old.replaced);
            replaced.add(key instanceof Class<?> type ? type.getSimpleName() : key.toString());
          }
          return new State(copy, replaced);
        });
  }
}

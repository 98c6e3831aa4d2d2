package org.aibridge.core.action;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.CustomAction;
import org.aibridge.core.config.ActionType;

/** The map-server's handlers, by record class or custom name. Any thread; no locks. */
final class HandlerRegistry {
  private final AtomicReference<Map<Object, ActionHandler<?>>> handlers =
      new AtomicReference<>(Map.of());

  <A extends Action> void put(Class<A> type, ActionHandler<? super A> handler) {
    if (type == CustomAction.class || !Action.class.isAssignableFrom(type) || !type.isRecord()) {
      throw new IllegalArgumentException(
          "type must be one of the action records, custom ones go to onCustomAction; was "
              + type.getName());
    }
    store(type, handler);
  }

  void putCustom(String name, ActionHandler<CustomAction> handler) {
    if (name == null || !name.matches("[a-z0-9_]{1,64}")) {
      throw new IllegalArgumentException(
          "actionType must be of the form [a-z0-9_]{1,64}, was " + name);
    }
    if (ActionType.of(name) != ActionType.CUSTOM) {
      throw new IllegalArgumentException(
          name + " is one of the contract's own: register its record class");
    }
    store(name, handler);
  }

  /** Returns the handler for {@code action}, or null. */
  @SuppressWarnings("unchecked")
  ActionHandler<Action> find(Action action) {
    Object key = action instanceof CustomAction ? action.header().type() : action.getClass();
    return (ActionHandler<Action>) handlers.get().get(key);
  }

  private void store(Object key, ActionHandler<?> handler) {
    java.util.Objects.requireNonNull(handler, "handler");
    handlers.updateAndGet(
        old -> {
          Map<Object, ActionHandler<?>> copy = new HashMap<>(old);
          copy.put(key, handler);
          return copy;
        });
  }
}

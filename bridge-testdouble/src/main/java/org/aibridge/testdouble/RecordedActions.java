package org.aibridge.testdouble;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.ActionTarget;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.PlayerRef;
import org.aibridge.api.spi.HandlerKeys;
import org.aibridge.api.status.BridgeStatus;
import org.jspecify.annotations.Nullable;

/**
 * Applies delivered actions as the bridge does: each id once, with the same last checks and the
 * same sentences. Any thread; the host's code runs on the caller's, without a lock held.
 */
final class RecordedActions {
  private static final String MISMATCH =
      "mismatch: offered again with another content, which is refused; the first came to: ";

  private static final int MAX_ID = 128;

  private static final String CLOSED = "the server closed before it was applied";

  /** An action and what became of it. */
  private record Delivered(Action action, Delivery delivery) {}

  private final Consumer<Throwable> thrown;
  private final Map<Object, ActionHandler<?>> handlers = new HashMap<>();
  private final Map<String, Delivered> byId = new LinkedHashMap<>();
  private final Deque<Delivered> waiting = new ArrayDeque<>();
  private volatile @Nullable Predicate<? super PlayerRef> online;
  private volatile @Nullable Function<? super ActionTarget, ? extends Executor> placement;
  private long duplicates;
  private long mismatched;
  private boolean inTurn;
  private boolean closed;

  /**
   * @param thrown receives what the host's code throws
   */
  RecordedActions(Consumer<Throwable> thrown) {
    this.thrown = thrown;
  }

  void put(Class<? extends Action> type, ActionHandler<?> handler) {
    HandlerKeys.checkRecord(type);
    store(type, handler);
  }

  void putCustom(String name, ActionHandler<CustomAction> handler) {
    HandlerKeys.checkCustomName(name);
    store(name, handler);
  }

  private synchronized void store(Object key, ActionHandler<?> handler) {
    handlers.put(key, Objects.requireNonNull(handler, "handler"));
  }

  synchronized boolean remove(Object key) {
    return handlers.remove(key) != null;
  }

  void requireOnline(Predicate<? super PlayerRef> isOnline) {
    online = Objects.requireNonNull(isOnline, "isOnline");
  }

  void place(Function<? super ActionTarget, ? extends Executor> newPlacement) {
    placement = Objects.requireNonNull(newPlacement, "placement");
  }

  Delivery deliver(Action action) {
    check(action);
    Delivery delivery;
    synchronized (this) {
      Delivered known = byId.get(action.id());
      if (known != null) {
        duplicates++;
        return known.action.equals(action) ? known.delivery : mismatch(known);
      }
      delivery = new Delivery();
      Delivered fresh = new Delivered(action, delivery);
      byId.put(action.id(), fresh);
      String refusal = ActionRules.refusal(action);
      if (closed) {
        failUnbegun(fresh, CLOSED);
      } else if (refusal.isEmpty()) {
        waiting.add(fresh);
      } else {
        delivery.end(Delivery.How.REFUSED, refusal);
      }
    }
    run();
    return delivery;
  }

  private Delivery mismatch(Delivered known) {
    mismatched++;
    return Delivery.refused(MISMATCH + known.delivery.message());
  }

  /** Throws if a real bridge would drop the action without a report. */
  private static void check(Action action) {
    if (action.id().isBlank() || action.id().length() > MAX_ID) {
      throw new IllegalArgumentException("id must be a text of 1 to " + MAX_ID + " characters");
    }
    String type = action.header().type();
    if (action instanceof CustomAction custom) {
      HandlerKeys.checkCustomName(type);
      custom.payload(); // Throws if the text is not a JSON object.
      return;
    }
    String simple = action.getClass().getSimpleName();
    String expected = simple.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    if (!type.equals(expected)) {
      throw new IllegalArgumentException(
          "the type in the header of a " + simple + " must be " + expected + ", was " + type);
    }
  }

  /** Applies the waiting actions. Does nothing if called by a handler, as with a real tick. */
  void run() {
    Deque<Delivered> refused = new ArrayDeque<>();
    try {
      for (Delivered next = nextOf(true); next != null; next = nextOf(false)) {
        if (!give(next)) {
          refused.add(next);
        }
      }
    } finally {
      synchronized (this) {
        waiting.addAll(refused);
      }
    }
  }

  private synchronized @Nullable Delivered nextOf(boolean first) {
    if (first && inTurn) {
      return null;
    }
    Delivered next = waiting.poll();
    inTurn = next != null;
    return next;
  }

  /** Starts an action on this thread or its executor; false if the executor refuses it for now. */
  private boolean give(Delivered one) {
    Function<? super ActionTarget, ? extends Executor> executors = placement;
    if (executors == null) {
      begin(one);
      return true;
    }
    Thread ours = Thread.currentThread();
    boolean[] giving = {true};
    try {
      executors
          .apply(one.action.target())
          .execute(
              () -> {
                if (Thread.currentThread() == ours && giving[0]) {
                  failUnbegun(one, "the server's executor runs actions on the bridge's thread");
                } else {
                  begin(one);
                }
              });
      return true;
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      thrown.accept(e);
      return one.delivery.how() != Delivery.How.WAITING;
    } catch (Throwable e) {
      thrown.accept(e);
      failUnbegun(one, "the server has no executor for it: " + e.getClass().getName());
      return true;
    } finally {
      giving[0] = false;
    }
  }

  private void begin(Delivered one) {
    ActionHandler<Action> handler = find(one.action);
    String refusal = handler == null ? withoutHandler(one.action) : "";
    Throwable failure = null;
    try {
      if (handler != null && isForAbsent(one.action)) {
        refusal = "absent: the player is not online";
      }
    } catch (Throwable e) {
      thrown.accept(e);
      failure = e;
    }
    if (!one.delivery.begin()) {
      return;
    }
    if (failure != null) {
      fail(one.delivery, "the check of who is online threw " + failure.getClass().getName());
    } else if (handler == null || !refusal.isEmpty()) {
      one.delivery.end(Delivery.How.REFUSED, refusal);
    } else {
      handle(one.delivery, one.action, handler);
    }
  }

  private boolean isForAbsent(Action action) {
    Predicate<? super PlayerRef> check = online;
    return check != null
        && action.target() instanceof ActionTarget.OnePlayer target
        && !check.test(target.player());
  }

  private void handle(Delivery delivery, Action action, ActionHandler<Action> handler) {
    try {
      ActionReply reply = handler.handle(action);
      if (reply instanceof ActionReply.Pending later) {
        later.stage().whenComplete((outcome, failure) -> end(delivery, outcome, failure));
      } else if (reply instanceof ActionReply.Outcome outcome) {
        end(delivery, outcome);
      } else {
        fail(delivery, "the handler answered null");
      }
    } catch (Throwable e) {
      // As in the bridge, an exception of a handler fails only the handler's own action.
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      thrown.accept(e);
      fail(delivery, "the handler threw " + e.getClass().getName());
    }
  }

  private void end(
      Delivery delivery, ActionReply.@Nullable Outcome outcome, @Nullable Throwable failure) {
    if (outcome != null) {
      end(delivery, outcome);
      return;
    }
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause != null) {
      thrown.accept(cause);
    }
    fail(
        delivery,
        "the handler's stage completed with "
            + (cause == null ? "null" : cause.getClass().getName()));
  }

  private static void end(Delivery delivery, ActionReply.Outcome outcome) {
    delivery.end(outcome.applied() ? Delivery.How.APPLIED : Delivery.How.FAILED, outcome.message());
  }

  private static void fail(Delivery delivery, String why) {
    delivery.end(Delivery.How.FAILED, why);
  }

  private static void failUnbegun(Delivered one, String why) {
    if (one.delivery.begin()) {
      fail(one.delivery, why);
    }
  }

  private static String withoutHandler(Action action) {
    return action instanceof CustomAction
        ? "unknown action type"
        : "no handler is registered for " + action.header().type() + " on this server";
  }

  @SuppressWarnings("unchecked")
  private synchronized @Nullable ActionHandler<Action> find(Action action) {
    Object key = action instanceof CustomAction ? action.header().type() : action.getClass();
    return (ActionHandler<Action>) handlers.get(key);
  }

  /** Fails all actions that no handler has begun, and all actions that come later. */
  synchronized void close() {
    closed = true;
    byId.values().forEach(one -> failUnbegun(one, CLOSED));
    waiting.clear();
  }

  synchronized BridgeStatus.Actions counts() {
    List<Delivery.How> ends = byId.values().stream().map(one -> one.delivery.how()).toList();
    return new BridgeStatus.Actions(
        byId.size() + duplicates,
        duplicates,
        count(ends, Delivery.How.APPLIED),
        count(ends, Delivery.How.FAILED),
        count(ends, Delivery.How.REFUSED),
        0,
        count(ends, Delivery.How.WAITING) + count(ends, Delivery.How.UNDER_WAY),
        0,
        0,
        0,
        0,
        mismatched,
        0);
  }

  private static long count(List<Delivery.How> ends, Delivery.How how) {
    return ends.stream().filter(end -> end == how).count();
  }
}

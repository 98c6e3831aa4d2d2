package org.aibridge.torture;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.ActionReply.Outcome;

/**
 * The host's code that the bridge calls: handlers, executors, stages, and the listeners of scripts
 * and reloads. Each throws when {@link Tantrums} says so.
 */
final class HostCallouts {
  /**
   * The property that says how actions are applied; if set, scripts and reloads are asked for too.
   */
  static final String MODE = "aibridge.fault.callouts";

  /** The mode in which the tick applies actions. */
  static final String TICK = "tick";

  /** Like {@link #TICK}, but without requests for reloads. */
  static final String ASK = "ask";

  /** The system property with the URL to which the host's script sends its requests. */
  static final String URL = "aibridge.fault.callouts.url";

  /** The mode in which an executor of the host applies actions. */
  static final String EXECUTOR = "executor";

  private static final String ON = System.getProperty(MODE, "");
  private static final int TICKS_TO_A_RELOAD = 10;
  private static final AtomicLong ASKED = new AtomicLong();
  private static final AtomicLong ANSWERED = new AtomicLong();

  private HostCallouts() {}

  /** In the mode {@link #EXECUTOR}, makes one thread of the host apply all actions. */
  static void placeActions(AiBridge bridge) {
    if (ON.equals(EXECUTOR)) {
      ExecutorService world =
          Executors.newSingleThreadExecutor(
              work -> {
                Thread thread = new Thread(work, "world");
                thread.setDaemon(true);
                return thread;
              });
      bridge.applyActionsPerTarget(
          target -> {
            Tantrums.maybeThrow("placement");
            return work -> {
              Tantrums.maybeThrow("executor");
              world.execute(work);
              Tantrums.maybeThrow("executor, which had taken it");
            };
          });
    }
  }

  /** Makes the calls of a tick: a script's request, and in every tenth tick also a reload. */
  static void ask(AiBridge bridge) {
    if (ON.isEmpty()) {
      return;
    }
    long number = ASKED.incrementAndGet();
    bridge
        .scriptHttp()
        .get(
            "fault",
            System.getProperty(URL, "/api/v1/health"),
            answer -> {
              ANSWERED.incrementAndGet();
              Tantrums.maybeThrow("script");
            });
    if (!ON.equals(ASK) && number % TICKS_TO_A_RELOAD == 0) {
      bridge.reload().thenAccept(result -> Tantrums.maybeThrow("listener"));
    }
  }

  /** Throws an exception at the beginning of a handler if {@link Tantrums} decides so. */
  static void beforeEffect() {
    if (!ON.isEmpty()) {
      Tantrums.maybeThrow("handler, before its effect");
    }
  }

  /** Throws at the end of a handler, or returns a normal or an unusual reply, at random. */
  static ActionReply reply(String message) {
    if (!ON.isEmpty()) {
      Tantrums.maybeThrow("handler, after its effect");
      if (Tantrums.happens()) {
        return oddReply(message);
      }
    }
    return ActionReply.done(message);
  }

  static long asked() {
    return ASKED.get();
  }

  static long answered() {
    return ANSWERED.get();
  }

  private static ActionReply oddReply(String message) {
    return switch (Tantrums.roll(5)) {
      case 0 -> null;
      case 1 -> ActionReply.later(CompletableFuture.failedFuture(Tantrums.anything("stage")));
      case 2 -> ActionReply.later(CompletableFuture.completedFuture(null));
      case 3 -> ActionReply.later(new BadStage());
      default -> ActionReply.later(CompletableFuture.supplyAsync(() -> new Outcome(true, message)));
    };
  }

  /** A {@code CompletionStage} whose methods for adding a listener may throw. */
  private static final class BadStage extends CompletableFuture<Outcome> {
    @Override
    public CompletableFuture<Outcome> whenComplete(
        BiConsumer<? super Outcome, ? super Throwable> action) {
      Tantrums.maybeThrow("stage");
      return super.whenComplete(action);
    }

    @Override
    public <U> CompletableFuture<U> handle(BiFunction<? super Outcome, Throwable, ? extends U> fn) {
      Tantrums.maybeThrow("stage");
      return super.handle(fn);
    }

    @Override
    public CompletableFuture<Outcome> toCompletableFuture() {
      Tantrums.maybeThrow("stage");
      return this;
    }
  }
}

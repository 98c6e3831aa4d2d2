package org.aibridge.api;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.ActionTarget;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.PlayerRef;
import org.aibridge.api.event.EventPublisher;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.script.ScriptHttp;
import org.aibridge.api.status.BridgeStatus;
import org.jspecify.annotations.Nullable;

/**
 * The bridge between a map-server and the AI service.
 *
 * <p>Every method but {@link #start} and {@link #close} may be called on the game thread: none of
 * them opens a socket, calls the file system, takes a lock that another thread can hold, or throws
 * for anything that happens at run time.
 *
 * <p>What {@link #publish} accepted is never lost: it is delivered, waiting on disk, or a dead
 * letter that an operator can send again. An action of the AI service is applied at most once.
 */
public interface AiBridge extends AutoCloseable {

  /**
   * Starts a bridge with the settings of {@code configuration}, the file usually called {@code
   * ai_bridge.conf}.
   *
   * <p>Reads files and maps memory: call it while the server boots, not in a tick. It does not
   * throw for anything an operator can get wrong. A file with mistakes, a folder that cannot be
   * written, a JVM without the needed flags, a library that is missing: each is logged once as an
   * error that says what to do, and answered with a bridge that is {@linkplain
   * org.aibridge.api.status.BridgeState#OFF off}, so that the world runs on without it; {@link
   * BridgeStatus#problem} repeats the reason.
   */
  static AiBridge start(Path configuration) {
    return with(configuration).start();
  }

  /**
   * Begins a bridge with the settings of {@code configuration}, to which the host adds its handlers
   * and executors, and settings of its own.
   */
  static AiBridgeBuilder with(Path configuration) {
    return new AiBridgeBuilder(Objects.requireNonNull(configuration, "configuration"));
  }

  /** Returns a builder without a configuration file; {@link AiBridgeBuilder#set} sets all keys. */
  static AiBridgeBuilder withoutFile() {
    return new AiBridgeBuilder(null);
  }

  /**
   * Hands an event to the bridge; returns whether the bridge has accepted it.
   *
   * <p>Never blocks, never throws, allocates nothing; any thread may call it. {@code true} means
   * that the event survives the death of this process from here on. {@code false} means that the
   * event was refused, and counted by type and {@link RefusalReason}; nothing of it was kept.
   *
   * @param event the event; {@code null} is refused as malformed
   */
  boolean publish(@Nullable GameEvent event);

  /**
   * Returns what publishes events without making an object of each: {@code
   * bridge.events().monsterKill(player, map, monster)}. The same object each time; of a bridge that
   * does not override this method, one that makes an event of each call.
   */
  default EventPublisher events() {
    return EventPublisher.into(this::publish);
  }

  /**
   * Applies the decisions that are due and completes the script calls that were answered, on the
   * calling thread.
   *
   * <p>Call it once a tick from the game thread, and only from there. It takes at most the
   * configured tick budget plus the time of the one handler that exceeds it, and under a
   * microsecond when there is nothing to do. No action is fetched from the AI service before the
   * first call, so handlers that are registered before it miss no action.
   */
  void tick();

  /**
   * Registers the handler of a kind of action.
   *
   * <p>A kind has one handler: this one replaces an earlier one, and the bridge says in its log
   * that it did, since two parts of a host that register the same kind are most often a mistake.
   * Actions that an earlier handler has begun go on.
   *
   * @param type one of the record classes of {@link org.aibridge.api.action}, except {@link
   *     CustomAction}
   * @throws IllegalArgumentException if {@code type} is not one of those
   */
  <A extends Action> void onAction(Class<A> type, ActionHandler<? super A> handler);

  /**
   * Registers the handler of an action type that the contract does not list; it replaces an earlier
   * handler as {@link #onAction} does.
   *
   * @param actionType the type's name on the wire, {@code [a-z0-9_]{1,64}}
   * @throws IllegalArgumentException if the name is not of that form, or is one of the contract's
   *     own
   */
  void onCustomAction(String actionType, ActionHandler<CustomAction> handler);

  /**
   * Removes the handler of a kind of action, such as one of a plug-in that is unloaded.
   *
   * <p>Actions that the handler has begun go on. One that comes or waits without a handler is
   * refused when its turn comes, and the AI service is told so.
   *
   * @return whether there was a handler
   */
  boolean removeHandler(Class<? extends Action> type);

  /** Removes the handler of a custom action type, as {@link #removeHandler} does. */
  boolean removeCustomHandler(String actionType);

  /**
   * Lets the bridge look up the number of a named player, so that limits per player hold for a
   * player who is named by number and by name in turns. Without the look-up the number and the name
   * count as two players.
   *
   * @param numberOf returns the number of the player with a name, or 0 if nobody has that name. The
   *     bridge calls the function on a thread of its own, whenever an action names a player whom a
   *     limit counts. The function must not block: answer from memory, in a way that is safe beside
   *     the game thread. Whatever it throws counts as 0
   */
  void identifyPlayers(ToLongFunction<? super String> numberOf);

  /**
   * Has the bridge ask, before it takes up an action about a player, whether that player is there.
   * An action about a player who is not is refused with a message that begins with {@code absent:},
   * and its handler is not called.
   *
   * @param isOnline true if the player is there. The bridge calls the function on the thread that
   *     is about to call the handler, so it must not block. What it throws fails the action
   */
  void requireOnline(Predicate<? super PlayerRef> isOnline);

  /**
   * Applies actions on {@code executor} instead of in {@link #tick}; see {@link
   * #applyActionsPerTarget}.
   */
  default void applyActionsOn(Executor executor) {
    Objects.requireNonNull(executor, "executor");
    applyActionsPerTarget(target -> executor);
  }

  /**
   * Applies each action on the executor that {@code placement} returns for the action's target,
   * instead of in {@link #tick}. Meant for a server whose world has several threads.
   *
   * <p>Call it after the handlers are registered and before the first tick, since actions are
   * fetched from this call on. The executors are the server's: a handler runs on their threads
   * alone, and an executor that runs the handler on the calling thread fails the action. At most
   * {@code max_concurrent} actions are with the executors at a time; the executors themselves must
   * keep to the tick budget. {@code placement} and {@code execute} are called on a thread of the
   * bridge and must not block. If {@code execute} throws a {@link
   * java.util.concurrent.RejectedExecutionException}, or an {@link OutOfMemoryError} as a pool does
   * that cannot make a thread, the action waits and is tried again. Anything else that {@code
   * placement} or {@code execute} throws fails the action.
   */
  void applyActionsPerTarget(Function<? super ActionTarget, ? extends Executor> placement);

  /** Returns the object by which NPC scripts make HTTP calls; always the same object. */
  ScriptHttp scriptHttp();

  /** Returns the bridge's current status. Any thread; never waits. */
  BridgeStatus status();

  /** Returns {@link #status} as JSON text for scripts and older tools. Any thread; never waits. */
  String statusJson();

  /**
   * Returns {@link #statusJson} as it was at most two seconds ago, for the game thread: a thread of
   * the bridge renders it once a second. While there is no such text, such as in the first second,
   * the caller renders it. Any thread; no waiting.
   */
  default String recentStatusJson() {
    return statusJson();
  }

  /**
   * Reads the configuration file again, in the background.
   *
   * <p>If the file has any mistake, the settings in force stay. The returned stage completes on a
   * thread of the bridge, never exceptionally.
   */
  CompletionStage<ReloadResult> reload();

  /**
   * Stops taking events, lets the sender finish for at most the configured {@code
   * shutdown_timeout}, and leaves the rest on disk for the next start.
   *
   * <p>This is the one method that waits. It works at any time, from any thread, and any number of
   * times.
   */
  @Override
  void close();
}

package org.aibridge.api;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.ActionTarget;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.PlayerRef;
import org.aibridge.api.spi.BridgeProvider;
import org.aibridge.api.spi.BridgeSetup;
import org.aibridge.api.spi.HandlerKeys;
import org.jspecify.annotations.Nullable;

/**
 * Collects all that a bridge is to know before it starts, in any order.
 *
 * <pre>{@code
 * AiBridge bridge =
 *     AiBridge.with(Path.of("ai_bridge.conf"))
 *         .set("bridge.server_id", world.name())
 *         .on(SpawnMonster.class, spawn -> world.spawn(spawn))
 *         .executors(target -> world.threadOf(target))
 *         .start();
 * }</pre>
 *
 * <p>For one thread, while the server boots. A wrong argument of the host's code throws at once; a
 * wrong setting does not, since it can be an operator's too: {@link #start} answers with a bridge
 * that is off.
 */
public final class AiBridgeBuilder {
  private final @Nullable Path configuration;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final List<Consumer<AiBridge>> handlers = new ArrayList<>();
  private @Nullable Function<? super ActionTarget, ? extends Executor> placement;
  private @Nullable Consumer<? super EventEnd> onDelivered;
  private @Nullable Consumer<? super EventEnd> onDead;

  /**
   * @param configuration the file, or null for none
   */
  AiBridgeBuilder(@Nullable Path configuration) {
    this.configuration = configuration;
  }

  /**
   * Sets a key of the configuration, instead of what the file says of it, with a warning in the log
   * if it does. The value is read and checked as the file's would be, and mistakes are told in the
   * same words, with {@code in code} where the file's name would stand. A reload keeps it.
   *
   * @param key the section and the name, such as {@code ai_service.base_url}; what each means
   *     stands in {@code docs/configuration.md}
   * @param value the value, without quotes and comments
   */
  public AiBridgeBuilder set(String key, String value) {
    settings.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
    return this;
  }

  /** Sets a key to a whole number, in the key's own unit; see {@link #set(String, String)}. */
  public AiBridgeBuilder set(String key, long value) {
    return set(key, Long.toString(value));
  }

  /** Sets a key to yes or no; see {@link #set(String, String)}. */
  public AiBridgeBuilder set(String key, boolean value) {
    return set(key, value ? "yes" : "no");
  }

  /** Sets a key to a file or folder; see {@link #set(String, String)}. */
  public AiBridgeBuilder set(String key, Path value) {
    return set(key, value.toString());
  }

  /**
   * Registers the handler of a kind of action; see {@link AiBridge#onAction}.
   *
   * @throws IllegalArgumentException as {@link AiBridge#onAction} does
   */
  public <A extends Action> AiBridgeBuilder on(Class<A> type, ActionHandler<? super A> handler) {
    HandlerKeys.checkRecord(type);
    Objects.requireNonNull(handler, "handler");
    handlers.add(bridge -> bridge.onAction(type, handler));
    return this;
  }

  /**
   * Registers the handler of a custom action type; see {@link AiBridge#onCustomAction}.
   *
   * @throws IllegalArgumentException as {@link AiBridge#onCustomAction} does
   */
  public AiBridgeBuilder onCustom(String actionType, ActionHandler<CustomAction> handler) {
    HandlerKeys.checkCustomName(actionType);
    Objects.requireNonNull(handler, "handler");
    handlers.add(bridge -> bridge.onCustomAction(actionType, handler));
    return this;
  }

  /** Sets the function that finds a player's id by name; see {@link AiBridge#identifyPlayers}. */
  public AiBridgeBuilder identifyPlayers(ToLongFunction<? super String> numberOf) {
    Objects.requireNonNull(numberOf, "numberOf");
    handlers.add(bridge -> bridge.identifyPlayers(numberOf));
    return this;
  }

  /** Makes the bridge refuse actions about absent players; see {@link AiBridge#requireOnline}. */
  public AiBridgeBuilder requireOnline(Predicate<? super PlayerRef> isOnline) {
    Objects.requireNonNull(isOnline, "isOnline");
    handlers.add(bridge -> bridge.requireOnline(isOnline));
    return this;
  }

  /**
   * Tells {@code listener} of each event that the AI service has acknowledged.
   *
   * <p>The listener runs on a thread of the bridge that does nothing else, one call after the
   * other, so it may take its time, and what it throws is logged. What waits for it is bounded:
   * beyond 10,000 events or 8 million characters the next ones are not told of, and a line in the
   * log counts them. {@link AiBridge#close} waits 200 ms for what was not told yet, unless it is
   * interrupted, and a line in the log counts the rest; a listener that calls it is told the rest
   * after its return. A death of the process takes what waits with it, and an event that is sent
   * again may be told of twice. So the listener is a help for a host that wants to know; what is
   * certain is in the status, in the dead letters and at the AI service.
   */
  public AiBridgeBuilder onDelivered(Consumer<? super EventEnd> listener) {
    onDelivered = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /** Calls {@code listener} for each new dead letter; the rules of {@link #onDelivered} apply. */
  public AiBridgeBuilder onDead(Consumer<? super EventEnd> listener) {
    onDead = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /** Makes the bridge apply actions on {@code executor}; see {@link AiBridge#applyActionsOn}. */
  public AiBridgeBuilder executor(Executor executor) {
    Objects.requireNonNull(executor, "executor");
    return executors(target -> executor);
  }

  /**
   * Has each action applied on the executor of its target; see {@link
   * AiBridge#applyActionsPerTarget}. The bridge learns of it after all handlers, so no action meets
   * a handler that is still to come.
   */
  public AiBridgeBuilder executors(Function<? super ActionTarget, ? extends Executor> executors) {
    placement = Objects.requireNonNull(executors, "executors");
    return this;
  }

  /** Starts the bridge as {@link AiBridge#start} does. */
  public AiBridge start() {
    return told(BridgeProvider.only().start(setup()));
  }

  /**
   * Starts the bridge as {@link #start} does, but does not wait until it runs: returns as soon as
   * events are accepted, in some tenths of a second, while the start goes on on a thread of the
   * bridge.
   *
   * <p>Until it is over the state is {@link org.aibridge.api.status.BridgeState#STARTING}, and
   * {@link AiBridge#statusJson} has {@code initialized}, {@code state} and {@code problem} alone.
   * What {@link AiBridge#publish} accepts meanwhile survives the death of the process, and is sent
   * once the bridge runs. {@link AiBridge#tick} applies nothing yet; handlers may be registered,
   * and miss no action. A script's call fails in the next tick; a reload is made after the start,
   * and {@link AiBridge#close} waits for the end of the start. If the start fails, the bridge is
   * off from then on; {@link org.aibridge.api.status.BridgeStatus#problem} says why, and how many
   * events wait for the next start.
   *
   * <p>It waits as {@link #start} does where what is wrong shows at once, such as a mistake in the
   * file, and where no ring can be made before the journal is open.
   */
  public AiBridge startAsync() {
    return told(BridgeProvider.only().startAsync(setup()));
  }

  private BridgeSetup setup() {
    return new BridgeSetup(configuration, settings, onDelivered, onDead);
  }

  private AiBridge told(AiBridge bridge) {
    handlers.forEach(handler -> handler.accept(bridge));
    if (placement != null) {
      bridge.applyActionsPerTarget(placement);
    }
    return bridge;
  }
}

package org.aibridge.api.action;

/**
 * Applies one kind of action to the world.
 *
 * <p>Called on the game thread, inside {@code tick()}, or on an executor that the server has given;
 * never on a thread of the bridge, and at most once for an action id, ever. Whatever a handler
 * throws fails its own action and nothing else. A handler may publish events, register handlers and
 * ask for the status.
 */
@FunctionalInterface
public interface ActionHandler<A extends Action> {
  /** Applies {@code action} and returns the outcome; {@code null} means that the action failed. */
  ActionReply handle(A action) throws Exception;
}

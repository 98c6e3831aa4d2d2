package org.aibridge.api.action;

/**
 * Say something to everyone, or to a map.
 *
 * @param message 1 to 255 characters
 * @param map the map on which to say it, or empty for the whole server
 */
public record Broadcast(ActionHeader header, String message, String map) implements Action {
  @Override
  public ActionTarget target() {
    return ActionTarget.map(map);
  }
}

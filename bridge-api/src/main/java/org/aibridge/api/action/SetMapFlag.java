package org.aibridge.api.action;

/**
 * Set or clear a map flag.
 *
 * @param value the flag's new value; 0 clears the flag, and the service's {@code true} arrives as 1
 */
public record SetMapFlag(ActionHeader header, String map, String flag, int value)
    implements Action {
  @Override
  public ActionTarget target() {
    return ActionTarget.map(map);
  }
}

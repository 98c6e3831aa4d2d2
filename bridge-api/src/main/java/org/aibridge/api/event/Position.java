package org.aibridge.api.event;

/**
 * A place on a map, in the game's own units.
 *
 * @param hasZ whether the place has a height; without one {@code z} is 0
 */
public record Position(int x, int y, int z, boolean hasZ) {
  public Position {
    z = hasZ ? z : 0;
  }

  /** A place on a flat map. */
  public static Position of(int x, int y) {
    return new Position(x, y, 0, false);
  }

  /** A place with a height. */
  public static Position of(int x, int y, int z) {
    return new Position(x, y, z, true);
  }
}

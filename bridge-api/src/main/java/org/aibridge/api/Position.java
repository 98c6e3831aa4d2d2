package org.aibridge.api;

/**
 * A place on a map, in whatever whole units the game counts.
 *
 * @param dimensions 2 or 3; 0 for {@link #ANYWHERE}. Any other number counts as 0
 * @param x the first coordinate; 0 for {@link #ANYWHERE}
 * @param y the second coordinate; 0 for {@link #ANYWHERE}
 * @param z the third coordinate; 0 unless there are three dimensions
 */
public record Position(int dimensions, int x, int y, int z) {
  /** The value for an unknown place, or for a place that the server chooses. */
  public static final Position ANYWHERE = new Position(0, 0, 0, 0);

  /** Sets missing coordinates to 0. */
  public Position {
    if (dimensions != 2 && dimensions != 3) {
      dimensions = 0;
      x = 0;
      y = 0;
    }
    if (dimensions != 3) {
      z = 0;
    }
  }

  /** Returns a place on a flat map. */
  public static Position at(int x, int y) {
    return new Position(2, x, y, 0);
  }

  /** Returns a place in a world of three dimensions. */
  public static Position at(int x, int y, int z) {
    return new Position(3, x, y, z);
  }

  /**
   * Returns a cell of a map whose cell (0, 0) nobody can stand on, so that it means {@link
   * #ANYWHERE}.
   */
  public static Position ofCell(int x, int y) {
    return x == 0 && y == 0 ? ANYWHERE : at(x, y);
  }

  /** True unless this is {@link #ANYWHERE}. */
  public boolean isGiven() {
    return dimensions > 0;
  }

  /** True if the place has a third coordinate. */
  public boolean hasZ() {
    return dimensions == 3;
  }
}

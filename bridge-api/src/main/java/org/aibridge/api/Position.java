package org.aibridge.api;

/**
 * A place on a map, in whatever whole units the game counts.
 *
 * @param isGiven whether somebody has named the place; else the coordinates are 0
 * @param x the first coordinate
 * @param y the second coordinate
 * @param z the third coordinate, 0 where a game has two
 */
public record Position(boolean isGiven, int x, int y, int z) {
  /** Stands for a place that nobody has named: the server's choice. */
  public static final Position ANYWHERE = new Position(false, 0, 0, 0);

  /** The coordinates of no place are 0. */
  public Position {
    if (!isGiven) {
      x = 0;
      y = 0;
      z = 0;
    }
  }

  /** Returns a place on a flat map. */
  public static Position at(int x, int y) {
    return new Position(true, x, y, 0);
  }

  /**
   * Returns a cell of a map whose cell (0, 0) nobody can stand on, so that it means {@link
   * #ANYWHERE}.
   */
  public static Position ofCell(int x, int y) {
    return x == 0 && y == 0 ? ANYWHERE : at(x, y);
  }

  /** Returns a place in a world of three dimensions. */
  public static Position at(int x, int y, int z) {
    return new Position(true, x, y, z);
  }
}

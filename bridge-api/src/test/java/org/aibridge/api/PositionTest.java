package org.aibridge.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PositionTest {
  @Test
  void hasTwoOrThreeCoordinatesOfAnySign() {
    Position flat = Position.at(-1, 2);
    assertThat(flat).isEqualTo(new Position(2, -1, 2, 0)).hasSameHashCodeAs(Position.at(-1, 2));
    assertThat(flat.isGiven()).isTrue();
    assertThat(flat.hasZ()).isFalse();
    Position space = Position.at(Integer.MIN_VALUE, 0, Integer.MAX_VALUE);
    assertThat(space)
        .isEqualTo(new Position(3, Integer.MIN_VALUE, 0, Integer.MAX_VALUE))
        .isNotEqualTo(Position.at(Integer.MIN_VALUE, 0));
    assertThat(space.isGiven()).isTrue();
    assertThat(space.hasZ()).isTrue();
    assertThat(Position.at(0, 0)).isNotEqualTo(Position.at(0, 0, 0));
  }

  @Test
  void hasNothingInTheCoordinatesThatAPlaceHasNot() {
    assertThat(new Position(2, 1, 2, 9)).isEqualTo(Position.at(1, 2));
    for (int dimensions : new int[] {-1, 0, 1, 4}) {
      assertThat(new Position(dimensions, 1, 2, 3)).isEqualTo(Position.ANYWHERE);
    }
    assertThat(Position.ANYWHERE).isEqualTo(new Position(0, 0, 0, 0));
    assertThat(Position.ANYWHERE.isGiven()).isFalse();
    assertThat(Position.ANYWHERE.hasZ()).isFalse();
  }

  @Test
  void takesTheCellThatNobodyStandsOnForAnywhere() {
    assertThat(Position.ofCell(0, 0)).isEqualTo(Position.ANYWHERE);
    assertThat(Position.ofCell(0, 1)).isEqualTo(Position.at(0, 1));
    assertThat(Position.ofCell(1, 0)).isEqualTo(Position.at(1, 0));
  }
}

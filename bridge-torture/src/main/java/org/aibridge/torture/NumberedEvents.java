package org.aibridge.torture;

import java.util.SplittableRandom;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.Priority;

/**
 * The events of a run: number {@code n} is the same event in every process with the same seed.
 *
 * <p>A player's events are published by one thread, so a player's numbers grow in the order of
 * publishing. Each event carries its number as {@code number} in its payload.
 *
 * @param seed decides players, priorities and sizes
 * @param threads how many threads publish; thread {@code n % threads} publishes number {@code n}
 * @param players how many players each of them speaks for
 * @param maxPayloadBytes the size of the largest payloads; most stay below 200
 */
public record NumberedEvents(long seed, int threads, int players, int maxPayloadBytes) {
  static final String NAME = "numbered";

  private static final int TYPICAL_BYTES = 200;
  private static final long FIRST_PLAYER = 150_000;
  private static final String FILLER = "x".repeat(1 << 18);

  /** Checks the ranges. */
  public NumberedEvents {
    if (threads < 1 || players < 1 || maxPayloadBytes < 0 || maxPayloadBytes > FILLER.length()) {
      throw new IllegalArgumentException(
          "threads %d, players %d, maxPayloadBytes %d"
              .formatted(threads, players, maxPayloadBytes));
    }
  }

  /** Returns the event with this number. */
  public GameEvent event(int number) {
    SplittableRandom random = new SplittableRandom(seed * 0x9E37_79B9_7F4A_7C15L + number);
    long player = FIRST_PLAYER + (long) random.nextInt(players) * threads + number % threads;
    if (number % threads == 0 && random.nextInt(50) == 0) {
      player = GameEvent.NO_PLAYER;
    }
    boolean large = random.nextInt(100) == 0;
    int filler =
        random.nextInt(1 + Math.min(large ? maxPayloadBytes : TYPICAL_BYTES, maxPayloadBytes));
    String payload =
        "{\"number\":" + number + ",\"filler\":\"" + FILLER.substring(0, filler) + "\"}";
    return GameEvent.custom(NAME, player, "prontera", payload).withPriority(priority(random));
  }

  private static Priority priority(SplittableRandom random) {
    int roll = random.nextInt(100);
    return roll < 20
        ? Priority.LOW
        : roll < 85 ? Priority.NORMAL : roll < 99 ? Priority.HIGH : Priority.URGENT;
  }
}

package org.aibridge.ops.dlq;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.deadletter.DeadLetterStore;
import org.aibridge.core.run.World;

/**
 * Makes folders of dead letters as a bridge leaves them. {@code FOLDER COUNT} fills one by hand.
 */
public final class Letters {
  private static final String[] TYPES = {
    "player_login", "monster_kill", "item_drop", "quest_complete", "map_change"
  };
  private static final String[] MAPS = {"prontera", "geffen", "prt_fild08", "payon"};
  private static final String[] WHY = {
    "{\"detail\":\"unknown map 'm%d'\"}",
    "{\"detail\":\"player %d is not known\"}",
    "{\"detail\":\"quest %d has no reward\",\"hint\":\"see the schema\"}"
  };

  private Letters() {}

  public static void main(String[] args) throws IOException {
    try (DeadLetterStore store = open(Path.of(args[0]))) {
      append(store, Integer.parseInt(args[1]));
    }
  }

  public static DeadLetterStore open(Path folder) throws IOException {
    return DeadLetterStore.open(
        folder,
        new DeadLetterStore.Limits(4L << 30, 0, Duration.ZERO, Duration.ofHours(24), false),
        World.ofJvm());
  }

  public static void append(DeadLetterStore store, int count) {
    for (int i = 0; i < count; i++) {
      store.append(letter(i));
    }
  }

  /** A letter whose event gives the player by key, not by number. */
  public static DeadLetter keyed(String playerKey) {
    String id = "s1:1763700000000000";
    String event =
        "{\"event_id\":\"%s\",\"event_type\":\"monster_kill\",\"player_key\":\"%s\"}"
            .formatted(id, playerKey);
    return new DeadLetter(
        id,
        event.getBytes(StandardCharsets.UTF_8),
        DeadLetter.Reason.LATER_VERSION,
        0,
        "a later version wrote it",
        "",
        0,
        0,
        0,
        "",
        "",
        0,
        java.util.List.of(),
        1_763_700_000_000L);
  }

  /** Letter number {@code i}: 5 types, 4 maps, 1000 players, 3 problems, one a second. */
  public static DeadLetter letter(int i) {
    long atMs = 1_763_600_000_000L + i * 1000L;
    String id = "s1:" + (1_763_600_000_000_000L + i);
    String event =
        ("{\"event_id\":\"%s\",\"event_type\":\"%s\",\"player_id\":%d,\"map\":\"%s\","
                + "\"timestamp\":%d,\"priority\":\"normal\",\"payload\":{\"monster_id\":%d}}")
            .formatted(id, TYPES[i % 5], 150_000 + i % 1000, MAPS[i % 4], atMs, i);
    return new DeadLetter(
        id,
        event.getBytes(StandardCharsets.UTF_8),
        DeadLetter.Reason.REFUSED,
        i % 3 == 1 ? 404 : 422,
        "HTTP " + (i % 3 == 1 ? 404 : 422),
        WHY[i % 3].formatted(i),
        7,
        atMs,
        atMs + 500,
        "s1:1-64:64:4",
        id + "-1:1:4",
        0,
        java.util.List.of(
            new DeadLetter.Attempt(atMs, 64, 422, "HTTP 422"),
            new DeadLetter.Attempt(atMs + 500, 1, 422, "HTTP 422")),
        atMs);
  }
}

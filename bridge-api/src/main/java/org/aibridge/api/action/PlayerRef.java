package org.aibridge.api.action;

import java.util.Objects;

/**
 * A player by number, by name or by key; at least one is given, and all that are given mean the
 * same player.
 *
 * @param id the number, or 0
 * @param name the name, or empty
 * @param key the key by which the game itself knows the player, such as a UUID, 1 to 64 bytes in
 *     UTF-8; or empty
 */
public record PlayerRef(long id, String name, String key) {
  /** Refuses {@code null}. */
  public PlayerRef {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(key, "key");
  }

  /** Creates a player without a key. */
  public PlayerRef(long id, String name) {
    this(id, name, "");
  }

  /** Returns a reference to the player whose key is {@code key}. */
  public static PlayerRef ofKey(String key) {
    return new PlayerRef(0, "", key);
  }
}

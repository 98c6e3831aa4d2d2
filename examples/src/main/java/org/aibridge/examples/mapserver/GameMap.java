package org.aibridge.examples.mapserver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A map with its flags, its living monsters and its NPCs. */
public final class GameMap {
  /** The number of cells on each side; cell 0 of either axis is the border, never walkable. */
  static final int SIZE = 300;

  static final int MAX_MONSTERS = 2_000;
  static final int MAX_NPCS = 100;

  private final String name;
  private final Map<String, Integer> flags = new TreeMap<>();
  private final List<Monster> monsters = new ArrayList<>();
  private final List<Npc> npcs = new ArrayList<>();

  GameMap(String name) {
    this.name = name;
  }

  /** The map's name in events. */
  public String name() {
    return name;
  }

  /** Returns the flag's value; 0 if it is not set. */
  public int flag(String flag) {
    return flags.getOrDefault(flag, 0);
  }

  /** Returns how many monsters are alive. */
  public int monsterCount() {
    return monsters.size();
  }

  /** Returns how many monsters of one kind are alive. */
  public long monsterCount(long monsterId) {
    return monsters.stream().filter(monster -> monster.id() == monsterId).count();
  }

  static boolean isWalkable(int x, int y) {
    return x > 0 && y > 0 && x < SIZE && y < SIZE;
  }

  void setFlag(String flag, int value) {
    if (value == 0) {
      flags.remove(flag);
    } else {
      flags.put(flag, value);
    }
  }

  void add(Monster monster) {
    monsters.add(monster);
  }

  /** Removes the monster at {@code index}; moves the last monster to that place. */
  Monster kill(int index) {
    Monster last = monsters.remove(monsters.size() - 1);
    return index == monsters.size() ? last : monsters.set(index, last);
  }

  List<Npc> npcs() {
    return npcs;
  }

  @Override
  public String toString() {
    return name;
  }
}

package org.aibridge.examples.mapserver;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** A person in the game, and what that person owns. Game thread only. */
public final class Player {
  static final long MAX_ZENY = Integer.MAX_VALUE;
  static final int MAX_QUESTS = 20;

  private final long id;
  private final String name;
  private final Map<Long, Long> items = new HashMap<>();
  private final Deque<Long> quests = new ArrayDeque<>();
  private GameMap map;
  private boolean online;
  private long zeny = 1_000;
  private long baseExp;
  private long jobExp;
  private int questsDone;
  private int nextActTick;
  private String heard = "";

  Player(long id, GameMap map, int firstTick) {
    this.id = id;
    this.name = "Player" + id;
    this.map = map;
    this.nextActTick = firstTick;
  }

  /** The player's number in events. */
  public long id() {
    return id;
  }

  /** The player's unique name. */
  public String name() {
    return name;
  }

  /** The player's map, or the last one before the logout. */
  public GameMap map() {
    return map;
  }

  /** True if the player is in the world. */
  public boolean isOnline() {
    return online;
  }

  /** The player's money, in zeny. */
  public long zeny() {
    return zeny;
  }

  /** The experience points of the base level. */
  public long baseExp() {
    return baseExp;
  }

  /** The experience points of the job level. */
  public long jobExp() {
    return jobExp;
  }

  /** Returns how many of an item the player carries. */
  public long items(long itemId) {
    return items.getOrDefault(itemId, 0L);
  }

  /** True if the player has begun this quest and not completed it. */
  public boolean hasQuest(long questId) {
    return quests.contains(questId);
  }

  /** The last words from a broadcast or an NPC to the player; empty if there were none. */
  public String heard() {
    return heard;
  }

  /** Tells the player something. */
  public void hear(String message) {
    heard = message;
  }

  int questCount() {
    return quests.size();
  }

  int questsDone() {
    return questsDone;
  }

  int nextActTick() {
    return nextActTick;
  }

  void actAgainAt(int tick) {
    nextActTick = tick;
  }

  void setOnline(boolean online) {
    this.online = online;
  }

  void goTo(GameMap other) {
    map = other;
  }

  void receive(long itemId, long amount) {
    items.merge(itemId, amount, Long::sum);
  }

  void earn(long amount) {
    zeny = Math.min(MAX_ZENY, zeny + amount);
  }

  boolean pay(long amount) {
    if (zeny < amount) {
      return false;
    }
    zeny -= amount;
    return true;
  }

  void learn(long base, long job) {
    baseExp += base;
    jobExp += job;
  }

  void startQuest(long questId) {
    quests.add(questId);
  }

  /** Completes the quest that was begun first; returns its number. */
  long completeQuest() {
    questsDone++;
    return quests.remove();
  }
}

package org.aibridge.examples.mapserver;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Someone who plays, and what they own. Game thread only. */
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

  /** The number, as events carry it. */
  public long id() {
    return id;
  }

  /** The name, unique. */
  public String name() {
    return name;
  }

  /** Where the player is, or was when logging out. */
  public GameMap map() {
    return map;
  }

  /** Whether the player is in the world. */
  public boolean isOnline() {
    return online;
  }

  /** What the player owns, in zeny. */
  public long zeny() {
    return zeny;
  }

  /** Experience of the base level. */
  public long baseExp() {
    return baseExp;
  }

  /** Experience of the job level. */
  public long jobExp() {
    return jobExp;
  }

  /** How many of an item the player carries. */
  public long items(long itemId) {
    return items.getOrDefault(itemId, 0L);
  }

  /** Whether a quest is under way. */
  public boolean hasQuest(long questId) {
    return quests.contains(questId);
  }

  /** What the player was last told by a broadcast or an NPC; empty for nothing. */
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

  /** Ends the quest begun first. */
  long completeQuest() {
    questsDone++;
    return quests.remove();
  }
}

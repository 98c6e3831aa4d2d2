package org.aibridge.examples.mapserver;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.aibridge.api.action.ActionReply.Outcome;

/** A character on a map who talks to players and sometimes walks. Game thread only. */
public final class Npc {
  /** The maximum duration of a walk, in ticks; for a long way, an NPC walks faster. */
  static final int MAX_WALK_TICKS = 40;

  private final long id;
  private final String name;
  private final GameMap map;
  private final String sprite;
  private final int facing;
  private int x;
  private int y;
  private int toX;
  private int toY;
  private int ticksLeft;
  private CompletableFuture<Outcome> walk;

  Npc(long id, String name, GameMap map, int x, int y, String sprite, int facing) {
    this.id = id;
    this.name = name;
    this.map = map;
    this.x = x;
    this.y = y;
    this.sprite = sprite;
    this.facing = facing;
  }

  /** The NPC's number, which is unique in the world. */
  public long id() {
    return id;
  }

  /** The NPC's name; several NPCs can have the same name. */
  public String name() {
    return name;
  }

  /** Returns the map where the NPC stands. */
  public GameMap map() {
    return map;
  }

  /** The column of the NPC's cell. */
  public int x() {
    return x;
  }

  /** The row of the NPC's cell. */
  public int y() {
    return y;
  }

  String sprite() {
    return sprite;
  }

  int facing() {
    return facing;
  }

  boolean isWalking() {
    return walk != null;
  }

  /** Starts walking to a cell; the stage completes on arrival or a stop, on the game thread. */
  CompletionStage<Outcome> walkTo(int newX, int newY) {
    stop(name + " was sent elsewhere on the way");
    toX = newX;
    toY = newY;
    ticksLeft = Math.max(1, Math.min(MAX_WALK_TICKS, distance(newX, newY)));
    walk = new CompletableFuture<>();
    return walk;
  }

  /** Walks for one tick. */
  void step() {
    if (walk == null) {
      return;
    }
    x += (toX - x) / ticksLeft;
    y += (toY - y) / ticksLeft;
    if (--ticksLeft == 0) {
      end(new Outcome(true, name + " arrived at " + map + " (" + x + ", " + y + ")"));
    }
  }

  /** Ends the walk at the current cell. */
  void stop(String why) {
    if (walk != null) {
      end(new Outcome(false, why));
    }
  }

  private void end(Outcome outcome) {
    CompletableFuture<Outcome> ended = walk;
    walk = null;
    ended.complete(outcome);
  }

  private int distance(int otherX, int otherY) {
    return Math.max(Math.abs(otherX - x), Math.abs(otherY - y));
  }
}

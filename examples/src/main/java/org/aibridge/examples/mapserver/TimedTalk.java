package org.aibridge.examples.mapserver;

import org.aibridge.examples.mapserver.TickMeter.Share;

/** Counts the time of NPCs as the scripts', except the time they spend inside the bridge. */
public final class TimedTalk implements NpcTalk {
  private final NpcTalk talk;
  private final TickMeter meter;

  /** Creates NPCs that measure {@code talk}. */
  public TimedTalk(NpcTalk talk, TickMeter meter) {
    this.talk = talk;
    this.meter = meter;
  }

  @Override
  public void talk(Npc npc, Player player) {
    Share before = meter.enter(Share.SCRIPTS);
    talk.talk(npc, player);
    meter.enter(before);
  }

  @Override
  public void leave(Player player) {
    Share before = meter.enter(Share.SCRIPTS);
    talk.leave(player);
    meter.enter(before);
  }

  @Override
  public void tick() {
    Share before = meter.enter(Share.SCRIPTS);
    talk.tick();
    meter.enter(before);
  }
}

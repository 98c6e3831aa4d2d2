package org.aibridge.examples.mapserver;

import org.aibridge.examples.mapserver.TickMeter.Share;

/** Measures the time of NPC talks as time of the scripts, without the time inside the bridge. */
public final class TimedTalk implements NpcTalk {
  private final NpcTalk talk;
  private final TickMeter meter;

  /** Creates a wrapper that measures {@code talk}. */
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

package org.aibridge.examples.mapserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.SetMapFlag;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.examples.mapserver.TickMeter.Share;
import org.aibridge.testdouble.RecordingBridge;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TimedBridgeTest {
  private final AtomicLong now = new AtomicLong();
  private final TickMeter meter = new TickMeter(now::get);
  private final RecordingBridge bridge = new RecordingBridge();
  private final TimedBridge timed = new TimedBridge(bridge, meter);

  @BeforeEach
  void begin() {
    bridge.refuseEvents(RefusalReason.RING_FULL, event -> !work(5));
    bridge.answerScripts(call -> ScriptAnswer.answered(200, ""));
    meter.begin();
  }

  @Test
  void countsTheTimeOfAPublishOnce() {
    work(1);
    assertThat(timed.publish(GameEvent.dailyReset())).isTrue();
    work(2);
    meter.enter(Share.WORLD);

    assertShares(3, 5, 0);
  }

  @Test
  void timeOfAHandlerIsTheWorldsAndAPublishInItTheBridges() throws Exception {
    timed.onAction(
        SetMapFlag.class,
        action -> {
          work(3);
          timed.publish(GameEvent.dailyReset());
          return ActionReply.done();
        });

    Share before = meter.enter(Share.BRIDGE);
    work(10);
    bridge.deliver(new SetMapFlag(bridge.header("set_map_flag"), "payon", "danger", 1));
    work(10);
    meter.enter(before);

    assertShares(3, 25, 0);
  }

  @Test
  void timeOfAHandlerThatThrowsIsTheWorldsToo() {
    timed.onAction(
        SetMapFlag.class,
        action -> {
          work(3);
          throw new IllegalStateException("broken");
        });

    Share before = meter.enter(Share.BRIDGE);
    bridge.deliver(new SetMapFlag(bridge.header("set_map_flag"), "payon", "danger", 1));
    work(1);
    meter.enter(before);

    assertShares(3, 1, 0);
  }

  @Test
  void timeOfAnAnswersCallbackIsTheScripts() {
    timed.scriptHttp().get("Kafra", "/x", answer -> work(7));
    timed.tick();

    assertShares(0, 0, 7);
  }

  @Test
  void whatAScriptAsksTheBridgeIsTheBridges() {
    NpcTalk talk =
        new TimedTalk(
            new NpcTalk() {
              @Override
              public void talk(Npc npc, Player player) {
                work(4);
                timed.publish(GameEvent.dailyReset());
              }

              @Override
              public void leave(Player player) {
                work(1);
              }

              @Override
              public void tick() {
                work(2);
              }
            },
            meter);

    talk.talk(null, null);
    talk.leave(null);
    talk.tick();

    assertShares(0, 5, 7);
  }

  private void assertShares(long world, long inBridge, long scripts) {
    assertThat(meter.nanos(Share.WORLD)).isEqualTo(world);
    assertThat(meter.nanos(Share.BRIDGE)).isEqualTo(inBridge);
    assertThat(meter.nanos(Share.SCRIPTS)).isEqualTo(scripts);
  }

  private boolean work(long nanos) {
    now.addAndGet(nanos);
    return true;
  }
}

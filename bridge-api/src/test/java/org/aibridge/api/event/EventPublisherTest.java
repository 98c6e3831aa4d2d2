package org.aibridge.api.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventPublisherTest {
  private static final int PLAYER = 7;

  private final List<GameEvent> published = new ArrayList<>();
  private final EventPublisher events = EventPublisher.into(published::add);

  @Test
  void publishesWhatTheFactoryOfTheSameNameMakes() {
    assertThat(events.playerLogin(PLAYER, "m")).isTrue();
    events.playerLogout(PLAYER, "m");
    events.npcInteraction(PLAYER, "m", 1);
    events.monsterKill(PLAYER, "m", 2);
    events.mvpKill(PLAYER, "m", 3);
    events.dailyReset();
    events.mapChange(PLAYER, "from", "to");
    events.itemDrop(PLAYER, "m", 4, 5);
    events.questComplete(PLAYER, "m", 6);
    events.tradeComplete(PLAYER, "m", 8, 9);
    events.custom("named", PLAYER, "m", "{\"a\":1}");

    assertThat(published.stream().map(event -> event.at(0)))
        .containsExactly(
            GameEvent.playerLogin(PLAYER, "m").at(0),
            GameEvent.playerLogout(PLAYER, "m").at(0),
            GameEvent.npcInteraction(PLAYER, "m", 1).at(0),
            GameEvent.monsterKill(PLAYER, "m", 2).at(0),
            GameEvent.mvpKill(PLAYER, "m", 3).at(0),
            GameEvent.dailyReset().at(0),
            GameEvent.mapChange(PLAYER, "from", "to").at(0),
            GameEvent.itemDrop(PLAYER, "m", 4, 5).at(0),
            GameEvent.questComplete(PLAYER, "m", 6).at(0),
            GameEvent.tradeComplete(PLAYER, "m", 8, 9).at(0),
            GameEvent.custom("named", PLAYER, "m", "{\"a\":1}").at(0));
  }

  @Test
  void publishesWhatTheFactoryOfTheSameNameMakesForAPlayerWithAKey() {
    events.playerLogin("k", "m");
    events.playerLogout("k", "m");
    events.npcInteraction("k", "m", "npc");
    events.monsterKill("k", "m", "monster");
    events.mvpKill("k", "m", "mvp");
    events.mapChange("k", "from", "to");
    events.itemDrop("k", "m", "item", 5);
    events.questComplete("k", "m", "quest");
    events.tradeComplete("k", "m", "other", 9);
    events.custom("named", "k", "m", null);
    events.monsterKill("k", "m", null);

    assertThat(published.stream().map(event -> event.at(0)))
        .containsExactly(
            GameEvent.playerLogin("k", "m").at(0),
            GameEvent.playerLogout("k", "m").at(0),
            GameEvent.npcInteraction("k", "m", "npc").at(0),
            GameEvent.monsterKill("k", "m", "monster").at(0),
            GameEvent.mvpKill("k", "m", "mvp").at(0),
            GameEvent.mapChange("k", "from", "to").at(0),
            GameEvent.itemDrop("k", "m", "item", 5).at(0),
            GameEvent.questComplete("k", "m", "quest").at(0),
            GameEvent.tradeComplete("k", "m", "other", 9).at(0),
            GameEvent.custom("named", "k", "m", "{}").at(0),
            GameEvent.monsterKill("k", "m", "").at(0));
  }

  @Test
  void hasAMethodForEachKind() {
    publishesWhatTheFactoryOfTheSameNameMakes();
    assertThat(published.stream().map(GameEvent::type)).containsExactly(EventType.values());
  }

  @Test
  void givesEachEventTheTimeOfTheCall() {
    long before = System.currentTimeMillis();
    events.dailyReset();
    assertThat(published.get(0).timestampMs()).isBetween(before, System.currentTimeMillis());
  }

  @Test
  void answersWhatPublishAnswers() {
    assertThat(EventPublisher.into(event -> false).dailyReset()).isFalse();
  }

  @Test
  void takesWhateverItIsGiven() {
    events.custom(null, -5, null, null);
    assertThat(published.get(0).at(0)).isEqualTo(GameEvent.custom(null, -5, null, null).at(0));
  }
}

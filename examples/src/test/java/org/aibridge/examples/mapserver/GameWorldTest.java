package org.aibridge.examples.mapserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.aibridge.api.RefusalReason;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;
import org.aibridge.testdouble.RecordingBridge;
import org.junit.jupiter.api.Test;

class GameWorldTest {
  private static final int PLAYERS = 500;
  private static final int TICKS_A_SECOND = 20;

  @Test
  void sameSeedMakesTheSameEvents() {
    assertThat(story(7, 400)).isEqualTo(story(7, 400)).isNotEqualTo(story(8, 400));
  }

  @Test
  void refusedEventsDoNotChangeTheStory() {
    List<String> all = new ArrayList<>();
    RecordingBridge deaf = new RecordingBridge();
    deaf.refuseEvents(RefusalReason.RING_FULL, event -> all.add(describe(event)));
    play(deaf, 7, 400);

    assertThat(all).isEqualTo(story(7, 400));
  }

  @Test
  void everyPlayerLogsInDuringTheFirstSeconds() {
    RecordingBridge bridge = new RecordingBridge();
    GameWorld world = play(bridge, 1, Realm.LOGIN_TICKS);

    long loggedIn =
        bridge.published().stream()
            .filter(event -> event.type() == EventType.PLAYER_LOGIN)
            .map(GameEvent::playerId)
            .distinct()
            .count();
    assertThat(loggedIn).isEqualTo(PLAYERS);
    assertThat(world.player(Realm.FIRST_PLAYER).isOnline()).isTrue();
  }

  @Test
  void publishesOneToTwoEventsAPlayerAndSecond() {
    RecordingBridge bridge = new RecordingBridge();
    int seconds = 30;
    play(bridge, 1, seconds * TICKS_A_SECOND);

    assertThat(bridge.published().size() / (double) (PLAYERS * seconds)).isBetween(1.0, 2.0);
  }

  @Test
  void everyKindOfEventComesUp() {
    RecordingBridge bridge = new RecordingBridge();
    play(bridge, 1, 30 * TICKS_A_SECOND);

    Map<EventType, Long> counts =
        bridge.published().stream()
            .collect(Collectors.groupingBy(GameEvent::type, Collectors.counting()));
    assertThat(counts.keySet()).contains(EventType.values());
    assertThat(counts.get(EventType.DAILY_RESET)).isEqualTo(1);
    assertThat(bridge.published())
        .filteredOn(event -> event.type() == EventType.CUSTOM)
        .allSatisfy(
            event -> {
              assertThat(event.typeName()).isEqualTo("siege_damage");
              assertThat(event.payload()).startsWith("{\"castle\":").contains("\"damage\":");
            });
  }

  @Test
  void eachLoginAndLogoutAlternateForAPlayer() {
    RecordingBridge bridge = new RecordingBridge();
    play(bridge, 3, 120 * TICKS_A_SECOND);

    Map<Long, List<EventType>> doors =
        bridge.published().stream()
            .filter(
                event ->
                    event.type() == EventType.PLAYER_LOGIN
                        || event.type() == EventType.PLAYER_LOGOUT)
            .collect(
                Collectors.groupingBy(
                    GameEvent::playerId, Collectors.mapping(GameEvent::type, Collectors.toList())));
    assertThat(doors.values()).anyMatch(types -> types.size() > 2);
    for (List<EventType> types : doors.values()) {
      for (int i = 0; i < types.size(); i++) {
        EventType expected = i % 2 == 0 ? EventType.PLAYER_LOGIN : EventType.PLAYER_LOGOUT;
        assertThat(types.get(i)).isEqualTo(expected);
      }
    }
  }

  @Test
  void tallyCountsWhatTheBridgeTookAndRefused() {
    RecordingBridge bridge = new RecordingBridge();
    bridge.refuseEvents(RefusalReason.RING_FULL, event -> event.type() == EventType.MAP_CHANGE);
    GameWorld world = play(bridge, 1, 200);

    Map<String, Long> accepted = world.tally().acceptedByType();
    assertThat(accepted).doesNotContainKey("map_change").containsKey("monster_kill");
    assertThat(accepted.values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(bridge.published().size());
    assertThat(world.tally().refused()).isEqualTo(bridge.status().events().refused()).isPositive();
  }

  @Test
  void restingPlayersPublishNothing() {
    RecordingBridge bridge = new RecordingBridge();
    GameWorld world = play(bridge, 1, 100);
    int before = bridge.published().size();

    world.rest();
    for (int tick = 100; tick < 200; tick++) {
      world.tick(tick);
    }

    assertThat(bridge.published()).hasSize(before);
  }

  @Test
  void playersTalkToNpcsAndTheirTalkEndsWhenTheyLogOut() {
    FakeTalk talk = new FakeTalk();
    RecordingBridge bridge = new RecordingBridge();
    GameWorld world = new GameWorld(1, PLAYERS, bridge, talk);
    for (int tick = 0; tick < 30 * TICKS_A_SECOND; tick++) {
      world.tick(tick);
    }

    long logouts =
        bridge.published().stream()
            .filter(event -> event.type() == EventType.PLAYER_LOGOUT)
            .count();
    assertThat(talk.talks).isPositive();
    assertThat(talk.left).isEqualTo(logouts).isPositive();
    assertThat(talk.ticks).isEqualTo(30 * TICKS_A_SECOND);
  }

  @Test
  void zenyIsNeverBelowZero() {
    GameWorld world = play(new RecordingBridge(), 5, 60 * TICKS_A_SECOND);

    for (int i = 0; i < PLAYERS; i++) {
      assertThat(world.player(Realm.FIRST_PLAYER + i).zeny()).isNotNegative();
    }
  }

  @Test
  void aWorldWithoutPlayersIsRefused() {
    RecordingBridge bridge = new RecordingBridge();
    assertThatThrownBy(() -> new GameWorld(1, 0, bridge, new FakeTalk()))
        .hasMessage("players must be >= 1, was 0");
  }

  static GameWorld play(RecordingBridge bridge, long seed, int ticks) {
    GameWorld world = new GameWorld(seed, PLAYERS, bridge, new FakeTalk());
    for (int tick = 0; tick < ticks; tick++) {
      world.tick(tick);
    }
    return world;
  }

  /** NPCs that only count. */
  private static final class FakeTalk implements NpcTalk {
    private int talks;
    private long left;
    private int ticks;

    @Override
    public void talk(Npc npc, Player player) {
      talks++;
    }

    @Override
    public void leave(Player player) {
      left++;
    }

    @Override
    public void tick() {
      ticks++;
    }
  }

  private static List<String> story(long seed, int ticks) {
    RecordingBridge bridge = new RecordingBridge();
    play(bridge, seed, ticks);
    return bridge.published().stream().map(GameWorldTest::describe).toList();
  }

  private static String describe(GameEvent event) {
    return event + " " + event.payload();
  }
}

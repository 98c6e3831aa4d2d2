package org.aibridge.core.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.core.config.Secret;
import org.aibridge.core.deadletter.DeathStats;
import org.junit.jupiter.api.Test;

class AlarmsTest {
  private static final long HOUR_S = 3_600;

  private AlarmMemory memory = new AlarmMemory();
  private long second = 1_000;
  private Alarms alarms = new Alarms(memory, nanos());
  private final List<DeathStats.Kind> kinds = new ArrayList<>();
  private final List<Alarm> told = new ArrayList<>();

  /** What is wrong where it is not told by the state's name; null for that. */
  private String trouble;

  private long held;
  private long inDoubt;

  /** What a status says of the time at which the service last took an event; 0 for never. */
  private long lastTakenMs = 1;

  @Test
  void tellsAnOutageOnceAndItsEnd() {
    pass(60, BridgeState.RUNNING);
    pass(29, BridgeState.OUTAGE);
    assertThat(told).isEmpty();
    pass(600, BridgeState.OUTAGE);
    assertThat(told).hasSize(1);
    assertThat(told.get(0).what()).isEqualTo("outage");
    assertThat(told.get(0).text()).isEqualTo("it is outage; 5 events wait, the oldest for 9 s");
    assertThat(told.get(0).toDo()).isEqualTo("you: look");
    pass(60, BridgeState.RUNNING);
    assertThat(whats()).containsExactly("outage", "recovered");
    assertThat(told.get(1).text())
        .matches(
            "all is well again after [0-9]+ s, since [-0-9]+ [:0-9]+; it was: it is outage; 0 events wait");
  }

  @Test
  void tellsNoBlip() {
    pass(60, BridgeState.RUNNING);
    for (int i = 0; i < 100; i++) {
      pass(25, BridgeState.OUTAGE);
      pass(40, BridgeState.RUNNING);
    }
    assertThat(told).isEmpty();
  }

  @Test
  void tellsThatOneTroubleBecameAnother() {
    pass(40, BridgeState.OUTAGE);
    pass(40, BridgeState.HELD);
    pass(40, BridgeState.RUNNING);
    assertThat(whats()).containsExactly("outage", "held", "recovered");
  }

  /**
   * A disk that runs full while the service is deaf costs events, which the first trouble did not.
   */
  @Test
  void tellsAnotherTroubleInTheSameStateOnceItLasts() {
    pass(60, BridgeState.DEGRADED);
    trouble = "the disk is full";
    pass(29, BridgeState.DEGRADED);
    trouble = "it is degraded";
    pass(60, BridgeState.DEGRADED);
    assertThat(told).hasSize(1);
    trouble = "the disk is full";
    pass(90, BridgeState.DEGRADED);
    assertThat(whats()).containsExactly("degraded", "degraded");
    assertThat(told.get(1).text()).startsWith("the disk is full; 5 events wait");
    pass(60, BridgeState.RUNNING);
    assertThat(told.get(2).text()).contains("it was: the disk is full; 0 events wait");
  }

  /** Each for less than the time after which one is believed, and nothing was well for an hour. */
  @Test
  void tellsTroublesThatTakeTurnsAsOneThatBeginsAndEnds() {
    pass(60, BridgeState.RUNNING);
    for (int i = 0; i < 100; i++) {
      pass(20, BridgeState.OUTAGE);
      pass(20, BridgeState.DEGRADED);
    }
    assertThat(whats()).containsExactly("degraded");
    pass(60, BridgeState.RUNNING);
    assertThat(whats()).containsExactly("degraded", "recovered");
  }

  @Test
  void tellsAtMostSixAnHourAndThenHowManyItLeftOutAndHowItIsNow() {
    for (int i = 0; i < 10; i++) {
      pass(60, BridgeState.OUTAGE);
      pass(60, BridgeState.RUNNING);
    }
    assertThat(told).hasSize(Alarms.MOST_AN_HOUR);
    pass(60, BridgeState.HELD);
    assertThat(told).hasSize(Alarms.MOST_AN_HOUR);
    pass(HOUR_S, BridgeState.HELD);
    assertThat(told).hasSize(Alarms.MOST_AN_HOUR + 1);
    Alarm last = told.get(told.size() - 1);
    assertThat(last.what()).isEqualTo("held");
    assertThat(last.leftOut()).isEqualTo(14);
    assertThat(last.sentence()).endsWith("(14 changes before it were not told)");
  }

  @Test
  void neverTellsMoreThanSixInAnyHourHoweverTheStatesFlap() {
    List<Long> times = new ArrayList<>();
    BridgeState[] states = {BridgeState.OUTAGE, BridgeState.RUNNING, BridgeState.HELD};
    for (int i = 0; i < 3 * HOUR_S; i++) {
      int before = told.size();
      pass(1, states[i / 31 % states.length]);
      if (told.size() > before) {
        times.add(second);
      }
    }
    assertThat(times).hasSizeGreaterThan(12);
    for (int i = Alarms.MOST_AN_HOUR; i < times.size(); i++) {
      assertThat(times.get(i) - times.get(i - Alarms.MOST_AN_HOUR)).isGreaterThanOrEqualTo(HOUR_S);
    }
  }

  @Test
  void doesNotTellAnOutageTwiceWhenTheServerStartsAnewInIt() {
    pass(60, BridgeState.OUTAGE);
    restart();
    lastTakenMs = 0;
    pass(45, BridgeState.RUNNING); // Nothing has been sent yet, so nothing has failed.
    pass(120, BridgeState.OUTAGE);
    assertThat(whats()).containsExactly("outage");
    restart();
    lastTakenMs = 1;
    pass(45, BridgeState.RUNNING);
    assertThat(whats()).containsExactly("outage", "recovered");
  }

  @Test
  void tellsTheLimitOfAnHourAcrossRestartsToo() {
    for (int i = 0; i < 10; i++) {
      restart();
      pass(40, BridgeState.OUTAGE);
      pass(40, BridgeState.RUNNING);
    }
    assertThat(told).hasSize(Alarms.MOST_AN_HOUR);
  }

  @Test
  void tellsTheFirstDeadLetterOfAKindAndNoOtherOfIt() {
    pass(5, BridgeState.RUNNING);
    kinds.add(new DeathStats.Kind("0846c473", "422 unknown map *"));
    pass(5, BridgeState.RUNNING);
    assertThat(whats()).containsExactly("dead_letter");
    assertThat(told.get(0).text()).contains("0846c473 422 unknown map *");
    assertThat(told.get(0).toDo()).isEqualTo("you: 'ai-bridge dlq list --fingerprint 0846c473'");
    restart();
    pass(100, BridgeState.RUNNING);
    assertThat(told).as("after a restart").hasSize(1);
    kinds.add(new DeathStats.Kind("b6569cb7", "413 too large"));
    kinds.add(new DeathStats.Kind("b6569cb8", "expired"));
    pass(5, BridgeState.RUNNING);
    assertThat(told).as("two kinds in one message").hasSize(2);
    assertThat(told.get(1).text()).contains("b6569cb7", "b6569cb8").doesNotContain("0846c473");
  }

  @Test
  void tellsOnceThatThereAreMoreKindsThanAreToldOneByOne() {
    kinds.add(new DeathStats.Kind("", "and of more kinds"));
    pass(100, BridgeState.RUNNING);
    assertThat(told).hasSize(1);
    assertThat(told.get(0).text()).isEqualTo("events become dead letters: and of more kinds");
    assertThat(told.get(0).toDo()).isEqualTo("you: 'ai-bridge dlq stats'");
  }

  @Test
  void tellsOfDoubtsWhenThereAreMoreAndOfApprovalsWhenSomeBeginToWait() {
    inDoubt = 2;
    held = 3;
    pass(100, BridgeState.RUNNING);
    assertThat(whats()).containsExactly("in_doubt", "approval");
    held = 9;
    pass(100, BridgeState.RUNNING);
    assertThat(told).as("more of what waits is no news").hasSize(2);
    held = 0;
    inDoubt = 0;
    pass(5, BridgeState.RUNNING);
    held = 1;
    inDoubt = 1;
    pass(5, BridgeState.RUNNING);
    assertThat(whats()).containsExactly("in_doubt", "approval", "in_doubt", "approval");
  }

  @Test
  void tellsNothingOfAStartOrAClose() {
    pass(100, BridgeState.STARTING);
    pass(100, BridgeState.OFF);
    pass(100, BridgeState.CLOSED);
    assertThat(told).isEmpty();
  }

  @Test
  void forgetsNothingButWhatIsNoMemory() {
    memory.state = "held";
    memory.addKind("0846c473");
    memory.sentMs.add(7L);
    memory.leftOut = 3;
    assertThat(AlarmMemory.of(memory.json()).json()).isEqualTo(memory.json());
    for (String broken : List.of("", "{", "[]", "{\"kinds\":7}", "null", "{\"sent_ms\":[\"x\"]}")) {
      assertThat(AlarmMemory.of(broken).state).as(broken).isEqualTo("running");
    }
  }

  @Test
  void isALineOfJsonWhateverTheServiceSaid() {
    Alarm alarm =
        new Alarm(
            "map1", "outage", "it said: \"\n\u202E@everyone\" \\ $(rm)", "you: look", 4, 5, 1);
    assertThat(alarm.json())
        .startsWith("{\"server\":\"map1\",\"what\":\"outage\",\"text\":\"it said: \\\"\\n")
        .endsWith("\"to_do\":\"you: look\",\"since_ms\":4,\"at_ms\":5,\"left_out\":1}")
        .doesNotContain("\n", "\u202E");
    assertThat(alarm.discordJson()).contains("\"allowed_mentions\":{\"parse\":[]}");
    Alarm huge =
        new Alarm("s".repeat(64), "outage", "x".repeat(9_999), "y".repeat(9_999), 4, 5, 99);
    assertThat(huge.sentence()).hasSizeLessThan(2_000);
    assertThat(huge.json()).hasSizeLessThan(4_096);
  }

  @Test
  void hasDiscordsFormForDiscordAlone() {
    for (String url :
        List.of("https://discord.com/api/webhooks/1/k", "https://ptb.Discord.com/x?wait=true")) {
      assertThat(Webhook.isDiscord(new Secret(url))).as(url).isTrue();
    }
    for (String url :
        List.of(
            "https://notdiscord.com/x",
            "https://discord.com.evil.example/x",
            "http://127.0.0.1:1/discord.com",
            "http://with_underscore/x")) {
      assertThat(Webhook.isDiscord(new Secret(url))).as(url).isFalse();
    }
  }

  private List<String> whats() {
    return told.stream().map(Alarm::what).toList();
  }

  private void restart() {
    memory = AlarmMemory.of(memory.json());
    alarms = new Alarms(memory, nanos());
  }

  private long nanos() {
    return second * 1_000_000_000L - 5_000_000_000_000L;
  }

  private void pass(long seconds, BridgeState state) {
    for (long i = 0; i < seconds; i++) {
      second++;
      alarms.next(status(state), kinds, nanos(), second * 1000).ifPresent(told::add);
    }
  }

  private BridgeStatus status(BridgeState state) {
    return SampleStatus.of(state, trouble, inDoubt, held, second * 1000, lastTakenMs);
  }
}

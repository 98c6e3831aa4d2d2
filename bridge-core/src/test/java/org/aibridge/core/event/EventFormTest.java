package org.aibridge.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.api.event.GameEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventFormTest {
  private static final EventForm TEXT_IDS = new EventForm(true, true, true);
  private static final EventForm NO_EVENT_ID = new EventForm(false, false, true);
  private static final EventForm CUSTOM = new EventForm(false, true, false);

  private static String written(GameEvent event, EventForm form) {
    return written(Events.encoded(event.at(5)), form);
  }

  private static String written(DirectBuffer event, EventForm form) {
    ByteSink out = new ByteSink(64);
    new EventJson("s", form).write(3, event, 0, out);
    return new String(out.copy(), StandardCharsets.UTF_8);
  }

  /** What a replay of a letter writes; letters are in the contract's form. */
  private static String replayed(GameEvent event, EventForm form) {
    byte[] json = written(event, EventForm.CONTRACT).getBytes(StandardCharsets.UTF_8);
    byte[] bytes = ReplayedEvent.encode("s:3", json, 7, null, 1, 2, 0, EventKinds.NONE);
    return written(new UnsafeBuffer(bytes), form);
  }

  private static void isWritten(GameEvent event, EventForm form, String json) {
    String quoted = json.replace('\'', '"');
    assertThat(written(event, form)).isEqualTo(quoted);
    assertThat(replayed(event, form)).isEqualTo(quoted);
  }

  @Test
  void writesAPlayersNumberAsText() {
    isWritten(
        GameEvent.playerLogin(4_000_000_000L, "payon"),
        TEXT_IDS,
        "{'event_id':'s:3','event_type':'player_login','player_id':'4000000000','map':'payon',"
            + "'timestamp':5,'priority':'normal','payload':{'action':'login'}}");
    isWritten(
        GameEvent.dailyReset(),
        TEXT_IDS,
        "{'event_id':'s:3','event_type':'daily_reset','timestamp':5,'priority':'urgent',"
            + "'payload':{'action':'daily_reset'}}");
  }

  @Test
  void leavesTheIdOut() {
    isWritten(
        GameEvent.playerLogin(7, null),
        NO_EVENT_ID,
        "{'event_type':'player_login','player_id':7,'timestamp':5,'priority':'normal',"
            + "'payload':{'action':'login'}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|{'event_name':'boss_down'}",
        "{'a':1.10}|{'event_name':'boss_down','a':1.10}",
        " { 'a' : {} } |{'event_name':'boss_down','a' : {} } ",
        "{ }|{'event_name':'boss_down'}",
        "{'event_name':'x','a':1}|{'event_name':'x','a':1}",
        "{'a':{'event_name':'x'}}|{'a':{'event_name':'x'}}"
      },
      ignoreLeadingAndTrailingWhitespace = false)
  void putsTheNameOfACustomEventIntoItsPayload(String payload, String named) {
    GameEvent event = GameEvent.custom("boss_down", 7, null, payload.replace('\'', '"'));
    assertThat(written(event, CUSTOM))
        .isEqualTo(
            ("{'event_id':'s:3','event_type':'custom','player_id':7,'timestamp':5,"
                    + "'priority':'normal','payload':"
                    + named
                    + "}")
                .replace('\'', '"'));
  }

  @Test
  void putsTheNameOfAReplayedCustomEventIntoItsPayload() {
    GameEvent event = GameEvent.custom("boss_down", 7, null, "{\"a\":1.10}");
    assertThat(replayed(event, CUSTOM)).isEqualTo(written(event, CUSTOM));
    assertThat(replayed(GameEvent.playerLogin(7, null), CUSTOM))
        .isEqualTo(written(GameEvent.playerLogin(7, null), CUSTOM));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"event_id\":\"s:1",
        "{\"event_id\":\"s:1\"}",
        "{\"event_type\":\"x\"}"
      })
  void leavesAReplayThatIsNoEventAsItIs(String json) {
    byte[] bytes =
        ReplayedEvent.encode(
            "s:3", json.getBytes(StandardCharsets.UTF_8), 7, null, 1, 2, 0, EventKinds.NONE);
    assertThat(written(new UnsafeBuffer(bytes), new EventForm(true, false, false))).isEqualTo(json);
  }

  @Test
  void remembersTheLargestNumberItWroteAsOne() {
    EventJson json = new EventJson("s");
    json.write(1, Events.encoded(GameEvent.playerLogin(4_000_000_000L, null)), 0, new ByteSink(64));
    json.write(1, Events.encoded(GameEvent.playerLogin(7, null)), 0, new ByteSink(64));
    assertThat(json.largestPlayer()).isEqualTo(4_000_000_000L);
    EventJson texts = new EventJson("s", TEXT_IDS);
    texts.write(1, Events.encoded(GameEvent.playerLogin(7, null)), 0, new ByteSink(64));
    assertThat(texts.largestPlayer()).isZero();
  }
}

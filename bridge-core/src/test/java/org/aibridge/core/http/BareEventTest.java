package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.Priority;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BareEventTest {
  private static GameEvent read(String json) {
    return BareEvent.of(json.replace('\'', '"'));
  }

  @Test
  void isReadAsItIsSent() {
    GameEvent event =
        read(
            "{'event_type':'monster_kill','player_id':150001,'player_key':'u-1','map':'payon',"
                + "'timestamp':1763600000456,'priority':'urgent','payload':{'monster_id':1002}}");
    assertThat(event)
        .isEqualTo(
            GameEvent.custom("monster_kill", 150001, "payon", "{\"monster_id\":1002}")
                .withPlayerKey("u-1")
                .withPriority(Priority.URGENT)
                .at(1763600000456L));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'event_type':'x','action':'login'}|{'action':'login'}",
        "{'event_type':'x','event_id':'a:1'}|{}",
        "{'event_type':'x','a':1,'payload':{'a':2,'b':1.10}}|{'a':2,'b':1.10}",
        "{'event_type':'x','payload':[1]}|{'payload':[1]}",
        "{'event_type':'x','player_id':'a','priority':'now'}|{'player_id':'a','priority':'now'}"
      })
  void keepsInThePayloadWhatEventsDoNotHave(String json, String payload) {
    assertThat(read(json).payload().toString()).isEqualTo(payload.replace('\'', '"'));
  }

  @ParameterizedTest
  @ValueSource(strings = {"150001", "'150001'"})
  void takesTheDigitsOfAPlayerInQuotes(String written) {
    GameEvent event = read("{'event_type':'x','player_id':" + written + "}");
    assertThat(event).isEqualTo(GameEvent.custom("x", 150001, null, "{}").at(event.timestampMs()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "[]",
        "[{'event_type':'x'}]",
        "{}",
        "{'event_type':1}",
        "{'event_type':'x'",
        "{'event_type':'x'}{'event_type':'y'}",
        "{'event_type':'x'} x",
        "{'event_type':'x','event_type':'y'}",
        "{'events':[{'event_type':'x'}]}",
        "{'event_type':'x','events':[]}",
        "{'event_type':'x','Events':[]}",
        "{'event_type':'x','ev\\u0065nts':[]}",
        "{'payload':{'event_type':'x'}}"
      })
  void isNoBatchAndNothingElse(String json) {
    assertThat(read(json)).isNull();
  }
}

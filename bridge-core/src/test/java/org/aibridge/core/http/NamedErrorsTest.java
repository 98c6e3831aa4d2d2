package org.aibridge.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamedErrorsTest {
  private static Map<Integer, String> read(String body) {
    return NamedErrors.read(
        body.replace('\'', '"').getBytes(StandardCharsets.UTF_8),
        3,
        text -> text.replace("s3cret", "***"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '=',
      value = {
        "['body','events',1,'player_id']=1 player_id: no",
        "['body','events',0,'payload','monster_id']=0 payload.monster_id: no",
        "['events',2]=2 no",
        "['body','events',1,'tags',0]=1 tags.0: no",
        "['body','events',1,'events',2]=1 events.2: no"
      })
  void tellsEventAndFieldOfAPlace(String place, String told) {
    Map<Integer, String> named =
        read("{'detail':[{'type':'x','loc':" + place + ",'msg':'no','input':{'a':[1]}}]}");
    assertThat(named).hasSize(1);
    named.forEach((event, why) -> assertThat(event + " " + why).isEqualTo(told));
  }

  @Test
  void joinsWhatIsWrongWithOneEvent() {
    assertThat(
            read(
                "{'detail':[{'msg':'a','loc':['body','events',1,'map']},"
                    + "{'loc':['body','events',2,'map'],'msg':'s3cret\\n'},"
                    + "{'loc':['body','events',1,'timestamp'],'msg':'b'}],'body':{}}"))
        .containsOnly(Map.entry(1, "map: a; timestamp: b"), Map.entry(2, "map: ***\\u000A"));
  }

  /** If one error is about no event, leaving out the others would not help. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no",
        "[]",
        "{}",
        "{'detail':'no'}",
        "{'detail':[]}",
        "{'detail':[7]}",
        "{'detail':[{}]}",
        "{'detail':[{'loc':['body'],'msg':'no'}]}",
        "{'detail':[{'loc':['body','events'],'msg':'no'}]}",
        "{'detail':[{'loc':['body','events',3,'map'],'msg':'no'}]}",
        "{'detail':[{'loc':['body','events',-1,'map'],'msg':'no'}]}",
        "{'detail':[{'loc':['body','events',99999999999,'map'],'msg':'no'}]}",
        "{'detail':[{'loc':['body','events',[1],'map'],'msg':'no'}]}",
        "{'detail':[{'loc':['body','events',1,'a'],'msg':'b'},{'loc':['header','x'],'msg':'no'}]}",
        "{'errors':[{'loc':['body','events',1,'map'],'msg':'no'}]}"
      })
  void namesNoneUnlessEachErrorIsOfAnEvent(String body) {
    assertThat(read(body)).isEmpty();
  }

  @Test
  void countsWhatStandsBeforeACut() {
    assertThat(
            read("{'detail':[{'loc':['body','events',1,'a'],'msg':'b'},{'loc':['body','events',2"))
        .containsOnly(Map.entry(1, "a: b"));
  }

  @Test
  void keepsLittleOfAnAnswerThatSaysMuch() {
    String one = "{'loc':['body','events',1,'" + "f".repeat(1000) + "'],'msg':'no'},";
    assertThat(read("{'detail':[" + one.repeat(1000) + one).get(1)).hasSizeLessThan(210);
  }
}

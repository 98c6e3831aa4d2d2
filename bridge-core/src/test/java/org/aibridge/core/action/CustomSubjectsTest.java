package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.aibridge.api.action.CustomAction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom and what a handler may take from a custom action's payload. */
final class CustomSubjectsTest {
  private static Set<String> named(String payload) throws InvalidAction {
    String action =
        "{\"action_id\":\"a\",\"action_type\":\"gift\",\"payload\":%s}".formatted(payload);
    byte[] json = action.getBytes(StandardCharsets.UTF_8);
    ActionDecoder decoder = new ActionDecoder(() -> false);
    CustomAction custom =
        (CustomAction) decoder.decode("a", decoder.parse(json, 0, json.length), 0).action();
    Set<String> named = new TreeSet<>();
    CustomSubjects.tell(
        custom,
        new SubjectVisitor() {
          @Override
          public void player(long id, String name, String key) {
            add("player ", id, name);
            add("key ", 0, key);
          }

          @Override
          public void npc(long id, String name) {
            add("npc ", id, name);
          }

          @Override
          public void map(String map) {
            add("map ", 0, map);
          }

          private void add(String what, long id, String name) {
            if (id != 0 || !name.isEmpty()) {
              named.add(what + (id != 0 ? id : name));
            }
          }
        });
    return named;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"player_id\":103}",
        "{\"player_id\":\"103\"}",
        "{\"player_id\":\"\uFF11\uFF10\uFF13\"}",
        "{\"player_id\":\"\u0661\u0660\u0663\"}",
        "{\"player_id\":\"+103\"}",
        "{\"player_id\":\"00000000000000000000103\"}",
        "{\"player_id\":4294967399}",
        "{\"player_id\":-4294967193}",
        "{\"player_id\":18446744073709551719}",
        "{\"player\":{\"id\":103}}",
        "{\"Player\":{\"ID\":\"103\"}}",
        "{\"player\":{\"player_id\":103}}",
        "{\"to\":{\"target_players\":[{\"id\":103,\"level\":9}]}}"
      })
  void countsAPlayersNumberHoweverItIsWritten(String payload) throws Exception {
    assertThat(named(payload)).containsExactly("player 103");
  }

  @Test
  void countsWhatObjectsAreCalledSo() throws Exception {
    assertThat(named("{\"player\":{\"name\":\"Eve\",\"id\":5}}"))
        .containsExactly("player 5", "player Eve");
    assertThat(named("{\"npc\":{\"id\":6}}")).containsExactly("npc 6");
    assertThat(named("{\"shop_npc\":[{\"name\":\"Kafra\"}]}")).containsExactly("npc Kafra");
    assertThat(named("{\"map\":{\"id\":5,\"x\":1}}")).containsExactly("map 5");
    assertThat(named("{\"map\":{\"name\":\"geffen\",\"x\":1}}")).containsExactly("map geffen");
    assertThat(named("{\"map_id\":7,\"map_x\":1,\"map_y\":2}")).containsExactly("map 7");
    assertThat(named("{\"map\":{\"player\":{\"id\":8}}}")).containsExactly("player 8");
  }

  @Test
  void countsAPlayersKey() throws Exception {
    assertThat(named("{\"player_key\":\"9f1c\"}")).containsExactly("key 9f1c");
    assertThat(named("{\"target_player_keys\":[\"a\",\"b\"]}")).containsExactly("key a", "key b");
    assertThat(named("{\"player\":{\"key\":\"9f1c\",\"id\":5}}"))
        .containsExactly("key 9f1c", "player 5");
  }

  @Test
  void countsNothingElse() throws Exception {
    assertThat(
            List.of(
                named("{\"player\":{\"level\":5,\"zeny\":7}}"),
                named("{\"id\":5,\"name\":\"x\"}"),
                named("{\"map\":{\"geffen\":[1,2]}}"),
                named("{\"player\":{\"pet\":{\"id\":7}}}")))
        .allMatch(Set::isEmpty);
  }
}

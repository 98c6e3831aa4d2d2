package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.aibridge.api.Position;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHeader;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.CreateQuest;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.GiveReward;
import org.aibridge.api.action.MoveNpc;
import org.aibridge.api.action.NpcRef;
import org.aibridge.api.action.PlayerRef;
import org.aibridge.api.action.RemoveNpc;
import org.aibridge.api.action.SetMapFlag;
import org.aibridge.api.action.SpawnMonster;
import org.aibridge.api.action.SpawnNpc;
import org.aibridge.api.action.UpdateEconomy;
import org.aibridge.core.text.Shown;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ActionDecoderTest {
  private final ActionDecoder decoder = new ActionDecoder(() -> true);

  private Action decode(String json) throws InvalidAction {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return decoder.decode("a", decoder.parse(bytes, 0, bytes.length), 7).action();
  }

  private Action decode(String type, String payload) throws InvalidAction {
    return decode(action(type, payload, ""));
  }

  private static String action(String type, String payload, String beside) {
    return "{\"action_id\":\"a\",\"action_type\":\"%s\",\"payload\":{%s}%s}"
        .formatted(type, payload.replace('\'', '"'), beside.replace('\'', '"'));
  }

  private String problem(String type, String payload) {
    return problemOf(action(type, payload, ""));
  }

  private String problemOf(String json) {
    InvalidAction refused = catchThrowableOfType(InvalidAction.class, () -> decode(json));
    assertThat(refused).as(json.length() > 200 ? "a long action" : json).isNotNull();
    return refused.getMessage();
  }

  private static ActionHeader header(String type) {
    return new ActionHeader("a", type, 0, 7);
  }

  /** An overlong form of A: what an operator saw was not what was applied. */
  @Test
  void refusesWhatIsNotUtf8ToTheLetter() {
    for (String bad : List.of("\u00C1\u0081nn", "\u00ED\u00A0\u00BD", "\u00E9")) {
      byte[] json =
          action("give_reward", "'player_name':'" + bad + "','zeny':1", "")
              .getBytes(StandardCharsets.ISO_8859_1);
      InvalidAction refused =
          catchThrowableOfType(InvalidAction.class, () -> decoder.parse(json, 0, json.length));
      assertThat(refused).as(bad).hasMessage("unreadable: the action is not UTF-8");
      assertThat(decoder.idOf(json, 0, json.length).text()).isEqualTo("a");
      byte[] id = ("{\"action_id\":\"" + bad + "\"}").getBytes(StandardCharsets.ISO_8859_1);
      assertThat(decoder.idOf(id, 0, id.length).isUsable()).isFalse();
    }
  }

  @Test
  void readsEveryFieldOfEveryTypeOfTheContract() throws Exception {
    assertThat(
            decode(
                "spawn_monster",
                "'map':'prt_fild08','x':150,'y':200,'monster_id':1002,'amount':5,'event':'ev'"))
        .isEqualTo(
            new SpawnMonster(header("spawn_monster"), "prt_fild08", 1002, 150, 200, 5, "ev"));
    assertThat(decode("spawn_npc", "'map':'prontera','npc_name':'Sage','sprite':'4_M_SAGE_A'"))
        .isEqualTo(new SpawnNpc(header("spawn_npc"), "prontera", "Sage", 0, 0, "4_M_SAGE_A", 0));
    assertThat(
            decode(
                "spawn_npc",
                "'map':'prontera','npc_name':'Sage','x':1,'y':2,'sprite':46,'facing':4"))
        .isEqualTo(new SpawnNpc(header("spawn_npc"), "prontera", "Sage", 1, 2, "46", 4));
    assertThat(decode("remove_npc", "'npc_name':'Sage','npc_id':9"))
        .isEqualTo(new RemoveNpc(header("remove_npc"), new NpcRef("Sage", 9)));
    assertThat(decode("move_npc", "'npc_id':9,'x':3,'y':4"))
        .isEqualTo(new MoveNpc(header("move_npc"), new NpcRef("", 9), 3, 4));
    assertThat(
            decode(
                "give_reward",
                "'player_id':150001,'item_id':501,'quantity':10,'zeny':5,'base_exp':6,'job_exp':7"))
        .isEqualTo(
            new GiveReward(header("give_reward"), new PlayerRef(150001, ""), 501, 10, 5, 6, 7));
    assertThat(decode("broadcast", "'message':'hi','type':'map','map':'prontera'"))
        .isEqualTo(new Broadcast(header("broadcast"), "hi", "prontera"));
    assertThat(decode("create_quest", "'quest_id':60001,'player_name':'Bob'"))
        .isEqualTo(new CreateQuest(header("create_quest"), 60001, new PlayerRef(0, "Bob")));
    assertThat(decode("set_map_flag", "'map':'prontera','flag':'nopvp','value':0"))
        .isEqualTo(new SetMapFlag(header("set_map_flag"), "prontera", "nopvp", 0));
    assertThat(
            decode(
                "update_economy",
                "'shop_name':'Tools','shop_id':3,'item_id':501,'price':45,'stock':300"))
        .isEqualTo(new UpdateEconomy(header("update_economy"), "Tools", 3, 501, 45, 300));
  }

  @Test
  void fillsInWhatIsOptional() throws Exception {
    assertThat(decode("spawn_monster", "'map':'m','monster_id':1"))
        .isEqualTo(new SpawnMonster(header("spawn_monster"), "m", 1, 0, 0, 1, ""));
    assertThat(decode("spawn_npc", "'map':'m','npc_name':'n'"))
        .isEqualTo(new SpawnNpc(header("spawn_npc"), "m", "n", 0, 0, "", 0));
    assertThat(decode("give_reward", "'player_id':1,'item_id':501"))
        .isEqualTo(new GiveReward(header("give_reward"), new PlayerRef(1, ""), 501, 1, 0, 0, 0));
    assertThat(decode("broadcast", "'message':'hi'"))
        .isEqualTo(new Broadcast(header("broadcast"), "hi", ""));
    assertThat(decode("set_map_flag", "'map':'m','flag':'f'"))
        .isEqualTo(new SetMapFlag(header("set_map_flag"), "m", "f", 1));
    assertThat(decode("update_economy", "'shop_id':3,'item_id':501,'stock':0"))
        .isEqualTo(
            new UpdateEconomy(header("update_economy"), "", 3, 501, UpdateEconomy.UNCHANGED, 0));
  }

  @Test
  void takesNullForAbsent() throws Exception {
    assertThat(decode("spawn_monster", "'map':'m','monster_id':1,'x':null,'event':null"))
        .isEqualTo(new SpawnMonster(header("spawn_monster"), "m", 1, 0, 0, 1, ""));
  }

  @Test
  void readsTheFlagAsNumberOrBoolean() throws Exception {
    assertThat(decode("set_map_flag", "'map':'m','flag':'f','value':true"))
        .isEqualTo(new SetMapFlag(header("set_map_flag"), "m", "f", 1));
    assertThat(decode("set_map_flag", "'map':'m','flag':'f','value':false"))
        .isEqualTo(new SetMapFlag(header("set_map_flag"), "m", "f", 0));
    assertThat(decode("set_map_flag", "'map':'m','flag':'f','value':-3"))
        .isEqualTo(new SetMapFlag(header("set_map_flag"), "m", "f", -3));
  }

  @Test
  void takesTheTargetBesideThePayloadWhereThePayloadDoesNotSay() throws Exception {
    String beside = ",'target_map':'beside','target_player_id':99";
    assertThat(((SpawnMonster) decode(action("spawn_monster", "'monster_id':1", beside))).map())
        .isEqualTo("beside");
    assertThat(
            ((SpawnMonster) decode(action("spawn_monster", "'monster_id':1,'map':'own'", beside)))
                .map())
        .isEqualTo("own");
    assertThat(((GiveReward) decode(action("give_reward", "'zeny':1", beside))).player())
        .isEqualTo(new PlayerRef(99, ""));
    assertThat(
            ((GiveReward) decode(action("give_reward", "'zeny':1,'player_name':'Bob'", beside)))
                .player())
        .isEqualTo(new PlayerRef(0, "Bob"));
    assertThat(
            ((Broadcast) decode(action("broadcast", "'message':'m','type':'map'", beside))).map())
        .isEqualTo("beside");
  }

  @Test
  void readsTheOlderNameOfBroadcast() throws Exception {
    Action action = decode("broadcast_message", "'message':'hi'");
    assertThat(action).isEqualTo(new Broadcast(header("broadcast"), "hi", ""));
  }

  @Test
  void handsOnWhatTheContractDoesNotList() throws Exception {
    CustomAction action =
        (CustomAction)
            decode(
                action(
                    "weather",
                    "'kind':'rain','deep':{'list':[1,2.5,null,true]},'big':9223372036854775808",
                    ",'target_map':'m','target_player_id':4294967295"));
    assertThat(action.targetMap()).isEqualTo("m");
    assertThat(action.targetPlayerId()).isEqualTo(4294967295L);
    assertThat(action.payload()).containsEntry("kind", "rain");
    assertThat(action.payload())
        .containsEntry("deep", Map.of("list", Arrays.asList(1, 2.5, null, true)))
        .containsEntry("big", new BigInteger("9223372036854775808"));
    assertThat(action.payloadJson()).contains("\"list\":[1,2.5,null,true]");
  }

  @Test
  @SuppressWarnings("unchecked")
  void letsNobodyChangeAPayloadAtAnyDepth() throws Exception {
    CustomAction action = (CustomAction) decode("weather", "'deep':{'list':[[1]]}");
    Map<String, Object> deep = (Map<String, Object>) action.payload().get("deep");
    assertThatThrownBy(() -> deep.put("a", 1)).isInstanceOf(UnsupportedOperationException.class);
    List<Object> list = (List<Object>) deep.get("list");
    assertThatThrownBy(() -> list.add(1)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> ((List<Object>) list.get(0)).clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void takesACustomActionWithoutPayload() throws Exception {
    CustomAction action = (CustomAction) decode("{\"action_type\":\"weather\"}");
    assertThat(action.payload()).isEmpty();
    assertThat(action.payloadJson()).isEqualTo("{}");
  }

  @Test
  void readsPlayersByKeyThingsByNameAndPlacesWithSigns() throws Exception {
    String uuid = "069a79f4-44e9-4726-a5be-fca90e38aaf5";
    assertThat(
            decode(
                "spawn_monster",
                "'map':'world','monster':'minecraft:zombie','position':{'x':-5,'y':64,'z':-7}"))
        .isEqualTo(
            new SpawnMonster(
                header("spawn_monster"),
                "world",
                0,
                "minecraft:zombie",
                Position.at(-5, 64, -7),
                1,
                ""));
    assertThat(decode("move_npc", "'npc_name':'Sage','position':{'x':0,'y':-1}"))
        .isEqualTo(new MoveNpc(header("move_npc"), new NpcRef("Sage", 0), Position.at(0, -1)));
    assertThat(decode("give_reward", "'player_key':'" + uuid + "','item':'minecraft:bread'"))
        .isEqualTo(
            new GiveReward(
                header("give_reward"), PlayerRef.ofKey(uuid), 0, "minecraft:bread", 1, 0, 0, 0));
    assertThat(decode(action("create_quest", "'quest':'q'", ",'target_player_key':'k'")))
        .isEqualTo(new CreateQuest(header("create_quest"), 0, "q", PlayerRef.ofKey("k")));
    assertThat(
            decode(
                action(
                    "create_quest",
                    "'quest_id':1",
                    ",'target_player_key':'k','target_player_id':7")))
        .isEqualTo(new CreateQuest(header("create_quest"), 1, new PlayerRef(7, "", "k")));
    assertThat(decode("update_economy", "'shop_id':3,'item':'i','stock':0"))
        .isEqualTo(
            new UpdateEconomy(header("update_economy"), "", 3, 0, "i", UpdateEconomy.UNCHANGED, 0));
    CustomAction custom = (CustomAction) decode(action("weather", "", ",'target_player_key':'k'"));
    assertThat(custom.targetPlayerKey()).isEqualTo("k");
  }

  @Test
  void refusesKeysNamesAndPlacesThatAreNone() {
    String long64 = "\u00e9".repeat(32);
    assertThat(problem("give_reward", "'player_key':'" + long64 + "x','zeny':1"))
        .isEqualTo("player_key must be a text of 1 to 64 bytes in UTF-8, not one of 65");
    assertThat(problem("give_reward", "'player_key':'','zeny':1")).startsWith("player_key must be");
    assertThat(problem("give_reward", "'player_key':'a\u200bb','zeny':1"))
        .contains("characters that nobody sees");
    assertThat(problem("give_reward", "'player_key':7,'zeny':1")).startsWith("player_key must be");
    assertThat(problem("spawn_monster", "'map':'m','monster_id':1,'monster':'a'"))
        .isEqualTo("monster_id and monster are both given: one of the two");
    assertThat(problem("move_npc", "'npc_id':1,'x':1,'position':{'x':1,'y':1}"))
        .isEqualTo("position is given beside x or y: one of the two");
    assertThat(problem("move_npc", "'npc_id':1,'position':[1,2]"))
        .isEqualTo("position must be an object of x, y and, if need be, z, not an array");
    assertThat(problem("move_npc", "'npc_id':1,'position':{'x':1}"))
        .startsWith("position.y must be a whole number from -2147483648 to 2147483647");
    assertThat(problem("move_npc", "'npc_id':1,'position':{'x':1,'y':1,'z':1.5}"))
        .startsWith("position.z must be a whole number");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spawn_monster  | 'monster_id':1                        | map",
        "spawn_monster  | 'map':'m'                             | monster_id or monster",
        "spawn_npc      | 'map':'m'                             | npc_name",
        "spawn_npc      | 'npc_name':'n'                        | map",
        "remove_npc     | 'x':1                                 | npc_name or npc_id",
        "move_npc       | 'npc_id':1,'y':1                      | x",
        "move_npc       | 'npc_id':1,'x':1                      | y",
        "move_npc       | 'x':1,'y':1                           | npc_name or npc_id",
        "give_reward    | 'zeny':1                              | player_id, player_name or"
            + " player_key",
        "broadcast      | 'type':'all'                          | message",
        "broadcast      | 'message':'m','type':'map'            | map",
        "create_quest   | 'player_id':1                         | quest_id or quest",
        "create_quest   | 'quest_id':1                          | player_id, player_name or"
            + " player_key",
        "set_map_flag   | 'map':'m'                             | flag",
        "set_map_flag   | 'flag':'f'                            | map",
        "update_economy | 'item_id':1,'price':1                 | shop_name or shop_id",
        "update_economy | 'shop_id':1,'price':1                 | item_id or item"
      })
  void namesWhatIsMissing(String type, String payload, String field) {
    assertThat(problem(type.trim(), payload.trim())).startsWith(field + " is missing");
  }

  @Test
  void refusesARewardOfNothing() {
    assertThat(problem("give_reward", "'player_id':1")).startsWith("nothing to give");
    assertThat(problem("give_reward", "'player_id':1,'zeny':0")).startsWith("nothing to give");
    assertThat(problem("give_reward", "'player_id':1,'zeny':1,'quantity':2"))
        .isEqualTo("quantity without item_id or item");
    assertThat(problem("update_economy", "'shop_id':1,'item_id':1"))
        .isEqualTo("price and stock are both missing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "101",
        "-1",
        "2147483648",
        "4294967297",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
        "1.0",
        "1e2",
        "1.5",
        "true",
        "'5'",
        "[5]",
        "{'a':5}"
      })
  void refusesAnAmountThatIsNotAWholeNumberFromOneToAHundred(String amount) {
    assertThat(problem("spawn_monster", "'map':'m','monster_id':1,'amount':" + amount))
        .startsWith("amount must be a whole number from 1 to 100, not ")
        .contains(
            amount.startsWith("[")
                ? "an array"
                : amount.startsWith("{")
                    ? "an object"
                    : amount.startsWith("1e") ? "" : amount.replace('\'', '"'));
  }

  @Test
  void takesTheWholeOfEachRange() throws Exception {
    assertThat(
            ((SpawnMonster)
                    decode("spawn_monster", "'map':'m','monster_id':4294967295,'amount':100"))
                .monsterId())
        .isEqualTo(4294967295L);
    assertThat(decode("move_npc", "'npc_id':4294967295,'x':32767,'y':0"))
        .isEqualTo(new MoveNpc(header("move_npc"), new NpcRef("", 4294967295L), 32767, 0));
    assertThat(
            ((GiveReward) decode("give_reward", "'player_id':1,'base_exp':9223372036854775807"))
                .baseExp())
        .isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spawn_monster  | 'map':'m','monster_id':4294967296              | monster_id | 4294967295",
        "spawn_monster  | 'map':'m','monster_id':0                       | monster_id | 4294967295",
        "move_npc       | 'npc_id':1,'x':32768,'y':1                     | x | 32767",
        "move_npc       | 'npc_id':1,'x':1,'y':-1                        | y | 32767",
        "move_npc       | 'npc_id':4294967296,'x':1,'y':1                | npc_id | 4294967295",
        "spawn_npc      | 'map':'m','npc_name':'n','facing':8            | facing | 7",
        "spawn_npc      | 'map':'m','npc_name':'n','sprite':2147483648   | sprite | 2147483647",
        "give_reward    | 'player_id':4294967296,'zeny':1                | player_id | 4294967295",
        "give_reward    | 'player_id':1,'item_id':0                      | item_id | 4294967295",
        "give_reward    | 'player_id':1,'item_id':1,'quantity':0         | quantity | 2147483647",
        "give_reward    | 'player_id':1,'zeny':2147483648                | zeny | 2147483647",
        "give_reward    | 'player_id':1,'base_exp':-1                    | base_exp |"
            + " 9223372036854775807",
        "give_reward    | 'player_id':1,'job_exp':9223372036854775808    | job_exp |"
            + " 9223372036854775807",
        "create_quest   | 'player_id':1,'quest_id':4294967296            | quest_id | 4294967295",
        "set_map_flag   | 'map':'m','flag':'f','value':2147483648        | value | 2147483647",
        "update_economy | 'shop_id':1,'item_id':1,'price':-1             | price | 2147483647",
        "update_economy | 'shop_id':1,'item_id':1,'stock':2147483648     | stock | 2147483647"
      })
  void refusesNumbersOutOfRange(String type, String payload, String field, String max) {
    assertThat(problem(type.trim(), payload.trim()))
        .startsWith(field + " must be a whole number from ")
        .contains(" to " + max + ", not ");
  }

  @Test
  void countsTheCharactersOfAMessageAsTheServiceDoes() throws Exception {
    String dragons = "🐉".repeat(255);
    assertThat(((Broadcast) decode("broadcast", "'message':'" + dragons + "'")).message())
        .isEqualTo(dragons);
    assertThat(problem("broadcast", "'message':'" + dragons + "🐉'"))
        .isEqualTo("message must be a text of 1 to 255 characters, not one of 256");
  }

  @ParameterizedTest
  @ValueSource(strings = {"''", "'  '", "1", "1.5", "true", "[]", "{}"})
  void refusesAMessageThatIsNoText(String message) {
    assertThat(problem("broadcast", "'message':" + message))
        .startsWith("message must be a text of 1 to 255 characters, not ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\\u0000", "\\n", "\\u001b[31m", "\\u007f", "\\u0085", "\\ud83d", "\\udc09"})
  void refusesControlCharactersAndHalvesOfCharacters(String bad) {
    String problem = problem("broadcast", "'message':'a" + bad + "b'");
    assertThat(problem).startsWith("message must be a text without control characters");
    assertThat(Shown.isClean(problem)).isTrue();
  }

  @Test
  void refusesAnUnknownKindOfBroadcast() {
    assertThat(problem("broadcast", "'message':'m','type':'party'"))
        .isEqualTo("type must be all or map, not party");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "''", "'   '", "null", "'a\\nb'", "{}"})
  void refusesAnActionTypeThatIsNoName(String type) {
    assertThat(problemOf("{\"action_type\":" + type.replace('\'', '"') + "}"))
        .startsWith("action_type ");
    assertThat(problemOf("{\"action_type\":\"" + "x".repeat(65) + "\"}"))
        .isEqualTo("action_type must be a text of 1 to 64 characters, not one of 65");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.5", "'high'", "2147483648", "[]"})
  void refusesAPriorityThatIsNoNumber(String priority) {
    assertThat(problemOf(action("broadcast", "'message':'m'", ",'priority':" + priority)))
        .startsWith("priority must be a whole number from -2147483648 to 2147483647, not ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "'text'", "7"})
  void refusesAPayloadThatIsNoObject(String payload) {
    assertThat(
            problemOf(
                "{\"action_type\":\"weather\",\"payload\":" + payload.replace('\'', '"') + "}"))
        .startsWith("payload must be an object, not ");
  }

  /** What the parser advises is for who programs the bridge. */
  @Test
  void givesNoAdviceThatOnlyAProgrammerCouldUse() {
    for (String bad :
        List.of(
            "'a':NaN",
            "'a':+1",
            "'a':.5",
            "'a':01",
            "'a':" + "[".repeat(40) + "]".repeat(40),
            "'a':" + "9".repeat(70),
            "'" + "n".repeat(300) + "':1",
            "'a':'" + "x".repeat(70_000) + "'",
            "'a':[" + "1,".repeat(6000) + "1]",
            "'a':'\t'",
            "/**/'a':1")) {
      assertThat(problem("weather", bad)).startsWith("unreadable: ").doesNotContain("`", "Feature");
    }
  }

  @Test
  void refusesWhatIsNoJson() {
    for (String bad :
        List.of("{", "{\"a\":NaN}", "{\"a\":Infinity}", "{'a':1}", "{\"a\":01}", "")) {
      assertThat(problemOf(bad)).isNotBlank();
    }
    assertThat(problemOf("[]")).isEqualTo("an action must be an object");
  }

  @Test
  void refusesANameThatStandsTwice() {
    assertThat(problem("broadcast", "'message':'m','message':'n'")).contains("Duplicate");
  }

  @Test
  void refusesDepthLengthAndNumbersWithoutEnd() {
    assertThat(problem("weather", "'a':" + "[".repeat(5000) + "]".repeat(5000)))
        .startsWith("unreadable: ");
    assertThat(problem("weather", "'a':'" + "x".repeat(10 << 20) + "'")).startsWith("unreadable: ");
    assertThat(problem("weather", "'" + "x".repeat(100_000) + "':1")).startsWith("unreadable: ");
    assertThat(problem("weather", "'a':" + "9".repeat(100_000))).startsWith("unreadable: ");
    assertThat(problem("weather", "'a':[" + "{},".repeat(2_500) + "0]")).startsWith("unreadable: ");
    assertThat(problem("weather", "'a':'" + "x".repeat(1 << 20) + "'"))
        .isEqualTo("unreadable: longer than 1048576 bytes");
    assertThat(problem("weather", "'a':[1e999]")).startsWith("payload must hold no number beyond");
  }

  @Test
  void findsTheIdOfWhatItCannotRead() {
    for (String rest :
        List.of(
            "\"a\":" + "[".repeat(5000) + "]".repeat(5000),
            "\"a\":NaN",
            "\"a\":1,\"a\":2",
            "\"" + "n".repeat(5000) + "\":1",
            "\"a\":\"" + "x".repeat(1 << 20) + "\"")) {
      assertThat(idOf("{" + rest + ",\"action_id\":\"here\"}")).isEqualTo("here");
    }
  }

  @Test
  void findsOnlyTheIdOfTheActionItself() {
    assertThat(idOf("{\"payload\":{\"action_id\":\"inner\"},\"action_id\":\"outer\"}"))
        .isEqualTo("outer");
    assertThat(idOf("{\"x\":\"\\\"action_id\\\":\\\"no\\\"\",\"action_id\":\"é\\u00e9\"}"))
        .isEqualTo("éé");
  }

  @Test
  void takesNoUnusableId() {
    for (String id :
        List.of(
            "7",
            "null",
            "\"\"",
            "\" \"",
            "\"a\\u0000\"",
            "\"\\ud800\"",
            "[\"a\"]",
            "\"" + "x".repeat(129) + "\"",
            "\"" + "x".repeat(1 << 20) + "\"",
            "\"a")) {
      assertThat(idOf("{\"action_id\":" + id + "}")).as(id.length() > 99 ? "long" : id).isEmpty();
    }
    assertThat(idOf("{\"action_id\":\"" + "x".repeat(128) + "\"}")).hasSize(128);
    assertThat(idOf("{}")).isEmpty();
    assertThat(idOf("[]")).isEmpty();
    assertThat(idOf("7")).isEmpty();
  }

  private String idOf(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    ActionId id = decoder.idOf(bytes, 0, bytes.length);
    return id.isUsable() ? id.text() : "";
  }
}

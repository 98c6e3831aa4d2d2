package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.Broadcast;
import org.aibridge.core.config.ActionType;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.config.IdRanges;
import org.aibridge.core.text.Shown;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What language models write, and what it is taken as: the table of {@code docs/actions.md}. */
final class LooseReadingTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** What a row of the table does not show, by type. */
  private static final Map<String, String> BASE =
      Map.of(
          "spawn_monster", "'map':'prontera'",
          "spawn_npc", "'map':'prontera'",
          "set_map_flag", "'map':'prontera'",
          "give_reward", "'player_id':150001",
          "create_quest", "'player_id':150001",
          "update_economy", "'shop_id':3,'item_id':501");

  private static final List<String> NUMBERS =
      List.of("monster_id", "item_id", "quest_id", "npc_id", "shop_id", "player_id", "quantity");

  private static final ActionDecoder LOOSE = new ActionDecoder(() -> false);
  private static final ActionDecoder STRICT = new ActionDecoder(() -> true);

  private static ActionDecoder.Decoded decode(ActionDecoder decoder, String json)
      throws InvalidAction {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return decoder.decode("a", decoder.parse(bytes, 0, bytes.length), 7);
  }

  private static ActionDecoder.Decoded orNull(ActionDecoder decoder, String json) {
    try {
      return decode(decoder, json);
    } catch (InvalidAction e) {
      assertThat(e.getMessage()).isNotBlank();
      return null;
    }
  }

  /** A text inside a text is held to all that the action itself is. */
  @Test
  void refusesAPayloadInATextThatIsNoObject() {
    for (String text :
        List.of(
            "{'a':1",
            "{'a':1}}",
            "{'a':1}{'a':2}",
            "{'a':NaN}",
            "{'a':1,'a':2}",
            "{'a':" + "[".repeat(40) + "]".repeat(40) + "}",
            "{'a':" + "9".repeat(70) + "}",
            "{'a':[" + "1,".repeat(6000) + "1]}")) {
      String escaped = text.replace("'", "\\\"");
      String json = "{\"action_type\":\"weather\",\"payload\":\"" + escaped + "\"}";
      assertThat(catchThrowableOfType(InvalidAction.class, () -> decode(LOOSE, json)))
          .as(text)
          .hasMessageStartingWith("payload is a text and unreadable: ")
          .hasMessageNotContaining("`");
    }
  }

  @TestFactory
  List<DynamicTest> takesEachRowOfTheDocumentAsItSays() throws Exception {
    List<DynamicTest> rows = new ArrayList<>();
    String text = Files.readString(Path.of("../docs/actions.md"));
    int begins = text.indexOf("| action_type | as it comes | taken as | told |");
    for (String line : text.substring(begins).lines().skip(2).toList()) {
      if (!line.startsWith("|")) {
        break;
      }
      List<String> cells = new ArrayList<>();
      for (String cell : line.substring(1, line.length() - 1).split("\\|")) {
        cells.add(cell.strip().replaceAll("^`|`$", ""));
      }
      assertThat(cells).as(line).hasSize(4);
      rows.add(
          DynamicTest.dynamicTest(
              cells.get(0) + " " + cells.get(1),
              () -> check(cells.get(0), cells.get(1), cells.get(2), cells.get(3))));
    }
    assertThat(rows).hasSizeGreaterThan(35);
    return rows;
  }

  private static void check(String type, String comes, String taken, String told) throws Exception {
    String json = type.isEmpty() ? "{" + comes + "}" : action(type, comes);
    if (taken.equals("refused")) {
      InvalidAction refused = catchThrowableOfType(InvalidAction.class, () -> decode(LOOSE, json));
      assertThat(refused).hasMessage(told);
      return;
    }
    ActionDecoder.Decoded decoded = decode(LOOSE, json);
    ObjectNode shown = ActionKind.shown(decoded.action());
    JsonNode expected = MAPPER.readTree("{" + taken + "}");
    assertThat(expected.isEmpty()).isFalse();
    expected
        .fieldNames()
        .forEachRemaining(
            field ->
                assertThat(shown.path(field).toString())
                    .as(field)
                    .isEqualTo(expected.path(field).toString()));
    assertThat(decoded.changes()).isEqualTo(told);
  }

  private static String action(String type, String comes) {
    StringBuilder members = new StringBuilder(comes);
    for (String member : BASE.getOrDefault(type, "").replace('\'', '"').split(",")) {
      String name = member.split(":")[0];
      if (!member.isEmpty() && !comes.contains(name + ":")) {
        members.append(',').append(member);
      }
    }
    return "{\"action_type\":\"%s\",\"payload\":{%s}}".formatted(type, members);
  }

  @Test
  void cutsAMessageBetweenTwoCharactersAndSaysSo() throws Exception {
    String dragons = "🐉".repeat(300);
    ActionDecoder.Decoded decoded =
        decode(LOOSE, action("broadcast", "\"message\":\"" + dragons + "\""));
    assertThat(((Broadcast) decoded.action()).message()).isEqualTo("🐉".repeat(255));
    assertThat(decoded.changes()).isEqualTo("message of 300 characters cut to 255");
  }

  @Test
  void tellsWhatItChangedWithinBounds() throws Exception {
    String type = "x".repeat(5000) + "\\u0007";
    ActionDecoder.Decoded decoded =
        decode(LOOSE, action("broadcast", "\"message\":\"m\\n\",\"type\":\"" + type + "\""));
    assertThat(decoded.changes())
        .startsWith("message without its line breaks, type xxx")
        .endsWith("... read as all")
        .hasSizeLessThanOrEqualTo(Shown.MAX_REASON);
  }

  @Test
  void readsNumbersOfAnySizeAtOnce() {
    for (String number :
        List.of("1e999999999", "-1e999999999", "1e-999999999", "9".repeat(64), "1e30", "\"1e1\"")) {
      for (ActionKind<?> kind : ActionKind.all()) {
        String members =
            String.join(",", NUMBERS.stream().map(name -> "\"" + name + "\":" + number).toList());
        orNull(LOOSE, action(kind.type().key(), members + ",\"count\":" + number));
      }
    }
  }

  @Provide
  Arbitrary<String> types() {
    return Arbitraries.of(ActionKind.all()).map(kind -> kind.type().key());
  }

  /** A member as the protocol has it. */
  private static Arbitrary<JsonNode> proper(String name) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return switch (name) {
      case "amount" -> Arbitraries.integers().between(1, 100).map(json::numberNode);
      case "facing" -> Arbitraries.integers().between(0, 7).map(json::numberNode);
      case "x", "y" -> Arbitraries.integers().between(0, 32_767).map(json::numberNode);
      case "zeny", "base_exp", "job_exp", "price", "stock", "value" ->
          Arbitraries.integers().between(0, Integer.MAX_VALUE).map(json::numberNode);
      case "message" ->
          Arbitraries.strings()
              .withChars("ab \u2028é")
              .ofMinLength(1)
              .ofMaxLength(255)
              .map(text -> json.textNode("m" + text.substring(1)));
      case "type" -> Arbitraries.of("all", "map").map(json::textNode);
      case "position" ->
          Arbitraries.integers().map(x -> json.objectNode().put("x", x).put("y", -x));
      default ->
          NUMBERS.contains(name)
              ? Arbitraries.longs().between(1, Integer.MAX_VALUE).map(json::numberNode)
              : Arbitraries.strings()
                  .withChars("ab -:0")
                  .ofLength(5)
                  .map(text -> json.textNode("n" + text));
    };
  }

  private static final List<String> FIELDS =
      List.of(
          "map",
          "monster_id",
          "monster",
          "x",
          "y",
          "position",
          "amount",
          "event",
          "npc_name",
          "npc_id",
          "sprite",
          "facing",
          "player_id",
          "player_name",
          "player_key",
          "item_id",
          "item",
          "quantity",
          "zeny",
          "base_exp",
          "job_exp",
          "message",
          "type",
          "quest_id",
          "quest",
          "flag",
          "value",
          "shop_name",
          "shop_id",
          "price",
          "stock");

  private static Arbitrary<ObjectNode> members(
      List<String> names, java.util.function.Function<String, Arbitrary<JsonNode>> valueOf) {
    Arbitrary<ObjectNode> all = Arbitraries.create(JsonNodeFactory.instance::objectNode);
    for (String name : names) {
      Arbitrary<JsonNode> value =
          valueOf.apply(name).injectNull(0.1).map(LooseReadingTest::orNullNode).injectNull(0.4);
      all =
          Combinators.combine(all, value)
              .as((node, given) -> given == null ? node : node.deepCopy().set(name, given));
    }
    return all;
  }

  private static JsonNode orNullNode(JsonNode value) {
    return value == null ? JsonNodeFactory.instance.nullNode() : value;
  }

  @Provide
  Arbitrary<ObjectNode> properPayloads() {
    return members(FIELDS, LooseReadingTest::proper);
  }

  /** A member as a language model may write it. */
  private static Arbitrary<JsonNode> wild(String name) {
    return Arbitraries.oneOf(
        proper(name),
        proper(name).map(value -> JsonNodeFactory.instance.textNode(value.asText())),
        Arbitraries.of(
                "null",
                "0",
                "-0",
                "-0.0",
                "0.0",
                "-1",
                "5",
                "5.0",
                "1e1",
                "1E+2",
                "1.5",
                "1e400",
                "150.0",
                "\"5\"",
                "\" 7 \"",
                "\"\"",
                "\" \"",
                "\"NaN\"",
                "\"5.0\"",
                "\"-1\"",
                "99999999999999999999999999999999",
                "9007199254740993.0",
                "true",
                "false",
                "[]",
                "{}",
                "[5]",
                "{\"x\":1}",
                "{\"x\":\"1\",\"y\":2.0,\"z\":null}",
                "\"a\\nb\"",
                "\"\\ud83d\"",
                "\"PORING\"",
                "\"map\"",
                "\"guild\"",
                "\"1002\"",
                "1002.0",
                "1002")
            .map(LooseReadingTest::read));
  }

  private static JsonNode read(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Provide
  Arbitrary<ObjectNode> wildPayloads() {
    List<String> names = new ArrayList<>(FIELDS);
    names.addAll(List.of("mob_id", "count", "name", "mapname"));
    return members(names, LooseReadingTest::wild);
  }

  @Provide
  Arbitrary<String> places() {
    return Arbitraries.of("payload", "action_data", "params", "data", "");
  }

  private static String wrap(String type, String place, ObjectNode payload) {
    ObjectNode action = JsonNodeFactory.instance.objectNode().put("action_type", type);
    action.put("priority", -3).put("target_player_id", 7).put("target_map", "beside");
    if (place.isEmpty()) {
      action.setAll(payload);
    } else {
      action.set(place, payload);
    }
    return action.toString();
  }

  @Property(tries = 2000)
  void readsWhatIsStrictlyTakenAsBefore(
      @ForAll("types") String type, @ForAll("properPayloads") ObjectNode payload) {
    String json = wrap(type, "payload", payload);
    ActionDecoder.Decoded before = orNull(STRICT, json);
    someAreTaken(type, before);
    if (before != null) {
      ActionDecoder.Decoded now = orNull(LOOSE, json);
      assertThat(now).isEqualTo(new ActionDecoder.Decoded(before.action(), "", false));
    }
  }

  @Property(tries = 4000)
  void takesNothingButActionsOfTheContract(
      @ForAll("types") String type,
      @ForAll("places") String place,
      @ForAll("wildPayloads") ObjectNode payload)
      throws InvalidAction {
    ActionDecoder.Decoded decoded = orNull(LOOSE, wrap(type, place, payload));
    someAreTaken(type, decoded);
    if (decoded != null && !type.equals(ActionType.CUSTOM.key())) {
      String proper = wrap(type, "payload", document(decoded.action()));
      assertThat(ActionKind.shown(decode(STRICT, proper).action()))
          .isEqualTo(ActionKind.shown(decoded.action()));
    }
  }

  /** Fails where too few of what is made are actions of the contract's types. */
  private static void someAreTaken(String type, ActionDecoder.Decoded decoded) {
    Statistics.label("taken")
        .collect(decoded != null && !type.equals(ActionType.CUSTOM.key()))
        .coverage(coverage -> coverage.check(true).percentage(p -> p > 3));
  }

  /** The payload of {@code action} as the protocol has it. */
  private static ObjectNode document(Action action) {
    ObjectNode fields = ActionKind.shown(action);
    if (!fields.path("x").isMissingNode() && !fields.path("x").isNull()) {
      ObjectNode place = fields.putObject("position");
      List.of("x", "y", "z").forEach(name -> place.set(name, fields.remove(name)));
    }
    if (action instanceof Broadcast broadcast && !broadcast.map().isEmpty()) {
      fields.put("type", "map");
    }
    List<String> names = new ArrayList<>();
    fields.fieldNames().forEachRemaining(names::add);
    for (String name : names) {
      JsonNode value = fields.get(name);
      boolean none = value.isNull() || value.isTextual() && value.asText().isEmpty();
      if (none || NUMBERS.contains(name) && value.asLong() == 0) {
        fields.remove(name);
      }
    }
    return fields;
  }

  @Property(tries = 1000)
  void holdsWhatItTakesToTheOwnersLimits(
      @ForAll("places") String place, @ForAll("wildPayloads") ObjectNode payload) {
    Permits permits = new Permits();
    IdRanges denied = new IdRanges(List.of(new IdRanges.Range(1002, 1002)), List.of("poring"));
    permits.monsters = new BridgeConfig.MonsterLimits(10, denied, List.of());
    payload.put("map", "m");
    payload.remove(List.of("mapname", "x", "y", "position", "monster", "event"));
    ActionDecoder.Decoded decoded = orNull(LOOSE, wrap("spawn_monster", place, payload));
    if (decoded == null) {
      return;
    }
    JsonNode shown = ActionKind.shown(decoded.action());
    String refusal = ActionLimitCheck.refusal(decoded.action(), permits.get());
    boolean breaks = shown.path("monster_id").asInt() == 1002 || shown.path("amount").asInt() > 10;
    assertThat(refusal.isEmpty()).isEqualTo(!breaks);
  }

  @Property(tries = 500)
  void refusesAFieldThatIsGivenTwiceWithTwoValues(
      @ForAll("aliases") List<String> names,
      @ForAll("places") String place,
      @ForAll("twoValues") List<String> values) {
    ObjectNode payload = JsonNodeFactory.instance.objectNode();
    payload.set(names.get(0), read(values.get(0)));
    payload.set(names.get(1), read(values.get(1)));
    InvalidAction refused =
        catchThrowableOfType(
            InvalidAction.class, () -> decode(LOOSE, wrap(names.get(2), place, payload)));
    assertThat(refused)
        .hasMessage(
            names.get(0)
                + " and "
                + names.get(1)
                + " are both given, and differ: one of"
                + " the two");
  }

  @Provide
  Arbitrary<List<String>> aliases() {
    return Arbitraries.of(
        List.of("npc_name", "name", "remove_npc"),
        List.of("npc_name", "name", "move_npc"),
        List.of("map", "mapname", "spawn_monster"),
        List.of("map", "mapname", "set_map_flag"));
  }

  @Provide
  Arbitrary<List<String>> twoValues() {
    List<String> given = List.of("\"a\"", "\"A\"", "\"a \"", "7", "7.5", "true", "{}", "[]");
    return Arbitraries.of(given)
        .tuple2()
        .filter(two -> !two.get1().equals(two.get2()))
        .map(two -> List.of(two.get1(), two.get2()));
  }

  @Property(tries = 2000)
  void neverThrowsWhateverBytesCome(
      @ForAll("types") String type,
      @ForAll("wildPayloads") ObjectNode payload,
      @ForAll int at,
      @ForAll byte with) {
    byte[] json =
        wrap(type, "payload", payload.put("action_id", 4711)).getBytes(StandardCharsets.UTF_8);
    json[Math.floorMod(at, json.length)] = with;
    LOOSE.idOf(json, 0, json.length);
    try {
      LOOSE.decode("a", LOOSE.parse(json, 0, json.length), 7);
    } catch (InvalidAction e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}

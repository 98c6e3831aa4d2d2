package org.aibridge.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.api.Position;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.Priority;
import org.aibridge.testdouble.RecordingBridge;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventCodecTest {
  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();
  private static final int LATER_FLAGS = 0xE0;
  private static final JsonMapper PLAIN = new JsonMapper();

  @Provide
  Arbitrary<GameEvent> events() {
    return Events.valid();
  }

  @Property(tries = 3000)
  void encodesToTheMeasuredLengthAndDecodesToTheContractsFields(@ForAll("events") GameEvent event)
      throws Exception {
    EventParts parts = EventParts.of(event);
    int length = parts.measure(1 << 20);
    assertThat(length).isGreaterThanOrEqualTo(EventCodec.HEADER);
    assertThat(new RecordingBridge().publish(event)).isTrue();
    byte[] bytes = new byte[16 + length + 16];
    Arrays.fill(bytes, (byte) 0x5A);

    UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    parts.encode(length, buffer, 16);

    assertThat(Arrays.copyOf(bytes, 16)).containsOnly(0x5A);
    assertThat(Arrays.copyOfRange(bytes, 16 + length, bytes.length)).containsOnly(0x5A);
    assertThat(EventCodec.isWellFormed(buffer, 16, length)).isTrue();
    assertThat(EventCodec.isWellFormed(buffer, 16, length - 1)).isFalse();
    assertThat(EventCodec.isWellFormed(buffer, 16, length + 1)).isFalse();
    assertThat(EventCodec.isKnown(buffer, 16)).isTrue();
    assertThat(EventCodec.type(buffer, 16)).isEqualTo(event.type());
    assertThat(EventCodec.priority(buffer, 16)).isEqualTo(event.priority());
    assertThat(EventCodec.playerId(buffer, 16)).isEqualTo(event.playerId());
    ByteSink out = new ByteSink(1);
    new EventJson("map_1").write(77, buffer, 16, out);
    JsonNode json = STRICT.readTree(out.array(), 0, out.length());
    assertThat(json).isEqualTo(expected(event, "map_1:77"));
    assertThat(STRICT.readTree(event.payload())).isEqualTo(json.get("payload"));
  }

  /** Somebody wrote over the ring; what no reader of JSON takes would be refused with its batch. */
  @Test
  void takesNoBytesForTextThatNoReaderOfJsonTakes() {
    EventParts parts = EventParts.of(GameEvent.monsterKill("k\u00e9y", "map", "minecraft:bat"));
    int length = parts.measure(1 << 20);
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[length]);
    parts.encode(length, buffer, 0);
    assertThat(EventCodec.isWellFormed(buffer, 0, length)).isTrue();
    int key = length - 4; // Behind its length, which is the byte before.
    for (int at = EventCodec.HEADER; at < length; at++) {
      byte good = buffer.getByte(at);
      if (at != key - 1) {
        for (int bad : new int[] {0xFF, 0xFE, 0x00, 0x1F}) {
          buffer.putByte(at, (byte) bad);
          assertThat(EventCodec.isWellFormed(buffer, 0, length)).as("%d at %d", bad, at).isFalse();
        }
      }
      buffer.putByte(at, good);
    }
  }

  private static JsonNode expected(GameEvent event, String id) throws Exception {
    ObjectNode node = PLAIN.createObjectNode();
    node.put("event_id", id).put("event_type", event.typeName());
    if (event.playerId() != GameEvent.NO_PLAYER) {
      put(node, "player_id", event.playerId());
    }
    if (event.playerKey() != null) {
      node.put("player_key", event.playerKey());
    }
    if (event.map() != null && !event.map().isEmpty()) {
      node.put("map", event.map());
    }
    if (event.position() != null) {
      ObjectNode place = node.putObject("position");
      place.put("x", event.position().x()).put("y", event.position().y());
      if (event.position().hasZ()) {
        place.put("z", event.position().z());
      }
    }
    put(node, "timestamp", event.timestampMs());
    node.put("priority", event.priority().wireName());
    node.set("payload", payload(event));
    return node;
  }

  private static JsonNode payload(GameEvent event) throws Exception {
    EventParts parts = EventParts.of(event);
    if (event.type() == EventType.CUSTOM) {
      return STRICT.readTree(parts.text2);
    }
    ObjectNode payload = PLAIN.createObjectNode();
    int numbers = 0;
    int texts = 0;
    boolean named = parts.text1 != null && event.type().takesName();
    for (EventType.Field field : event.type().fields()) {
      if (named && numbers == 0) {
        payload.put(field.textName(), parts.text1);
        numbers++;
        continue;
      }
      switch (field.kind()) {
        case LITERAL -> payload.put(field.name(), field.literal());
        case NUMBER -> put(payload, field.name(), numbers++ == 0 ? parts.number1 : parts.number2);
        case TEXT -> {
          String text = texts++ == 0 ? parts.text1 : parts.text2;
          payload.put(field.name(), text == null ? "" : text);
        }
      }
    }
    return payload;
  }

  /** As Jackson reads it: an int where it fits. */
  private static void put(ObjectNode node, String name, long value) {
    if ((int) value == value) {
      node.put(name, (int) value);
    } else {
      node.put(name, value);
    }
  }

  @Test
  void givesEachKindTheContractsPayloadAndPriority() {
    assertThat(json(GameEvent.playerLogin(1, "m")))
        .contains(part("player_login", "normal", "{\"action\":\"login\"}"));
    assertThat(json(GameEvent.playerLogout(1, "m")))
        .contains(part("player_logout", "normal", "{\"action\":\"logout\"}"));
    assertThat(json(GameEvent.npcInteraction(1, "m", 7)))
        .contains(part("npc_interaction", "normal", "{\"npc_id\":7}"));
    assertThat(json(GameEvent.monsterKill(1, "m", 1002)))
        .contains(part("monster_kill", "normal", "{\"monster_id\":1002}"));
    assertThat(json(GameEvent.mvpKill(1, "m", 9)))
        .contains(part("mvp_kill", "high", "{\"mvp_id\":9}"));
    assertThat(json(GameEvent.dailyReset()))
        .contains(
            "\"daily_reset\"", "\"priority\":\"urgent\",\"payload\":{\"action\":\"daily_reset\"}")
        .doesNotContain("player_id", "\"map\"");
    assertThat(json(GameEvent.mapChange(1, "a", "m")))
        .contains(part("map_change", "low", "{\"from_map\":\"a\",\"to_map\":\"m\"}"));
    assertThat(json(GameEvent.itemDrop(1, "m", 5, 6)))
        .contains(part("item_drop", "low", "{\"item_id\":5,\"amount\":6}"));
    assertThat(json(GameEvent.questComplete(1, "m", 5)))
        .contains(part("quest_complete", "high", "{\"quest_id\":5}"));
    assertThat(json(GameEvent.tradeComplete(1, "m", 5, 6)))
        .contains(part("trade_complete", "normal", "{\"partner_id\":5,\"zeny\":6}"));
    assertThat(json(GameEvent.custom("boss_2", 1, "m", null)))
        .contains(part("boss_2", "normal", "{}"));
  }

  @Test
  void writesKeysPlacesAndNamesBesideWhatWasThere() {
    assertThat(
            json(GameEvent.monsterKill("a1", "m", "minecraft:zombie").at(Position.at(-1, 2, -3))))
        .endsWith(
            "\"event_type\":\"monster_kill\",\"player_key\":\"a1\",\"map\":\"m\","
                + "\"position\":{\"x\":-1,\"y\":2,\"z\":-3},\"timestamp\":5,"
                + "\"priority\":\"normal\",\"payload\":{\"monster\":\"minecraft:zombie\"}}");
    assertThat(
            json(GameEvent.monsterKill(1, "m", 1002).withPlayerKey("é\"").at(Position.at(0, -7))))
        .endsWith(
            "\"player_id\":1,\"player_key\":\"é\\\"\",\"map\":\"m\",\"position\":{\"x\":0,\"y\":-7},"
                + "\"timestamp\":5,\"priority\":\"normal\",\"payload\":{\"monster_id\":1002}}");
    assertThat(json(GameEvent.npcInteraction("k", null, "Kafra")))
        .endsWith("\"payload\":{\"npc_name\":\"Kafra\"}}");
    assertThat(json(GameEvent.mvpKill("k", null, "baphomet")))
        .endsWith("\"payload\":{\"mvp\":\"baphomet\"}}");
    assertThat(json(GameEvent.itemDrop("k", null, "minecraft:stick", 3)))
        .endsWith("\"payload\":{\"item\":\"minecraft:stick\",\"amount\":3}}");
    assertThat(json(GameEvent.questComplete("k", null, "q")))
        .endsWith("\"payload\":{\"quest\":\"q\"}}");
    assertThat(json(GameEvent.tradeComplete("k", null, "other", 4)))
        .endsWith("\"payload\":{\"partner_key\":\"other\",\"zeny\":4}}");
    assertThat(json(GameEvent.custom("c", "k", null, "{\"a\":1}").at(Position.at(1, 2))))
        .endsWith("\"priority\":\"normal\",\"payload\":{\"a\":1}}");
  }

  @Test
  void numbersAPlayerByIdAndElseByKey() {
    long byId = playerNumber(GameEvent.playerLogin(7, "m"));
    assertThat(byId).isEqualTo(7);
    assertThat(playerNumber(GameEvent.playerLogin(7, "geffen").withPlayerKey("a"))).isEqualTo(7);
    assertThat(playerNumber(GameEvent.dailyReset())).isEqualTo(GameEvent.NO_PLAYER);
    long byKey = playerNumber(GameEvent.playerLogin("a", "m"));
    assertThat(playerNumber(GameEvent.custom("c", "a", null, "{\"x\":1}"))).isEqualTo(byKey);
    assertThat(playerNumber(GameEvent.monsterKill("a", "m2", "z").at(Position.at(1, 2, 3))))
        .isEqualTo(byKey);
    byte[] replayed =
        ReplayedEvent.encode("s:1", "{}".getBytes(), -1, "a", 1, 1, 0, EventKinds.NONE);
    assertThat(EventCodec.playerNumber(new UnsafeBuffer(replayed), 0)).isEqualTo(byKey);
    assertThat(playerNumber(GameEvent.playerLogin("b", "m"))).isNotEqualTo(byKey);
    assertThat(byKey).as("lies on disk, in the cursor's lanes").isEqualTo(0xAF63DC4C8601EC8CL);
  }

  private static long playerNumber(GameEvent event) {
    return EventCodec.playerNumber(Events.encoded(event), 0);
  }

  private static String part(String type, String priority, String payload) {
    return "\"event_type\":\""
        + type
        + "\",\"player_id\":1,\"map\":\"m\",\"timestamp\":5,\"priority\":\""
        + priority
        + "\",\"payload\":"
        + payload
        + "}";
  }

  private static String json(GameEvent event) {
    ByteSink out = new ByteSink(8);
    new EventJson("s").write(3, Events.encoded(event.at(5)), 0, out);
    String text = new String(out.copy(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(text).startsWith("{\"event_id\":\"s:3\",");
    return text;
  }

  @Test
  void writesEachEventsOwnTimeWhateverTheLastOneHad() throws Exception {
    EventJson json = new EventJson("s");
    for (long time : new long[] {0, 5, 5, 1_763_643_808_123L, 1_763_643_808_123L, 5, 0}) {
      ByteSink out = new ByteSink(8);
      json.write(3, Events.encoded(GameEvent.mapChange(1, "a", "b").at(time)), 0, out);
      assertThat(STRICT.readTree(out.copy()).path("timestamp").asLong()).isEqualTo(time);
    }
  }

  /** The codes lie on disk: a new kind gets one of its own, and none is ever given again. */
  @Test
  void keepsTheCodesThatFilesWereWrittenWith() {
    assertThat(
            Arrays.stream(EventType.values())
                .collect(Collectors.toMap(Enum::name, type -> (int) EventCodes.of(type))))
        .isEqualTo(
            Map.ofEntries(
                Map.entry("PLAYER_LOGIN", 0),
                Map.entry("PLAYER_LOGOUT", 1),
                Map.entry("NPC_INTERACTION", 2),
                Map.entry("MONSTER_KILL", 3),
                Map.entry("MVP_KILL", 4),
                Map.entry("DAILY_RESET", 5),
                Map.entry("MAP_CHANGE", 6),
                Map.entry("ITEM_DROP", 7),
                Map.entry("QUEST_COMPLETE", 8),
                Map.entry("TRADE_COMPLETE", 9),
                Map.entry("CUSTOM", 10)));
    assertThat(
            Arrays.stream(Priority.values())
                .collect(Collectors.toMap(Enum::name, p -> (int) EventCodes.of(p))))
        .isEqualTo(Map.of("LOW", 0, "NORMAL", 1, "HIGH", 2, "URGENT", 3));
    assertThat(EventCodes.type(ReplayedEvent.TYPE)).as("is taken").isNull();
  }

  /** Whatever a later version may have changed: a code, a flag, or more bytes behind the rest. */
  @Property(tries = 1000)
  void keepsAnEventOfALaterVersionWhole(
      @ForAll("events") GameEvent event,
      @ForAll byte type,
      @ForAll byte priority,
      @ForAll byte flags,
      @ForAll byte[] more)
      throws Exception {
    UnsafeBuffer known = Events.encoded(event);
    byte[] bytes = Arrays.copyOf(known.byteArray(), known.capacity() + more.length);
    System.arraycopy(more, 0, bytes, known.capacity(), more.length);
    bytes[EventCodec.TYPE] = type;
    bytes[EventCodec.PRIORITY] = priority;
    bytes[EventCodec.FLAGS] |= (byte) (flags & LATER_FLAGS);
    UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    if (EventCodec.isKnown(buffer, 0) || RecordPart.is(buffer, 0)) {
      return;
    }
    assertThat(EventCodec.isWellFormed(buffer, 0, bytes.length)).isTrue();
    assertThat(EventCodec.isWellFormed(buffer, 0, known.capacity() - 1)).isFalse();
    assertThat(EventCodec.unknown(buffer, 0))
        .contains("type " + (type & 0xFF), "priority " + (priority & 0xFF), "flags ");
    assertThat(EventCodec.priority(buffer, 0)).isNotNull();
    ByteSink out = new ByteSink(1);
    new EventJson("map_1").writeUnknown(77, buffer, 0, bytes.length, out);
    JsonNode json = STRICT.readTree(out.array(), 0, out.length());
    assertThat(json.path("event_id").asText()).isEqualTo("map_1:77");
    assertThat(json.path("event_type").asText()).isEqualTo("unknown");
    assertThat(json.path("timestamp").asLong()).isEqualTo(event.timestampMs());
    assertThat(json.path("payload").path("bytes").binaryValue()).isEqualTo(bytes);
  }

  @Test
  void takesNoReplayedEventFromARing() {
    byte[] replayed =
        ReplayedEvent.encode("s:1", "{}".getBytes(), 1, null, 1, 1, 0, EventKinds.NONE);
    assertThat(EventCodec.isWellFormed(new UnsafeBuffer(replayed), 0, replayed.length)).isFalse();
    assertThat(EventCodec.isKnown(new UnsafeBuffer(replayed), 0)).isTrue();
  }

  @Test
  void refusesWhatBreaksTheContract() {
    Map<String, GameEvent> bad =
        Map.ofEntries(
            Map.entry("player above uint32", GameEvent.playerLogin(1L << 32, "m")),
            Map.entry("player below none", GameEvent.playerLogin(-2, "m")),
            Map.entry("negative number", GameEvent.monsterKill(1, "m", -1)),
            Map.entry("negative second number", GameEvent.itemDrop(1, "m", 1, -1)),
            Map.entry("number no JSON reader keeps", GameEvent.monsterKill(1, "m", 1L << 53)),
            Map.entry("negative time", GameEvent.dailyReset().at(-1)),
            Map.entry("map not ASCII", GameEvent.playerLogin(1, "pröntera")),
            Map.entry("map with a control character", GameEvent.playerLogin(1, "a\nb")),
            Map.entry("map too long", GameEvent.playerLogin(1, "m".repeat(65))),
            Map.entry("from_map not ASCII", GameEvent.mapChange(1, "ö", "m")),
            Map.entry("no key", GameEvent.playerLogin("", "m")),
            Map.entry("key too long", GameEvent.playerLogin("k".repeat(65), "m")),
            Map.entry("key too long in bytes", GameEvent.playerLogin("é".repeat(33), "m")),
            Map.entry("key with half a character", GameEvent.playerLogin("a\ud83d", "m")),
            Map.entry("key with a control character", GameEvent.playerLogin("a\nb", "m")),
            Map.entry("key with a control beyond ASCII", GameEvent.playerLogin("a\u0085b", "m")),
            Map.entry("null for a key", GameEvent.playerLogin((String) null, "m")),
            Map.entry("key beside an id", GameEvent.playerLogin(1, "m").withPlayerKey("")),
            Map.entry("key of a custom event", GameEvent.custom("a", "", "m", "{}")),
            Map.entry("no monster's name", GameEvent.monsterKill("k", "m", "")),
            Map.entry("null for a monster's name", GameEvent.monsterKill("k", "m", null)),
            Map.entry("monster's name too long", GameEvent.monsterKill("k", "m", "é".repeat(33))),
            Map.entry("item with half a character", GameEvent.itemDrop("k", "m", "\udc00", 1)),
            Map.entry("no name", GameEvent.custom("", 1, "m", "{}")),
            Map.entry("null name", GameEvent.custom(null, 1, "m", "{}")),
            Map.entry("name in capitals", GameEvent.custom("Boss", 1, "m", "{}")),
            Map.entry("name too long", GameEvent.custom("n".repeat(65), 1, "m", "{}")));

    assertThat(
            bad.entrySet().stream()
                .filter(e -> EventParts.of(e.getValue()).measure(65536) != EventCodec.MALFORMED)
                .map(Map.Entry::getKey)
                .collect(Collectors.toList()))
        .isEmpty();
    assertThat(bad.values()).noneMatch(new RecordingBridge()::publish);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "[]",
        "1",
        "null",
        "\"a\"",
        "{",
        "}",
        "{}}",
        "{} x",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":5.}",
        "{\"a\":1e}",
        "{\"a\":NaN}",
        "{\"a\":tru}",
        "{\"a\":truex}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"\n\"}",
        "{\"a\":\"\uD800\"}",
        "{\"a\":\"\uDC00\"}",
        "{\"\uD800x\":1}",
        "{\"a\":\"\uDC00\uD800\"}",
        "{\"a\":[1,]}",
        "{\"a\":[1 2]}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":\"",
        "{\"a\":\"\\",
        "{\"a\":-}",
        "\uFEFF{}",
        "{}\u0000",
        "{\"a\":\u00a01}",
        "{\"a\":\"\\u\uFF11\uFF11\uFF11\uFF11\"}"
      })
  void refusesBrokenJson(String payload) {
    GameEvent event = GameEvent.custom("a", 1, "m", payload);
    assertThat(EventParts.of(event).measure(65536)).isEqualTo(EventCodec.MALFORMED);
    assertThat(new RecordingBridge().publish(event)).isFalse();
  }

  @Test
  void takesSixtyFourLevelsAndNoMore() {
    for (String inner : new String[] {"", "\"a\":1"}) {
      assertThat(JsonCheck.isObject("{\"a\":".repeat(63) + "{" + inner + "}" + "}".repeat(63)))
          .isTrue();
      assertThat(JsonCheck.isObject("{\"a\":".repeat(64) + "{" + inner + "}" + "}".repeat(64)))
          .isFalse();
    }
    assertThat(JsonCheck.isObject("{\"a\":" + "[".repeat(63) + "]".repeat(63) + "}")).isTrue();
    assertThat(JsonCheck.isObject("{\"a\":" + "[".repeat(64) + "]".repeat(64) + "}")).isFalse();
    assertThat(JsonCheck.isObject("{\"a\":" + "[".repeat(500_000))).isFalse();
  }

  @Test
  void countsTheLimitInEncodedBytes() {
    EventParts event = EventParts.of(GameEvent.custom("ab", 1, "map", "{\"a\":\"語\"}"));
    int exact = EventCodec.HEADER + 3 + 2 + 8 + 3;
    assertThat(event.measure(exact)).isEqualTo(exact);
    assertThat(event.measure(exact - 1)).isEqualTo(EventCodec.TOO_LARGE);
    assertThat(EventParts.of(GameEvent.playerLogin(1, "map")).measure(42))
        .isEqualTo(EventCodec.TOO_LARGE);
    assertThat(EventParts.of(GameEvent.custom("a", 1, null, "x".repeat(70_000))).measure(65536))
        .isEqualTo(EventCodec.TOO_LARGE);
  }

  @Test
  void hasTheLimitOfTheTestDouble() {
    GameEvent whole = GameEvent.custom("ab", "語", "map", "{}").at(Position.at(1, 2, 3));
    int beside = EventParts.of(whole).measure(65536) - 2;
    for (int bytes : new int[] {65536, 65537}) {
      String payload = "{" + " ".repeat(bytes - beside - 2) + "}";
      GameEvent event = GameEvent.custom("ab", "語", "map", payload).at(Position.at(1, 2, 3));
      assertThat(EventParts.of(event).measure(65536) > 0).isEqualTo(bytes == 65536);
      assertThat(new RecordingBridge().publish(event)).isEqualTo(bytes == 65536);
    }
  }

  @Test
  void allocatesNothing() {
    EventParts[] events = {
      EventParts.of(GameEvent.playerLogin(150_001, "prontera")),
      EventParts.of(GameEvent.mapChange(1, "a", "b")),
      EventParts.of(GameEvent.monsterKill("k\u00e9", "m", "語😀").at(Position.at(1, -2, 3))),
      EventParts.of(GameEvent.playerLogin("\ud83d", "m")),
      EventParts.of(
          GameEvent.custom("boss", 7, "m", "{\"a\":[1,2.5e3,\"é😀\\u00e9\",{\"b\":null}]}")),
      EventParts.of(GameEvent.custom("boss", 7, "m", "{broken")),
      EventParts.of(GameEvent.monsterKill(1, "m", -1))
    };
    UnsafeBuffer buffer = new UnsafeBuffer(new byte[4096]);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().getId();
    long allocated = Long.MAX_VALUE;
    for (int round = 0; round < 20 && allocated != 0; round++) {
      long before = threads.getThreadAllocatedBytes(id);
      encodeAll(events, buffer);
      allocated = threads.getThreadAllocatedBytes(id) - before;
    }
    assertThat(allocated).isZero();
  }

  private static void encodeAll(EventParts[] events, UnsafeBuffer buffer) {
    for (int i = 0; i < 20_000; i++) {
      for (EventParts event : events) {
        int length = event.measure(4096);
        if (length > 0) {
          event.encode(length, buffer, 0);
        }
      }
    }
  }
}

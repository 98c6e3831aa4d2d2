package org.aibridge.core.action;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHeader;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.action.CreateQuest;
import org.aibridge.api.action.CustomAction;
import org.aibridge.api.action.CustomPayload;
import org.aibridge.api.action.GiveReward;
import org.aibridge.api.action.MoveNpc;
import org.aibridge.api.action.SetMapFlag;
import org.aibridge.api.action.SpawnMonster;
import org.aibridge.api.action.SpawnNpc;
import org.aibridge.api.action.UpdateEconomy;
import org.aibridge.core.config.ActionType;
import org.aibridge.core.text.JsonScan;
import org.aibridge.core.text.Sentence;
import org.aibridge.core.text.Shown;
import org.aibridge.core.text.StrictUtf8;

/**
 * Decodes one action from the service's JSON into a value that a handler may trust.
 *
 * <p>The service is not trusted: depth, lengths, types and ranges are bounded, and duplicate member
 * names are rejected. Unless told to be strict it reads what language models write, as {@code
 * docs/actions.md} says; what it then makes of an action is held to the same ranges.
 */
final class ActionDecoder {
  static final int MAX_TYPE = 64;
  static final int MAX_MESSAGE = 255;
  static final int MAX_AMOUNT = 100;

  /** The longest action, in bytes. */
  static final int MAX_BYTES = 1 << 20;

  /** The maximum number of JSON tokens in an action, since a short text can contain very many. */
  private static final int MAX_TOKENS = 5_000;

  /** The maximum length of an id in JSON, if every character is escaped, in bytes. */
  private static final int MAX_ID_BYTES = 6 * ActionId.MAX_CHARS + 2;

  private static final String ACTION_ID = "action_id";
  private static final String NO_OBJECT = "an action must be an object";
  private static final byte[] ID_NAME = ACTION_ID.getBytes(StandardCharsets.US_ASCII);

  /** The hints that the JSON parser gives to programmers; a service cannot use them. */
  private static final Pattern ADVICE =
      Pattern.compile(
          ": enable `(Json|Stream)ReadFeature.*| \\(bound as .*|, from"
              + " `StreamReadConstraints[^`]*`| \\(not recognized as one since Feature[^)]*\\)|"
              + " \\(start marker at [^)]*\\)?[^)]*\\)");

  /** The maximum length of a parser's message in a refusal, in characters. */
  private static final int MAX_PROBLEM = 200;

  /**
   * A decoded action.
   *
   * @param changes what was read other than it is written, as a sentence; empty for nothing
   * @param strict true if it was read to the letter of {@code docs/protocol.md}
   */
  record Decoded(Action action, String changes, boolean strict) {}

  private static final JsonFactory BOUNDED =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(32)
                  .maxStringLength(64 << 10)
                  .maxNumberLength(64)
                  .maxNameLength(256)
                  .maxTokenCount(MAX_TOKENS)
                  .build())
          .build();
  private static final ObjectMapper MAPPER =
      new ObjectMapper(BOUNDED).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final BooleanSupplier strict;

  /**
   * @param strict true while only what {@code docs/protocol.md} lists is taken
   */
  ActionDecoder(BooleanSupplier strict) {
    this.strict = strict;
  }

  /** Reads the JSON of one action. In the result an id is always a text: 4711 becomes "4711". */
  JsonNode parse(byte[] json, int offset, int length) throws InvalidAction {
    if (length > MAX_BYTES) {
      throw new InvalidAction(Sentence.of("unreadable: longer than %d bytes", MAX_BYTES));
    }
    if (!StrictUtf8.is(json, offset, length)) {
      // Parsers decode invalid UTF-8 differently, so the handler might get an unapproved name.
      throw new InvalidAction("unreadable: the action is not UTF-8");
    }
    try {
      JsonNode node = MAPPER.readTree(json, offset, length);
      if (!node.isObject()) {
        throw new InvalidAction(NO_OBJECT);
      }
      JsonNode id = node.path(ACTION_ID);
      return id.isIntegralNumber() ? ((ObjectNode) node).put(ACTION_ID, id.asText()) : node;
    } catch (IOException e) {
      throw new InvalidAction("unreadable: " + firstLine(e));
    }
  }

  /** Reads a payload that is written as a text. */
  static JsonNode payload(String text) throws InvalidAction {
    try {
      return MAPPER.readTree(text);
    } catch (IOException e) {
      throw new InvalidAction("payload is a text and unreadable: " + firstLine(e));
    }
  }

  /** Returns the action's id, even if the rest cannot be parsed. */
  ActionId idOf(byte[] json, int offset, int length) {
    boolean exact = strict.getAsBoolean();
    try {
      JsonScan scan = new JsonScan(json, offset, length);
      if (scan.peek() != '{') {
        return ActionId.none(NO_OBJECT);
      }
      if (!scan.member(ID_NAME)) {
        return ActionId.missing(exact);
      }
      int start = scan.position();
      boolean isText = scan.peek() == '"';
      scan.skipValue();
      int size = scan.position() - start;
      if (!isText || size > MAX_ID_BYTES || !StrictUtf8.is(json, start, size)) {
        // Keeps one byte above the limit, so that a number that was cut still counts as too long.
        int kept = Math.min(size, ActionId.MAX_NUMBER + 1);
        String given = new String(json, start, kept, StandardCharsets.US_ASCII);
        return ActionId.ofOther(given, exact);
      }
      return ActionId.ofText(MAPPER.readTree(json, start, size).asText(), exact);
    } catch (IOException e) {
      return ActionId.none("unreadable: " + firstLine(e));
    }
  }

  /** Returns the type's name in the contract, as handlers know it. */
  String type(JsonNode action) throws InvalidAction {
    return type(action, strict.getAsBoolean());
  }

  private static String type(JsonNode action, boolean exact) throws InvalidAction {
    JsonNode type = action.path("action_type");
    boolean elsewhere = !exact && LooseValue.isAbsent(type) && action.hasNonNull("type");
    return ActionType.known(
        ActionFields.requiredText("action_type", elsewhere ? action.path("type") : type, MAX_TYPE));
  }

  /** Checks an action against the contract, and returns its typed value. */
  Decoded decode(String id, JsonNode action, long receivedAtMs) throws InvalidAction {
    return decode(id, action, receivedAtMs, strict.getAsBoolean());
  }

  private static Decoded decode(String id, JsonNode action, long receivedAtMs, boolean exact)
      throws InvalidAction {
    String type = type(action, exact);
    ActionFields in = new ActionFields(action, exact);
    ActionHeader header = new ActionHeader(id, type, in.priority(), receivedAtMs);
    Action decoded = ActionKind.of(ActionType.of(type)).decoder().decode(header, in);
    return new Decoded(decoded, in.changes(), exact);
  }

  /**
   * Decodes the held action of {@code entry}, to show it to an operator and to apply it once
   * approved; it is read as it was when it came, whatever the configuration says now.
   *
   * @throws InvalidAction if the action does not satisfy the current contract
   */
  Action held(LedgerEntry entry, long receivedAtMs) throws InvalidAction {
    byte[] json = entry.held().getBytes(StandardCharsets.UTF_8);
    return decode(entry.id, parse(json, 0, json.length), receivedAtMs, entry.strict).action();
  }

  static SpawnMonster spawnMonster(ActionHeader header, ActionFields in) throws InvalidAction {
    String map = in.map();
    ActionFields.Thing monster = in.requiredThing("monster_id", "monster");
    return new SpawnMonster(
        header,
        map,
        monster.id(),
        monster.name(),
        in.position(),
        in.amount("amount", MAX_AMOUNT),
        in.name("event"));
  }

  static SpawnNpc spawnNpc(ActionHeader header, ActionFields in) throws InvalidAction {
    return new SpawnNpc(
        header,
        in.map(),
        in.requiredName("npc_name"),
        in.position(),
        in.nameOrNumber("sprite"),
        (int) in.number("facing", 0, 7, 0));
  }

  static MoveNpc moveNpc(ActionHeader header, ActionFields in) throws InvalidAction {
    return new MoveNpc(header, in.npc(), in.requiredPosition());
  }

  static CreateQuest createQuest(ActionHeader header, ActionFields in) throws InvalidAction {
    ActionFields.Thing quest = in.requiredThing("quest_id", "quest");
    return new CreateQuest(header, quest.id(), quest.name(), in.player());
  }

  static SetMapFlag setMapFlag(ActionHeader header, ActionFields in) throws InvalidAction {
    return new SetMapFlag(header, in.map(), in.requiredName("flag"), in.flagValue("value", 1));
  }

  static GiveReward giveReward(ActionHeader header, ActionFields in) throws InvalidAction {
    ActionFields.Thing item = in.thing("item_id", "item");
    int quantity = in.quantity("quantity", item.isNone() ? 0 : 1);
    long zeny = in.number("zeny", 0, ActionFields.INT32, 0);
    long baseExp = in.number("base_exp", 0, Long.MAX_VALUE, 0);
    long jobExp = in.number("job_exp", 0, Long.MAX_VALUE, 0);
    if (item.isNone() && quantity > 0) {
      in.leaveOut("quantity without item_id or item");
      quantity = 0;
    } else if (!item.isNone() && quantity == 0) {
      in.leaveOut((item.id() != 0 ? "item_id" : "item") + " with quantity 0");
      item = ActionFields.Thing.NONE;
    }
    if (item.isNone() && zeny == 0 && baseExp == 0 && jobExp == 0) {
      throw new InvalidAction(
          "nothing to give: item_id, item, zeny, base_exp and job_exp are all missing");
    }
    return new GiveReward(
        header, in.player(), item.id(), item.name(), quantity, zeny, baseExp, jobExp);
  }

  static Broadcast broadcast(ActionHeader header, ActionFields in) throws InvalidAction {
    String message = in.message("message", MAX_MESSAGE);
    String type = in.choice("type", "all", "map");
    return new Broadcast(header, message, type.equals("map") ? in.map() : "");
  }

  static UpdateEconomy updateEconomy(ActionHeader header, ActionFields in) throws InvalidAction {
    String shopName = in.name("shop_name");
    long shopId = in.id("shop_id");
    if (shopName.isEmpty() && shopId == 0) {
      throw new InvalidAction("shop_name or shop_id is missing");
    }
    long price = in.change("price");
    long stock = in.change("stock");
    if (price == UpdateEconomy.UNCHANGED && stock == UpdateEconomy.UNCHANGED) {
      throw new InvalidAction("price and stock are both missing");
    }
    ActionFields.Thing item = in.requiredThing("item_id", "item");
    return new UpdateEconomy(header, shopName, shopId, item.id(), item.name(), price, stock);
  }

  static CustomAction custom(ActionHeader header, ActionFields in) throws InvalidAction {
    JsonNode payload =
        in.payload().isObject() ? in.payload() : JsonNodeFactory.instance.objectNode();
    JsonValues.checkNumbers(payload);
    return new CustomAction(
        header,
        CustomPayload.of(payload.toString()),
        in.targetPlayer(),
        in.targetKey(),
        in.targetMap());
  }

  private static String firstLine(IOException e) {
    String message =
        e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
    if (message == null) {
      return e.getClass().getSimpleName();
    }
    String words = ADVICE.matcher(message).replaceAll("");
    return Shown.of(words.lines().findFirst().orElse(""), MAX_PROBLEM);
  }
}

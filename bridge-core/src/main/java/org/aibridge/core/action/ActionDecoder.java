package org.aibridge.core.action;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
import org.aibridge.core.text.Sentence;
import org.aibridge.core.text.Shown;
import org.aibridge.core.text.StrictUtf8;

/**
 * Decodes one action from the service's JSON into a value that a handler may trust.
 *
 * <p>The service is not trusted: depth, lengths, types and ranges are bounded, and duplicate member
 * names are rejected.
 */
final class ActionDecoder {
  static final int MAX_ID = 128;
  static final int MAX_TYPE = 64;
  static final int MAX_MESSAGE = 255;
  static final int MAX_AMOUNT = 100;

  /** The longest action, in bytes. */
  static final int MAX_BYTES = 1 << 20;

  /** The maximum number of names, values and brackets: short text can decode to many objects. */
  private static final int MAX_TOKENS = 5_000;

  /** The maximum length of an id in JSON, with each character escaped, in bytes. */
  private static final int MAX_ID_BYTES = 6 * MAX_ID + 2;

  private static final byte[] ACTION_ID = "action_id".getBytes(StandardCharsets.US_ASCII);

  /** The maximum length of a parser's message in a refusal, in characters. */
  private static final int MAX_PROBLEM = 200;

  private final JsonFactory strict =
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
  private final ObjectMapper mapper = new ObjectMapper(strict);

  /** Reads the JSON of one action. */
  JsonNode parse(byte[] json, int offset, int length) throws InvalidAction {
    if (length > MAX_BYTES) {
      throw new InvalidAction(Sentence.of("unreadable: longer than %d bytes", MAX_BYTES));
    }
    if (!StrictUtf8.is(json, offset, length)) {
      // Readers decode invalid UTF-8 differently: one name could be approved, and another applied.
      throw new InvalidAction("unreadable: the action is not UTF-8");
    }
    try {
      JsonNode node = mapper.readTree(json, offset, length);
      if (!node.isObject()) {
        throw new InvalidAction("an action must be an object");
      }
      return node;
    } catch (IOException e) {
      throw new InvalidAction("unreadable: " + firstLine(e));
    }
  }

  /** Returns the action's id, even if the rest cannot be parsed; empty if it has no usable id. */
  String idOf(byte[] json, int offset, int length) {
    try {
      JsonScan scan = new JsonScan(json, offset, length);
      if (!scan.member(ACTION_ID) || scan.peek() != '"') {
        return "";
      }
      int start = scan.position();
      scan.skipValue();
      int size = scan.position() - start;
      return size > MAX_ID_BYTES || !StrictUtf8.is(json, start, size)
          ? ""
          : usableId(mapper.readTree(json, start, size).asText());
    } catch (IOException e) {
      return "";
    }
  }

  /** Returns {@code id} if it is usable, else the empty text. */
  private static String usableId(String id) {
    return id.isBlank() || id.length() > MAX_ID || ActionFields.hasControl(id) ? "" : id;
  }

  /** Returns the type's name in the contract, as handlers know it. */
  static String type(JsonNode action) throws InvalidAction {
    return ActionType.known(
        ActionFields.requiredText("action_type", action.path("action_type"), MAX_TYPE));
  }

  /** Checks an action against the contract, and returns its typed value. */
  Action decode(String id, JsonNode action, long receivedAtMs) throws InvalidAction {
    String type = type(action);
    ActionHeader header = new ActionHeader(id, type, priority(action), receivedAtMs);
    return ActionKind.of(ActionType.of(type)).decoder().decode(header, new ActionFields(action));
  }

  /**
   * Decodes the held action of {@code entry}, to show it to an operator and to apply it once
   * approved.
   *
   * @throws InvalidAction if the action does not satisfy the current contract
   */
  Action held(LedgerEntry entry, long receivedAtMs) throws InvalidAction {
    byte[] json = entry.held().getBytes(StandardCharsets.UTF_8);
    return decode(entry.id, parse(json, 0, json.length), receivedAtMs);
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
        (int) in.number("amount", 1, MAX_AMOUNT, 1),
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
    int quantity = (int) in.number("quantity", 1, ActionFields.INT32, item.isNone() ? 0 : 1);
    long zeny = in.number("zeny", 0, ActionFields.INT32, 0);
    long baseExp = in.number("base_exp", 0, Long.MAX_VALUE, 0);
    long jobExp = in.number("job_exp", 0, Long.MAX_VALUE, 0);
    if (item.isNone() && quantity > 0) {
      throw new InvalidAction("quantity without item_id or item");
    }
    if (item.isNone() && zeny == 0 && baseExp == 0 && jobExp == 0) {
      throw new InvalidAction(
          "nothing to give: item_id, item, zeny, base_exp and job_exp are all missing");
    }
    return new GiveReward(
        header, in.player(), item.id(), item.name(), quantity, zeny, baseExp, jobExp);
  }

  static Broadcast broadcast(ActionHeader header, ActionFields in) throws InvalidAction {
    String message = in.requiredText("message", MAX_MESSAGE);
    String type = in.has("type") ? in.requiredText("type", MAX_TYPE) : "all";
    return switch (type) {
      case "all" -> new Broadcast(header, message, "");
      case "map" -> new Broadcast(header, message, in.map());
      default -> throw new InvalidAction("type must be all or map, not " + type);
    };
  }

  static UpdateEconomy updateEconomy(ActionHeader header, ActionFields in) throws InvalidAction {
    if (!in.has("shop_name") && !in.has("shop_id")) {
      throw new InvalidAction("shop_name or shop_id is missing");
    }
    long price = in.number("price", 0, ActionFields.INT32, UpdateEconomy.UNCHANGED);
    long stock = in.number("stock", 0, ActionFields.INT32, UpdateEconomy.UNCHANGED);
    if (price == UpdateEconomy.UNCHANGED && stock == UpdateEconomy.UNCHANGED) {
      throw new InvalidAction("price and stock are both missing");
    }
    ActionFields.Thing item = in.requiredThing("item_id", "item");
    return new UpdateEconomy(
        header,
        in.name("shop_name"),
        in.number("shop_id", 1, ActionFields.UINT32, 0),
        item.id(),
        item.name(),
        price,
        stock);
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

  private static int priority(JsonNode action) throws InvalidAction {
    JsonNode priority = action.path("priority");
    return priority.isMissingNode() || priority.isNull()
        ? 0
        : (int) ActionFields.check("priority", priority, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private static String firstLine(IOException e) {
    String message =
        e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
    return message == null
        ? e.getClass().getSimpleName()
        : Shown.of(message.lines().findFirst().orElse(""), MAX_PROBLEM);
  }
}

package org.aibridge.core.action;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
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
import org.aibridge.core.config.ActionType;
import org.aibridge.core.config.BridgeConfig;

/**
 * Everything the bridge knows of one kind of action, except the name and the operator's settings,
 * which are in {@link ActionType}. Any thread; no state.
 *
 * @param decoder makes the action from the service's JSON
 * @param subjects reports the players, NPCs and maps the action names, for limits
 * @param limits returns why it breaks the limits of its kind, or the empty text; runs on the game
 *     thread too
 * @param done what the service is told if the handler of an applied action says nothing
 * @param fields writes all fields the handler receives, in the order in which they are shown
 */
record ActionKind<A extends Action>(
    ActionType type,
    Class<A> record,
    Decoder<A> decoder,
    BiConsumer<A, SubjectVisitor> subjects,
    BiFunction<A, BridgeConfig.ActionLimits, String> limits,
    String done,
    BiConsumer<A, ObjectNode> fields) {

  /** Makes an action from the service's JSON. */
  @FunctionalInterface
  interface Decoder<A> {
    A decode(ActionHeader header, ActionFields in) throws InvalidAction;
  }

  private static final List<ActionKind<?>> ALL =
      List.of(
          new ActionKind<>(
              ActionType.SPAWN_MONSTER,
              SpawnMonster.class,
              ActionDecoder::spawnMonster,
              (a, to) -> to.map(a.map()),
              ActionLimitCheck::monsters,
              "Monster spawned",
              (a, to) ->
                  position(
                          a.position(),
                          to.put("map", a.map())
                              .put("monster_id", a.monsterId())
                              .put("monster", a.monster()))
                      .put("amount", a.amount())
                      .put("event", a.event())),
          new ActionKind<>(
              ActionType.SPAWN_NPC,
              SpawnNpc.class,
              ActionDecoder::spawnNpc,
              (a, to) -> {
                to.npc(0, a.npcName());
                to.map(a.map());
              },
              ActionKind::unlimited,
              "NPC placed",
              (a, to) ->
                  position(a.position(), to.put("map", a.map()).put("npc_name", a.npcName()))
                      .put("sprite", a.sprite())
                      .put("facing", a.facing())),
          new ActionKind<>(
              ActionType.REMOVE_NPC,
              RemoveNpc.class,
              (header, in) -> new RemoveNpc(header, in.npc()),
              (a, to) -> to.npc(a.npc().id(), a.npc().name()),
              ActionKind::unlimited,
              "NPC removed",
              (a, to) -> npc(a.npc(), to)),
          new ActionKind<>(
              ActionType.MOVE_NPC,
              MoveNpc.class,
              ActionDecoder::moveNpc,
              (a, to) -> to.npc(a.npc().id(), a.npc().name()),
              ActionKind::unlimited,
              "NPC moved",
              (a, to) -> position(a.position(), npc(a.npc(), to))),
          new ActionKind<>(
              ActionType.GIVE_REWARD,
              GiveReward.class,
              ActionDecoder::giveReward,
              (a, to) -> player(a.player(), to),
              ActionLimitCheck::reward,
              "Reward given",
              (a, to) ->
                  player(a.player(), to)
                      .put("item_id", a.itemId())
                      .put("item", a.item())
                      .put("quantity", a.quantity())
                      .put("zeny", a.zeny())
                      .put("base_exp", a.baseExp())
                      .put("job_exp", a.jobExp())),
          new ActionKind<>(
              ActionType.BROADCAST,
              Broadcast.class,
              ActionDecoder::broadcast,
              (a, to) -> to.map(a.map()),
              ActionLimitCheck::broadcast,
              "Message sent",
              (a, to) -> to.put("message", a.message()).put("map", a.map())),
          new ActionKind<>(
              ActionType.CREATE_QUEST,
              CreateQuest.class,
              ActionDecoder::createQuest,
              (a, to) -> player(a.player(), to),
              ActionKind::unlimited,
              "Quest started",
              (a, to) ->
                  player(a.player(), to).put("quest_id", a.questId()).put("quest", a.quest())),
          new ActionKind<>(
              ActionType.SET_MAP_FLAG,
              SetMapFlag.class,
              ActionDecoder::setMapFlag,
              (a, to) -> to.map(a.map()),
              ActionKind::unlimited,
              "Map flag set",
              (a, to) -> to.put("map", a.map()).put("flag", a.flag()).put("value", a.value())),
          new ActionKind<>(
              ActionType.UPDATE_ECONOMY,
              UpdateEconomy.class,
              ActionDecoder::updateEconomy,
              (a, to) -> to.npc(a.shopId(), a.shopName()),
              ActionLimitCheck::economy,
              "Shop changed",
              (a, to) ->
                  to.put("shop_name", a.shopName())
                      .put("shop_id", a.shopId())
                      .put("item_id", a.itemId())
                      .put("item", a.item())
                      .put("price", changed(a.price()))
                      .put("stock", changed(a.stock()))),
          new ActionKind<>(
              ActionType.CUSTOM,
              CustomAction.class,
              ActionDecoder::custom,
              CustomSubjects::tell,
              ActionKind::unlimited,
              "Done",
              (a, to) ->
                  to.put("target_player_id", a.targetPlayerId())
                      .put("target_player_key", a.targetPlayerKey())
                      .put("target_map", a.targetMap())
                      .set("payload", JsonValues.sorted(a.payload()))));

  private static final Map<Class<?>, ActionKind<?>> BY_RECORD =
      ALL.stream().collect(Collectors.toUnmodifiableMap(ActionKind::record, kind -> kind));

  private static final Map<ActionType, ActionKind<?>> BY_TYPE =
      ALL.stream().collect(Collectors.toUnmodifiableMap(ActionKind::type, kind -> kind));

  static List<ActionKind<?>> all() {
    return ALL;
  }

  static ActionKind<?> of(ActionType type) {
    return BY_TYPE.get(type);
  }

  /** Returns the kind of {@code action}. */
  @SuppressWarnings("unchecked")
  static ActionKind<Action> of(Action action) {
    return (ActionKind<Action>) BY_RECORD.get(action.getClass());
  }

  /** Returns all fields that the handler of {@code action} receives, under their JSON names. */
  static ObjectNode shown(Action action) {
    ObjectNode fields = JsonNodeFactory.instance.objectNode();
    of(action).fields.accept(action, fields);
    return fields;
  }

  private static String unlimited(Action action, BridgeConfig.ActionLimits limits) {
    return "";
  }

  private static ObjectNode player(PlayerRef player, ObjectNode to) {
    return to.put("player_id", player.id())
        .put("player_name", player.name())
        .put("player_key", player.key());
  }

  private static void player(PlayerRef player, SubjectVisitor to) {
    to.player(player.id(), player.name(), player.key());
  }

  /** Writes a place; an unknown place gets null coordinates, since 0 is a valid coordinate. */
  private static ObjectNode position(Position position, ObjectNode to) {
    return position.isGiven()
        ? to.put("x", position.x()).put("y", position.y()).put("z", position.z())
        : to.putNull("x").putNull("y").putNull("z");
  }

  private static ObjectNode npc(NpcRef npc, ObjectNode to) {
    return to.put("npc_name", npc.name()).put("npc_id", npc.id());
  }

  private static Long changed(long value) {
    return value == UpdateEconomy.UNCHANGED ? null : Long.valueOf(value);
  }
}

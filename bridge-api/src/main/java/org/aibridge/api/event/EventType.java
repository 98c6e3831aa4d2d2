package org.aibridge.api.event;

import java.util.List;

/**
 * The kinds of event that the contract with the AI service lists, each with its default priority
 * and its payload.
 */
public enum EventType {
  PLAYER_LOGIN("player_login", Priority.NORMAL, action("login")),
  PLAYER_LOGOUT("player_logout", Priority.NORMAL, action("logout")),
  NPC_INTERACTION("npc_interaction", Priority.NORMAL, id("npc_id", "npc_name")),
  MONSTER_KILL("monster_kill", Priority.NORMAL, id("monster_id", "monster")),
  MVP_KILL("mvp_kill", Priority.HIGH, id("mvp_id", "mvp")),
  DAILY_RESET("daily_reset", Priority.URGENT, action("daily_reset")),
  MAP_CHANGE("map_change", Priority.LOW, text("from_map"), text("to_map")),
  ITEM_DROP("item_drop", Priority.LOW, id("item_id", "item"), number("amount")),
  QUEST_COMPLETE("quest_complete", Priority.HIGH, id("quest_id", "quest")),
  TRADE_COMPLETE(
      "trade_complete", Priority.NORMAL, id("partner_id", "partner_key"), number("zeny")),
  /** Any other kind of event: the caller supplies its name and a JSON object as payload. */
  CUSTOM("", Priority.NORMAL);

  /** What a payload field contains. */
  public enum FieldKind {
    /** The field always contains its {@link Field#literal}. */
    LITERAL,
    /** A whole number. */
    NUMBER,
    /** A text. */
    TEXT
  }

  /**
   * One field of a payload.
   *
   * @param literal the content of a {@link FieldKind#LITERAL}; otherwise empty
   * @param textName the name under which the field is written when an event has a name instead of
   *     the number, such as {@code monster} for {@code monster_id}; empty if it cannot have one
   */
  public record Field(String name, FieldKind kind, String literal, String textName) {}

  private final String wireName;
  private final Priority defaultPriority;
  private final List<Field> fields;
  private final boolean takesName;

  EventType(String wireName, Priority defaultPriority, Field... fields) {
    this.wireName = wireName;
    this.defaultPriority = defaultPriority;
    this.fields = List.of(fields);
    this.takesName = fields.length > 0 && !fields[0].textName().isEmpty();
  }

  /** The name in requests; empty for {@link #CUSTOM}, whose events carry names of their own. */
  public String wireName() {
    return wireName;
  }

  /** The priority of an event of this kind if the caller sets none. */
  public Priority defaultPriority() {
    return defaultPriority;
  }

  /** True if events of this kind can contain a name instead of the payload's first number. */
  public boolean takesName() {
    return takesName;
  }

  /** The payload's fields in the order they are written; at most two numbers and two texts. */
  public List<Field> fields() {
    return fields;
  }

  private static Field action(String name) {
    return new Field("action", FieldKind.LITERAL, name, "");
  }

  private static Field id(String name, String textName) {
    return new Field(name, FieldKind.NUMBER, "", textName);
  }

  private static Field number(String name) {
    return new Field(name, FieldKind.NUMBER, "", "");
  }

  private static Field text(String name) {
    return new Field(name, FieldKind.TEXT, "", "");
  }
}

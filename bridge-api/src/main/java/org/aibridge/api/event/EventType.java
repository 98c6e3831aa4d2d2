package org.aibridge.api.event;

import java.util.List;

/**
 * The kinds of event that the contract with the AI service lists, each with its default priority
 * and its payload.
 */
public enum EventType {
  PLAYER_LOGIN("player_login", Priority.NORMAL, action("login")),
  PLAYER_LOGOUT("player_logout", Priority.NORMAL, action("logout")),
  NPC_INTERACTION("npc_interaction", Priority.NORMAL, number("npc_id")),
  MONSTER_KILL("monster_kill", Priority.NORMAL, number("monster_id")),
  MVP_KILL("mvp_kill", Priority.HIGH, number("mvp_id")),
  DAILY_RESET("daily_reset", Priority.URGENT, action("daily_reset")),
  MAP_CHANGE("map_change", Priority.LOW, text("from_map"), text("to_map")),
  ITEM_DROP("item_drop", Priority.LOW, number("item_id"), number("amount")),
  QUEST_COMPLETE("quest_complete", Priority.HIGH, number("quest_id")),
  TRADE_COMPLETE("trade_complete", Priority.NORMAL, number("partner_id"), number("zeny")),
  /** Any other kind, named by the caller, with the caller's own JSON object as payload. */
  CUSTOM("", Priority.NORMAL);

  /** The content of a payload field. */
  public enum FieldKind {
    /** Always the field's {@link Field#literal}. */
    LITERAL,
    /** A whole number. */
    NUMBER,
    /** A text. */
    TEXT
  }

  /**
   * One field of a payload. {@code literal} is empty unless the kind is {@link FieldKind#LITERAL}.
   */
  public record Field(String name, FieldKind kind, String literal) {}

  private final String wireName;
  private final Priority defaultPriority;
  private final List<Field> fields;

  EventType(String wireName, Priority defaultPriority, Field... fields) {
    this.wireName = wireName;
    this.defaultPriority = defaultPriority;
    this.fields = List.of(fields);
  }

  /** The name on the wire; empty for {@link #CUSTOM}, whose events carry names of their own. */
  public String wireName() {
    return wireName;
  }

  /** The priority of an event of this kind, unless its maker sets another. */
  public Priority defaultPriority() {
    return defaultPriority;
  }

  /** The payload's fields in the order they are written; at most two numbers and two texts. */
  public List<Field> fields() {
    return fields;
  }

  private static Field action(String name) {
    return new Field("action", FieldKind.LITERAL, name);
  }

  private static Field number(String name) {
    return new Field(name, FieldKind.NUMBER, "");
  }

  private static Field text(String name) {
    return new Field(name, FieldKind.TEXT, "");
  }
}

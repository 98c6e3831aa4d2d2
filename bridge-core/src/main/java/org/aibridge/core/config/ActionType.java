package org.aibridge.core.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The types of action; each has the kinds of subject that limits can count. */
public enum ActionType {
  SPAWN_MONSTER("spawn monsters", Subject.MAP),
  SPAWN_NPC("place NPCs", Subject.NPC, Subject.MAP),
  REMOVE_NPC("remove NPCs", Subject.NPC),
  MOVE_NPC("move NPCs", Subject.NPC),
  GIVE_REWARD("give items, zeny and experience", Subject.PLAYER),
  BROADCAST("speak to players", Subject.MAP),
  CREATE_QUEST("start quests", Subject.PLAYER),
  SET_MAP_FLAG("change map flags", Subject.MAP),
  UPDATE_ECONOMY("change shops", Subject.NPC),
  CUSTOM(
      "have actions run of the types that the server itself has registered",
      Subject.PLAYER,
      Subject.NPC,
      Subject.MAP);

  /** The kinds of subject of an action; a shop counts as an NPC. */
  public enum Subject {
    PLAYER("player"),
    NPC("NPC"),
    MAP("map");

    private final String word;

    Subject(String word) {
      this.word = word;
    }

    /** The subject's name in sentences. */
    public String word() {
      return word;
    }

    /** The subject's name in configuration keys. */
    public String key() {
      return word.toLowerCase(Locale.ROOT);
    }
  }

  /** The types by their names in the service's JSON; {@code broadcast} has an older name too. */
  private static final Map<String, ActionType> BY_NAME =
      Stream.concat(
              Stream.of(values()).map(type -> Map.entry(type.key(), type)),
              Stream.of(Map.entry("broadcast_message", BROADCAST)))
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

  private final String does;
  private final List<Subject> subjects;
  private final String key = name().toLowerCase(Locale.ROOT);

  ActionType(String does, Subject... subjects) {
    this.does = does;
    this.subjects = List.of(subjects);
  }

  /**
   * Returns the type that the service's JSON calls {@code name}; {@link #CUSTOM} for another name.
   */
  public static ActionType of(String name) {
    return BY_NAME.getOrDefault(name, CUSTOM);
  }

  /** Returns the current name of the type {@code name}, which may be an older name. */
  public static String known(String name) {
    ActionType type = of(name);
    return type == CUSTOM ? name : type.key;
  }

  /** The type's name in the service's JSON and in keys; {@link #CUSTOM} is a name in keys only. */
  public String key() {
    return key;
  }

  /** The subjects that an action of this type can name, in the order of their limits' keys. */
  public List<Subject> subjects() {
    return subjects;
  }

  /** What actions of this type do, such as {@code spawn monsters}, for use in a sentence. */
  String does() {
    return does;
  }
}

package org.aibridge.core.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The types of action there are, and what each of them names that limits can count by. */
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

  /** Whom or what an action is about; a shop counts as an NPC. */
  public enum Subject {
    PLAYER("player"),
    NPC("NPC"),
    MAP("map");

    private final String word;

    Subject(String word) {
      this.word = word;
    }

    /** As it stands in a sentence. */
    public String word() {
      return word;
    }

    /** As it stands in the names of keys. */
    public String key() {
      return word.toLowerCase(Locale.ROOT);
    }
  }

  /** By their names on the wire, the older one of {@code broadcast} among them. */
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

  /** The type that {@code name} is on the wire: one of the contract's, else {@link #CUSTOM}. */
  public static ActionType of(String name) {
    return BY_NAME.getOrDefault(name, CUSTOM);
  }

  /** {@code name} as handlers know it, whichever name of a type of the contract it is. */
  public static String known(String name) {
    ActionType type = of(name);
    return type == CUSTOM ? name : type.key;
  }

  /** Its name on the wire and in keys; of {@link #CUSTOM} in keys alone. */
  public String key() {
    return key;
  }

  /** What it names, in the order of the keys. */
  public List<Subject> subjects() {
    return subjects;
  }

  /** What the service may do with it, in words. */
  String does() {
    return does;
  }
}

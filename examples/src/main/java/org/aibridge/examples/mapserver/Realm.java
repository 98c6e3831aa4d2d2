package org.aibridge.examples.mapserver;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.aibridge.api.action.NpcRef;
import org.aibridge.api.action.PlayerRef;

/** All maps, shops, NPCs and players, and how to find them. Game thread only. */
final class Realm {
  /** The number of the first player. */
  static final long FIRST_PLAYER = 150_001;

  /** The players first log in within this many ticks. */
  static final int LOGIN_TICKS = 60;

  private static final long FIRST_NPC = 110_001;

  private final Map<String, GameMap> maps = new LinkedHashMap<>();
  private final List<Shop> shops = new ArrayList<>();
  private final Map<Long, Npc> npcs = new LinkedHashMap<>();
  private final List<Player> players = new ArrayList<>();
  private final Map<String, Player> playersByName = new LinkedHashMap<>();
  private long nextNpc = FIRST_NPC;

  Realm(int playerCount) {
    Catalogue.TOWNS.forEach(name -> maps.put(name, new GameMap(name)));
    Catalogue.FIELDS.forEach(name -> maps.put(name, new GameMap(name)));
    for (String name : Catalogue.SHOPS) {
      shops.add(new Shop(shops.size() + 1, name));
    }
    restoreNpcs();
    for (int i = 0; i < playerCount; i++) {
      GameMap home = maps.get(Catalogue.TOWNS.get(i % Catalogue.TOWNS.size()));
      int firstTick = (int) ((long) i * LOGIN_TICKS / playerCount);
      Player player = new Player(FIRST_PLAYER + i, home, firstTick);
      players.add(player);
      playersByName.put(player.name(), player);
    }
  }

  /** Returns the map with this name; {@code null} if there is none. */
  GameMap map(String name) {
    return maps.get(name);
  }

  Collection<GameMap> maps() {
    return maps.values();
  }

  List<Shop> shops() {
    return shops;
  }

  /** Returns the shop with this name or number; {@code null} if there is none. */
  Shop shop(String name, long id) {
    for (Shop shop : shops) {
      if (name.isEmpty() ? shop.id() == id : shop.name().equals(name)) {
        return shop;
      }
    }
    return null;
  }

  List<Player> players() {
    return players;
  }

  /** Returns the player with the number or name in {@code ref}; {@code null} if there is none. */
  Player player(PlayerRef ref) {
    if (ref.id() == 0) {
      return playersByName.get(ref.name());
    }
    long index = ref.id() - FIRST_PLAYER;
    return index >= 0 && index < players.size() ? players.get((int) index) : null;
  }

  Collection<Npc> npcs() {
    return npcs.values();
  }

  /** Returns the NPC that {@code ref} means, or the newest of that name; {@code null} if none. */
  Npc npc(NpcRef ref) {
    if (ref.id() != 0) {
      return npcs.get(ref.id());
    }
    Npc newest = null;
    for (Npc npc : npcs.values()) {
      newest = npc.name().equals(ref.name()) ? npc : newest;
    }
    return newest;
  }

  Npc addNpc(String name, GameMap map, int x, int y, String sprite, int facing) {
    Npc npc = new Npc(nextNpc++, name, map, x, y, sprite, facing);
    npcs.put(npc.id(), npc);
    map.npcs().add(npc);
    return npc;
  }

  void removeNpc(Npc npc) {
    npcs.remove(npc.id());
    npc.map().npcs().remove(npc);
    npc.stop(npc.name() + " was removed on the way");
  }

  /** Puts each town's own NPCs back where they are missing. */
  void restoreNpcs() {
    for (String town : Catalogue.TOWNS) {
      GameMap map = maps.get(town);
      for (int i = 0; i < Catalogue.NPCS.size(); i++) {
        String name = Catalogue.NPCS.get(i);
        if (map.npcs().stream().noneMatch(npc -> npc.name().equals(name))) {
          addNpc(name, map, 140 + 5 * i, 150, "", 4);
        }
      }
    }
  }
}

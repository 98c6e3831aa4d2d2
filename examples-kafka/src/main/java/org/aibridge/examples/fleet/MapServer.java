package org.aibridge.examples.fleet;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.aibridge.api.AiBridge;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.examples.demo.DemoFailure;
import org.aibridge.examples.demo.IniLines;
import org.aibridge.examples.demo.RunFolder;
import org.aibridge.examples.mapserver.GameLoop;
import org.aibridge.examples.mapserver.GameWorld;
import org.aibridge.examples.mapserver.Npc;
import org.aibridge.examples.mapserver.NpcTalk;
import org.aibridge.examples.mapserver.Player;
import org.aibridge.examples.mapserver.TickMeter;
import org.aibridge.examples.mapserver.TimedBridge;

/** One map-server of the fleet: a world, its game thread, and a bridge to Kafka. */
final class MapServer implements AutoCloseable {
  /** Nobody is there whom scripts could ask. */
  private static final URI NO_SERVICE = URI.create("http://127.0.0.1:1");

  private static final long JOIN_MS = 5_000;

  private final String id;
  private final Path conf;
  private final AiBridge bridge;
  private final GameWorld world;
  private final GameLoop loop;
  private final Thread game;

  /**
   * Starts the bridge; {@link #play} begins the game.
   *
   * @param lines the configuration to start from
   */
  MapServer(String id, Path folder, List<String> lines, String brokers, long seed, int players)
      throws IOException, DemoFailure {
    this.id = id;
    List<String> own = new IniLines(lines).set("kafka", "bootstrap_servers", brokers).lines();
    conf = RunFolder.open(folder).writeConfiguration(own, NO_SERVICE, id);
    bridge = AiBridge.start(conf);
    if (!bridge.status().initialized()) {
      throw new DemoFailure("The bridge of " + id + " is off: " + bridge.status().problem());
    }
    TickMeter meter = new TickMeter();
    world = new GameWorld(seed, players, new TimedBridge(bridge, meter), new Silence());
    loop = new GameLoop(world::tick, meter);
    game = new Thread(loop, id + " game");
  }

  void play() {
    game.start();
  }

  /** Has the players stand still; decisions go on. */
  void rest() {
    world.rest();
  }

  /** Ends the game, and then the bridge. */
  @Override
  public void close() {
    loop.stop();
    try {
      game.join(JOIN_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    bridge.close();
  }

  /** Throws if the game has ended by itself. */
  void mustLive() throws DemoFailure {
    if (loop.failure() != null) {
      throw new DemoFailure("The world of " + id + " stopped: " + loop.failure(), loop.failure());
    }
  }

  String id() {
    return id;
  }

  Path conf() {
    return conf;
  }

  BridgeStatus status() {
    return bridge.status();
  }

  /** Returns what this server saw; call it once the server is closed. */
  Account.Seen seen() {
    BridgeStatus.Events events = bridge.status().events();
    return new Account.Seen(
        world.tally().acceptedByType(),
        events.accepted(),
        events.delivered(),
        world.applied().entries());
  }

  /** NPCs who say nothing, since no AI service over HTTP is there. */
  private static final class Silence implements NpcTalk {
    @Override
    public void talk(Npc npc, Player player) {
      // Nothing is said.
    }

    @Override
    public void leave(Player player) {
      // No talk is broken off.
    }

    @Override
    public void tick() {
      // No script waits.
    }
  }
}

package org.aibridge.scenarios;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.aibridge.api.AiBridge;
import org.aibridge.api.AiBridgeBuilder;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.examples.mapserver.GameLoop;
import org.aibridge.examples.mapserver.GameWorld;
import org.aibridge.examples.mapserver.Npc;
import org.aibridge.examples.mapserver.NpcTalk;
import org.aibridge.examples.mapserver.Player;
import org.aibridge.examples.mapserver.TickMeter;
import org.aibridge.examples.mapserver.TickTimes;
import org.aibridge.examples.mapserver.TimedBridge;

/** The map-server of the examples, run in this JVM with players that keep it busy. */
final class BuiltInServer implements MapServer {
  private static final int PLAYERS = 20;
  private static final int EVENTS_A_TICK = 20;
  private static final long SEED = 1;
  private static final long JOIN_MS = 5_000;
  private static final double NANOS_A_MS = 1e6;

  private final AiBridge bridge;
  private final GameWorld world;
  private final GameLoop loop;
  private final Thread game;
  private final Queue<GameEvent> planned = new ConcurrentLinkedQueue<>();
  private final TimedBridge timed;

  private BuiltInServer(AiBridge bridge, String name) {
    TickMeter meter = new TickMeter();
    this.bridge = bridge;
    this.timed = new TimedBridge(bridge, meter);
    this.world = new GameWorld(SEED, PLAYERS, timed, new Silence());
    this.loop = new GameLoop(this::tick, meter);
    this.game = new Thread(loop, name + " game");
  }

  /**
   * Boots it.
   *
   * @param conf a configuration to start from, or null
   * @throws IllegalStateException when the bridge is off; the message says why
   */
  static BuiltInServer start(String name, Path conf, Map<String, String> settings) {
    AiBridgeBuilder builder = conf == null ? AiBridge.withoutFile() : AiBridge.with(conf);
    settings.forEach(builder::set);
    AiBridge bridge = builder.start();
    BridgeStatus status = bridge.status();
    if (!status.initialized()) {
      bridge.close();
      throw new IllegalStateException("the bridge is off: " + status.problem());
    }
    BuiltInServer server = new BuiltInServer(bridge, name);
    server.game.start();
    return server;
  }

  private void tick(int number) {
    world.tick(number);
    for (int i = 0; i < EVENTS_A_TICK; i++) {
      GameEvent event = planned.poll();
      if (event == null) {
        return;
      }
      timed.publish(event);
    }
  }

  @Override
  public Sight look(long atMs) {
    if (loop.failure() != null) {
      throw new IllegalStateException("the world stopped: " + loop.failure(), loop.failure());
    }
    return Sight.of(atMs, bridge.status());
  }

  @Override
  public boolean isWell(Sight sight) {
    return sight.state().equals("running")
        && sight.waiting() == 0
        && sight.pending() == 0
        && planned.isEmpty();
  }

  @Override
  public Duration slack() {
    return Duration.ZERO;
  }

  @Override
  public void publish(List<GameEvent> events) {
    planned.addAll(events);
  }

  @Override
  public void rest() {
    world.rest();
  }

  @Override
  public void reload() {
    bridge.reload();
  }

  @Override
  public long lost(Supplier<Set<String>> taken) {
    Sight last = look(0);
    BridgeStatus.Events events = bridge.status().events();
    long ended = taken.get().size() + last.dead() + events.expired() + events.filtered();
    return last.published() - ended - last.waiting();
  }

  @Override
  public Set<String> appliedTwice() {
    return world.applied().twice();
  }

  @Override
  public double tickMs() {
    return times().ticks().longestNanos() / NANOS_A_MS;
  }

  @Override
  public double bridgeMs() {
    return times().bridge().longestNanos() / NANOS_A_MS;
  }

  private TickTimes.Picture times() {
    return loop.times().report().main();
  }

  @Override
  public void stop() {
    loop.stop();
    try {
      game.join(JOIN_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    bridge.close();
  }

  /** Makes NPCs say nothing: their scripts' requests would be counted as events. */
  private static final class Silence implements NpcTalk {
    @Override
    public void talk(Npc npc, Player player) {}

    @Override
    public void leave(Player player) {}

    @Override
    public void tick() {}
  }
}

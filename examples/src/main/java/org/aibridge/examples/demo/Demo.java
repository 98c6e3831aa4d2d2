package org.aibridge.examples.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.script.ScriptException;
import org.aibridge.api.AiBridge;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.examples.mapserver.GameLoop;
import org.aibridge.examples.mapserver.GameWorld;
import org.aibridge.examples.mapserver.ScriptedNpcs;
import org.aibridge.examples.mapserver.TickMeter;
import org.aibridge.examples.mapserver.TimedBridge;
import org.aibridge.examples.mapserver.TimedTalk;

/** One run: starts everything, watches it, lets it drain, and collects the findings. */
final class Demo {
  static final String SERVICE_MAIN = "org.aibridge.examples.aiservice.AiServiceMain";
  private static final String SERVER_ID = "demo";
  private static final long STEP_MS = 100;
  private static final long JOIN_MS = 5_000;

  private final DemoOptions options;
  private final RunFolder folder;
  private final Function<Path, AiBridge> bridges;
  private final Consumer<RunFolder> beforeChecks;
  private final Screen screen;
  private final LiveTable table;

  /** The bridge's name; new in each run with a foreign service, so that no event id comes twice. */
  private final String serverId;

  private final AiServiceUnit service;
  private Outage outage;

  /**
   * @param beforeChecks called when all have written down what they saw, before that is read
   */
  Demo(
      DemoOptions options,
      RunFolder folder,
      Function<Path, AiBridge> bridges,
      Consumer<RunFolder> beforeChecks,
      Screen screen)
      throws DemoFailure {
    this.options = options;
    this.folder = folder;
    this.bridges = bridges;
    this.beforeChecks = beforeChecks;
    this.screen = screen;
    this.table = new LiveTable(screen);
    this.serverId =
        options.isOwnService() ? SERVER_ID : SERVER_ID + "_" + System.currentTimeMillis();
    this.service =
        options.isOwnService() ? own(SERVICE_MAIN) : new ForeignService(options.baseUrl());
  }

  private OwnService own(String mainClass) throws DemoFailure {
    ServiceProcess process =
        new ServiceProcess(
            mainClass, ServiceProcess.freePort(), folder, options.seed(), options.ofService());
    Duration halfWay = Duration.ofMillis(options.seconds() * 500L);
    return new OwnService(process, folder, halfWay, options.outage());
  }

  /** Ends the AI service immediately. Any thread. */
  void kill() {
    service.kill();
  }

  /** Runs to the end: until the players stop and the events are drained. */
  Findings run() throws IOException, DemoFailure, InterruptedException {
    try {
      if (service instanceof OwnService own) {
        own.start();
      }
      Path conf =
          folder.writeConfiguration(
              options.conf().text().lines().toList(), service.baseUrl(), serverId);
      try (AiBridge bridge = bridges.apply(conf)) {
        mustRun(bridge.status(), conf);
        return play(bridge);
      }
    } finally {
      service.kill();
    }
  }

  private void mustRun(BridgeStatus status, Path copy) throws DemoFailure {
    if (status.initialized()) {
      return;
    }
    String origin = "\n(" + copy + " is " + options.conf().name() + " with the demo's changes.)";
    boolean blamesCopy = status.problem().contains(copy.toString());
    throw new DemoFailure("The bridge is off:\n" + status.problem() + (blamesCopy ? origin : ""));
  }

  private Findings play(AiBridge bridge) throws IOException, DemoFailure, InterruptedException {
    TickMeter meter = new TickMeter();
    TimedBridge timed = new TimedBridge(bridge, meter);
    ScriptedNpcs npcs = loadNpcs(timed);
    GameWorld world =
        new GameWorld(options.seed(), options.players(), timed, new TimedTalk(npcs, meter));
    GameLoop loop = new GameLoop(world::tick, meter);
    Thread game = new Thread(loop, "map-server game");
    game.start();
    try {
      watch(bridge, world, loop);
    } finally {
      loop.stop();
      game.join(JOIN_MS);
    }
    mustHaveLived(game, loop);
    BridgeStatus status = bridge.status();
    bridge.close();
    service.stop();
    beforeChecks.accept(folder);
    return new Findings(
        options,
        status,
        world.tally().acceptedByType(),
        world.tally().refused(),
        world.applied().entries(),
        service.logs(serverId),
        npcs.talks(),
        Optional.ofNullable(outage).map(Outage::report),
        loop.times().report());
  }

  private static ScriptedNpcs loadNpcs(AiBridge bridge) throws IOException, DemoFailure {
    ScriptedNpcs npcs = new ScriptedNpcs(bridge);
    ShippedFiles files = ShippedFiles.ofProcess();
    for (String npc : ScriptedNpcs.names()) {
      ShippedFiles.Shipped script = files.npc(ScriptedNpcs.fileOf(npc));
      try {
        npcs.load(npc, script.text());
      } catch (ScriptException e) {
        throw new DemoFailure(
            "The script " + script.name() + " has a mistake: " + e.getMessage(), e);
      }
    }
    return npcs;
  }

  private static void mustHaveLived(Thread game, GameLoop loop) throws DemoFailure {
    if (loop.failure() != null) {
      throw new DemoFailure("The world stopped: " + loop.failure(), loop.failure());
    }
    if (game.isAlive()) {
      throw new DemoFailure("The game thread hangs in a tick.");
    }
  }

  private void watch(AiBridge bridge, GameWorld world, GameLoop loop)
      throws IOException, DemoFailure, InterruptedException {
    long start = System.nanoTime();
    long nextSecond = 1;
    Drain drain = null;
    table.header();
    while (loop.failure() == null) {
      Thread.sleep(STEP_MS);
      long nowMs = (System.nanoTime() - start) / 1_000_000;
      BridgeStatus status = bridge.status();
      look(service.poll(nowMs), nowMs, status);
      if (nowMs >= nextSecond * 1000) {
        table.line(nowMs / 1000, loop.times().takeWindow(), status);
        nextSecond = nowMs / 1000 + 1;
      }
      if (drain != null && drain.isOver(nowMs, service.isUp(), status, unanswered(status))) {
        return;
      }
      if (drain == null && nowMs >= options.seconds() * 1000L) {
        world.rest();
        table.mark(nowMs, "players rest; what is under way may end");
        drain = new Drain(nowMs);
      }
    }
  }

  /** Returns the number of open decisions; 0 while events wait, since counting reads files. */
  private long unanswered(BridgeStatus status) throws IOException {
    return status.events().waiting() == 0 ? service.unanswered() : 0;
  }

  private void look(AiServiceUnit.Change change, long nowMs, BridgeStatus status) {
    switch (change) {
      case KILLED -> {
        table.mark(nowMs, "AI service killed (kill -9) for " + DurationText.show(options.outage()));
        outage = new Outage(nowMs);
      }
      case BACK -> {
        table.mark(nowMs, "AI service back");
        outage.back(nowMs, status);
      }
      case NONE -> {
        if (outage != null) {
          outage.look(nowMs, status);
        }
      }
    }
  }
}

package org.aibridge.examples.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import org.aibridge.api.AiBridge;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.examples.mapserver.GameLoop;
import org.aibridge.examples.mapserver.HttpNpcTalk;
import org.aibridge.examples.mapserver.TimedBridge;
import org.aibridge.examples.mapserver.World;

/** One run: start everything, watch it, let it drain, and ask the three witnesses. */
final class Demo {
  private static final String SERVICE_MAIN = "org.aibridge.examples.aiservice.AiServiceMain";
  private static final String SERVER_ID = "demo";
  private static final long STEP_MS = 100;
  private static final long JOIN_MS = 5_000;

  private final DemoOptions options;
  private final RunFolder folder;
  private final Function<Path, AiBridge> bridges;
  private final Screen screen;
  private final LiveTable table;

  /** Own services are unique to the run; a foreign one must never see the same event id again. */
  private final String serverId;

  private final AiServiceUnit service;

  Demo(DemoOptions options, RunFolder folder, Function<Path, AiBridge> bridges, Screen screen)
      throws DemoFailure {
    this(options, folder, bridges, screen, SERVICE_MAIN);
  }

  Demo(
      DemoOptions options,
      RunFolder folder,
      Function<Path, AiBridge> bridges,
      Screen screen,
      String serviceMain)
      throws DemoFailure {
    this.options = options;
    this.folder = folder;
    this.bridges = bridges;
    this.screen = screen;
    this.table = new LiveTable(screen);
    this.serverId =
        options.isOwnService() ? SERVER_ID : SERVER_ID + "_" + System.currentTimeMillis();
    this.service =
        options.isOwnService() ? own(serviceMain) : new ForeignService(options.baseUrl());
  }

  private OwnService own(String mainClass) throws DemoFailure {
    ServiceProcess process =
        new ServiceProcess(mainClass, ServiceProcess.freePort(), folder, options.seed());
    Duration halfWay = Duration.ofMillis(options.seconds() * 500L);
    return new OwnService(process, folder, halfWay, options.outage());
  }

  /** Ends the AI service at once. Any thread. */
  void kill() {
    service.kill();
  }

  /** Runs to the end; takes as long as the players play, and the drain. */
  Findings run() throws IOException, DemoFailure, InterruptedException {
    try {
      if (service instanceof OwnService own) {
        own.start();
      }
      Path conf = folder.writeConfiguration(options.conf(), service.baseUrl(), serverId);
      try (AiBridge bridge = bridges.apply(conf)) {
        mustRun(bridge.status());
        return play(bridge);
      }
    } finally {
      service.kill();
    }
  }

  private static void mustRun(BridgeStatus status) throws DemoFailure {
    if (!status.initialized()) {
      throw new DemoFailure("The bridge is off: " + status.problem());
    }
  }

  private Findings play(AiBridge bridge) throws IOException, DemoFailure, InterruptedException {
    TimedBridge timed = new TimedBridge(bridge);
    HttpNpcTalk talk = new HttpNpcTalk(timed.scriptHttp());
    World world = new World(options.seed(), options.players(), timed, talk);
    GameLoop loop = new GameLoop(world::tick, timed::takeNanos);
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
    return new Findings(
        options,
        status,
        world.tally().acceptedByType(),
        world.tally().refused(),
        world.applied().entries(),
        service.logs(serverId),
        loop.times().report());
  }

  private static void mustHaveLived(Thread game, GameLoop loop) throws DemoFailure {
    if (loop.failure() != null) {
      throw new DemoFailure("The world stopped: " + loop.failure(), loop.failure());
    }
    if (game.isAlive()) {
      throw new DemoFailure("The game thread hangs in a tick.");
    }
  }

  private void watch(AiBridge bridge, World world, GameLoop loop)
      throws IOException, DemoFailure, InterruptedException {
    long start = System.nanoTime();
    long nextSecond = 1;
    Drain drain = null;
    table.header();
    while (loop.failure() == null) {
      Thread.sleep(STEP_MS);
      long nowMs = (System.nanoTime() - start) / 1_000_000;
      show(service.poll(nowMs), nowMs);
      BridgeStatus status = bridge.status();
      if (nowMs >= nextSecond * 1000) {
        table.line(nowMs / 1000, loop.times().takeWindow(), status);
        nextSecond = nowMs / 1000 + 1;
      }
      if (drain != null && drain.isOver(nowMs, service.isUp(), status, unanswered(status))) {
        return;
      }
      if (drain == null && nowMs >= options.seconds() * 1000L) {
        world.rest();
        table.mark(nowMs, "players rest, draining");
        drain = new Drain(nowMs);
      }
    }
  }

  /** Reads files, so only when all else has come to rest. */
  private long unanswered(BridgeStatus status) throws IOException {
    return status.events().waiting() == 0 ? service.unanswered() : 0;
  }

  private void show(AiServiceUnit.Change change, long nowMs) {
    switch (change) {
      case KILLED -> table.mark(nowMs, "service killed for " + DurationText.show(options.outage()));
      case BACK -> table.mark(nowMs, "service back");
      case NONE -> {}
    }
  }
}

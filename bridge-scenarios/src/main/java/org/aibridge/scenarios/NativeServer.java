package org.aibridge.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.examples.demo.NativeProgram;
import org.aibridge.ops.Surroundings;
import org.aibridge.ops.live.LiveStatus;
import org.aibridge.ops.live.Server;

/**
 * The map-server in C++ with its companion, two processes of their own.
 *
 * <p>Its players publish what they do; the companion's status is read meanwhile. In the end the
 * server tells what it has counted itself, and no event counts as published that it does not.
 */
final class NativeServer implements MapServer {
  private static final int PLAYERS = 20;
  private static final int EVENTS_A_SECOND = 60;
  private static final int FOR_EVER_S = 3_600;
  private static final Duration SLACK = Duration.ofSeconds(15);
  private static final long START_MS = 60_000;
  private static final long STEP_MS = 50;
  private static final long END_S = 60;

  private final Path folder;
  private final String name;
  private final OutsideServer bridge;
  private final Process companion;
  private final Process game;
  private final Thread atExit;
  private JsonNode sums;

  private NativeServer(
      Path folder,
      String name,
      OutsideServer bridge,
      Process companion,
      Process game,
      Thread atExit) {
    this.folder = folder;
    this.name = name;
    this.bridge = bridge;
    this.companion = companion;
    this.game = game;
    this.atExit = atExit;
  }

  /**
   * Starts both, and waits until the companion writes a status.
   *
   * @throws IllegalStateException when it does not; the message says what it said
   */
  static NativeServer start(
      Surroundings surroundings,
      NativeProgram program,
      String name,
      Path folder,
      Map<String, String> settings)
      throws IOException {
    Path conf = folder.resolve("ai_bridge.conf");
    PrivateFiles.write(conf, QuickKeys.file(settings));
    Path rings = folder.resolve("rings");
    List<String> server =
        program.server(name, rings, PLAYERS, EVENTS_A_SECOND, FOR_EVER_S, "--scripts", "0");
    List<Process> started = new CopyOnWriteArrayList<>();
    Thread atExit =
        new Thread(() -> started.forEach(Process::destroyForcibly), "end of the map-server in C++");
    Runtime.getRuntime().addShutdownHook(atExit);
    try {
      Process companion = run(folder, "companion", program.companion(conf, rings));
      started.add(companion);
      Process game = run(folder, "map-server", server);
      started.add(game);
      await(folder, companion);
      OutsideServer bridge = OutsideServer.whole(new Server(surroundings, conf));
      return new NativeServer(folder, name, bridge, companion, game, atExit);
    } catch (Throwable e) {
      started.forEach(Process::destroyForcibly);
      throw e;
    }
  }

  private static Process run(Path folder, String name, List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectOutput(folder.resolve(name + ".out").toFile())
        .redirectError(folder.resolve(name + ".log").toFile())
        .start();
  }

  private static void await(Path folder, Process companion) throws IOException {
    Path journal = QuickKeys.folders(folder).journal();
    long deadlineNanos = System.nanoTime() + START_MS * 1_000_000;
    while (LiveStatus.read(journal, System.currentTimeMillis()).isEmpty()) {
      if (!companion.isAlive() || System.nanoTime() > deadlineNanos) {
        throw new IllegalStateException(
            "the companion does not run: "
                + Files.readString(folder.resolve("companion.log")).strip());
      }
      try {
        Thread.sleep(STEP_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
  }

  @Override
  public Sight look(long atMs) {
    return bridge.look(atMs);
  }

  @Override
  public boolean isWell(Sight sight) {
    return bridge.isWell(sight);
  }

  @Override
  public Duration slack() {
    return SLACK;
  }

  /** Nothing to do: the server has its own players. */
  @Override
  public void publish(List<GameEvent> events) {}

  @Override
  public void rest() {}

  @Override
  public void reload() {
    bridge.reload();
  }

  /** What the server has published by its own sums, and neither files nor service have. */
  @Override
  public long lost(Supplier<Set<String>> taken) {
    try {
      QuickKeys.Folders folders = QuickKeys.folders(folder);
      Traces left = Traces.read(folders.journal(), folders.letters(), name, Traces.Span.ALL);
      Set<String> found = new HashSet<>(taken.get());
      left.events().stream()
          .filter(event -> !event.end().equals(Traces.DELIVERED))
          .forEach(event -> found.add(event.json().path("event_id").asText()));
      return sum("published") - found.size();
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be read", e);
    }
  }

  /** By the audit log; and what the server's handler has counted beyond that. */
  @Override
  public Set<String> appliedTwice() {
    Set<String> twice = new HashSet<>(bridge.appliedTwice());
    long handled = sum("actions") + sums().path("actions_failed").asLong();
    long ended = bridge.ended().size();
    if (handled > ended) {
      twice.add("%d of %d in the server".formatted(handled - ended, handled));
    }
    return twice;
  }

  private long sum(String counts) {
    return sums().path(counts).properties().stream().mapToLong(c -> c.getValue().asLong()).sum();
  }

  @Override
  public double tickMs() {
    return sums().path("longest_tick_us").asLong() / 1_000.0;
  }

  @Override
  public double bridgeMs() {
    return 0;
  }

  @Override
  public Sight end(Sight last) {
    try {
      Sight end = bridge.lookBack(last.atMs());
      return new Sight(
          last.atMs(),
          last.state(),
          last.problem(),
          sum("published"),
          end.delivered(),
          end.dead(),
          end.waiting(),
          end.applied(),
          end.failed(),
          end.refused(),
          end.pending());
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be read", e);
    }
  }

  private JsonNode sums() {
    if (sums == null) {
      throw new IllegalStateException("the map-server in C++ has not ended yet");
    }
    return sums;
  }

  /** Has the players leave; the companion ends once it has what they did. */
  @Override
  public void stop() {
    if (sums != null) {
      return;
    }
    try {
      game.destroy(); // as SIGTERM, which it takes for the end of the game
      boolean ended = game.waitFor(END_S, TimeUnit.SECONDS);
      ended &= companion.waitFor(END_S, TimeUnit.SECONDS);
      sums = Json.readOrMissing(Files.readString(folder.resolve("map-server.out")));
      if (!ended || !sums.has("published")) {
        throw new IllegalStateException("the map-server in C++ or its companion did not end");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      game.destroyForcibly();
      companion.destroyForcibly();
      forget();
    }
  }

  private void forget() {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The process ends, and the hook is at it.
    }
  }
}

package org.aibridge.examples.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder in which everything of one run lies.
 *
 * <p>One that the demo made for itself goes when the run succeeded; one that the user named stays.
 */
public final class RunFolder {
  private final Path path;
  private final boolean temporary;

  private RunFolder(Path path, boolean temporary) {
    this.path = path.toAbsolutePath().normalize();
    this.temporary = temporary;
  }

  /**
   * Makes the folder.
   *
   * @param wanted an empty folder or one that does not exist yet, or {@code null} for a fresh one:
   *     what an earlier run left would spoil this one's sums
   */
  public static RunFolder open(Path wanted) throws IOException, DemoFailure {
    if (wanted == null) {
      return new RunFolder(Files.createTempDirectory("ai-bridge-demo"), true);
    }
    Files.createDirectories(wanted);
    try (Stream<Path> files = Files.list(wanted)) {
      if (files.findAny().isPresent()) {
        throw new DemoFailure(wanted + " is not empty; --data needs a folder of its own.");
      }
    }
    return new RunFolder(wanted, false);
  }

  public Path path() {
    return path;
  }

  public boolean isTemporary() {
    return temporary;
  }

  public Path log() {
    return path.resolve("demo.log");
  }

  Path service() {
    return path.resolve("ai-service");
  }

  Path serviceLog() {
    return path.resolve("ai-service.log");
  }

  Path portFile() {
    return path.resolve("ai-service.port");
  }

  /**
   * Writes this run's copy of a configuration.
   *
   * <p>The copy differs where it must: the run's own service, the run's own folders, and a breaker
   * and a retry that are quick enough for the recovery to be seen within the run.
   */
  public Path writeConfiguration(List<String> lines, URI baseUrl, String serverId)
      throws IOException {
    IniLines ini = new IniLines(lines);
    ini.set("bridge", "server_id", serverId);
    ini.set("ai_service", "base_url", baseUrl);
    ini.set("journal", "path", path.resolve("journal"));
    ini.set("journal", "ring_path", path.resolve("ring"));
    ini.set("event_dispatcher", "dlq_path", path.resolve("dead-letters"));
    ini.set("action_executor", "ledger_path", path.resolve("actions"));
    ini.set("action_executor", "poll_interval", 200);
    limits(ini);
    ini.set("circuit_breaker", "timeout", 2000);
    ini.set("http_pool", "retry_delay", 250);
    return Files.write(path.resolve("ai_bridge.conf"), ini.lines());
  }

  /** Limits the actions of the AI service in this world; the bridge refuses larger actions. */
  private static void limits(IniLines ini) {
    ini.set("action_limits", "spawn_monster.max_amount", 10);
    ini.set("action_limits", "give_reward.max_zeny", 10_000);
    ini.set("action_limits", "give_reward.max_quantity", 5);
    ini.set("action_limits", "broadcast.per_minute", 120);
  }

  /** Deletes the folder with all its content. */
  public void delete() throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}

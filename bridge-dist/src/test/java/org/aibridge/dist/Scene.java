package org.aibridge.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.awaitility.Awaitility;

/**
 * A server's folder with its AI service, in which the page's commands are typed as they stand there
 * and their output is held against the page's. For one thread.
 */
final class Scene implements AutoCloseable {
  static final String BAD_MAP = "nowhere";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> WITH_TABLES =
      List.of("status", "dlq stats", "dlq list", "dlq show", "dlq verify");

  final Path folder;
  final ScriptedService service = new ScriptedService();
  private final Installation installed;
  private final Page page;
  private AiBridge bridge;
  private Thread publisher;
  private volatile boolean closed;

  Scene(Installation installed, Page page, Path folder, String serverId, String... more)
      throws IOException {
    this.installed = installed;
    this.page = page;
    this.folder = Files.createDirectories(folder);
    Files.createDirectories(folder.resolve("conf"));
    Files.writeString(
        conf(),
        """
        [bridge]
        server_id = %s
        shutdown_timeout = 200
        [ai_service]
        base_url = %s
        [journal]
        path = %s
        reserve_mb = 1
        [event_dispatcher]
        dlq_path = %s
        batch_interval = 300
        [action_executor]
        ledger_path = %s
        """
                .formatted(
                    serverId,
                    service.url(),
                    folder.resolve("ai_bridge/journal"),
                    folder.resolve("ai_bridge/dead-letters"),
                    folder.resolve("ai_bridge/actions"))
            + String.join("\n", more)
            + "\n");
  }

  Path conf() {
    return folder.resolve("conf/ai_bridge.conf");
  }

  /** Replaces a line of the configuration. */
  void edit(String line, String by) throws IOException {
    String text = Files.readString(conf());
    assertThat(text).contains(line);
    Files.writeString(conf(), text.replace(line, by));
  }

  /** Starts a bridge in this process. */
  AiBridge start() {
    bridge = AiBridge.start(conf());
    return bridge;
  }

  /** Publishes so many events a second of these players, until the end, and ticks. */
  void publish(int perSecond, int... players) {
    AiBridge to = bridge;
    publisher =
        new Thread(
            () -> {
              for (int i = 0; !closed; i++) {
                int player = players[i % players.length];
                to.publish(GameEvent.monsterKill(player, map(player), 1002));
                to.tick();
                pause(1000 / perSecond);
              }
            },
            "publisher");
    publisher.start();
  }

  /** Publishes {@code count} events at once. */
  void burst(int count, int... players) {
    for (int i = 0; i < count; i++) {
      int player = players[i % players.length];
      assertThat(bridge.publish(GameEvent.monsterKill(player, map(player), 1002))).isTrue();
    }
  }

  /** Each fifth player is on a map that a service may not know. */
  private static String map(int player) {
    return player % 5 == 0 ? BAD_MAP : "prontera";
  }

  static void pause(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until the status that the bridge has written is so. */
  JsonNode until(Predicate<JsonNode> isSo) {
    return Awaitility.await()
        .alias("the status of " + folder.getFileName())
        .atMost(Duration.ofSeconds(100))
        .pollInterval(Duration.ofMillis(100))
        .until(this::written, isSo);
  }

  /** Waits until the bridge has written that it is in this state, with these words. */
  JsonNode until(String state, String words) {
    return until(
        status ->
            status.path("state").asText().equals(state)
                && status.path("problem").asText().contains(words));
  }

  JsonNode written() {
    Path file = folder.resolve("ai_bridge/journal-status/status.json");
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (IOException none) {
      return MissingNode.getInstance();
    }
  }

  /** Types the commands of a block of the page, one after the other, and looks at each output. */
  void shows(String block) throws Exception {
    for (int i = 0; i < page.commands(block).size(); i++) {
      shows(block, i, word -> word);
    }
  }

  /** Types one command of a block, with each word as {@code edit} makes it; returns the output. */
  String shows(String block, int command, UnaryOperator<String> edit) throws Exception {
    Page.Command shown = page.commands(block).get(command);
    String out = installed.run(folder, words(shown.line(), edit)).out();
    holds(shown, out);
    return out;
  }

  /** Begins a command of a block. */
  Process begin(String block, int command) throws Exception {
    return installed.begin(folder, words(page.commands(block).get(command).line(), word -> word));
  }

  /** Runs a command that is in no block. */
  Installation.Said run(String... words) throws Exception {
    return installed.run(folder, List.of(words));
  }

  private static List<String> words(String line, UnaryOperator<String> edit) {
    List<String> words = new ArrayList<>();
    for (String word : line.split(" +")) {
      words.add(edit.apply(word));
    }
    // The page shows a terminal.
    if (WITH_TABLES.stream().anyMatch(line::startsWith)) {
      words.addAll(List.of("-o", "table"));
    }
    return words;
  }

  /** Asserts that {@code out} has the lines that the page shows, in their order. */
  void holds(Page.Command shown, String out) {
    List<String> said = out.lines().map(this::plain).toList();
    int at = 0;
    for (String line : shown.shown()) {
      String plain = plain(line);
      if (plain.isEmpty() || plain.equals("...") || plain.equals("^C")) {
        continue;
      }
      int found = said.subList(at, said.size()).indexOf(plain);
      assertThat(found)
          .as(
              "'%s' shows\n  %s\nwhich is\n  %s\nand not below line %d of\n%s",
              shown.line(), line, plain, at, String.join("\n", said))
          .isNotNegative();
      at += found + 1;
    }
  }

  /** Takes away what is another one each time: numbers, times, places, marks. */
  private String plain(String line) {
    return line.replace(folder + "/backup", "/backup")
        .replace(folder.toString(), "/srv/map")
        .replaceAll("/srv/map\\d", "/srv/map")
        .replaceAll("\\([0-9a-f]{12}(-dirty)?\\)", "(#)")
        .replaceAll("\\b([0-9a-f]{16}|[0-9a-f]{8})\\b", "#")
        .replaceAll("[0-9][0-9.,:-]*", "#")
        .replaceAll("#( min| s| h)( # ?(min|s|h))*\\b", "# s")
        .replace("# event waits, for", "# events wait, the oldest for")
        .replaceAll("\u2588+", "#")
        .replaceAll("\\s+", " ")
        .strip();
  }

  /** Runs the lines of a block in a shell. */
  Installation.Said shell(String block, UnaryOperator<String> edit) throws Exception {
    return installed.shell(folder, edit.apply(String.join("\n", page.lines(block))));
  }

  List<String> lines(String block) {
    return page.lines(block);
  }

  /** Closes the bridge in order. */
  void stop() {
    closed = true;
    while (publisher != null && publisher.isAlive()) {
      pause(5);
    }
    publisher = null;
    if (bridge != null) {
      bridge.close();
      bridge = null;
    }
    closed = false;
  }

  @Override
  public void close() {
    stop();
    service.close();
  }
}

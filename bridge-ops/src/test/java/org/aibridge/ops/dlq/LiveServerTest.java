package org.aibridge.ops.dlq;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.aibridge.ops.live.LiveStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Operators at work while a server runs under load: every process is a real one. {@code
 * -Daibridge.restarts} says how often the server is killed; 20 take some minutes.
 */
@Tag("slow")
@Timeout(600)
class LiveServerTest {
  private static final int PER_SECOND = 200;
  private static final int RESTARTS = Integer.getInteger("aibridge.restarts", 1);

  @TempDir private Path folder;
  private PickyService service;
  private Shell shell;
  private Process server;

  @BeforeEach
  void begin() throws IOException {
    service = new PickyService();
    shell = new Shell(folder);
    Files.createDirectories(folder.resolve("conf"));
    Files.writeString(
        folder.resolve("conf/ai_bridge.conf"),
        """
        [bridge]
        server_id = s1
        [ai_service]
        base_url = %s
        [event_dispatcher]
        batch_interval = 50
        dlq_surge_percent = 0
        dlq_path = %s
        [journal]
        path = %s
        ring_path = %s
        [action_executor]
        ledger_path = %s
        """
            .formatted(
                service.url(),
                folder.resolve("letters"),
                folder.resolve("journal"),
                folder.resolve("ring"),
                folder.resolve("actions")));
  }

  @AfterEach
  void end() throws InterruptedException {
    if (server != null) {
      server.destroyForcibly().waitFor();
    }
    service.close();
  }

  @Test
  void replaysHalfIsKilledAndReplaysTheRestUnderLoad() throws Exception {
    server = shell.server(PER_SECOND);
    until(() -> service.refused.size() >= 150);
    JsonNode first = shell.run("dlq", "list", "-o", "jsonl").lines().get(0);
    String id = first.path("event_id").asText();
    Shell.Said show = shell.run("dlq", "show", id, "-o", "table");
    assertThat(show.out()).contains(id, "422", "unknown map", "if replayed", "under the same id");
    JsonNode stats = shell.run("dlq", "stats", "-o", "json").json();
    assertThat(stats.path("problems")).hasSize(1);
    String problem = stats.path("problems").get(0).path("fingerprint").asText();

    service.knowsTheMap = true;
    untilStill();
    Set<String> dead = ids();
    Shell.Running replay = shell.begin("dlq", "replay", "--fingerprint", problem, "--rate", "20/s");
    until(() -> taken(dead) >= dead.size() / 3);
    replay.process().destroyForcibly().waitFor();
    assertThat(taken(dead)).isLessThan(dead.size());

    Shell.Said rest = shell.run("dlq", "replay", "--fingerprint", problem);
    assertThat(rest).extracting(Shell.Said::exit).as(rest.toString()).isEqualTo(0);
    assertThat(letters()).isZero();
    assertThat(dead).allSatisfy(one -> assertThat(service.taken).containsEntry(one, 1));
    assertThat(shell.run("dlq", "verify").exit()).isZero();
    assertThat(shell.run("dlq", "replay", "--all").err()).contains("no such letters");
    // The status is written once a second.
    until(() -> written().path("dead_letters").path("replayed").asLong() == dead.size());
    assertThat(status().path("state").asText()).isEqualTo("running");
  }

  @Test
  void purgesBringsBackAndLosesNothingThoughTheServerIsKilledAgainAndAgain() throws Exception {
    server = shell.server(PER_SECOND);
    until(() -> service.refused.size() >= 100);
    service.knowsTheMap = true;
    untilStill();
    Set<String> dead = ids();
    assertThat(shell.run("dlq", "purge", "--all").exit()).isEqualTo(2);
    Shell.Said purge = shell.run("dlq", "purge", "--all", "--yes");
    assertThat(purge.exit()).as(purge.toString()).isZero();
    assertThat(letters()).isZero();
    assertThat(shell.run("dlq", "list", "--trash", "-o", "jsonl").lines()).hasSize(dead.size());
    Shell.Said undo = shell.run("dlq", "undo");
    assertThat(undo.out()).as(undo.toString()).contains(dead.size() + " letters are back");
    assertThat(ids()).isEqualTo(dead);

    for (int i = 0; i < RESTARTS; i++) {
      Shell.Running replay = shell.begin("dlq", "replay", "--all", "--rate", "40/s");
      int before = taken(dead);
      until(() -> taken(dead) > before || !replay.process().isAlive());
      server.destroyForcibly().waitFor();
      Shell.Said said = replay.await();
      assertThat(said.exit()).as(said.toString()).isIn(0, 1);
      Set<String> left = ids();
      assertThat(dead)
          .as("delivered, or a letter still")
          .allSatisfy(one -> assertThat(left.contains(one) || taken(one) > 0).isTrue());
      server = shell.server(PER_SECOND);
    }
    Shell.Said last = shell.run("dlq", "replay", "--all");
    assertThat(last.exit()).as(last.toString()).isZero();
    assertThat(letters()).isZero();
    assertThat(dead)
        .allSatisfy(
            one -> {
              assertThat(taken(one)).isPositive();
              assertThat(service.keys.get(one)).as("what is sent twice has one key").hasSize(1);
            });
  }

  @Test
  void countsReplaysKeepsWhatDiesAgainAndEditsWhatCanBeFixed() throws Exception {
    server = shell.server(PER_SECOND);
    until(() -> service.refused.size() >= 20);
    server.destroyForcibly().waitFor();
    server = shell.server(0);
    untilStill();
    Set<String> dead = ids();
    Shell.Said again = shell.run("dlq", "replay", "--all");
    assertThat(again.exit()).as(again.toString()).isEqualTo(3);
    assertThat(ids()).isEqualTo(dead);
    List<JsonNode> rows = shell.run("dlq", "list", "-o", "jsonl").lines();
    assertThat(rows).allMatch(row -> row.path("replay_count").asInt() == 1);
    Shell.Said fixed =
        shell.run("dlq", "replay", "--map", LiveHost.BAD_MAP, "--edit", "map=prontera");
    assertThat(fixed.exit()).as(fixed.toString()).isZero();
    assertThat(dead)
        .allSatisfy(
            one -> {
              assertThat(taken(one)).isEqualTo(1);
              assertThat(service.maps).containsEntry(one, "prontera");
            });
  }

  @Test
  void tellsAfterARetryWhatTheServiceSaid() throws Exception {
    service.knowsTheMap = true;
    service.status = 500;
    server = shell.server(PER_SECOND);
    until(() -> written().path("state").asText().equals("outage"));
    assertThat(shell.run("retry").out())
        .startsWith("the AI service was asked and still fails: POST " + service.url().substring(7))
        .contains("HTTP 500", "not now");
    service.status = 0;
    // What was under way before may have had its answer still.
    until(
        () ->
            shell
                .ask("retry")
                .out()
                .equals("the AI service answers as it should; what waits goes out\n"));
    until(() -> written().path("state").asText().equals("running"));
    // A machine that stands still meanwhile is told so, as what was last.
    assertThat(status().at("/outlook/last_trouble/state").asText()).isIn("outage", "degraded");
  }

  @Test
  void setsAsideABatchThatIsInTheWay() throws Exception {
    service.knowsTheMap = true;
    service.status = 500;
    server = shell.server(PER_SECOND);
    until(() -> shell.run("set-aside", batch()).exit() == 0);
    assertThat(letters()).isPositive();
    assertThat(ids()).allMatch(id -> taken(id) == 0);
    service.status = 0;
    untilStill();
    assertThat(ids()).allMatch(id -> taken(id) == 0);
    assertThat(shell.run("set-aside", "s1:1-2:2:4").err()).contains("no batch of that name waits");
  }

  /** Returns the batch of the first lane that has one, as a person would read it. */
  private String batch() {
    Matcher batch = Pattern.compile("s1:[0-9]+-\\S+").matcher(shell.ask("lanes").out());
    return batch.find() ? batch.group() : "none";
  }

  @Test
  void sendsByItselfWhenNoServerRuns() throws Exception {
    server = shell.server(PER_SECOND);
    until(() -> service.refused.size() >= 20);
    server.destroyForcibly().waitFor();
    Set<String> dead = ids();
    service.knowsTheMap = true;
    Shell.Said refused = shell.run("dlq", "replay", "--all");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains("--direct").hasLineCount(1);
    Shell.Said direct = shell.run("dlq", "replay", "--all", "--direct");
    assertThat(direct.exit()).as(direct.toString()).isZero();
    assertThat(dead).allSatisfy(one -> assertThat(taken(one)).isEqualTo(1));
    assertThat(shell.run("status", "-o", "json").exit()).isEqualTo(3);
  }

  private long letters() {
    Shell.Said said = shell.ask("dlq", "stats", "-o", "json");
    return said.exit() == 0 ? said.json().path("letters").asLong() : 0;
  }

  private Set<String> ids() throws Exception {
    Set<String> ids = new HashSet<>();
    for (JsonNode row : shell.run("dlq", "list", "-o", "jsonl").lines()) {
      ids.add(row.path("event_id").asText());
    }
    return ids;
  }

  private JsonNode status() throws Exception {
    return shell.run("status", "-o", "json").json();
  }

  /** What a status command would print, without a process for each look. */
  private JsonNode written() throws IOException {
    return LiveStatus.read(folder.resolve("journal"), System.currentTimeMillis())
        .<JsonNode>map(status -> status)
        .orElseGet(MissingNode::getInstance);
  }

  private int taken(String id) {
    return service.taken.getOrDefault(id, 0);
  }

  private int taken(Set<String> ids) {
    return (int) ids.stream().filter(service.taken::containsKey).count();
  }

  /** Until no letter has come for a while: what was under way has had its end. */
  private void untilStill() throws Exception {
    long before = -1;
    for (long now = letters(); now != before; now = letters()) {
      before = now;
      TimeUnit.MILLISECONDS.sleep(300);
    }
  }

  private static void until(Callable<Boolean> isSo) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!isSo.call()) {
      assertThat(System.nanoTime()).as("it takes too long").isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }
}

package org.aibridge.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.GiveReward;
import org.aibridge.api.event.GameEvent;
import org.aibridge.dist.ScriptedService.Answer;
import org.aibridge.testlib.ChildJvm;
import org.aibridge.testlib.Needs;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each fenced block of {@code docs/operations.md}, typed in an unpacked tarball beside a real
 * bridge in the trouble that the block is about. All run at once, since most of them wait.
 */
@Tag("slow")
@Tag("long")
@Timeout(180)
class OperationsPageTest {
  /** What cannot be typed here, and where it is tried instead. */
  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "Other users of the machine 1", "needs another user: OtherUserTest, FolderCheck's tests");

  private static final int[] PLAYERS = IntStream.range(150_000, 150_050).toArray();
  private static final String DETAIL = "{\"detail\": \"unknown map '%s' of player %s\"}";
  private static final AtomicInteger PLAYED = new AtomicInteger();

  @TempDir static Path root;
  private static Page page;
  private static Installation installed;

  @BeforeAll
  static void unpack() throws Exception {
    page = new Page(ChildJvm.projectFile("docs/operations.md"));
    installed = new Installation(Files.createDirectories(root.resolve("opt")));
    installed.run(root, List.of("status")); // Makes the archive that all later ones use.
  }

  /** Only a scene that was played to its end counts, and not one that was skipped. */
  @RegisterExtension
  final AfterTestExecutionCallback count =
      scene -> {
        if (scene.getExecutionException().isEmpty()) {
          PLAYED.incrementAndGet();
        }
      };

  /** A block that nobody tries is a promise that nobody keeps. */
  @AfterAll
  static void everyBlockIsTried() {
    long scenes =
        Arrays.stream(OperationsPageTest.class.getDeclaredMethods())
            .filter(OperationsPageTest::isScene)
            .count();
    if (PLAYED.get() == scenes) { // Else only some were to be played.
      TreeSet<String> tried = new TreeSet<>(ELSEWHERE.keySet());
      tried.addAll(page.used());
      assertThat(tried).containsAll(page.names());
    }
  }

  private static boolean isScene(Method method) {
    return method.isAnnotationPresent(Test.class);
  }

  private Scene scene(TestInfo test, String serverId, String... more) throws Exception {
    Path folder = root.resolve(test.getTestMethod().orElseThrow().getName());
    return new Scene(installed, page, folder, serverId, more);
  }

  /** Refuses events that are on the map which nobody knows, one by one. */
  private static Answer refuse(String path, JsonNode body) {
    for (JsonNode event : body.path("events")) {
      if (event.path("map").asText().equals(Scene.BAD_MAP)) {
        return Answer.of(422, DETAIL.formatted(Scene.BAD_MAP, event.path("player_id").asText()));
      }
    }
    return Answer.OK;
  }

  @Test
  void installsFromBothPackages(TestInfo test) throws Exception {
    Needs.program("dpkg", "dpkg");
    try (Scene scene = scene(test, "srv")) {
      Path at = scene.folder;
      String name = Installation.named();
      for (String kind : List.of(".tar.gz", ".deb")) {
        Files.createSymbolicLink(
            at.resolve(name + kind), Installation.tarball().resolveSibling(name + kind));
      }
      for (String folder :
          List.of("opt", "usr/local/bin", "var/lib/dpkg/info", "var/lib/dpkg/updates")) {
        Files.createDirectories(at.resolve(folder));
      }
      Files.createFile(at.resolve("var/lib/dpkg/status"));
      String dpkg = "dpkg --force-not-root --root=" + at + " --log=/dev/null -i";
      Installation.Said said =
          scene.shell(
              "Install 1",
              lines ->
                  "PATH=%s/usr/local/bin:$PATH\n".formatted(at)
                      + lines
                          .replace("VERSION", name.substring("ai-bridge-".length()))
                          .replaceAll("(?<= )/(?=opt|usr|etc)", at + "/")
                          .replace("dpkg -i", dpkg)
                          .replace("-o map1", "-o $(id -u)"));
      assertThat(said.exit()).as(said.out()).isZero();
      assertThat(said.out()).contains(name.replace("ai-bridge-", "ai-bridge ") + " (");
      assertThat(at.resolve("etc/ai-bridge/ai_bridge.conf")).isNotEmptyFile();
      Installation.Said deb = installed.shell(at, at + "/usr/bin/ai-bridge --version");
      assertThat(deb.out()).as("the .deb's").startsWith("ai-bridge ");
    }
  }

  @Test
  void goesFromTheTarballToAFirstEvent(TestInfo test) throws Exception {
    try (Scene scene = scene(test, "srv")) {
      Path at = scene.folder;
      String name = Installation.named();
      Files.createSymbolicLink(at.resolve(name + ".tar.gz"), Installation.tarball());
      Files.delete(scene.conf());
      // Any free port; and a shell types faster than a service starts.
      String started =
          """
          --port 0 --port-file port >fake.log 2>&1 &
          trap "kill $!" EXIT
          until [ -s port ]; do sleep 0.1; done
          sed -i "s/127.0.0.1:8000/127.0.0.1:$(cat port)/" conf/ai_bridge.conf""";
      Installation.Said said =
          scene.shell(
              "From the tarball to a first event 1",
              lines ->
                  lines
                      .replace("VERSION", name.substring("ai-bridge-".length()))
                      .replace("kill $!", "true")
                      .replaceFirst("--port 8000 &[^\\n]*", Matcher.quoteReplacement(started)));
      assertThat(said.exit()).as(said.out()).isZero();
      assertThat(said.out()).contains("\u2713 test event     ai_bridge_test: HTTP 200");
    }
  }

  @Test
  void movesToAnotherMachine(TestInfo test) throws Exception {
    try (Scene scene = scene(test, "srv")) {
      scene.service.answers((path, body) -> Answer.of(500, "{}"));
      scene.start();
      scene.burst(50, PLAYERS);
      scene.stop();
      assertThat(scene.shell("Move to another machine 1", lines -> lines).exit()).isZero();
      Files.move(scene.folder.resolve("ai_bridge"), scene.folder.resolve("as-it-was"));
      assertThat(installed.shell(scene.folder, "tar -xf ai_bridge.tar").exit()).isZero();
      scene.service.answers((path, body) -> Answer.OK);
      scene.start();
      scene.until(s -> s.at("/event_dispatcher/total_dispatched").asInt() == 50);
    }
  }

  @Test
  void backsUpRestoresAndBundles(TestInfo test) throws Exception {
    try (Scene scene = scene(test, "srv")) {
      String backup = "/backup/monday";
      scene.start();
      scene.burst(3, PLAYERS);
      scene.until(s -> s.at("/event_dispatcher/total_dispatched").asInt() == 3);
      scene.shows(
          "Back up and restore 1", 0, word -> word.equals(backup) ? scene.folder + backup : word);
      scene.stop();
      scene.shows("For a bug report 1");
      Files.move(scene.folder.resolve("ai_bridge"), scene.folder.resolve("as-it-was"));
      scene.shows(
          "Back up and restore 2", 0, word -> word.equals(backup) ? scene.folder + backup : word);
      scene.start();
      scene.shows("Back up and restore 3");
    }
  }

  @Test
  void checksAServiceThatWasMadeForAnother(TestInfo test) throws Exception {
    try (Scene scene = scene(test, "srv")) {
      String paths =
          List.of(
                  "/",
                  "/health",
                  "/ai/npc/register",
                  "/ai/npc/event",
                  "/ai/player/interaction",
                  "/ai/world/state",
                  "/ai/npc/{npc_id}/action",
                  "/api/v1/health",
                  "/api/v1/dialogue")
              .stream()
              .map(path -> "\"" + path + "\":{\"post\":{}}")
              .collect(Collectors.joining(","));
      scene.service.answers(
          (path, body) ->
              switch (path) {
                case "/api/v1/health" -> Answer.OK;
                case "/openapi.json" ->
                    Answer.of(200, "{\"openapi\":\"3.1.0\",\"paths\":{" + paths + "}}");
                default -> Answer.of(404, "{\"detail\": \"Not Found\"}");
              });
      Files.createDirectories(scene.folder.resolve("npc"));
      Files.writeString(
          scene.folder.resolve("npc/guide.txt"),
          """
          // the guide
          .@hello$ = httpget("/api/v1/npc/greeting?npc=Kafra");
          httppost("http://localhost:8888/ai/npc/register", .@hello$);
          """);
      scene.shows("Before the first start 1");
    }
  }

  @Test
  void showsAServerThatRunsAndItsDeadLetters(TestInfo test) throws Exception {
    try (Scene scene = scene(test, "srv", "[event_dispatcher]", "dlq_surge_percent = 0")) {
      scene.start();
      scene.publish(20, PLAYERS);
      scene.until(s -> s.at("/event_dispatcher/total_dispatched").asInt() > 10);
      scene.shows("The first two commands 1", 0, word -> word);
      scene.service.answers(OperationsPageTest::refuse);
      scene.until(s -> s.at("/dead_letters/letters").asInt() > 3);
      scene.shows("The first two commands 1", 1, word -> word);
      scene.shows("Is it whole? 1", 0, word -> word);
    }
  }

  @Test
  void showsAServiceThatFailsAndAsksItAgain(TestInfo test) throws Exception {
    try (Scene scene = scene(test, "srv")) {
      scene.service.answers(ScriptedService.EVENTS, Answer.of(500, "{\"detail\":\"x\"}"));
      scene.start();
      scene.publish(20, PLAYERS);
      scene.until(
          s ->
              s.at("/http_client/gates/events/state").asText().equals("open")
                  && s.at("/http_client/gates/polls/requests").asInt() > 0);
      scene.shows("The service is down, or fails 1");
      scene.shows("The service is down, or fails 2", 0, word -> word);
      scene.service.answers((path, body) -> Answer.OK);
      scene.shows("The service is down, or fails 2", 1, word -> word);
    }
  }

  @Test
  void showsPollsThatFail(TestInfo test) throws Exception {
    try (Scene scene = scene(test, "srv", "[event_dispatcher]", "batch_interval = 2000")) {
      Answer failure = Answer.of(500, "{\"detail\":\"Internal Server Error\"}");
      scene.service.answers(ScriptedService.ACTIONS, failure);
      scene.start();
      scene.publish(20, PLAYERS);
      scene.until(
          s ->
              s.at("/http_client/gates/polls/state").asText().equals("open")
                  && s.path("problem").asText().endsWith("events go out")
                  && s.at("/event_dispatcher/total_dispatched").asInt() > 0);
      scene.shows("Polls, results or scripts fail, and events go out 1");
    }
  }

  @Test
  void showsAPauseThatTheServiceHasOrdered(TestInfo test) throws Exception {
    try (Scene scene = scene(test, "srv")) {
      scene.service.answers(
          (path, body) ->
              path.equals(ScriptedService.EVENTS)
                  ? new Answer(429, "{\"detail\":\"slow down\"}", 120)
                  : Answer.OK);
      scene.start();
      scene.publish(20, PLAYERS);
      scene.until("degraded", "has ordered a pause");
      scene.shows("Events wait, and the service is there 1");
    }
  }

  @Test
  void showsALaneThatStandsAndSetsItsBatchAside(TestInfo test) throws Exception {
    // A breaker that opens at the fifth failure in a row would make an outage of it.
    try (Scene scene = scene(test, "srv", "[circuit_breaker]", "failure_threshold = 100")) {
      scene.edit("batch_interval = 300\n", "");
      scene.service.answers(
          (path, body) ->
              body.path("events").valueStream().anyMatch(e -> e.path("map").asText().equals("bug"))
                  ? Answer.of(500, "{\"detail\":\"Internal Server Error\"}")
                  : Answer.OK);
      AiBridge bridge = scene.start();
      scene.publish(25, PLAYERS);
      scene.until(s -> s.at("/event_dispatcher/total_dispatched").asInt() > 300);
      assertThat(bridge.publish(GameEvent.monsterKill(150_003, "bug", 1002))).isTrue();
      scene.until(s -> s.path("problem").asText().contains("some events have been stuck"));
      // Where all failed before the others were parted from that event, it keeps that name.
      String status = scene.run("status", "-o", "table").out().replace("outage", "degraded");
      scene.holds(page.commands("Events wait, and the service is there 2").get(0), status);
      setsAside(scene, "Events wait, and the service is there 3", 5);
      scene.until(s -> s.at("/dead_letters/letters").asInt() > 0);
    }
  }

  /** The bridge may halve the batch, which then has another name, before it is typed. */
  private void setsAside(Scene scene, String block, int tries) throws Exception {
    String lanes = scene.shows(block, 0, word -> word);
    Matcher batch = Pattern.compile("srv:\\S+").matcher(lanes);
    assertThat(batch.find()).as(lanes).isTrue();
    String name = batch.group();
    try {
      scene.shows(block, 1, word -> word.startsWith("srv:") ? name : word);
    } catch (AssertionError e) {
      if (tries == 1) {
        throw e;
      }
      setsAside(scene, block, tries - 1);
    }
  }

  @Test
  void showsAServerThatWasKilledAndOneThatIsFrozen(TestInfo test) throws Exception {
    try (Scene scene = scene(test, "srv");
        ChildJvm host = ChildJvm.start(scene.folder, Host.class, scene.conf())) {
      assertThat(host.line()).isEqualTo("RUNNING");
      scene.until(s -> s.at("/event_dispatcher/total_dispatched").asInt() > 0);
      scene.service.answers((path, body) -> Answer.of(500, "{}"));
      scene.until(s -> s.at("/event_dispatcher/current_size").asInt() > 10);
      signal("STOP", host.pid());
      JsonNode last = scene.written();
      long age = 14_500 - (System.currentTimeMillis() - last.path("written_at_ms").asLong());
      Scene.pause(Math.max(0, age));
      scene.shows("The server is frozen 1");
      host.kill();
      scene.shows("The server is not running 1");
    }
  }

  private static void signal(String name, long pid) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, "" + pid).start().waitFor()).isZero();
  }

  @Test
  void showsAWrongKeyAndReadsTheRightOne(TestInfo test) throws Exception {
    try (Scene scene = scene(test, "srv", "[ai_service]", "api_key = wrong")) {
      // A poll that were refused before the first events would stand there for a minute.
      AtomicBoolean sent = new AtomicBoolean();
      scene.service.answers(
          (path, body) -> {
            sent.compareAndSet(false, path.equals(ScriptedService.EVENTS));
            return sent.get() ? Answer.of(403, "{\"detail\":\"no such key\"}") : Answer.OK;
          });
      scene.start();
      scene.publish(20, PLAYERS);
      scene.until(
          s ->
              s.path("state").asText().equals("held")
                  && s.at("/event_dispatcher/current_size").asInt() > 1
                  && s.at("/outlook/service_said").asText().startsWith("POST"));
      scene.shows("The key is wrong 1");
      scene.service.answers((path, body) -> Answer.OK);
      scene.shows("The key is wrong 2");
      scene.until("running", "");
    }
  }

  @Test
  void showsAServiceThatRefusesAllEventsAndGoesOn(TestInfo test) throws Exception {
    try (Scene scene = scene(test, "srv")) {
      scene.service.answers(ScriptedService.EVENTS, Answer.of(422, "{\"detail\":\"unknown map\"}"));
      scene.start();
      scene.burst(200, PLAYERS);
      scene.publish(20, PLAYERS);
      scene.until(
          s ->
              s.path("problem").asText().contains("sending is paused")
                  && s.path("problem").asText().contains("events wait"));
      scene.shows("A schema change refuses events 1");
      scene.shows("A schema change refuses events 2");
    }
  }

  @Test
  void showsAServiceThatRejectsMostEventsInA2xx(TestInfo test) throws Exception {
    try (Scene scene = scene(test, "srv")) {
      scene.service.answers(
          (path, body) ->
              Answer.of(
                  200,
                  "{\"actions\":[],\"rejected\":["
                      + body.path("events")
                          .valueStream()
                          .filter(event -> event.path("player_id").asInt() % 20 != 1)
                          .map(event -> event.path("event_id"))
                          .map("{\"event_id\":%s,\"error\":\"unknown map\"}"::formatted)
                          .collect(Collectors.joining(","))
                      + "]}"));
      scene.start();
      scene.burst(400, PLAYERS);
      scene.publish(20, PLAYERS);
      scene.until("degraded", "rejected");
      scene.shows("A schema change refuses events 3");
    }
  }

  @Test
  void findsShowsReplaysPurgesAndBringsBackDeadLetters(TestInfo test) throws Exception {
    String block = "A schema change refuses events ";
    try (Scene scene =
        scene(
            test,
            "server_production_001",
            "[event_dispatcher]",
            "dlq_surge_percent = 0",
            "batch_interval = 1000")) {
      scene.service.answers(OperationsPageTest::refuse);
      scene.start();
      scene.burst(200, PLAYERS);
      scene.publish(20, 150_001, 150_002, 150_003);
      scene.until(s -> s.at("/dead_letters/letters").asInt() == 40);
      String list = scene.shows(block + "4", 0, word -> word);
      Matcher id = Pattern.compile("server_production_001:\\d+").matcher(list);
      assertThat(id.find()).as(list).isTrue();
      scene.shows(block + "4", 1, word -> word.startsWith("server_") ? id.group() : word);
      Scene.pause(5_000); // --older-than 5s
      scene.shows(block + "7");
      scene.service.answers((path, body) -> Answer.OK);
      Process replay = scene.begin(block + "6", 0);
      scene.until(s -> s.at("/dead_letters/replayed").asInt() >= 4);
      signal("INT", replay.pid());
      scene.holds(page.commands(block + "6").get(0), Installation.end(replay, scene.folder).out());
      scene.until(s -> s.at("/dead_letters/letters").asInt() < 40);
      scene.shows(block + "5");
    }
  }

  @Test
  void showsADiskThatIsNearlyFull(TestInfo test) throws Exception {
    Needs.program("mount", "mount");
    org.junit.jupiter.api.Assumptions.assumeTrue(
        System.getProperty("user.name").equals("root"), "only root may mount a disk");
    Path disk = root.resolve(test.getTestMethod().orElseThrow().getName()).resolve("ai_bridge");
    Files.createDirectories(disk);
    org.junit.jupiter.api.Assumptions.assumeTrue(
        installed.shell(root, "mount -t tmpfs -o size=96m tmpfs " + disk).exit() == 0,
        "only who may mount can fill a disk");
    try (Scene scene =
        scene(test, "srv", "[journal]", "ring_path = " + root.resolve("full.ring"))) {
      scene.edit("reserve_mb = 1\n", "reserve_mb = 20\nroll_mb = 8\n");
      scene.start();
      scene.publish(20, PLAYERS);
      scene.until(s -> s.at("/event_dispatcher/total_dispatched").asInt() > 0);
      fill(disk.resolve("filler"));
      scene.until(s -> s.at("/event_dispatcher/refused").asInt() > 0);
      // Some may still be in the ring, which have no room in the journal.
      String status = scene.run("status", "-o", "table").out();
      scene.holds(
          page.commands("The disk is nearly full 1").get(0),
          status.replaceAll("(and lost); [0-9,]+ events? waits?, .*for [0-9,]+ s", "$1"));
      Files.delete(disk.resolve("filler"));
      scene.until("running", "");
    } finally {
      installed.shell(root, "umount -l " + disk);
    }
  }

  /** Leaves half of the reserve. */
  private static void fill(Path file) throws Exception {
    try (OutputStream out = Files.newOutputStream(file)) {
      while (Files.getFileStore(file).getUsableSpace() > 10 << 20) {
        out.write(new byte[1 << 16]);
      }
    }
  }

  @Test
  void showsALedgerThatLostRecordsAndGoesOn(TestInfo test) throws Exception {
    AtomicBoolean offered = new AtomicBoolean();
    String reward =
        "{\"action_id\":\"a-%d\",\"action_type\":\"give_reward\",\"payload\":{\"player_id\":7,\"zeny\":1}}";
    String offer =
        IntStream.range(0, 3)
            .mapToObj(reward::formatted)
            .collect(Collectors.joining(",", "[", "]"));
    try (Scene scene = scene(test, "srv")) {
      scene.service.answers(
          (path, body) ->
              path.equals(ScriptedService.ACTIONS) && offered.compareAndSet(false, true)
                  ? Answer.of(200, "{\"actions\":" + offer + "}")
                  : Answer.OK);
      give(scene.start());
      scene.publish(50, PLAYERS);
      scene.until(s -> s.at("/action_executor/total_executed").asInt() == 3);
      scene.stop();
      try (var files =
          Files.newDirectoryStream(scene.folder.resolve("ai_bridge/actions"), "*.cq4")) {
        for (Path file : files) {
          Files.delete(file);
        }
      }
      give(scene.start());
      scene.until("degraded", "lacks at least");
      scene.shows("The ledger lost records 1");
      scene.shows("The ledger lost records 2");
      scene.until("running", "");
    }
  }

  private static void give(AiBridge bridge) {
    bridge.onAction(GiveReward.class, action -> ActionReply.done("given"));
  }

  @Test
  void convertsAnOlderProgramsConfiguration(TestInfo test) throws Exception {
    try (Scene scene = scene(test, "srv")) {
      Files.delete(scene.conf());
      Files.createDirectories(scene.folder.resolve("conf/battle"));
      Files.writeString(
          scene.folder.resolve("conf/battle/ai_client.conf"),
          """
          enable_ai_client: 1
          ai_server_endpoint: 127.0.0.1:50051
          ai_keepalive_interval: 30
          ai_use_async: 1
          """);
      scene.shows("From an older program's configuration 1");
      assertThat(scene.conf()).isNotEmptyFile();
    }
  }

  @Test
  void importsTheOlderBridgesTextFile(TestInfo test) throws Exception {
    try (Scene scene = scene(test, "server_production_001")) {
      Files.writeString(
          scene.folder.resolve("old.log"),
          """
          # Failed batch at Wed Nov 26 21:15:30 2025
          {"events":[{"event_type":"player_login","player_id":150001},{"event_type":"npc_interaction","player_id":150002}]}

          {"events":[{"event_type":"player_login","player_id":15
          """,
          StandardCharsets.UTF_8);
      scene.start();
      scene.until("running", "");
      scene.shows("From the older bridge's text file 1");
    }
  }

  @Test
  void showsTheMetrics(TestInfo test) throws Exception {
    try (Scene scene = scene(test, "map1")) {
      scene.start();
      scene.until("running", "");
      scene.shows("Metrics 1");
    }
  }

  @Test
  void tellsAnOutageToTheOperatorsProgram(TestInfo test) throws Exception {
    Path told = root.resolve("told");
    Path program = root.resolve("tell");
    Files.writeString(
        program, "#!/bin/sh\ncat >%s.new && mv %s.new %s\n".formatted(told, told, told));
    assertThat(program.toFile().setExecutable(true)).isTrue();
    try (Scene scene = scene(test, "map1", "[notify]", "command = " + program)) {
      scene.service.close();
      scene.start();
      scene.publish(20, PLAYERS);
      scene.until(s -> Files.exists(told));
      String line = Files.readString(told).strip();
      Matcher pieces =
          Pattern.compile(
                  Arrays.stream(
                          scene.lines("Alarms without Prometheus 1").get(0).split("\\.\\.\\."))
                      .map(
                          piece ->
                              Pattern.quote(piece).replaceAll("[0-9]{13}", "\\\\E[0-9]{13}\\\\Q"))
                      .collect(Collectors.joining(".*")))
              .matcher(line);
      assertThat(pieces.matches()).as(line).isTrue();
    }
  }
}

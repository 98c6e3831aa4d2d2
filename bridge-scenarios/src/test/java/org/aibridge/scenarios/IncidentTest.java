package org.aibridge.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.JsonText;
import org.aibridge.ops.live.LiveStatus;
import org.aibridge.testkit.AiServiceScenario;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IncidentTest {
  private static final long LIMIT_MS = 60_000;

  private static final String REWARDS =
      """
      [{"action_id": "Hubert-1", "action_type": "give_reward",
        "payload": {"player_id": 150777, "item_id": 501, "quantity": %1$d}},
       {"action_id": "Hubert-2", "action_type": "spawn_monster",
        "payload": {"map": "prontera", "monster_id": 1002, "amount": %1$d}},
       {"action_id": "Hubert-3", "action_type": "broadcast", "payload": {"message": "Hubert won"}}]
      """;

  @TempDir Path folder;

  @Test
  @Tag("slow")
  void replaysAnOutageWithItsEndsAndShowsOthersWhereTheServiceIsMended() throws Exception {
    Path conf = configuration();
    try (FakeAiService service = FakeAiService.start("poison")) {
      MapServer server = BuiltInServer.start("map1", conf, own(service.baseUrl()));
      try {
        haveAnIncident(service, server);
        Run made = Run.of("incident", "--to", incident().toString(), "--conf", conf.toString());
        assertThat(made.err()).isEmpty();
        assertThat(made.out())
            .contains("1 refused 422", "waiting)", "3 actions (1 applied, 2 refused)", "HTTP 503");
        service.switchTo("healthy");
        await(server, server::isWell);
      } finally {
        server.stop();
      }
    }
    assertThat(Run.textsIn(incident())).doesNotContain("Hubert", "150777", "top secret");

    Run replayed = play();
    assertThat(replayed.out()).contains("1 of 1 as expected");
    assertThat(rows()).contains("refused 422|refused 422", "refused|refused", "applied|applied");

    try (FakeAiService mended = FakeAiService.start("healthy")) {
      mended.offerActions(REWARDS.formatted(1).replace("Hubert-", "action-"));
      Run again = play("--service", mended.baseUrl());
      assertThat(again.out()).contains("2 of 2 as expected");
      assertThat(mended.receivedEventIds()).isNotEmpty();
    }
    assertThat(rows())
        .contains("refused 422|refused 422|delivered", "applied|applied|applied")
        .contains("refused|refused|applied", "waiting|delivered|delivered");
  }

  @Test
  @Tag("slow")
  void failsWhereAnEndIsAnother() throws Exception {
    Path mine = folder.resolve("mine");
    AiServiceScenario.export("healthy", mine);
    Files.writeString(
        mine.resolve("scenario.json"),
        """
        {"description": "Mine", "play": {"events": 0, "lasts": "1s", "publish": [
          {"after_ms": 0, "end": "refused 422", "event_type": "monster_kill", "player_id": 150001,
           "map": "prontera", "payload": {"monster_id": 1002}}]}}
        """);
    Run run = Run.of("scenarios", mine.toString(), "--report", folder.resolve("r").toString());
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .contains("mine: another end than in the incident: event {\"event_type\":\"monster_kill\"")
        .contains("was refused 422, now delivered");
  }

  @Test
  void saysThatThereIsNothing() throws Exception {
    Run run = Run.of("incident", "--to", "x", "--conf", configuration().toString());
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).startsWith("nothing of an incident lies in " + folder);
  }

  @Test
  void wantsAnIncidentForAnotherService() {
    String report = folder.toString();
    Run run = Run.of("scenarios", "down", "--service", "http://127.0.0.1:1", "--report", report);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("--service is for incidents, and down has none");
  }

  /** A poisoned event dies, two of three actions are refused, and then the service fails. */
  private void haveAnIncident(FakeAiService service, MapServer server) throws Exception {
    service.offerActions(REWARDS.formatted(90));
    server.publish(List.of(probe("poison", true), probe("who", "Hubert"), probe("n", "1")));
    await(server, s -> s.dead() == 1 && s.refused() == 2 && s.applied() == 1 && s.pending() == 0);
    service.switchTo("down");
    server.publish(List.of(GameEvent.monsterKill(150_777, "prontera", 1002)));
    await(server, s -> s.waiting() > 0 && stateOnDisk().equals("outage"));
  }

  /** The status is written once a second. */
  private String stateOnDisk() {
    try {
      long nowMs = System.currentTimeMillis();
      return LiveStatus.read(folder.resolve("journal"), nowMs)
          .map(status -> status.path("state").asText())
          .orElse("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static GameEvent probe(String name, Object value) {
    JsonText payload = new JsonText().put("player_said", "top secret");
    payload =
        value instanceof Boolean flag
            ? payload.put(name, flag)
            : payload.put(name, value.toString());
    return GameEvent.custom("probe", 150_777, "prontera", payload.toString());
  }

  private static void await(MapServer server, Predicate<Sight> wanted) throws InterruptedException {
    long limit = System.currentTimeMillis() + LIMIT_MS;
    Sight sight = server.look(0);
    while (!wanted.test(sight)) {
      assertThat(System.currentTimeMillis()).as("%s", sight).isLessThan(limit);
      Thread.sleep(20);
      sight = server.look(0);
    }
  }

  private Run play(String... more) {
    String[] arguments = {
      "scenarios", incident().toString(), "--report", folder.resolve("report").toString()
    };
    return Run.of(Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new));
  }

  /** The ends in the last section of the report without their reasons, a line each. */
  private List<String> rows() throws IOException {
    String page = Files.readString(folder.resolve("report/report.html"));
    return page.substring(page.lastIndexOf("<h2"))
        .lines()
        .filter(line -> line.startsWith("<tr><td><code>"))
        .map(line -> line.replaceAll(".*?</code></td>", "").replaceAll("</td></tr>$", ""))
        .map(line -> line.replaceAll("</td>", "|").replaceAll("<[^>]*>", ""))
        .map(line -> line.replaceAll(": [^|]*", ""))
        .toList();
  }

  private Path incident() {
    return folder.resolve("incident");
  }

  private Map<String, String> own(String baseUrl) {
    Map<String, String> keys = QuickKeys.keys();
    keys.putAll(QuickKeys.own("map1", baseUrl, folder));
    return keys;
  }

  private Path configuration() throws IOException {
    String text = QuickKeys.file(own("http://127.0.0.1:1"));
    String limits = "[action_limits]\nspawn_monster.max_amount = 5\n";
    return Files.writeString(folder.resolve("ai_bridge.conf"), text + limits);
  }

  @Test
  void makesOfEachEventOnTheWireTheEventThatWasPublished() {
    for (GameEvent event :
        List.of(
            GameEvent.playerLogin(150_001, "prontera"),
            GameEvent.monsterKill(150_001, "prontera", 1002).withPlayerKey("k"),
            GameEvent.monsterKill("k", "prontera", "minecraft:zombie"),
            GameEvent.mapChange(150_001, "a", "b"),
            GameEvent.itemDrop("k", "a", "egg", 3).withPlayerId(7),
            GameEvent.tradeComplete(150_001, "a", 150_002, 5),
            GameEvent.dailyReset(),
            GameEvent.custom("boss_down", GameEvent.NO_PLAYER, null, "{\"a\":{\"b\":1}}"))) {
      assertThat(GameEvents.of(onTheWire(event)).at(event.timestampMs())).isEqualTo(event);
    }
  }

  private static JsonNode onTheWire(GameEvent event) {
    JsonText json = new JsonText();
    json.put("event_type", event.typeName());
    if (event.playerId() != GameEvent.NO_PLAYER) {
      json.put("player_id", event.playerId());
    }
    if (event.playerKey() != null) {
      json.put("player_key", event.playerKey());
    }
    if (event.map() != null) {
      json.put("map", event.map());
    }
    json.put("priority", event.priority().wireName());
    ObjectNode wire = (ObjectNode) Json.read(json.toString());
    return wire.set("payload", Json.read(event.payload()));
  }
}

package org.aibridge.companion;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.aibridge.api.RefusalReason;
import org.aibridge.core.HostedBridge;
import org.aibridge.core.run.World;
import org.aibridge.testkit.FakeAiService;
import org.aibridge.testkit.ReceivedEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A companion and the server of a test, in one process. */
@Timeout(180)
@Tag("slow")
class CompanionServesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private final FakeAiService service = FakeAiService.start("healthy");
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final List<PretendServer.Turn> turns = new ArrayList<>();

  /** How many bridges are off from now on, as if another one had their files. */
  private final AtomicInteger unusable = new AtomicInteger();

  private PretendServer server;
  private Companion companion;
  private CompletableFuture<Void> end;

  private void start(String... settings) throws Exception {
    Path conf = folder.resolve("ai_bridge.conf");
    Files.writeString(
        conf,
        """
        [bridge]
        server_id = map-server
        shutdown_timeout = 500
        [ai_service]
        base_url = %s
        [event_dispatcher]
        batch_interval = 20
        dlq_path = %s
        [action_executor]
        poll_interval = 50
        ledger_path = %s
        %s
        [journal]
        path = %s
        %s
        """
            .formatted(
                service.baseUrl(),
                folder.resolve("letters"),
                folder.resolve("actions"),
                settings.length > 0 ? settings[0] : "",
                folder.resolve("journal"),
                settings.length > 1 ? settings[1] : "reserve_mb = 16"));
    companion =
        new Companion(
            rings(),
            true,
            (ring, handler) ->
                HostedBridge.start(unusable.getAndDecrement() > 0 ? folder : conf, ring, handler),
            World.ofJvm(),
            said::add);
    end =
        CompletableFuture.runAsync(
            () -> {
              try {
                companion.run();
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
  }

  private Path rings() {
    return folder.resolve("rings");
  }

  private void stop() throws Exception {
    companion.stop();
    end.get(60, TimeUnit.SECONDS);
  }

  @AfterEach
  void endAll() throws Exception {
    if (companion != null) {
      companion.stop();
      end.exceptionally(e -> null).get(60, TimeUnit.SECONDS);
    }
    if (server != null) {
      server.close();
    }
    service.close();
  }

  private void await(String what, BooleanSupplier done) throws Exception {
    for (int i = 0; i < 3000 && !done.getAsBoolean(); i++) {
      assertThat(end).as(what).isNotCompletedExceptionally();
      turns.addAll(server.takeTurns());
      TimeUnit.MILLISECONDS.sleep(10);
    }
    assertThat(done.getAsBoolean()).as(what).isTrue();
  }

  private List<PretendServer.Turn> turns(int type) {
    return turns.stream().filter(turn -> turn.type() == type).toList();
  }

  private List<PretendServer.Turn> actions(String id) {
    return turns(RingLayout.TURN_ACTION).stream().filter(turn -> turn.text().contains(id)).toList();
  }

  private JsonNode status(String pointer) {
    try {
      return JSON.readTree(server.status()).at(pointer);
    } catch (IOException e) {
      throw new AssertionError(server.status(), e);
    }
  }

  private static byte[] vector(String name) throws Exception {
    String line =
        NativeCode.vectors().lines().filter(all -> all.startsWith(name + " ")).findFirst().get();
    return HexFormat.of().parseHex(line.split(" ")[2]);
  }

  private long arrived(String type) {
    return service.receivedEvents().stream()
        .filter(ReceivedEvent::acknowledged)
        .filter(event -> event.json().path("event_type").asText().equals(type))
        .count();
  }

  @Test
  void aBareEventThatAScriptPostsIsPublishedAsWithAServerInTheJvm() throws Exception {
    server = new PretendServer(rings(), 1);
    start();
    server.post(1, "/api/v1/events/dispatch", "{\"event_type\":\"guild_war\",\"castle\":\"a\"}");
    await("answered", () -> turns(RingLayout.TURN_ANSWER).size() == 1);
    PretendServer.Turn answer = turns(RingLayout.TURN_ANSWER).get(0);
    assertThat(answer.number()).isEqualTo(1);
    assertThat(answer.text()).endsWith("{\"status\":\"accepted\"}");
    await("delivered", () -> arrived("guild_war") == 1);
    await("counted", () -> status("/event_dispatcher/total_queued").asInt() == 1);
    assertThat(service.receivedEventIds()).doesNotHaveDuplicates();

    server.post(2, "/api/v1/events/dispatch", "{\"event_type\":\"Not A Name\"}");
    await("answered", () -> turns(RingLayout.TURN_ANSWER).size() == 2);
    assertThat(turns(RingLayout.TURN_ANSWER).get(1).text()).doesNotContain("accepted");
    await("told", () -> status("/event_dispatcher/refusals").path("custom/malformed").asInt() == 1);
  }

  @Test
  void theServerIsToldThatARequestWasRefusedAndNotThatTheServiceIsSilent() throws Exception {
    server = new PretendServer(rings(), 1);
    start();
    server.post(1, "/api/v1/actions/complete", "{}");
    await("answered", () -> turns(RingLayout.TURN_ANSWER).size() == 1);
    assertThat(turns(RingLayout.TURN_ANSWER).get(0).status()).isEqualTo(-1);
  }

  @Test
  void anActionWhoseEndIsNeverToldGivesItsPlaceBack() throws Exception {
    server = new PretendServer(rings(), 1);
    start("action_timeout = 300");
    service.offerActions(
        """
        [{"action_id":"a-1","action_type":"broadcast","payload":{"message":"hello"}}]
        """);
    await("handed over", () -> actions("a-1").size() == 1);
    long number = actions("a-1").get(0).number();
    await(
        "given up",
        () -> turns(RingLayout.TURN_GIVEN_UP).stream().anyMatch(turn -> turn.number() == number));
    await("told", () -> service.results().toString().contains("a-1"));
    assertThat(service.results().toString()).contains("no outcome within action_timeout (300 ms)");
    assertThat(actions("a-1")).hasSize(1);
  }

  /** Else it would be reported as failed, decided again, and be applied twice. */
  @Test
  void anActionIsNotGivenUpBeforeAServerThatStoodStillHasReadIt() throws Exception {
    server = new PretendServer(rings(), 1);
    start("action_timeout = 1000");
    await("served", () -> said.stream().anyMatch(line -> line.startsWith("serves")));
    service.offerActions(
        """
        [{"action_id":"a-1","action_type":"broadcast","payload":{"message":"hello"}}]
        """);
    long before = server.turnsWritten();
    for (int i = 0; i < 3000 && server.turnsWritten() == before; i++) {
      server.tick();
      TimeUnit.MILLISECONDS.sleep(10);
    }
    assertThat(server.turnsWritten()).as("handed over, and not read").isGreaterThan(before);
    TimeUnit.MILLISECONDS.sleep(ServerPace.STILL_MS + 500); // It stands still.
    server.tick();
    TimeUnit.MILLISECONDS.sleep(200); // What it reads first takes it this long.
    assertThat(service.results()).isEmpty();
    turns.addAll(server.takeTurns());
    assertThat(turns(RingLayout.TURN_GIVEN_UP)).isEmpty();
    server.result(actions("a-1").get(0).number(), RingLayout.END_DONE, "a-1");
    await("told", () -> service.results().toString().contains("a-1"));
    assertThat(service.results().toString()).contains("completed").doesNotContain("failed");
  }

  @Test
  void whatWasRefusedAndTakenInTheServersLifeIsInTheStatusOfALaterCompanion() throws Exception {
    server = new PretendServer(rings(), 1);
    for (int i = 0; i < 10; i++) {
      assertThat(server.publish(RingLayout.EVENT, vector("player_login"))).isTrue();
    }
    assertThat(server.publish(RingLayout.RAW_EVENT, vector("item_drop"))).isTrue();
    server.header.putLong(RingLayout.REFUSED_AT + 64 * 3 + 8 * RingLayout.RING_FULL, 5);
    start();
    await("delivered", () -> arrived("player_login") == 10);
    await("counted", () -> status("/server/taken").asInt() == 11);
    stop();
    start();
    await(
        "another companion, which has taken nothing itself",
        () -> said.stream().filter(line -> line.startsWith("serves")).count() == 2);
    server.door.putInt(RingLayout.STATUS_LENGTH_AT, 0);
    await("shown", () -> !server.status().isEmpty());
    assertThat(status("/server/taken").asInt()).isEqualTo(11);
    assertThat(status("/server/pid").asLong()).isEqualTo(ProcessHandle.current().pid());
    assertThat(status("/server/ring_bytes").asInt()).isEqualTo(PretendServer.CAPACITY);
    assertThat(status("/event_dispatcher/total_queued").asInt()).isZero();
    assertThat(
            status("/event_dispatcher/refusals")
                .path("monster_kill/" + RefusalReason.RING_FULL.wireName())
                .asInt())
        .isEqualTo(5);
    stop();
    server.close();

    server = new PretendServer(rings(), 2);
    server.door.putInt(RingLayout.STATUS_LENGTH_AT, 0);
    start();
    await("shown", () -> !server.status().isEmpty());
    assertThat(status("/server/taken").asInt()).as("in its own life").isZero();
  }

  @Test
  void aBridgeWhoseFilesTheLastLifesBridgeStillHasIsStartedAgain() throws Exception {
    server = new PretendServer(rings(), 1);
    start();
    await("served", () -> said.stream().anyMatch(line -> line.startsWith("serves")));
    unusable.set(2);
    server.close();
    server = new PretendServer(rings(), 2);
    await(
        "served again", () -> said.stream().filter(line -> line.startsWith("serves")).count() == 2);
    assertThat(said).filteredOn(line -> line.startsWith("tries again: ")).hasSize(1);
    assertThat(server.publish(RingLayout.EVENT, vector("player_login"))).isTrue();
    await("delivered", () -> arrived("player_login") == 1);
  }

  @Test
  void aBridgeThatCannotBeUsedEndsTheCompanionWithItsSentence() throws Exception {
    server = new PretendServer(rings(), 1);
    unusable.set(1);
    start();
    assertThatThrownBy(() -> end.get(60, TimeUnit.SECONDS))
        .rootCause()
        .isInstanceOf(IOException.class)
        .hasMessageContaining(folder.toString());
  }

  @Test
  void whatTheCharsetHasNotIsCountedBothWaysInTheStatus() throws Exception {
    server = new PretendServer(rings(), 1);
    byte[] drop = vector("item_drop");
    drop[drop.length - 1] = (byte) 0xDB; // No character of windows-874.
    assertThat(server.publish(RingLayout.RAW_EVENT, drop)).isTrue();
    start();
    service.offerActions(
        """
        [{"action_id":"a-1","action_type":"broadcast","payload":{"message":"日本 hi"}}]
        """);
    await("handed over", () -> actions("a-1").size() == 1);
    assertThat(actions("a-1").get(0).text()).contains("?? hi");
    await("delivered", () -> arrived("item_drop") == 1);
    await("counted", () -> status("/server/replaced_characters").asInt() == 3);
  }

  /** As in a JVM: what was accepted stays in the ring, and nothing more is. */
  @Test
  void whileTheDiskIsLowEventsAreRefusedAndThoseInTheRingWait() throws Exception {
    assumeTrue(
        Files.getFileStore(folder).getUsableSpace() < 1_000_000L << 20, "the disk is too large");
    server = new PretendServer(rings(), 1);
    assertThat(server.publish(RingLayout.EVENT, vector("player_login"))).isTrue();
    start("", "reserve_mb = 1000000");
    await("refused", () -> refusedNow() == RingLayout.DISK_LOW);
    await("shown", () -> status("/server/ring_used_bytes").asInt() > 0);
    assertThat(status("/problem").asText()).contains("new events are refused");
    stop();
    assertThat(refusedNow()).as("the ring takes what comes while no companion is there").isZero();
    assertThat(server.hasDrained()).isFalse();
    start();
    await("delivered", () -> arrived("player_login") == 1);
    assertThat(refusedNow()).isZero();
  }

  private int refusedNow() {
    return server.header.getInt(RingLayout.REFUSED_NOW_AT, LITTLE_ENDIAN);
  }

  /** Whoever takes the lock's file away lets a second one in: then the first is none any more. */
  @Test
  void aCompanionThatWasReplacedTakesAndSaysNothingMore() throws Exception {
    server = new PretendServer(rings(), 1);
    start();
    assertThat(server.publish(RingLayout.EVENT, vector("player_login"))).isTrue();
    await("delivered", () -> arrived("player_login") == 1);
    server.header.putLongVolatile(RingLayout.COMPANION_AT, 4711);
    server.header.putLongVolatile(RingLayout.COMPANION_BEAT_AT, 4712);
    assertThat(server.publish(RingLayout.EVENT, vector("player_login"))).isTrue();
    assertThatThrownBy(() -> end.get(60, TimeUnit.SECONDS))
        .rootCause()
        .hasMessageContaining("another companion has taken over in " + rings());
    assertThat(server.hasDrained()).isFalse();
    assertThat(refusedNow()).isZero();
    assertThat(server.header.getLong(RingLayout.COMPANION_BEAT_AT)).isEqualTo(4712);
  }

  /**
   * A server that was killed within publish, and whose ring somebody took away before the next one.
   */
  @Test
  void aRingThatWasTakenAwayGivesWhatLiesBehindARecordThatItsDeadServerNeverFinished()
      throws Exception {
    server = new PretendServer(rings(), 1);
    start();
    assertThat(server.publish(RingLayout.EVENT, vector("player_login"))).isTrue();
    await("delivered", () -> arrived("player_login") == 1);
    for (int i = 0; i < 3; i++) {
      assertThat(server.events.tryClaim(RingLayout.EVENT, 100)).isPositive();
      assertThat(server.publish(RingLayout.EVENT, vector("player_login"))).isTrue();
    }
    Files.delete(rings().resolve("events.ring"));
    server.close();
    server = new PretendServer(rings(), 2);
    assertThat(server.publish(RingLayout.EVENT, vector("player_login"))).isTrue();
    await("delivered of both rings", () -> arrived("player_login") == 5);
    assertThat(server.hasDrained()).isTrue();
  }

  @Test
  void itSaysThatNobodyWouldFindARingWhoseFileIsGone() throws Exception {
    server = new PretendServer(rings(), 1);
    start();
    await("served", () -> said.stream().anyMatch(line -> line.startsWith("serves")));
    Files.delete(rings().resolve("events.ring"));
    await("told", () -> said.stream().anyMatch(line -> line.startsWith("somebody removed ")));
  }

  /** A later version of the ring keeps this file, and drains a ring of this version by it. */
  @Test
  void eachRecordOfTheKeptVectorsArrives() throws Exception {
    server = new PretendServer(rings(), 1);
    List<String> vectors =
        NativeCode.vectors().lines().filter(line -> !line.contains(" refused ")).toList();
    for (String vector : vectors) {
      String[] parts = vector.split(" ");
      assertThat(server.publish(Integer.parseInt(parts[1]), HexFormat.of().parseHex(parts[2])))
          .isTrue();
    }
    start();
    await("delivered", () -> service.receivedEventIds().size() == vectors.size());
    assertThat(arrived("guild_chat")).isEqualTo(2);
    assertThat(arrived("trade_complete")).isEqualTo(1);
    assertThat(service.receivedEvents().toString()).contains("สวัสดี", "ดาบ");
  }

  @ParameterizedTest
  @CsvSource({
    "1, let the companion of its own version empty it",
    "3, start the companion that came with the server's library"
  })
  void anotherVersionIsRefusedWithWhatToDo(int version, String toDo) throws Exception {
    server = new PretendServer(rings(), 1);
    server.header.putInt(RingLayout.VERSION_AT, version, LITTLE_ENDIAN);
    byte[] before = Files.readAllBytes(rings().resolve("events.ring"));
    start();
    assertThatThrownBy(() -> end.get(60, TimeUnit.SECONDS))
        .rootCause()
        .hasMessageContainingAll(
            "events.ring is of version " + version + ", and this companion reads version 2", toDo);
    assertThat(Files.readAllBytes(rings().resolve("events.ring"))).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 12, 24, RingLayout.DOOR_RINGS + PretendServer.CAPACITY + 128})
  void aDoorThatSomebodyWroteOverIsASentence(int at) throws Exception {
    server = new PretendServer(rings(), 1);
    server.door.putInt(at, Integer.MAX_VALUE - 7, LITTLE_ENDIAN);
    start();
    assertThatThrownBy(() -> end.get(60, TimeUnit.SECONDS))
        .rootCause()
        .isInstanceOf(IOException.class)
        .hasMessageContaining("door.0000000000000001");
  }

  /** A server with an error writes anything: it is told and counted, and what follows arrives. */
  @Test
  void whateverIsInTheRingsTheEventBehindItArrives() throws Exception {
    server = new PretendServer(rings(), 1);
    start();
    List<String> vectors =
        NativeCode.vectors().lines().filter(line -> !line.contains(" refused ")).toList();
    Random random = new Random(20_261_129);
    int rounds = 300;
    for (int round = 0; round < rounds; round++) {
      for (int i = random.nextInt(8); i >= 0; i--) {
        writeAnything(random, vectors.get(random.nextInt(vectors.size())));
      }
      if (round % 10 == 0) {
        byte[] call = new byte[random.nextInt(300)];
        random.nextBytes(call);
        server.call(1 + random.nextInt(6), call);
      }
      await("read", server::hasDrained);
      assertThat(server.publish(RingLayout.EVENT, marker(round))).isTrue();
    }
    await("delivered", () -> markers() == rounds);
    await("told", () -> status("/server/damaged_records").asInt() > rounds);
    assertThat(service.receivedEventIds()).doesNotHaveDuplicates();
    server.post(1, "/api/v1/events/dispatch", "{\"event_type\":\"the_end\"}");
    await("answered", () -> turns.stream().anyMatch(turn -> turn.text().contains("accepted")));
  }

  private void writeAnything(Random random, String vector) {
    byte[] record = HexFormat.of().parseHex(vector.split(" ")[2]);
    int type = 1 + random.nextInt(2);
    switch (random.nextInt(5)) {
      case 0 -> random.nextBytes(record);
      case 1 -> record[random.nextInt(record.length)] ^= (byte) (1 << random.nextInt(8));
      case 2 ->
          ByteBuffer.wrap(record)
              .order(LITTLE_ENDIAN)
              .putInt(4 * random.nextInt(10), random.nextInt());
      case 3 -> record = Arrays.copyOf(record, random.nextInt(2 * record.length));
      default -> type = 1 + random.nextInt(1000);
    }
    long tail = server.events.producerPosition();
    if (server.publish(type, record) && random.nextInt(20) == 0) {
      int lengthAt = RingLayout.HEADER + (int) (tail % PretendServer.CAPACITY);
      int[] wild = {1, 7, 1 << 20, Integer.MAX_VALUE};
      server.header.putInt(lengthAt, wild[random.nextInt(wild.length)], LITTLE_ENDIAN);
    }
  }

  /** A kill with a number that no vector has. */
  private static byte[] marker(int round) throws Exception {
    byte[] kill = vector("monster_kill");
    ByteBuffer.wrap(kill).order(LITTLE_ENDIAN).putLong(16, 5_000_000_000L + round);
    return kill;
  }

  private long markers() {
    return service.receivedEvents().stream()
        .map(event -> event.json().at("/payload/monster_id").asLong())
        .filter(id -> id >= 5_000_000_000L && id < 5_000_000_000L + 300)
        .distinct()
        .count();
  }
}

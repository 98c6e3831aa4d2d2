package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.ActionReply;
import org.aibridge.api.action.Broadcast;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeState;
import org.aibridge.api.status.BridgeStatus;
import org.aibridge.fakeservice.Call;
import org.aibridge.fakeservice.FastApi;
import org.aibridge.fakeservice.FieldRules;
import org.aibridge.fakeservice.LoopbackServer;
import org.aibridge.fakeservice.Mind;
import org.aibridge.fakeservice.OpenActions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The first minutes with the field's service, as it comes and over real sockets: all settings are
 * the defaults, 20 events a second. For the ten minutes of {@code docs/reports/first-contact.md}
 * {@code -Dfirst.seconds=600} is said.
 */
@Tag("slow")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class FirstMinutesTest {
  private static final int TICK_MS = 50;
  private static final int SECONDS = Integer.getInteger("first.seconds", 5);
  private static final int PLAYERS = 40;
  private static final int TICKS_PER_ACTION = 120;
  private static final String DISPATCH = "/api/v1/events/dispatch";

  @TempDir Path folder;

  /** What the service saw of the requests it took. */
  private static final class Witness implements Mind {
    final List<Long> agesMs = new ArrayList<>();
    final Map<String, Integer> times = new HashMap<>();
    final Map<Long, Long> lastOfPlayer = new HashMap<>();
    final OpenActions actions = new OpenActions();
    int overtaken;
    int results;

    @Override
    public synchronized int take(List<JsonNode> batch, String key) {
      long now = System.currentTimeMillis();
      for (JsonNode event : batch) {
        agesMs.add(now - event.path("timestamp").asLong());
        times.merge(event.path("event_id").asText(), 1, Integer::sum);
        long number = event.path("payload").path("monster_id").asLong();
        Long before = lastOfPlayer.put(event.path("player_id").asLong(), number);
        overtaken += before != null && before > number ? 1 : 0;
      }
      return 0;
    }

    @Override
    public List<String> offer(int limit, long waitMs) {
      return actions.poll(limit, waitMs);
    }

    @Override
    public synchronized void hear(List<JsonNode> ended) {
      results += ended.size();
      ended.forEach(result -> actions.remove(result.path("action_id").asText()));
    }

    synchronized long ageMs(double share) {
      List<Long> sorted = agesMs.stream().sorted().toList();
      return sorted.get((int) Math.min(sorted.size() - 1L, (long) (sorted.size() * share)));
    }
  }

  /** The times of requests, by path. */
  private static final class Requests {
    private final Map<String, Integer> byPath = new TreeMap<>();
    private final List<Long> atMs = new ArrayList<>();

    synchronized void add(String path) {
      byPath.merge(path, 1, Integer::sum);
      atMs.add(System.nanoTime() / 1_000_000);
    }

    synchronized int of(String path) {
      return byPath.getOrDefault(path, 0);
    }

    /** Returns the most within any minute. */
    synchronized int mostInAMinute() {
      int most = 0;
      for (int from = 0, to = 0; to < atMs.size(); to++) {
        while (atMs.get(to) - atMs.get(from) >= 60_000) {
          from++;
        }
        most = Math.max(most, to - from + 1);
      }
      return most;
    }

    @Override
    public synchronized String toString() {
      return byPath.toString();
    }
  }

  private final Witness witness = new Witness();
  private final Requests requests = new Requests();

  private LoopbackServer<Call> service(FieldRules rules) throws IOException {
    FastApi api = new FastApi(rules, witness, List.of(), InstantSource.system());
    return new LoopbackServer<>(
        0,
        "field service",
        FastApi.IDLE_MS,
        Call::new,
        call -> {
          requests.add(call.path());
          api.handle(call);
        });
  }

  /**
   * Starts a bridge whose settings are the defaults but for its folders, and a reserve of 16 MB.
   */
  private AiBridge bridge(String baseUrl) throws IOException {
    return AiBridge.start(
        Files.writeString(
            folder.resolve("ai_bridge.conf"),
            """
            [bridge]
            server_id = first
            [ai_service]
            base_url = %s
            [journal]
            path = %2$s/journal
            ring_path = %2$s/ring
            reserve_mb = 16
            [event_dispatcher]
            dlq_path = %2$s/dead-letters
            [action_executor]
            ledger_path = %2$s/actions
            """
                .formatted(baseUrl, folder)));
  }

  /** Plays with 20 ticks a second, an event in each; returns how many were accepted. */
  private int play(AiBridge bridge, int[] applied) throws InterruptedException {
    bridge.onAction(
        Broadcast.class,
        action -> {
          applied[0]++;
          return ActionReply.done();
        });
    int accepted = 0;
    long next = System.nanoTime();
    for (int tick = 0; tick < SECONDS * 1000 / TICK_MS; tick++) {
      if (tick % TICKS_PER_ACTION == 0) {
        witness.actions.add(
            "a" + tick,
            "{\"action_id\":\"a%d\",\"action_type\":\"broadcast\",\"payload\":{\"message\":\"hi\"}}"
                .formatted(tick));
      }
      accepted +=
          bridge.publish(GameEvent.monsterKill(1 + tick % PLAYERS, "payon", 1 + tick)) ? 1 : 0;
      bridge.tick();
      next += TICK_MS * 1_000_000L;
      Thread.sleep(Math.max(0, (next - System.nanoTime()) / 1_000_000));
    }
    return accepted;
  }

  private void tell(String what, BridgeStatus status) {
    BridgeStatus.Events events = status.events();
    System.out.printf(
        Locale.ROOT,
        "%s: %d s, %d accepted, %d delivered, %d waiting, %d dead letters; most requests a minute"
            + " %d, %s; %s%n",
        what,
        SECONDS,
        events.accepted(),
        events.delivered(),
        events.waiting(),
        events.deadLettered(),
        requests.mostInAMinute(),
        requests,
        status.http().gates());
  }

  @Test
  void losesNothingAndMeetsNoLimitThatTheServiceTells() throws Exception {
    int[] applied = {0};
    try (LoopbackServer<Call> service = service(FieldRules.DEFAULT);
        AiBridge bridge = bridge(service.baseUrl())) {
      int accepted = play(bridge, applied);
      Waits.untilNothingWaits(bridge);
      Waits.until("results are told", () -> bridge.status().actions().unreported() == 0);
      BridgeStatus status = bridge.status();
      tell("limit of 100", status);
      System.out.printf(
          Locale.ROOT,
          "age when taken, ms: half %d, 99 of 100 %d, all %d; %d applied, %d results%n",
          witness.ageMs(0.5),
          witness.ageMs(0.99),
          witness.ageMs(1),
          applied[0],
          witness.results);
      assertThat(accepted).isEqualTo(SECONDS * 1000 / TICK_MS);
      assertThat(status.events().deadLettered()).isZero();
      assertThat(witness.times).hasSize(accepted).allSatisfy((id, n) -> assertThat(n).isOne());
      assertThat(witness.overtaken).isZero();
      assertThat(applied[0]).isPositive().isEqualTo(witness.results);
      assertThat(requests.mostInAMinute()).isLessThanOrEqualTo(80);
      assertThat(status.http().gates()).allSatisfy(gate -> assertThat(gate.failed()).isZero());
      assertThat(witness.ageMs(0.99)).isLessThanOrEqualTo(SECONDS < 60 ? 10_000 : 3_000);
    }
  }

  @Test
  void keepsEverythingForAServiceThatLacksThePath() throws Exception {
    try (LoopbackServer<Call> service = service(FieldRules.DEFAULT.without(DISPATCH));
        AiBridge bridge = bridge(service.baseUrl())) {
      int accepted = play(bridge, new int[1]);
      Waits.until("events are held", () -> bridge.status().state() == BridgeState.HELD);
      BridgeStatus status = bridge.status();
      tell("without the path", status);
      System.out.println(status.state() + ": " + status.problem());
      assertThat(status.events().deadLettered()).isZero();
      assertThat(status.events().waiting()).isEqualTo(accepted);
      assertThat(status.problem())
          .startsWith(
              "the AI service has no path "
                  + DISPATCH
                  + ": HTTP 404, application/json,"
                  + " \"{\"detail\":\"Not Found\"}\"");
      assertThat(requests.of(DISPATCH)).isLessThanOrEqualTo(4 + SECONDS / 60);
    }
  }
}

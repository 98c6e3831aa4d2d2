package org.aibridge.companion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.aibridge.core.HostedBridge;
import org.aibridge.core.run.World;
import org.aibridge.testkit.FakeAiService;
import org.aibridge.testkit.ReceivedEvent;
import org.aibridge.testlib.ChildJvm;
import org.aibridge.testlib.Needs;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A map-server in C++, its companion in a process of its own, and an AI service. */
@Tag("slow")
class CompanionTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path programs;
  private static Path server;

  @TempDir Path folder;

  @BeforeAll
  static void compileTheServer() throws Exception {
    Needs.program("g++", "g++");
    server =
        NativeCode.compile(
            programs.resolve("map_server"),
            "g++ -std=c++20 -O2 -x c++",
            List.of("src/ai_bridge.c", "example/map_server.cpp"));
  }

  /** The companion's process: configuration, folder, "stays" or "ends". */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws Exception {
      Path conf = Path.of(args[0]);
      Companion companion =
          new Companion(
              Path.of(args[1]),
              args[2].equals("stays"),
              (ring, handler) -> HostedBridge.start(conf, ring, handler),
              World.ofJvm(),
              System.out::println);
      companion.run();
      System.out.println("ended");
    }
  }

  /** Writes what a companion needs to know. */
  static Path configuration(Path folder, FakeAiService service) throws Exception {
    Path conf = folder.resolve("ai_bridge.conf");
    Files.writeString(
        conf,
        """
        [bridge]
        server_id = map-server
        [ai_service]
        base_url = %s
        [event_dispatcher]
        batch_interval = 20
        dlq_path = %s
        [http_pool]
        retry_delay = 50
        [action_executor]
        poll_interval = 50
        ledger_path = %s
        [journal]
        path = %s
        reserve_mb = 16
        """
            .formatted(
                service.baseUrl(),
                folder.resolve("letters"),
                folder.resolve("actions"),
                folder.resolve("journal")));
    return conf;
  }

  private ChildJvm companion(FakeAiService service, String stays) throws Exception {
    return ChildJvm.start(
        folder, Child.class, configuration(folder, service), folder.resolve("rings"), stays);
  }

  private Process server(int seconds, Path out) throws Exception {
    return new ProcessBuilder(
            server.toString(),
            "--folder",
            folder.resolve("rings").toString(),
            "--players",
            "50",
            "--events",
            "400",
            "--seconds",
            Integer.toString(seconds))
        .redirectOutput(out.toFile())
        .redirectError(folder.resolve("server.err").toFile())
        .start();
  }

  private static Map<String, Long> byType(List<ReceivedEvent> events) {
    return events.stream()
        .filter(ReceivedEvent::acknowledged)
        .collect(
            Collectors.groupingBy(
                event -> event.json().path("event_type").asText(), Collectors.counting()));
  }

  private JsonNode sums(Path out) throws Exception {
    return JSON.readTree(out.toFile());
  }

  private static void awaitEvents(FakeAiService service, long events) throws Exception {
    for (int i = 0; i < 600 && service.receivedEventIds().size() < events; i++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private static long total(JsonNode counts) {
    long sum = 0;
    for (JsonNode count : counts) {
      sum += count.asLong();
    }
    return sum;
  }

  @Test
  void whatTheServerPublishesArrivesAndWhatTheServiceDecidesIsApplied() throws Exception {
    try (FakeAiService service = FakeAiService.start("action-feed");
        ChildJvm companion = companion(service, "ends")) {
      assertThat(companion.line()).startsWith("waits for a server in ");
      service.offerActions(
          """
          [{"action_id":"a-1","action_type":"spawn_monster","payload":{"map":"geffen","monster_id":1002,"x":1,"y":2,"amount":3}},
           {"action_id":"a-2","action_type":"broadcast","payload":{"message":"hello"}},
           {"action_id":"a-3","action_type":"spawn_monster","payload":{"map":"nowhere","monster_id":1002,"amount":3}}]
          """);
      Path out = folder.resolve("server.out");
      Process game = server(600, out);
      assertThat(companion.line()).startsWith("serves map-server, process " + game.pid());
      Path log = folder.resolve("server.err");
      for (int i = 0;
          i < 1200 && (service.results().size() < 12 || Files.readString(log).isEmpty());
          i++) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
      game.destroy();
      assertThat(game.waitFor()).isZero();
      JsonNode sums = sums(out);
      awaitEvents(service, total(sums.path("published")));
      assertThat(companion.line()).isEqualTo("the server has ended");
      assertThat(companion.line()).isEqualTo("ended");

      Map<String, Long> published = new TreeMap<>();
      sums.path("published")
          .properties()
          .forEach(count -> published.put(count.getKey(), count.getValue().asLong()));
      assertThat(byType(service.receivedEvents())).isEqualTo(published);
      assertThat(service.receivedEventIds()).doesNotHaveDuplicates();
      assertThat(sums.path("refused")).isEmpty();
      // The nine of the scenario and these three, each once.
      assertThat(total(sums.path("actions")) + sums.path("actions_failed").asLong()).isEqualTo(12);
      assertThat(sums.path("actions").path("spawn_monster").asInt()).isEqualTo(2);
      assertThat(sums.path("actions").path("broadcast").asInt()).isEqualTo(2);
      assertThat(sums.path("asked").asInt())
          .isEqualTo(
              sums.path("answered").asInt() + sums.path("unanswered").asInt() + underWay(sums));
      assertThat(service.results().stream().map(JsonNode::toString).collect(Collectors.joining()))
          .contains("a-1", "a-2", "a-3", "no such map");
      assertThat(Files.readString(log)).contains("the companion runs, pid " + companion.pid());
    }
  }

  /** The requests that the server's end has cut: one a second, and each waits five at most. */
  private static int underWay(JsonNode sums) {
    int cut =
        sums.path("asked").asInt()
            - sums.path("answered").asInt()
            - sums.path("unanswered").asInt();
    assertThat(cut).isBetween(0, 5);
    return cut;
  }

  @Test
  void killsOfEitherLoseNothingAndDoubleNothing() throws Exception {
    try (FakeAiService service = FakeAiService.start("healthy")) {
      List<ChildJvm> companions = new ArrayList<>();
      Path out = folder.resolve("server.out");
      Process game = server(12, out);
      for (int i = 0; i < 3; i++) {
        ChildJvm companion = companion(service, "ends");
        companions.add(companion);
        TimeUnit.MILLISECONDS.sleep(2500);
        companion.kill();
      }
      ChildJvm last = companion(service, "ends");
      companions.add(last);
      assertThat(game.waitFor()).isZero();
      JsonNode sums = sums(out);
      awaitEvents(service, total(sums.path("published")));
      List<String> ids = service.receivedEventIds().stream().distinct().toList();
      assertThat(ids).hasSize((int) total(sums.path("published")));
      for (ChildJvm companion : companions) {
        companion.close();
      }
    }
  }

  /** Sends {@code process} a signal by its name. */
  private static void signal(String name, long process) throws Exception {
    NativeCode.run(List.of("kill", "-" + name, Long.toString(process)));
  }

  /** Awaits that the server's log has {@code line} {@code times} times. */
  private void awaitLine(String line, int times) throws Exception {
    Path log = folder.resolve("server.err");
    for (int i = 0; i < 600 && count(Files.readString(log), line) < times; i++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    assertThat(count(Files.readString(log), line)).isGreaterThanOrEqualTo(times);
  }

  private static int count(String text, String part) {
    return text.split(java.util.regex.Pattern.quote(part), -1).length - 1;
  }

  /** Whoever takes another's place while it is only stopped would do its work a second time. */
  @Test
  void noneTakesTheNameOfACompanionThatIsOnlyStopped() throws Exception {
    try (FakeAiService service = FakeAiService.start("action-feed");
        ChildJvm first = companion(service, "ends")) {
      assertThat(first.line()).startsWith("waits for a server in ");
      Path out = folder.resolve("server.out");
      Process game = server(600, out);
      assertThat(first.line()).startsWith("serves map-server");
      awaitLine("the companion runs, pid " + first.pid(), 1);
      refusesASecond(service, first);
      signal("STOP", first.pid());
      try {
        awaitLine("the companion is gone; events wait in the ring", 1);
        refusesASecond(service, first);
        service.offerActions(
            """
            [{"action_id":"b-1","action_type":"broadcast","payload":{"message":"hello"}}]
            """);
      } finally {
        signal("CONT", first.pid());
      }
      awaitLine("the companion runs, pid " + first.pid(), 2);
      for (int i = 0; i < 600 && !service.results().toString().contains("b-1"); i++) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
      first.kill(); // Only now its place is free.
      try (ChildJvm second = companion(service, "ends")) {
        assertThat(second.line()).startsWith("serves map-server");
        service.offerActions(
            """
            [{"action_id":"b-1","action_type":"broadcast","payload":{"message":"hello"}}]
            """);
        awaitLine("the companion runs, pid " + second.pid(), 1);
        game.destroy();
        assertThat(game.waitFor()).isZero();
        JsonNode sums = sums(out);
        awaitEvents(service, total(sums.path("published")));
        assertThat(second.line()).isEqualTo("the server has ended");
        assertThat(second.line()).isEqualTo("ended");
        assertThat(service.receivedEventIds().stream().distinct().count())
            .isEqualTo(total(sums.path("published")));
        // The nine of the scenario and this one, each once; those in the hands of the first in
        // doubt.
        assertThat(total(sums.path("actions")) + sums.path("actions_failed").asLong())
            .isLessThanOrEqualTo(10);
        assertThat(sums.path("actions").path("broadcast").asInt()).isLessThanOrEqualTo(2);
      }
    }
  }

  private void refusesASecond(FakeAiService service, ChildJvm first) throws Exception {
    Process second =
        ChildJvm.process(
            Files.createDirectories(folder.resolve("second")),
            Child.class,
            configuration(folder, service),
            folder.resolve("rings"),
            "ends");
    assertThat(second.waitFor()).isNotZero();
    assertThat(Files.readString(folder.resolve("second/err")))
        .contains("companion is in use by the process " + first.pid());
  }
}

package org.aibridge.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.event.JsonText;
import org.aibridge.core.config.ConfigException;
import org.aibridge.core.config.ConfigReader;
import org.aibridge.core.config.ConfigSource;
import org.aibridge.examples.demo.NativeProgram;
import org.aibridge.fakeservice.FieldRules;
import org.aibridge.fakeservice.FieldService;
import org.aibridge.ops.Surroundings;
import org.aibridge.testkit.AiServiceOptions;
import org.aibridge.testkit.AiServiceScenario;
import org.aibridge.testkit.FakeAiService;
import org.aibridge.testkit.ReceivedEvent;
import org.aibridge.testkit.ReceivedRequest;

/**
 * Plays one scenario against a map-server: healthy first, then the fault, then healthy again.
 *
 * <p>One thread plays; several players may run side by side, each with a service, a server and a
 * folder of its own.
 */
final class ScenarioPlayer {
  private static final long STEP_MS = 50;
  private static final Duration WARM_UP = Duration.ofSeconds(20);
  private static final Duration STATE_PATIENCE = Duration.ofSeconds(15);
  private static final Duration ACTIONS_PATIENCE = Duration.ofSeconds(5);
  private static final long HEALTHY_MS = 1_000;
  private static final int EVENTS_BEFORE = 10;
  private static final long FIRST_PLAYER = 150_001;
  private static final int PLAYERS = 5;

  /** Rules without the limit per minute; with it, a run would take a minute. */
  private static final FieldRules FIELD = FieldRules.DEFAULT.withPerMinute(0);

  private final AiServiceScenario scenario;
  private final Plan plan;
  private final Expectations expectations;

  /** True if a tester's own map-server plays it, whose keys may be slow ones. */
  private boolean outside;

  /** The service's behaviour during the fault; {@link #after} is its behaviour afterwards. */
  private AiServiceScenario during;

  private AiServiceScenario after;
  private final Deque<Plan.Publication> toCome;
  private FakeAiService service;

  /** What stands before the service; null in most scenarios. */
  private Front front;

  /** What the mappings in force have answered; null before they are. */
  private Coverage coverage;

  private final List<String> blamed = new ArrayList<>();
  private long startNanos;
  private long faultMs = -1;
  private int requestsBefore;
  private final List<Sight> sights = new ArrayList<>();
  private long published;

  /**
   * A player of this scenario.
   *
   * @throws IllegalArgumentException when its file has a mistake; the message says which
   */
  ScenarioPlayer(AiServiceScenario scenario) {
    this(scenario, null);
  }

  /**
   * A player of an incident for whose faults a service stands in that shall have mended them.
   *
   * @param service its {@code base_url}, or null
   */
  ScenarioPlayer(AiServiceScenario scenario, URI service) {
    this.scenario = scenario;
    try {
      this.plan = Plan.of(scenario.about());
      Expectations read = Expectations.of(scenario.about());
      this.expectations = service == null ? read : read.ofAnotherService();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("scenario " + scenario.name() + ": " + e.getMessage(), e);
    }
    if (service != null && !plan.isIncident()) {
      throw new IllegalArgumentException(
          "--service is for incidents, and %s has none".formatted(scenario.name()));
    }
    this.during = service == null ? scenario : AiServiceScenario.passingTo(service);
    this.after = service != null ? during : plan.heals() ? scenario.withoutFault() : scenario;
    this.toCome = new ArrayDeque<>(plan.publish());
  }

  /** Throws if the scenario's settings cannot be used on top of {@code conf}. */
  void requireUsable(Path conf) {
    try {
      ConfigReader.read(new ConfigSource(conf, keys("http://127.0.0.1:1", conf)));
    } catch (ConfigException e) {
      throw new IllegalArgumentException(
          "scenario " + scenario.name() + " with --conf: " + e.getMessage(), e);
    }
  }

  /** Returns a sentence for each expectation that {@code played} does not meet. */
  List<String> judge(Played played) {
    List<String> wrong = new ArrayList<>(expectations.judge(played));
    wrong.addAll(blamed);
    if (isWhole()) {
      wrong.addAll(coverage.missing());
    }
    if (front != null && !front.left().isEmpty()) {
      wrong.add("no request got " + String.join(", ", front.left()));
    }
    return wrong;
  }

  /** Sentences about what was played that are nobody's fault. */
  List<String> notes() {
    return coverage.notes(isWhole());
  }

  private boolean isWhole() {
    return plan.whole() && during == scenario && !outside;
  }

  /**
   * Plays it against the built-in map-server; takes as long as the scenario lasts, and what the
   * bridge needs to be back.
   *
   * @param conf a configuration to start from, or null
   */
  Played play(Path folder, Path conf) throws IOException, InterruptedException {
    Start start = service -> BuiltInServer.start(scenario.name(), conf, settings(service, folder));
    Played played = play(0, start);
    if (played.lost() > 0 && front != null) {
      blame(folder);
    }
    return plan.isIncident() ? played.with(ends(folder)) : played;
  }

  /** Says by which odd answers the bridge took for delivered what the service does not have. */
  private void blame(Path folder) throws IOException {
    Set<String> taken = ids(taken());
    Map<String, String> last = front.lastOddAnswers();
    for (Traces.Event event : left(folder).events()) {
      String id = event.json().path("event_id").asText();
      if (event.end().equals(Traces.DELIVERED) && !taken.contains(id) && last.containsKey(id)) {
        blamed.add("%s counts as delivered by the answer \"%s\"".formatted(id, last.get(id)));
      }
    }
  }

  /** Plays it against the map-server in C++ with its companion, in processes of their own. */
  Played play(Path folder, NativeProgram program, Surroundings surroundings)
      throws IOException, InterruptedException {
    return play(
        0,
        service ->
            NativeServer.start(
                surroundings, program, scenario.name(), folder, settings(service, folder)));
  }

  /** Whether a map-server whose {@code base_url} is no https can play it. */
  boolean isForHttp() {
    return !plan.connection().isEncrypted();
  }

  /** Plays the scenario against a map-server that is already running. */
  Played play(OutsideServer server) throws IOException, InterruptedException {
    return play(server.port(), service -> server);
  }

  /** Starts the map-server whose bridge finds the service at that {@code base_url}. */
  @FunctionalInterface
  private interface Start {
    MapServer at(String baseUrl) throws IOException;
  }

  /** Plays it with the service at {@code port} of 127.0.0.1, where 0 means any free one. */
  private Played play(int port, Start start) throws IOException, InterruptedException {
    boolean fronted = plan.needsFront();
    AiServiceOptions options = AiServiceOptions.DEFAULT.withPort(fronted ? 0 : port);
    try (FakeAiService fake = FakeAiService.start(AiServiceScenario.named("healthy"), options);
        FieldService field = plan.fastApi() ? FieldService.start(FIELD) : null;
        Front before = fronted ? new Front(plan, port, fake.baseUrl()) : null) {
      service = fake;
      front = before;
      if (field != null) {
        during = AiServiceScenario.passingTo(URI.create(field.baseUrl()));
        after = during;
      }
      MapServer server = start.at(fronted ? front.baseUrl() : service.baseUrl());
      try {
        if (plan.isIncident()) {
          server.rest(); // or its players' events would be taken for the incident's
        }
        return play(server);
      } finally {
        server.stop();
      }
    }
  }

  private Ends ends(Path folder) throws IOException {
    return Ends.of(plan, taken(), left(folder));
  }

  private Traces left(Path folder) throws IOException {
    QuickKeys.Folders folders = QuickKeys.folders(folder);
    return Traces.read(folders.journal(), folders.letters(), scenario.name(), Traces.Span.ALL);
  }

  private List<ReceivedEvent> taken() {
    return service.receivedEvents().stream().filter(ReceivedEvent::acknowledged).toList();
  }

  private Played play(MapServer server) throws InterruptedException {
    outside = server instanceof OutsideServer;
    startNanos = System.nanoTime();
    begin(server);
    Duration longest = isWhole() ? plan.lasts().plus(server.slack()) : plan.lasts();
    watch(server, longest, sight -> allIsPlayed());
    if (sights.stream().noneMatch(s -> s.atMs() >= faultMs && expectations.isSeenIn(s))) {
      watch(server, STATE_PATIENCE.plus(server.slack()), expectations::isSeenIn);
    }
    if (after != during) {
      service.switchTo(after);
    }
    if (front != null && plan.heals()) {
      front.spoil(false);
    }
    server.rest();
    if (plan.reload()) {
      server.reload();
    }
    long healMs = nowMs();
    Duration patience = expectations.patience().plus(server.slack());
    boolean back =
        watch(server, patience.plusSeconds(1), s -> toCome.isEmpty() && server.isWell(s));
    long backMs = back ? nowMs() - healMs : -1;
    if (plan.isIncident() && during == scenario) {
      // The bridge may be well again before it polls the actions, so the player waits for them.
      watch(server, ACTIONS_PATIENCE, s -> s.endedActions() >= plan.actions().size());
    }
    server.stop();
    return result(server, healMs, backMs);
  }

  /** Whether a scenario with an end of its own has come to it. */
  private boolean allIsPlayed() {
    lookAtRequests();
    if (isWhole() && !coverage.isWhole(nowMs())) {
      return false;
    }
    return plan.answers().isEmpty() ? isWhole() : front.left().isEmpty();
  }

  private void lookAtRequests() {
    List<ReceivedRequest> all = service.requests();
    coverage.look(all.subList(requestsBefore, all.size()), nowMs());
  }

  /** Waits until the bridge is well, then starts the fault. */
  private void begin(MapServer server) throws InterruptedException {
    if (!plan.isIncident()) {
      service.offerAction(broadcast("before"));
    }
    server.publish(good(EVENTS_BEFORE));
    long earliest = nowMs() + HEALTHY_MS;
    watch(
        server,
        WARM_UP.plus(server.slack()),
        s -> server.isWell(s) && s.delivered() > 0 && s.atMs() >= earliest);
    faultMs = nowMs();
    coverage = new Coverage(during);
    requestsBefore = service.requests().size();
    service.switchTo(during);
    if (front != null) {
      front.spoil(true);
    }
    if (!plan.isIncident()) {
      service.offerAction(broadcast("during"));
    }
    if (during == scenario) {
      plan.actions().forEach(service::offerAction); // Another service decides by itself.
    }
    server.publish(planned());
  }

  private Map<String, String> keys(String baseUrl, Path folder) {
    Map<String, String> keys = new LinkedHashMap<>(QuickKeys.keys());
    keys.putAll(plan.settings());
    keys.putAll(QuickKeys.own(scenario.name(), baseUrl, folder));
    return keys;
  }

  private Map<String, String> settings(String baseUrl, Path folder) throws IOException {
    Map<String, String> settings = keys(baseUrl, folder);
    settings.putAll(front == null ? Map.of() : front.settings(folder));
    return settings;
  }

  /** Watches until {@code end} is true; false if {@code limit} passes first. */
  private boolean watch(MapServer server, Duration limit, Predicate<Sight> end)
      throws InterruptedException {
    long deadline = nowMs() + limit.toMillis();
    while (true) {
      publishWhatIsDue(server);
      Sight sight = server.look(nowMs());
      sights.add(sight);
      if (end.test(sight)) {
        return true;
      }
      if (nowMs() >= deadline) {
        return false;
      }
      Thread.sleep(STEP_MS);
    }
  }

  private void publishWhatIsDue(MapServer server) {
    List<GameEvent> due = new ArrayList<>();
    while (faultMs >= 0 && !toCome.isEmpty() && toCome.peek().afterMs() <= nowMs() - faultMs) {
      due.add(toCome.poll().now());
    }
    server.publish(due);
  }

  private static Set<String> ids(List<ReceivedEvent> events) {
    return events.stream().map(ReceivedEvent::eventId).collect(Collectors.toSet());
  }

  private Played result(MapServer server, long healMs, long backMs) {
    lookAtRequests();
    long lost = server.lost(() -> ids(taken()));
    sights.add(server.end(sights.get(sights.size() - 1)));
    List<ReceivedEvent> taken = taken();
    Set<String> ids = ids(taken);
    return new Played(
        sights,
        front != null
            ? front.requests(startNanos)
            : service.requests().stream().map(r -> Request.of(r, startNanos)).toList(),
        lost,
        taken.size() - ids.size(),
        outOfOrder(taken),
        offered(service.requests()),
        server.appliedTwice(),
        faultMs,
        healMs,
        backMs,
        server.slack(),
        server.tickMs(),
        server.bridgeMs(),
        Ends.NONE);
  }

  /** Returns the events whose first copy came after a newer event of the same player. */
  static List<String> outOfOrder(List<ReceivedEvent> taken) {
    Map<String, Long> newest = new HashMap<>();
    Set<String> seen = new HashSet<>();
    List<String> wrong = new ArrayList<>();
    for (ReceivedEvent event : taken) {
      String player =
          event.json().path("player_id").asText() + event.json().path("player_key").asText();
      if (player.isEmpty() || !seen.add(event.eventId())) {
        continue;
      }
      long sequence = Long.parseLong(event.eventId().replaceAll(".*:", ""));
      Long before = newest.put(player, sequence);
      if (before != null && before > sequence) {
        wrong.add("player %s: %d after %d".formatted(player, sequence, before));
      }
    }
    return wrong;
  }

  private static long offered(List<ReceivedRequest> requests) {
    Set<String> ids = new HashSet<>();
    for (ReceivedRequest request : requests) {
      if (request.method().equals("GET")) {
        Json.readOrMissing(request.answer())
            .path("actions")
            .forEach(a -> ids.add(a.path("action_id").asText()));
      }
    }
    return ids.size();
  }

  private List<GameEvent> planned() {
    List<GameEvent> events = new ArrayList<>(good(plan.events() - plan.poison() - plan.large()));
    for (int i = 0; i < plan.poison(); i++) {
      events.add(i * events.size() / plan.poison(), event(new JsonText().put("poison", true)));
    }
    for (int i = 0; i < plan.large(); i++) {
      events.add(event(new JsonText().put("text", "x".repeat(Plan.LARGE_CHARACTERS))));
    }
    return events;
  }

  private List<GameEvent> good(int count) {
    List<GameEvent> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(event(new JsonText()));
    }
    return events;
  }

  private GameEvent event(JsonText payload) {
    long number = published++;
    return GameEvent.custom(
        "scenario_probe",
        FIRST_PLAYER + number % PLAYERS,
        "prontera",
        payload.put("n", number).toString());
  }

  private JsonNode broadcast(String when) {
    return Json.read(
        """
        {"action_id": "%s-%s", "action_type": "broadcast", "priority": 1,
         "payload": {"message": "Offered %s the fault", "type": "all"}}\
        """
            .formatted(scenario.name(), when, when));
  }

  private long nowMs() {
    return (System.nanoTime() - startNanos) / 1_000_000;
  }
}

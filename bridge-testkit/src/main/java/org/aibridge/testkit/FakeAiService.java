package org.aibridge.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.common.FatalStartupException;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * An AI service on a loopback port that behaves as its scenario says.
 *
 * <p>The port is the same from the start until {@link #close}: through {@link #switchTo}, and
 * through {@link #stop} and {@link #restart}. What was received, which actions are open and what
 * was offered outlive a restart too; where a scenario stood in its cycle does not. All methods may
 * be called from any thread; those that start or stop the server block for some 100 ms.
 */
public final class FakeAiService implements AutoCloseable {
  private static final int START_TRIES = 5;

  private final ActionFeed feed = new ActionFeed();
  private final HttpDateHelper httpDate = new HttpDateHelper(InstantSource.system());
  private final AdminRoutes routes = new AdminRoutes(this);
  private final RequestRecorder recorder;
  private final int port;

  private volatile AiServiceScenario scenario;

  /** True if the service should run; the scenario decides whether a server listens. */
  private boolean up = true;

  /** The server; null while nothing listens. */
  private ScenarioServer server;

  private boolean closed;

  private FakeAiService(AiServiceScenario scenario, int port, int journalLimit) {
    this.scenario = scenario;
    this.port = port;
    this.recorder = new RequestRecorder(journalLimit, feed::report);
    settle();
  }

  /**
   * Starts a built-in scenario on a free port.
   *
   * @throws IllegalArgumentException when there is no such scenario; the message lists the names
   */
  public static FakeAiService start(String scenario) {
    return start(AiServiceScenario.named(scenario));
  }

  /** Starts the service with a scenario on a free port. */
  public static FakeAiService start(AiServiceScenario scenario) {
    return start(scenario, AiServiceOptions.DEFAULT);
  }

  /**
   * Starts a scenario.
   *
   * @throws IllegalStateException when the port is taken
   */
  public static FakeAiService start(AiServiceScenario scenario, AiServiceOptions options) {
    if (options.port() != 0) {
      return startOn(options.port(), scenario, options.journalLimit());
    }
    for (int i = 1; ; i++) {
      try {
        return startOn(FreePort.find(), scenario, options.journalLimit());
      } catch (IllegalStateException e) {
        if (i == START_TRIES) {
          throw e;
        }
      }
    }
  }

  private static FakeAiService startOn(int port, AiServiceScenario scenario, int journalLimit) {
    if (!FreePort.isFree(port)) {
      throw new IllegalStateException("port " + port + " is taken");
    }
    return new FakeAiService(scenario, port, journalLimit);
  }

  /** The URL for the bridge's {@code base_url}: {@code http://127.0.0.1:port}. */
  public String baseUrl() {
    return "http://" + ScenarioServer.HOST + ":" + port;
  }

  /** The port, which stays the same as long as this service lives. */
  public int port() {
    return port;
  }

  /** The current scenario, or the one that will run after {@link #restart}. */
  public AiServiceScenario scenario() {
    return scenario;
  }

  /**
   * Behaves as a built-in scenario from the next request on; see {@link
   * #switchTo(AiServiceScenario)}.
   *
   * @throws IllegalArgumentException when there is no such scenario; the old one keeps running
   */
  public void switchTo(String scenario) {
    switchTo(AiServiceScenario.named(scenario));
  }

  /**
   * Behaves as another scenario from the next request on.
   *
   * <p>Open connections stay open and a request meets either the old scenario or the new one, never
   * a mixture; requests already accepted get the old one's answer. Only a scenario that does not
   * listen closes the port. While the service is stopped it stays so.
   */
  public synchronized void switchTo(AiServiceScenario scenario) {
    this.scenario = scenario;
    if (server != null && scenario.isListening()) {
      server.load(scenario);
    }
    settle();
  }

  /**
   * Kills the service: the port and all connections are closed at once, requests in flight get no
   * answer. Does nothing when it is stopped already.
   */
  public synchronized void stop() {
    up = false;
    settle();
  }

  /**
   * Kills the service if it runs, and starts it again on the same port with its scenario from the
   * beginning.
   *
   * @throws IllegalStateException when it is closed, or another process has taken the port
   */
  public synchronized void restart() {
    if (closed) {
      throw new IllegalStateException("the service is closed");
    }
    stop();
    up = true;
    settle();
  }

  /** Stops the service for good. What it received stays readable. */
  @Override
  public synchronized void close() {
    closed = true;
    stop();
  }

  /** All requests so far, in the order in which their answers were decided. */
  public List<ReceivedRequest> requests() {
    return recorder.all();
  }

  /** Calls {@code listener} for each request from now on, on the thread that answers it. */
  public void onRequest(Consumer<ReceivedRequest> listener) {
    recorder.onRequest(listener);
  }

  /** All requests to the dispatch endpoint, whatever became of them. */
  public List<ReceivedRequest> dispatchRequests() {
    return recorder.to(Endpoints.DISPATCH);
  }

  /** The events of all dispatch requests in order, with what became of each request. */
  public List<ReceivedEvent> receivedEvents() {
    return dispatchRequests().stream().flatMap(FakeAiService::events).toList();
  }

  /**
   * The ids of the events the service took, in order: those of acknowledged dispatch requests, but
   * for the ones an answer named as rejected. An id that is here twice was taken twice.
   */
  public List<String> receivedEventIds() {
    return receivedEvents().stream()
        .filter(ReceivedEvent::acknowledged)
        .map(ReceivedEvent::eventId)
        .toList();
  }

  /** All requests to the endpoint for results, whatever became of them. */
  public List<ReceivedRequest> resultRequests() {
    return recorder.to(Endpoints.COMPLETE);
  }

  /** The bodies of all requests to the endpoint for results, acknowledged or not. */
  public List<JsonNode> results() {
    return resultRequests().stream().map(ReceivedRequest::json).toList();
  }

  /** Forgets the requests so far; does not change the actions. */
  public void forgetRequests() {
    recorder.forget();
  }

  /**
   * Offers actions with every poll until each is reported complete, in any scenario that answers
   * polls.
   *
   * @param json {@code {"actions": [...]}}, a list of actions, or one action
   * @throws IllegalArgumentException when it is not JSON or an action has no {@code action_id}
   */
  public void offerActions(String json) {
    JsonNode given = JsonText.parse(json, "the offer");
    JsonNode actions = given.path("actions").isArray() ? given.path("actions") : given;
    if (actions.isArray()) {
      actions.forEach(this::offerAction);
    } else {
      offerAction(actions);
    }
  }

  /**
   * Offers one action with every poll until it is reported complete. An action that is complete
   * already is offered again.
   *
   * @throws IllegalArgumentException when it has no {@code action_id}
   */
  public void offerAction(JsonNode action) {
    feed.offer(action);
  }

  private static Stream<ReceivedEvent> events(ReceivedRequest request) {
    String key = request.header("Idempotency-Key").orElse("");
    int status = request.status();
    boolean taken = request.isAcknowledged();
    return StreamSupport.stream(request.json().path("events").spliterator(), false)
        .map(event -> event(event, key, status, taken && !request.rejects(id(event))));
  }

  private static ReceivedEvent event(JsonNode event, String key, int status, boolean taken) {
    return new ReceivedEvent(event, key, status, taken);
  }

  private static String id(JsonNode event) {
    return event.path("event_id").asText();
  }

  /** Starts or stops the server, according to {@link #up} and the scenario. */
  private void settle() {
    boolean wanted = up && scenario.isListening();
    if (wanted && server == null) {
      server = open();
    } else if (!wanted && server != null) {
      feed.releasePolls();
      server.kill();
      recorder.abandonUnanswered();
      server = null;
    }
  }

  private ScenarioServer open() {
    try {
      return ScenarioServer.open(port, scenario, recorder, feed, httpDate, routes);
    } catch (FatalStartupException e) {
      throw new IllegalStateException("port " + port + " is taken", e);
    }
  }
}

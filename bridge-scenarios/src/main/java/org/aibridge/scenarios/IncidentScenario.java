package org.aibridge.scenarios;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.testkit.AiServiceScenario;

/**
 * An incident as it becomes a scenario: its events are published and its actions offered again, and
 * the service answers as it did.
 */
final class IncidentScenario {
  /** The maximum number of events to publish again, dead ones included; the newest are chosen. */
  static final int MAX_EVENTS = 2_000;

  /** The maximum number of dead events to publish again. */
  private static final int MAX_DEAD = 500;

  private static final int EVENTS_A_SECOND = 300;
  private static final long SHORTEST_MS = 3_000;
  private static final long TROUBLE_MS = 5_000;
  private static final String DISPATCH = "/api/v1/events/dispatch";

  private final List<Traces.Event> events = new ArrayList<>();
  private final List<Traces.Action> actions;
  private final Optional<Trouble> trouble;
  private final Map<String, String> settings;
  private final Mask mask;
  private long leftOut;

  /**
   * A scenario of what was found.
   *
   * @param settings the bridge's keys that decide about ends
   * @param mask what replaces what tells of people, or null
   */
  IncidentScenario(
      Traces traces, Optional<Trouble> trouble, Map<String, String> settings, Mask mask) {
    this.actions = traces.actions();
    this.trouble = trouble;
    this.settings = settings;
    this.mask = mask;
    choose(traces.events());
  }

  private void choose(List<Traces.Event> all) {
    int dead = 0;
    int others = 0;
    for (int i = all.size() - 1; i >= 0; i--) {
      Traces.Event event = all.get(i);
      boolean isDead = event.letter() != null;
      boolean usable = !isDead || isReplayable(event.letter().reason());
      int room = isDead ? MAX_DEAD - dead : MAX_EVENTS - MAX_DEAD - others;
      if (!usable || room <= 0) {
        leftOut++;
        continue;
      }
      events.add(0, event);
      dead += isDead ? 1 : 0;
      others += isDead ? 0 : 1;
    }
  }

  /** False for imported letters and for events of a later bridge version. */
  private static boolean isReplayable(DeadLetter.Reason reason) {
    return reason != DeadLetter.Reason.IMPORTED && reason != DeadLetter.Reason.LATER_VERSION;
  }

  List<Traces.Event> events() {
    return events;
  }

  /** The number of events that were left out because they were unusable or too many. */
  long leftOut() {
    return leftOut;
  }

  /** Writes the scenario's folder; never overwrites an existing scenario. */
  void write(Path folder, String description) throws IOException {
    ChosenScenarios.refuseToOverwrite(folder);
    PrivateFiles.makeFolder(folder); // It says what players did.
    AiServiceScenario.export("healthy", folder);
    List<ObjectNode> published = published();
    ObjectNode file = Json.MAPPER.createObjectNode();
    ArrayNode mappings = file.putArray("mappings");
    troubles(mappings);
    refusals(mappings);
    rejections(mappings);
    Files.writeString(folder.resolve("mappings/incident.json"), file.toPrettyString() + "\n");
    Files.writeString(folder.resolve("scenario.json"), Json.lines(about(description, published)));
    AiServiceScenario.fromDirectory(folder); // says at once what WireMock could not read
  }

  private ObjectNode about(String description, List<ObjectNode> published) {
    ObjectNode about = Json.MAPPER.createObjectNode().put("description", description);
    ObjectNode play = about.putObject("play");
    play.put("events", 0).put("lasts", lastsMs() + "ms").put("heals", trouble.isPresent());
    if (trouble.isPresent() && trouble.get().state().equals("held")) {
      play.put("reload", true);
    }
    ObjectNode keys = play.putObject("settings");
    settings.forEach(keys::put);
    play.putArray("actions").addAll(offers());
    play.putArray("publish").addAll(published);
    ObjectNode expect = about.putObject("expect").put("back_within", "30s");
    trouble.ifPresent(t -> expect.put("state_during", t.state()));
    return about;
  }

  private long lastsMs() {
    long least = trouble.isPresent() ? TROUBLE_MS : SHORTEST_MS;
    return Math.max(least, events.size() * 1000L / EVENTS_A_SECOND);
  }

  /** Returns the events for the plan, masked in place, with their times and ends. */
  private List<ObjectNode> published() {
    List<ObjectNode> published = new ArrayList<>();
    long first = events.isEmpty() ? 0 : events.get(0).atMs();
    long span = events.isEmpty() ? 1 : Math.max(1, events.get(events.size() - 1).atMs() - first);
    long within = Math.min(span, lastsMs() * 3 / 4);
    for (Traces.Event event : events) {
      if (mask != null) {
        mask.hideInEvent(event.json());
      }
      ObjectNode planned = Json.MAPPER.createObjectNode();
      long afterMs = Math.max(0, event.atMs() - first);
      planned.put("after_ms", Math.min(within, afterMs * within / span));
      planned.put("end", event.end());
      if (event.letter() != null && event.letter().reason() == DeadLetter.Reason.EXPIRED) {
        planned.put("age_ms", Math.max(0, event.letter().deadAtMs() - event.atMs()));
      }
      planned.setAll(event.json());
      planned.remove(List.of("event_id", "timestamp"));
      published.add(planned);
    }
    return published;
  }

  private List<ObjectNode> offers() {
    List<ObjectNode> offers = new ArrayList<>();
    for (Traces.Action action : actions) {
      ObjectNode offer = action.offer();
      if (mask != null) {
        mask.hideIn(offer);
        offer.put("action_id", "action-" + (offers.size() + 1));
      }
      offers.add(offer.put("end", action.end()).put("why", mask == null ? action.why() : ""));
    }
    return offers;
  }

  private String answer(String body) {
    return mask == null ? body : mask.answer(body);
  }

  private void troubles(ArrayNode to) {
    trouble.ifPresent(
        t -> {
          ObjectNode mapping = to.addObject().put("name", "the fault: " + t.words());
          mapping.put("priority", 1);
          mapping.putObject("metadata").put("fault", true);
          mapping.putObject("request").put("urlPathPattern", "/api/v1/(events|actions)/.*");
          mapping.set("response", t.response());
        });
  }

  /** Adds mappings that answer a batch with a refused event as the service did in the incident. */
  private void refusals(ArrayNode to) {
    Map<String, List<Traces.Event>> alike = new LinkedHashMap<>();
    for (Traces.Event event : events) {
      DeadLetter letter = event.letter();
      boolean refused =
          letter != null
              && letter.status() >= 300
              && (letter.reason() == DeadLetter.Reason.REFUSED
                  || letter.reason() == DeadLetter.Reason.TOO_LARGE);
      if (refused) {
        alike
            .computeIfAbsent(letter.status() + letter.answer(), key -> new ArrayList<>())
            .add(event);
      }
    }
    for (List<Traces.Event> group : alike.values()) {
      DeadLetter letter = group.get(0).letter();
      ObjectNode response =
          dispatch(to, 2, "refused with " + letter.status(), group).put("status", letter.status());
      response.putObject("headers").put("Content-Type", "application/json");
      response.put("body", answer(letter.answer()));
    }
  }

  /** Adds a mapping that takes a batch but rejects events that were rejected in the incident. */
  private void rejections(ArrayNode to) {
    List<Traces.Event> rejected =
        events.stream()
            .filter(e -> e.letter() != null && e.letter().reason() == DeadLetter.Reason.REJECTED)
            .toList();
    if (rejected.isEmpty()) {
      return;
    }
    ObjectNode response = dispatch(to, 3, "rejected", rejected).put("status", 200);
    response.putObject("headers").put("Content-Type", "application/json");
    String each =
        "{{#each (jsonPath request.body \"%s\") as |event|}}{{#unless @first}},{{/unless}}"
            .formatted(filter(rejected));
    response.put(
        "body",
        "{\"rejected\":["
            + each
            + "{\"event_id\":\"{{event.event_id}}\",\"error\":\"as in the"
            + " incident\"}{{/each}}]}");
    response.putArray("transformers").add("response-template");
  }

  /** Adds a mapping for batches that contain these events; returns its response, still empty. */
  private static ObjectNode dispatch(
      ArrayNode to, int priority, String name, List<Traces.Event> events) {
    ObjectNode mapping = to.addObject().put("name", name).put("priority", priority);
    ObjectNode request =
        mapping.putObject("request").put("method", "POST").put("urlPath", DISPATCH);
    request.putArray("bodyPatterns").addObject().put("matchesJsonPath", filter(events));
    return mapping.putObject("response");
  }

  private static String filter(List<Traces.Event> events) {
    return EventFilter.any(events.stream().map(Traces.Event::json).toList());
  }
}

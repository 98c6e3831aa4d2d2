package org.aibridge.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.aibridge.testkit.AiServiceScenario;
import org.aibridge.testkit.ReceivedRequest;

/**
 * Which mappings of a scenario have answered a request, and what no mapping answered. One thread.
 *
 * <p>A mapping for one method and path of which no request came is out of reach: the map-server of
 * this run asks for no such thing, whatever the bridge does.
 */
final class Coverage {
  /** For how long nothing new is answered before all counts as played, in milliseconds. */
  static final long SETTLED_MS = 2_000;

  private static final int NAMED = 4;

  /** What a mapping says of itself that answers in place of something nobody recorded. */
  static final String STAND_IN = "stand_in";

  /**
   * A mapping.
   *
   * @param endpoint method and path; empty if it fits several
   */
  private record Mapping(String id, String name, String endpoint, boolean standsIn) {
    static Mapping of(JsonNode json) {
      JsonNode request = json.path("request");
      JsonNode response = json.path("response");
      String method = request.path("method").asText();
      String path = request.path("urlPath").asText();
      String endpoint = method.isEmpty() || path.isEmpty() ? "" : method + " " + path;
      String what = response.path("fault").asText(response.path("status").asText("200"));
      String name = json.path("name").asText(endpoint.isEmpty() ? request.toString() : endpoint);
      return new Mapping(
          json.path("id").asText(),
          "%s (%s)".formatted(name, what),
          endpoint,
          json.path("metadata").path(STAND_IN).asBoolean());
    }
  }

  private final List<Mapping> mappings = new ArrayList<>();
  private final Set<String> asked = new HashSet<>();
  private final Set<String> answered = new HashSet<>();
  private final Map<String, Integer> standIns = new LinkedHashMap<>();
  private final Map<String, Integer> unmatched = new LinkedHashMap<>();
  private final boolean passesOn;
  private int seen;
  private long newestMs;

  Coverage(AiServiceScenario scenario) {
    scenario.mappings().forEach(json -> mappings.add(Mapping.of(json)));
    passesOn =
        scenario.mappings().stream().anyMatch(m -> m.at("/response/proxyBaseUrl").isTextual());
  }

  /** Looks at the requests since the scenario came into force, of which there are ever more. */
  void look(List<ReceivedRequest> requests, long nowMs) {
    Map<String, Mapping> byId =
        mappings.stream().collect(Collectors.toMap(Mapping::id, m -> m, (one, other) -> one));
    for (; seen < requests.size(); seen++) {
      ReceivedRequest request = requests.get(seen);
      String endpoint = request.method() + " " + request.path();
      Mapping mapping = byId.get(request.mappingId());
      if (mapping == null) {
        if (request.mappingId().isEmpty() && request.status() == 404 && !passesOn) {
          unmatched.merge(endpoint, 1, Integer::sum);
        }
        continue; // or it is of the scenario before or after this one
      }
      if (mapping.standsIn()) {
        standIns.merge(endpoint, 1, Integer::sum);
        continue;
      }
      asked.add(endpoint);
      if (answered.add(mapping.id())) {
        newestMs = nowMs;
      }
    }
  }

  /** Whether all within reach have answered, and for a while nothing new has come. */
  boolean isWhole(long nowMs) {
    return !answered.isEmpty() && unanswered().isEmpty() && nowMs - newestMs >= SETTLED_MS;
  }

  private List<Mapping> ours() {
    return mappings.stream().filter(mapping -> !mapping.standsIn()).toList();
  }

  private List<Mapping> unanswered() {
    return ours().stream()
        .filter(m -> !answered.contains(m.id()))
        .filter(m -> m.endpoint().isEmpty() || asked.contains(m.endpoint()))
        .toList();
  }

  private List<Mapping> outOfReach() {
    return ours().stream()
        .filter(m -> !m.endpoint().isEmpty() && !asked.contains(m.endpoint()))
        .toList();
  }

  /** A sentence for what a scenario that has to be played whole has left out. */
  List<String> missing() {
    if (ours().stream().noneMatch(m -> answered.contains(m.id()))) {
      return List.of("no mapping of it answered a request");
    }
    List<Mapping> left = unanswered();
    return left.isEmpty()
        ? List.of()
        : List.of(
            "%d of %d mappings answered no request: %s"
                .formatted(
                    left.size(), ours().size(), some(left.stream().map(Mapping::name).toList())));
  }

  /** Sentences that are nobody's fault; {@code whole} says that each mapping has to answer. */
  List<String> notes(boolean whole) {
    List<String> notes = new ArrayList<>();
    if (whole) {
      long played = ours().stream().filter(m -> answered.contains(m.id())).count();
      notes.add("%d of %d mappings answered a request".formatted(played, ours().size()));
      Set<String> never = new LinkedHashSet<>();
      outOfReach().forEach(m -> never.add(m.endpoint()));
      if (!never.isEmpty()) {
        notes.add("nothing asked " + some(List.copyOf(never)) + ", so it was not played");
      }
    }
    standIns.forEach(
        (endpoint, times) ->
            notes.add(
                "not recorded, so answered as a healthy service does: %s, %s"
                    .formatted(endpoint, often(times))));
    unmatched.forEach(
        (endpoint, times) ->
            notes.add(
                "no mapping for %s, so answered with 404: %s".formatted(endpoint, often(times))));
    return notes;
  }

  private static String often(int times) {
    return times == 1 ? "once" : times + " times";
  }

  private static String some(List<String> names) {
    String first = names.stream().limit(NAMED).collect(Collectors.joining(", "));
    return names.size() <= NAMED ? first : first + " and %d more".formatted(names.size() - NAMED);
  }
}

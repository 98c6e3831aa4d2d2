package org.aibridge.scenarios;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A time in which the AI service failed a bridge, as the bridge's status tells of it.
 *
 * @param state {@code outage} or {@code held}
 * @param problem the bridge's sentence about it
 */
record Trouble(String state, String problem, long sinceMs, long untilMs) {
  private static final Pattern STATUS = Pattern.compile("HTTP ([2-5][0-9]{2})");
  private static final int HANGS_MS = 600_000;

  /** Returns the current trouble, or else the last one; empty if the service never failed. */
  static Optional<Trouble> of(JsonNode status) {
    JsonNode outlook = status.path("outlook");
    JsonNode last = outlook.path("last_trouble");
    long writtenMs = status.path("written_at_ms").asLong();
    Trouble now =
        new Trouble(
            status.path("state").asText(),
            status.path("problem").asText(),
            outlook.path("since_ms").asLong(),
            writtenMs);
    Trouble before =
        new Trouble(
            last.path("state").asText(),
            last.path("problem").asText(),
            last.path("since_ms").asLong(),
            last.path("until_ms").asLong());
    return now.isOfService()
        ? Optional.of(now)
        : before.isOfService() ? Optional.of(before) : Optional.empty();
  }

  private boolean isOfService() {
    return state.equals("outage") || state.equals("held");
  }

  /** Describes the service's answer, or how it failed to answer. */
  String words() {
    Matcher status = STATUS.matcher(problem);
    return status.find()
        ? "HTTP " + status.group(1)
        : problem.contains("in time") ? "no answer in time" : "no answer";
  }

  /** Returns a mapping's response that fails in the same way as the service did. */
  ObjectNode response() {
    ObjectNode response = Json.MAPPER.createObjectNode();
    Matcher found = STATUS.matcher(problem);
    if (!found.find()) {
      return problem.contains("in time")
          ? response.put("status", 503).put("fixedDelayMilliseconds", HANGS_MS)
          : response.put("fault", "CONNECTION_RESET_BY_PEER");
    }
    int status = Integer.parseInt(found.group(1));
    response.put("status", status);
    if (status / 100 == 2) {
      response.put("body", "an answer that is no JSON");
    } else if (status / 100 == 3) {
      response.putObject("headers").put("Location", "/elsewhere");
    }
    return response;
  }
}

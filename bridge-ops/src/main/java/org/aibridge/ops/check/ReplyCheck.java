package org.aibridge.ops.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Locale;
import java.util.Set;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.http.Answer;

/** Judges the AI service and our key by one of its responses. */
final class ReplyCheck {
  private static final Set<String> WELL = Set.of("healthy", "ok", "up");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final BridgeConfig.AiService service;
  private final Untrusted untrusted;

  ReplyCheck(BridgeConfig.AiService service, Untrusted untrusted) {
    this.service = service;
    this.untrusted = untrusted;
  }

  Finding health(ProbeReply reply) {
    String name = "health";
    if (reply.kind() != Answer.Kind.OK) {
      return unsuccessful(name, reply);
    }
    JsonNode body = json(reply);
    if (!body.isObject()) {
      return stranger(name, reply);
    }
    String status = body.path("status").asText();
    String detail = answered(reply) + ", status \"" + untrusted.text(status) + "\"";
    return WELL.contains(status.toLowerCase(Locale.ROOT))
        ? Finding.ok(name, detail)
        : Finding.warning(name, detail, "the AI service itself is not content; see its log");
  }

  Finding credentials(ProbeReply reply) {
    String name = "credentials";
    if (reply.status() == 400 || reply.status() == 422) {
      return Finding.warning(
          name,
          "not refused, but " + reply.path() + "?limit=0 " + answered(reply),
          "see whether the AI service is of a version that offers actions");
    }
    if (reply.kind() != Answer.Kind.OK) {
      return unsuccessful(name, reply);
    }
    if (!json(reply).path("actions").isArray()) {
      return stranger(name, reply);
    }
    return Finding.ok(
        name,
        service.apiKey().isPresent()
            ? "the api key is accepted, " + answered(reply)
            : "accepted without an api key, " + answered(reply));
  }

  private Finding unsuccessful(String name, ProbeReply reply) {
    if (reply.kind() == Answer.Kind.UNAUTHORIZED) {
      return refused(name, reply);
    }
    if (reply.kind() == Answer.Kind.REDIRECT) {
      return Finding.failure(
          name,
          reply.path()
              + " "
              + answered(reply)
              + ", a redirect to "
              + untrusted.address(reply.location()),
          "the bridge follows no redirects; set base_url to the address the service really has");
    }
    return switch (reply.status()) {
      case 404, 405 ->
          Finding.failure(
              name,
              "there is no " + reply.path() + ", " + answered(reply),
              "base_url must be the AI service's address before /api/v1");
      case 408, 429 ->
          Finding.warning(name, "the AI service is too busy now, " + answered(reply), "try again");
      case 503 ->
          Finding.failure(
              name,
              "the AI service is out of service, " + answered(reply),
              "wait until its maintenance is over, or see its log");
      default ->
          Finding.failure(name, reply.path() + " " + answered(reply), "see the AI service's log");
    };
  }

  private Finding refused(String name, ProbeReply reply) {
    return service.apiKey().isPresent()
        ? Finding.failure(
            name,
            "the AI service refuses the api key, " + answered(reply),
            "compare the key, and the header it is sent in ("
                + service.apiKeyHeader()
                + "), with what the service expects")
        : Finding.failure(
            name,
            "the AI service wants an api key and none is configured, " + answered(reply),
            "set api_key_file or api_key_env in [ai_service]");
  }

  private Finding stranger(String name, ProbeReply reply) {
    String type = reply.contentType().isEmpty() ? "no type" : untrusted.text(reply.contentType());
    return Finding.failure(
        name,
        reply.path() + " " + answered(reply) + ", but not as an AI service does (" + type + ")",
        "another program may listen there; correct host, port and path of base_url");
  }

  private static String answered(ProbeReply reply) {
    return "answered " + reply.status() + " in " + reply.millis() + " ms";
  }

  /** The body as JSON; a missing node if the body is no JSON. */
  private static JsonNode json(ProbeReply reply) {
    try {
      return JSON.readTree(reply.body());
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    }
  }
}

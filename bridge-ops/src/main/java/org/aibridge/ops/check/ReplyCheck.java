package org.aibridge.ops.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Locale;
import java.util.Set;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.http.Answer;

/** Judges the AI service and our key by one response. */
final class ReplyCheck {
  /** The advice if a program other than the AI service answers. */
  static final String ELSEWHERE =
      "base_url leads to it, or the network of this machine was changed";

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
      // Many services refuse limit 0; a higher limit could take an action away from the bridge.
      return Finding.ok(name, "not refused: a poll for no actions " + answered(reply));
    }
    if (reply.kind() != Answer.Kind.OK) {
      return unsuccessful(name, reply);
    }
    JsonNode actions = json(reply).path("actions");
    if (!actions.isArray() && !actions.isNull()) {
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
      case 402, 421, 426, 431, 451, 511 ->
          Finding.failure(
              name, held(reply.status()) + ", " + answered(reply), advice(reply.status()));
      case 408, 425, 429 ->
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

  /** Describes a status that concerns the connection or the account, such as 402. */
  private static String held(int status) {
    return switch (status) {
      case 402 -> "the AI service wants to be paid first";
      case 511 -> "a login page of the network answers in place of the AI service";
      case 421 -> "what answers there is not responsible for this host name";
      case 426 -> "the AI service wants another protocol than HTTP/1.1";
      case 431 -> "the AI service finds our headers too large";
      default -> "the AI service may not answer for legal reasons";
    };
  }

  private static String advice(int status) {
    return switch (status) {
      case 402 -> "see the account of the AI service, or of the model behind it";
      case 511 -> ELSEWHERE;
      case 421 -> "correct the host in base_url, or the proxy before the AI service";
      case 426 -> "have the AI service, or the proxy before it, take HTTP/1.1";
      case 431 -> "see how long the api key is, and what the AI service allows";
      default -> "ask whoever runs the AI service";
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

  /** Returns the body as JSON; a missing node if it is not JSON. */
  private static JsonNode json(ProbeReply reply) {
    try {
      return JSON.readTree(reply.body());
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    }
  }
}

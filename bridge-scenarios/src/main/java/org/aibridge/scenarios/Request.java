package org.aibridge.scenarios;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.aibridge.testkit.ReceivedRequest;

/**
 * One request of a run, as the report shows it.
 *
 * @param atMs milliseconds since the run began
 * @param status 0 when the connection broke or no answer came
 * @param headers a line each, without values that are secret
 */
record Request(
    long atMs, String method, String url, int status, String headers, String body, String answer) {
  static Request of(ReceivedRequest request, long startNanos) {
    return new Request(
        (request.decidedNanos() - startNanos) / 1_000_000,
        request.method(),
        request.path() + (request.query().isEmpty() ? "" : "?" + request.query()),
        request.status(),
        withoutSecrets(request.headers()),
        request.body(),
        request.answer());
  }

  /** The same with its time counted from {@code startMs}. */
  Request since(long startMs) {
    return new Request(atMs - startMs, method, url, status, headers, body, answer);
  }

  private static final Set<String> HARMLESS =
      Set.of(
          "accept",
          "accept-encoding",
          "connection",
          "host",
          "idempotency-key",
          "transfer-encoding",
          "user-agent");

  static String withoutSecrets(String headers) {
    return headers.lines().map(Request::withoutSecret).collect(Collectors.joining("\n"));
  }

  private static String withoutSecret(String header) {
    String name = header.split(":", 2)[0];
    String lower = name.toLowerCase(Locale.ROOT);
    // The setting api_key_header can put the key into any header; only harmless ones are shown.
    return lower.startsWith("content-") || HARMLESS.contains(lower) ? header : name + ": ***";
  }
}

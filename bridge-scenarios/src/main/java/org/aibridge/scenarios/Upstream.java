package org.aibridge.scenarios;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The service behind something that passes requests on. Any thread may ask it. */
final class Upstream {
  private static final Duration LONGEST = Duration.ofMinutes(2);

  /** Headers that nobody between two ends must pass on, or that each end sets itself. */
  private static final Set<String> OWN_HEADERS =
      Set.of("host", "connection", "content-length", "transfer-encoding", "upgrade", "expect");

  private final String baseUrl;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  Upstream(URI baseUrl) {
    this.baseUrl = baseUrl.toString().replaceAll("/+$", "");
  }

  /** Passes a request on, and waits for the answer; null when there was none. */
  HttpResponse<byte[]> ask(
      String method, String target, Map<String, List<String>> headers, byte[] body)
      throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(baseUrl + target))
            .timeout(LONGEST)
            .method(
                method,
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    headers.forEach(
        (name, values) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (!OWN_HEADERS.contains(lower) && !lower.equals("accept-encoding")) {
            values.forEach(value -> request.header(name, value));
          }
        });
    try {
      return client.send(request.build(), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      return null;
    }
  }

  /** The headers of an answer that are passed on. */
  static Map<String, List<String>> headers(HttpResponse<byte[]> answer) {
    Map<String, List<String>> passed = new LinkedHashMap<>(answer.headers().map());
    passed.keySet().removeIf(name -> OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT)));
    return passed;
  }
}

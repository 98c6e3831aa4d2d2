package org.aibridge.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/** What the bridge is to the service: a client of its four endpoints over real sockets. */
final class Client {
  private final HttpClient http = HttpClient.newHttpClient();
  private final FakeAiService service;

  Client(FakeAiService service) {
    this.service = service;
  }

  HttpResponse<String> dispatch(String... events) throws IOException {
    return send(dispatchRequest(batch(events)));
  }

  HttpResponse<String> dispatchGzip(String key, String... events) throws IOException {
    byte[] body = gzip(batch(events));
    return send(
        request(Endpoints.DISPATCH)
            .header("Content-Encoding", "gzip")
            .header("Idempotency-Key", key)
            .POST(BodyPublishers.ofByteArray(body)));
  }

  HttpResponse<String> pending(String query) throws IOException {
    return send(request(Endpoints.PENDING + query).GET());
  }

  HttpResponse<String> complete(String actionId) throws IOException {
    String result = "{\"action_id\":\"" + actionId + "\",\"status\":\"completed\"}";
    return send(request(Endpoints.COMPLETE).POST(BodyPublishers.ofString(result)));
  }

  HttpResponse<String> health() throws IOException {
    return send(request("/api/v1/health").GET());
  }

  /** A request to WireMock's admin API, and ours beside it. */
  HttpResponse<String> admin(String path, String body) throws IOException {
    HttpRequest.Builder request = request("/__admin" + path);
    return send(body.isEmpty() ? request.GET() : request.POST(BodyPublishers.ofString(body)));
  }

  HttpRequest.Builder dispatchRequest(String body) {
    return request(Endpoints.DISPATCH).POST(BodyPublishers.ofString(body));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static String event(String id) {
    return event(id, "{}");
  }

  static String event(String id, String payload) {
    return "{\"event_id\":\"%s\",\"event_type\":\"probe\",\"payload\":%s}".formatted(id, payload);
  }

  static String batch(String... events) {
    return Arrays.stream(events).collect(Collectors.joining(",", "{\"events\":[", "]}"));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(service.baseUrl() + path))
        .header("Content-Type", "application/json")
        .timeout(Duration.ofSeconds(20));
  }

  private static byte[] gzip(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}

package org.aibridge.examples.aiservice;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.aibridge.fakeservice.Call;

/**
 * The service as a child process, and a client of it.
 *
 * <p>Its class path is its own classes, the fake's and Jackson's: were it to use a class of the
 * bridge, no test would pass.
 */
final class ServiceProcess implements AutoCloseable {
  static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  final Process process;
  final BufferedReader stdout;
  final String firstLine;
  final int port;
  private final HttpClient client = HttpClient.newHttpClient();

  private ServiceProcess(Process process) throws IOException {
    this.process = process;
    this.stdout = process.inputReader();
    this.firstLine = stdout.readLine();
    if (firstLine == null) {
      throw new IOException("the service ended: " + errors(process));
    }
    this.port = Integer.parseInt(firstLine.substring(firstLine.lastIndexOf(':') + 1));
  }

  /** Starts one and waits until it listens. */
  static ServiceProcess start(int port, Path data, String... more) throws IOException {
    List<String> args =
        new ArrayList<>(List.of("--port", "" + port, "--data", "" + data, "--seed", "7"));
    args.addAll(List.of(more));
    return new ServiceProcess(launch(args.toArray(new String[0])));
  }

  static Process launch(String... args) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = new ArrayList<>(List.of(java, "-Xmx128m", "-cp", classPath()));
    command.add(AiServiceMain.class.getName());
    command.addAll(List.of(args));
    return new ProcessBuilder(command).start();
  }

  static String errors(Process process) throws IOException {
    return new String(process.getErrorStream().readAllBytes());
  }

  private static String classPath() {
    return Stream.of(
            AiServiceMain.class,
            Call.class,
            ObjectMapper.class,
            JsonFactory.class,
            JsonInclude.class)
        .map(ServiceProcess::home)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String home(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As kill -9. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("still alive: " + process);
    }
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(TIMEOUT);
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
    return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  /** Sends a batch that must be accepted. */
  void dispatch(String key, String body) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        send(
            request("/api/v1/events/dispatch")
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(answer.statusCode() + " " + answer.body());
    }
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = send(request(path));
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  /** The ids offered now. */
  List<String> pending(String query) throws IOException, InterruptedException {
    List<String> ids = new ArrayList<>();
    get("/api/v1/actions/pending" + query)
        .path("actions")
        .forEach(action -> ids.add(action.path("action_id").asText()));
    return ids;
  }

  /** A batch of logins with ids {@code s:first} and on; the first login is worth an action. */
  static String logins(int first, int count) {
    return Stream.iterate(first, n -> n + 1)
        .limit(count)
        .map(
            n ->
                "{\"event_id\":\"s:%d\",\"event_type\":\"player_login\",\"player_id\":%d,"
                        .formatted(n, 150_000 + n)
                    + "\"map\":\"prontera\",\"timestamp\":1,\"payload\":{}}")
        .collect(Collectors.joining(",", "{\"events\":[", "]}"));
  }

  static String result(String id, String status, String message) {
    return JSON.createObjectNode()
        .put("action_id", id)
        .put("status", status)
        .put("message", message)
        .put("timestamp", 1)
        .toString();
  }

  @Override
  public void close() {
    try {
      kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

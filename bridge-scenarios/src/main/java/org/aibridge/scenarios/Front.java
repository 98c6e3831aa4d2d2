package org.aibridge.scenarios;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.aibridge.fakeservice.Call;
import org.aibridge.fakeservice.LoopbackServer;

/**
 * Stands between a bridge and the AI service, and spoils what lies below HTTP while it is told to:
 * the certificate, how often an answer comes, its very bytes.
 *
 * <p>Of the odd answers each is given to one request with events, and a plain one in turn with it.
 * One that says the batch is taken is given once the service has taken it, any other keeps it away.
 * Each connection has a thread of its own; any thread may call the methods.
 */
final class Front implements AutoCloseable {
  private static final String EVENTS = "/events/";
  private static final long NANOS_A_MS = 1_000_000;

  private final Plan.Connection connection;
  private final Upstream service;
  private final Map<String, String> lastOdd = new ConcurrentHashMap<>();

  /** Their times are counted from no time in particular. */
  private final Queue<Request> requests = new ConcurrentLinkedQueue<>();

  private final Certificates certificates;
  private final LoopbackServer<Call> server;

  /** The odd answers that are left; guarded by itself, as is the turn. */
  private final Deque<OddAnswer> left;

  private boolean plainTurn;
  private volatile SSLContext shown;
  private volatile boolean spoils;

  /**
   * Listens.
   *
   * @param port the port of 127.0.0.1, or 0 for any free one
   * @param service the {@code base_url} of the service
   */
  Front(Plan plan, int port, String service) throws IOException {
    this.connection = plan.connection();
    this.service = new Upstream(URI.create(service));
    this.left = new ArrayDeque<>(plan.answers());
    this.certificates = connection.isEncrypted() ? new Certificates() : null;
    this.shown = certificates == null ? null : certificates.good();
    ServerSocket listener = certificates == null ? new ServerSocket() : new Encrypted();
    server = new LoopbackServer<>(listener, port, "front", 0, Call::new, this::handle);
  }

  /** Gives connections that show the certificate of the moment. */
  private final class Encrypted extends ServerSocket {
    Encrypted() throws IOException {}

    @Override
    public Socket accept() throws IOException {
      Socket plain = super.accept();
      SSLSocket encrypted = (SSLSocket) shown.getSocketFactory().createSocket(plain, null, true);
      encrypted.setUseClientMode(false);
      return encrypted;
    }
  }

  /** What the bridge has to be told to come here. */
  Map<String, String> settings(Path folder) throws IOException {
    Map<String, String> settings = new HashMap<>();
    if (certificates != null) {
      settings.put("ai_service.tls_ca_cert", certificates.write(folder).toString());
    }
    return settings;
  }

  String baseUrl() {
    return certificates == null ? server.baseUrl() : server.baseUrl().replace("http:", "https:");
  }

  /** Begins to spoil, or ends; a service whose certificate is exchanged is started anew. */
  void spoil(boolean now) {
    spoils = now;
    if (certificates != null) {
      shown =
          !now
              ? certificates.good()
              : connection == Plan.Connection.EXPIRED
                  ? certificates.expired()
                  : certificates.untrusted();
      server.disconnectAll();
    }
  }

  /** The names of the odd answers that no request has got yet. */
  List<String> left() {
    synchronized (left) {
      return left.stream().map(OddAnswer::name).collect(Collectors.toList());
    }
  }

  /**
   * All requests so far in the order in which they were answered, as the bridge saw it.
   *
   * @param startNanos from when on their times are counted
   */
  List<Request> requests(long startNanos) {
    return requests.stream().map(r -> r.since(startNanos / NANOS_A_MS)).toList();
  }

  private void handle(Call call) throws IOException {
    byte[] body = call.rawBody();
    OddAnswer odd = call.path().contains(EVENTS) ? next() : null;
    if (odd != null && !odd.taken()) {
      give(call, odd);
      return;
    }
    HttpResponse<byte[]> answer = answer(call, body);
    if (answer == null) {
      note(call, 0, "");
      call.hangUp();
      giveAgain(odd);
    } else if (odd != null) {
      give(call, odd);
    } else {
      byte[] once = bytes(answer);
      note(call, answer.statusCode(), new String(answer.body(), StandardCharsets.UTF_8));
      call.raw(spoils && connection == Plan.Connection.DOUBLED ? twice(once) : once);
    }
  }

  /** Puts an answer that nobody got before those that are left. */
  private void giveAgain(OddAnswer odd) {
    if (odd != null) {
      synchronized (left) {
        left.addFirst(odd);
      }
    }
  }

  private OddAnswer next() {
    synchronized (left) {
      plainTurn = !plainTurn;
      return spoils && !plainTurn ? left.poll() : null;
    }
  }

  /** By the id of an event the odd answer that it got last. */
  Map<String, String> lastOddAnswers() {
    return Map.copyOf(lastOdd);
  }

  private void give(Call call, OddAnswer odd) throws IOException {
    Json.readOrMissing(new String(call.body(), StandardCharsets.UTF_8))
        .path("events")
        .forEach(event -> lastOdd.put(event.path("event_id").asText(), odd.name()));
    note(call, odd.status(), odd.name() + ":\n" + odd.text());
    call.raw(odd.bytes());
    if (odd.closes()) {
      call.hangUp();
    }
  }

  private void note(Call call, int status, String answer) throws IOException {
    String headers =
        call.headers().entrySet().stream()
            .map(header -> header.getKey() + ": " + header.getValue())
            .sorted()
            .collect(Collectors.joining("\n"));
    requests.add(
        new Request(
            System.nanoTime() / NANOS_A_MS,
            call.method(),
            call.target(),
            status,
            Request.withoutSecrets(headers),
            new String(call.body(), StandardCharsets.UTF_8),
            answer));
  }

  private HttpResponse<byte[]> answer(Call call, byte[] body) {
    Map<String, List<String>> headers = new HashMap<>();
    call.headers().forEach((name, value) -> headers.put(name, List.of(value)));
    try {
      return service.ask(call.method(), call.target(), headers, body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private static byte[] bytes(HttpResponse<byte[]> answer) {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + answer.statusCode() + " Fake\r\n");
    Upstream.headers(answer)
        .forEach(
            (name, values) ->
                values.forEach(v -> head.append(name).append(": ").append(v).append("\r\n")));
    if (answer.statusCode() != 204 && answer.statusCode() != 304) {
      head.append("Content-Length: ").append(answer.body().length).append("\r\n");
    }
    byte[] first = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    return joined(first, answer.body());
  }

  private static byte[] twice(byte[] bytes) {
    return joined(bytes, bytes);
  }

  private static byte[] joined(byte[] first, byte[] second) {
    ByteArrayOutputStream both = new ByteArrayOutputStream(first.length + second.length);
    both.writeBytes(first);
    both.writeBytes(second);
    return both.toByteArray();
  }

  @Override
  public void close() {
    server.close();
  }
}

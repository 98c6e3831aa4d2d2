package org.aibridge.ops.check;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import okhttp3.HttpUrl;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.http.PemTls;
import org.aibridge.core.run.Reason;
import org.aibridge.core.service.EventBatch;

/**
 * Checks whether the AI service can be reached and accepts us; each step needs the one before.
 *
 * <p>Uses no proxy and follows no redirect, like the bridge.
 */
final class ServiceChecks {
  /**
   * Where health is asked unless {@code health_path} says where; the first that is there counts.
   */
  private static final List<String> HEALTH = List.of("/api/v1/health", "/health");

  private static final int NOT_FOUND = 404;

  private final BridgeConfig.AiService service;
  private final BridgeConfig config;
  private final InstantSource clock;
  private final Consumer<Finding> findings;
  private final Untrusted untrusted;
  private final boolean testEvent;
  private boolean sent;

  /**
   * Makes the checks.
   *
   * @param testEvent whether the service is sent an event
   */
  ServiceChecks(
      BridgeConfig config, InstantSource clock, boolean testEvent, Consumer<Finding> findings) {
    this.testEvent = testEvent;
    this.config = config;
    this.service = config.aiService();
    this.clock = clock;
    this.findings = findings;
    this.untrusted = new Untrusted(service.apiKey());
  }

  void run() {
    askAll();
    if (testEvent && !sent) {
      findings.accept(Finding.skipped("test event", "not sent, the AI service does not answer"));
    }
  }

  private void askAll() {
    HttpUrl base = HttpUrl.parse(service.baseUrl().toString());
    if (base == null) {
      findings.accept(
          Finding.failure(
              "host name",
              service.baseUrl() + " has no host that can be asked",
              "correct base_url"));
      return;
    }
    Optional<Socket> socket = new ConnectCheck(base, service.connectTimeout(), findings).run();
    if (socket.isEmpty()) {
      findings.accept(Finding.skipped("health", "not asked, there is no connection"));
      return;
    }
    try (Socket connection = socket.get()) {
      if (base.isHttps() && !isSecure(base, connection)) {
        findings.accept(Finding.skipped("health", "not asked, there is no TLS"));
        return;
      }
      Quietly.close(connection);
      ask(new ServiceProbe(config, clock));
    } catch (IOException e) {
      findings.accept(
          Finding.failure(
              "tls", Reason.sentence(e), "correct tls_ca_cert, tls_client_cert, tls_client_key"));
    }
  }

  private boolean isSecure(HttpUrl base, Socket connection) throws IOException {
    CertificateProbe request = new CertificateProbe();
    SSLContext tls = PemTls.context(service.tls(), request);
    boolean secure =
        new TlsCheck(base.host(), base.port(), service.connectTimeout(), clock, findings)
            .run(connection, tls);
    if (request.isSeen()) {
      findings.accept(
          Finding.warning(
              "tls",
              "the service asks for a certificate of ours and none is configured",
              "if nothing else works, set tls_client_cert and tls_client_key"));
    }
    return secure;
  }

  private void ask(ServiceProbe probe) {
    ReplyCheck replies = new ReplyCheck(service, untrusted);
    Optional<ProbeReply> health = health(probe);
    if (health.isEmpty()) {
      findings.accept(Finding.skipped("credentials", "not tried, there is no answer to the first"));
      return;
    }
    findings.accept(replies.health(health.get()));
    // This poll takes no action away: the service offers an action until its result comes.
    Optional<ProbeReply> pending =
        get(probe, "credentials", service.paths().actions() + "?limit=0");
    pending.ifPresent(reply -> findings.accept(replies.credentials(reply)));
    findings.accept(ClockCheck.run(pending.orElse(health.get())));
    comparePaths(probe);
    if (testEvent) {
      sent = true;
      EventBatch batch = TestEvent.batch(config, clock.instant());
      attempt("test event", () -> probe.send(batch, untrusted)).ifPresent(findings);
    }
  }

  private void comparePaths(ServiceProbe probe) {
    PathsCheck check =
        new PathsCheck(untrusted, config.aiService().paths(), config.actionExecutor().enabled());
    try {
      check.run(probe.get(PathsCheck.DOCUMENT)).ifPresent(findings);
    } catch (IOException | TimeoutException e) {
      return; // not among the bridge's requests
    }
  }

  private Optional<ProbeReply> health(ServiceProbe probe) {
    String path = service.paths().health();
    if (!path.isEmpty()) {
      return get(probe, "health", path);
    }
    Optional<ProbeReply> first = get(probe, "health", HEALTH.get(0));
    boolean missing = first.isPresent() && first.get().status() == NOT_FOUND;
    Optional<ProbeReply> second = missing ? get(probe, "health", HEALTH.get(1)) : Optional.empty();
    return second.filter(reply -> reply.status() != NOT_FOUND).or(() -> first);
  }

  private Optional<ProbeReply> get(ServiceProbe probe, String check, String path) {
    return attempt(check, () -> probe.get(path));
  }

  private <T> Optional<T> attempt(String check, Attempt<T> attempt) {
    try {
      return Optional.of(attempt.run());
    } catch (TimeoutException | InterruptedIOException e) {
      findings.accept(
          Finding.failure(
              check,
              "no answer within " + service.readTimeout().toMillis() + " ms (timeout_read)",
              "see whether the AI service is overloaded or hangs; its log should tell"));
    } catch (SSLException e) {
      findings.accept(
          Finding.failure(
              check,
              "TLS broke off: " + untrusted.text(Reason.of(e)),
              "the service may want a certificate of ours: tls_client_cert and tls_client_key"));
    } catch (IOException e) {
      findings.accept(unusable(check, Reason.of(e)));
    }
    return Optional.empty();
  }

  private Finding unusable(String check, String reason) {
    return reason.contains("HTTP_PROXY_AUTH") // the text of OkHttp, which passes on no such answer
        ? Finding.failure(
            check, "a proxy answers in place of the AI service, with 407", ReplyCheck.ELSEWHERE)
        : Finding.failure(
            check,
            "no usable answer: " + untrusted.text(reason),
            "see whether this is the AI service's port (http or https?), and its log"
                + certificate());
  }

  /**
   * The advice on our own certificate: if it is refused late, that looks like a lost connection.
   */
  private String certificate() {
    return service.tls().clientCert() == null ? "" : ", which may not like our tls_client_cert";
  }

  /** Sends a request, and returns what its answer shows. */
  private interface Attempt<T> {
    T run() throws IOException, TimeoutException;
  }
}

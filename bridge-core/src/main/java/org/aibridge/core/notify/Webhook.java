package org.aibridge.core.notify;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.aibridge.core.config.Secret;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.ServiceRequest;
import org.aibridge.core.http.Transport;
import org.aibridge.core.run.Threads;

/**
 * Posts a message to the operator's webhook, through the gates and to the hosts of scripts alone.
 * Waits for the answer.
 */
final class Webhook {
  private static final int ATTEMPTS = 3;
  private static final int MAX_ANSWER_BYTES = 1024;
  private static final long AGAIN_NANOS = 5_000_000_000L;
  private static final long LONGEST_WAIT_NANOS = 60_000_000_000L;
  private static final long LOOK_EVERY_NANOS = 20_000_000;

  private final Transport transport;
  private final Threads threads;
  private final BooleanSupplier closing;

  Webhook(Transport transport, Threads threads, BooleanSupplier closing) {
    this.transport = transport;
    this.threads = threads;
    this.closing = closing;
  }

  /**
   * Posts {@code alarm}, in up to three attempts.
   *
   * @return why it was not taken, without the URL's key; empty if it was
   */
  String post(Secret url, Alarm alarm) {
    String json = isDiscord(url) ? alarm.discordJson() : alarm.json();
    ServiceRequest request =
        ServiceRequest.post(
            ServiceRequest.Caller.SCRIPT,
            url.reveal(),
            json.getBytes(StandardCharsets.UTF_8),
            null,
            MAX_ANSWER_BYTES,
            false);
    String problem = "it could not be asked";
    for (int i = 0; i < ATTEMPTS && !closing.getAsBoolean(); i++) {
      Answer answer = ask(request);
      if (answer != null && answer.kind() == Answer.Kind.OK) {
        return "";
      }
      if (answer != null) {
        problem = answer.said().isEmpty() ? answer.problem() : answer.said();
        if (answer.kind() == Answer.Kind.REFUSED) {
          return problem; // The host is not allowed, or the message is not wanted.
        }
      }
      long away = answer == null ? 0 : answer.retryAfterMs() * 1_000_000;
      pause(Math.min(LONGEST_WAIT_NANOS, Math.max(AGAIN_NANOS, away)));
    }
    return problem;
  }

  static boolean isDiscord(Secret url) {
    String host = URI.create(url.reveal()).getHost();
    return host != null && host.matches("(?i)(.*\\.)?discord(app)?\\.com");
  }

  /** Returns the answer; null if there was none within the longest wait. */
  private Answer ask(ServiceRequest request) {
    AtomicReference<Answer> answer = new AtomicReference<>();
    threads.await(
        () -> closing.getAsBoolean() || transport.trySend(request, answer::set) == 0,
        LONGEST_WAIT_NANOS,
        LOOK_EVERY_NANOS * 25);
    threads.await(
        () -> closing.getAsBoolean() || answer.get() != null, LONGEST_WAIT_NANOS, LOOK_EVERY_NANOS);
    return answer.get();
  }

  private void pause(long nanos) {
    threads.await(closing, nanos, LOOK_EVERY_NANOS);
  }
}

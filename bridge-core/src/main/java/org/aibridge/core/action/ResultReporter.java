package org.aibridge.core.action;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.Retries;
import org.aibridge.core.http.ServiceRequest;
import org.aibridge.core.http.Transport;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.store.StoreFullException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the service how actions ended, each until it is acknowledged, with the same body each time.
 *
 * <p>For the actions thread. An answer other than "come back" or "not now" is final: a service that
 * refuses a result or does not know the id will not change its mind.
 */
final class ResultReporter {
  static final String PATH = "/api/v1/actions/complete";

  private static final Logger log = LoggerFactory.getLogger(ResultReporter.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int MAX_ANSWER_BYTES = 4096;
  private static final int MAX_UNDER_WAY = 4;
  private static final long AGAIN_NANOS = 1_000_000_000L;
  private static final int NOT_FOUND = 404;
  private static final int MAX_KEY = 255;

  /** What can be a header's value as it is. */
  private static final Pattern PLAIN_KEY = Pattern.compile("[!-~&&[^%]]{1," + MAX_KEY + "}");

  /** A result on its way to the service. */
  private static final class Report {
    private final ActionLedger.Entry entry;

    /** Null until the first failure. */
    private Retries.Attempts attempts;

    private long nextNanos;

    Report(ActionLedger.Entry entry, long nextNanos) {
      this.entry = entry;
      this.nextNanos = nextNanos;
    }
  }

  private final ActionLedger ledger;
  private final Transport transport;
  private final Supplier<Retries> retries;
  private final BridgeClock clock;
  private final LogThrottle throttle;
  private final Consumer<Runnable> onActionsThread;
  private final Deque<Report> waiting = new ArrayDeque<>();
  private final Set<String> ids = new HashSet<>();
  private int underWay;
  private long nextNanos;

  /**
   * @param onActionsThread runs what it is given on the thread of this reporter; called on others
   */
  ResultReporter(
      ActionLedger ledger,
      Transport transport,
      Supplier<Retries> retries,
      BridgeClock clock,
      LogThrottle throttle,
      Consumer<Runnable> onActionsThread) {
    this.ledger = ledger;
    this.transport = transport;
    this.retries = retries;
    this.clock = clock;
    this.throttle = throttle;
    this.onActionsThread = onActionsThread;
    this.nextNanos = clock.nanos();
  }

  /** Has the result of {@code entry} sent, unless that is under way already. */
  void report(ActionLedger.Entry entry) {
    if (ids.add(entry.id)) {
      waiting.add(new Report(entry, clock.nanos()));
    }
  }

  /** How many results the service has not acknowledged. */
  int unreported() {
    return ids.size();
  }

  /** Sends what is due; returns how many. */
  int send() {
    int sent = 0;
    long now = clock.nanos();
    int looks = now - nextNanos < 0 ? 0 : waiting.size();
    while (looks-- > 0 && underWay < MAX_UNDER_WAY) {
      Report report = waiting.poll();
      if (now - report.nextNanos < 0) {
        waiting.add(report);
        continue;
      }
      long wait = trySend(report);
      if (wait > 0) {
        nextNanos = clock.nanos() + wait;
        waiting.addFirst(report);
        break;
      }
      sent++;
    }
    return sent;
  }

  /**
   * Sends a report, or has it wait for its next turn.
   *
   * @return how long nothing can be sent, in nanoseconds; 0 when the report was dealt with
   */
  private long trySend(Report report) {
    boolean underWayNow = false;
    underWay++;
    try {
      long wait =
          transport.trySend(
              request(report.entry),
              answer -> onActionsThread.accept(() -> onAnswer(report, answer)));
      underWayNow = wait <= 0;
      return Math.max(0, wait);
    } catch (RuntimeException e) {
      // One result that cannot be sent must not stop the others, nor be lost itself.
      again(report, AGAIN_NANOS);
      throttle.run("send", () -> log.error("the result of {} cannot be sent", report.entry.id, e));
      return 0;
    } finally {
      if (!underWayNow) {
        underWay--;
      }
    }
  }

  private static ServiceRequest request(ActionLedger.Entry entry) {
    return ServiceRequest.post(
        ServiceRequest.Caller.ACTIONS, PATH, json(entry), key(entry.id), MAX_ANSWER_BYTES, false);
  }

  /**
   * {@code id} as the value of a header: itself where that can be, or escaped, which no id that
   * stays itself can look like.
   */
  static String key(String id) {
    if (PLAIN_KEY.matcher(id).matches()) {
      return id;
    }
    String escaped = URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    return escaped.length() <= MAX_KEY
        ? escaped
        : "%" + UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8));
  }

  private void onAnswer(Report report, Answer answer) {
    underWay--;
    switch (answer.kind()) {
      case OK -> acknowledged(report);
      case REFUSED, TOO_LARGE -> refused(report, answer);
      case FAILED, NO_ANSWER -> {
        if (report.attempts == null) {
          report.attempts = retries.get().begin();
        }
        again(report, report.attempts.delayNanos(answer.problem()));
      }
      case COME_BACK, UNAUTHORIZED, REDIRECT, CANCELLED -> again(report, AGAIN_NANOS);
    }
  }

  private void refused(Report report, Answer answer) {
    if (answer.status() != NOT_FOUND) {
      throttle.run(
          "report",
          () -> log.warn("the result of {} is refused: {}", report.entry.id, answer.problem()));
    }
    acknowledged(report);
  }

  private void acknowledged(Report report) {
    try {
      ledger.reported(report.entry);
      ids.remove(report.entry.id);
    } catch (StoreFullException e) {
      again(report, AGAIN_NANOS);
    } catch (RuntimeException e) {
      throttle.run(
          "acknowledge",
          () -> log.error("that {} is reported cannot be written down", report.entry.id, e));
      again(report, AGAIN_NANOS);
    }
  }

  private void again(Report report, long delayNanos) {
    report.nextNanos = clock.nanos() + delayNanos;
    waiting.add(report);
  }

  private static byte[] json(ActionLedger.Entry entry) {
    try {
      return MAPPER.writeValueAsBytes(
          MAPPER
              .createObjectNode()
              .put("action_id", entry.id)
              .put("status", entry.result.status())
              .put("message", entry.result.message())
              .put("timestamp", entry.result.atMs()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.ServiceRequest;
import org.aibridge.core.http.Transport;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.service.Retries;
import org.aibridge.core.store.StoreFullException;
import org.slf4j.Logger;

/**
 * Tells the service how actions ended, each until it is acknowledged, always in the same words.
 *
 * <p>A result stays in its place until it is acknowledged and only a mark says that it is under
 * way, so that nothing thrown in between can lose it. For the actions thread. An answer other than
 * "come back" or "not now" is final: a service that refuses a result or does not know the id will
 * not change its mind.
 */
final class ResultReporter {
  static final String PATH = ServiceRequest.RESULTS;

  private static final Logger log = Logs.of(ResultReporter.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int MAX_ANSWER_BYTES = 4096;
  private static final int MAX_UNDER_WAY = 4;

  /** While so many results are not acknowledged, nothing is taken that would add one. */
  static final int MAX_UNREPORTED = 10_000;

  /** How long results go one by one after a batch was refused. */
  private static final long SINGLY_NANOS = 10_000_000_000L;

  static final String MISMATCH =
      "mismatch: offered again with another content, which is refused; the first came to: ";

  private static final long AGAIN_NANOS = 1_000_000_000L;
  private static final int NOT_FOUND = 404;
  private static final int MAX_KEY = 255;

  /** What can be a header's value as it is. */
  private static final Pattern PLAIN_KEY = Pattern.compile("[!-~&&[^%]]{1," + MAX_KEY + "}");

  /** One request under way, and its answer when it has come. */
  private static final class Sending {
    private final List<Report> reports;

    /** Null until it comes; written once, by any thread, for which it needs no memory. */
    private volatile Answer answer;

    Sending(List<Report> reports) {
      this.reports = reports;
    }
  }

  /** A result on its way to the service. */
  private static final class Report {
    private final LedgerEntry entry;

    /** Whether it tells that the id came again with another content. */
    private final boolean mismatch;

    /** Null until the first failure. */
    private Retries.Attempts attempts;

    /** The result as it was last sent; an operator may settle another meanwhile. */
    private ActionResult sent;

    private long nextNanos;

    /** Whether it is part of a request that has had no answer. */
    private boolean underWay;

    /** Under which it waits once; no id has such an end. */
    private final String name;

    Report(LedgerEntry entry, boolean mismatch, long nextNanos) {
      this.entry = entry;
      this.mismatch = mismatch;
      this.nextNanos = nextNanos;
      this.name = mismatch ? entry.id + "\n" : entry.id;
    }
  }

  private final ActionLedger ledger;
  private final Transport transport;
  private final Supplier<Retries> retries;
  private final BridgeClock clock;
  private final LogThrottle throttle;
  private final Runnable wake;

  /** What is not acknowledged, by name, the oldest first. */
  private final Map<String, Report> reports = new LinkedHashMap<>();

  private final List<Sending> underWay = new ArrayList<>(MAX_UNDER_WAY);
  private long nextNanos;
  private long singlyUntilNanos;

  /**
   * @param wake has {@link #takeAnswers} called soon; called on any thread
   */
  ResultReporter(
      ActionLedger ledger,
      Transport transport,
      Supplier<Retries> retries,
      BridgeClock clock,
      LogThrottle throttle,
      Runnable wake) {
    this.ledger = ledger;
    this.transport = transport;
    this.retries = retries;
    this.clock = clock;
    this.throttle = throttle;
    this.wake = wake;
    this.nextNanos = clock.nanos();
    this.singlyUntilNanos = clock.nanos();
  }

  /**
   * Has the result of {@code entry} sent, unless that is under way already, or the result is not in
   * the ledger: after a crash it would be told again, and perhaps otherwise.
   */
  void report(LedgerEntry entry) {
    add(new Report(entry, false, clock.nanos()));
  }

  /**
   * Has the service told that {@code entry} came again with another content, which is refused. What
   * became of the first is told beside it: a service that took the refusal for the whole might
   * decide the same once more under another id.
   */
  void reportMismatch(LedgerEntry entry) {
    if (entry.result != null) {
      add(new Report(entry, true, clock.nanos()));
    }
  }

  private void add(Report report) {
    if (!report.entry.isWritten()) {
      return;
    }
    Report before = reports.putIfAbsent(report.name, report);
    if (before != null && before.entry.isRefusal() && !report.entry.isRefusal()) {
      reports.put(report.name, report); // It was forgotten that the id was refused, and then taken.
    }
  }

  /** How many results the service has not acknowledged. */
  int unreported() {
    return reports.size();
  }

  /** Whether the service is to acknowledge some before there are more. */
  boolean isFull() {
    return reports.size() >= MAX_UNREPORTED;
  }

  /**
   * Sends what is due; returns how many.
   *
   * @param atOnce how many the service takes in one request; 0 or 1 for one by one
   */
  int send(int atOnce) {
    long now = clock.nanos();
    if (now - nextNanos < 0) {
      return 0;
    }
    int most = now - singlyUntilNanos < 0 ? 1 : Math.max(1, atOnce);
    int sent = 0;
    while (underWay.size() < MAX_UNDER_WAY) {
      List<Report> due = due(now, most);
      if (due.isEmpty()) {
        break;
      }
      long wait = trySend(due);
      if (wait > 0) {
        nextNanos = clock.nanos() + wait;
        break;
      }
      sent += due.size();
    }
    return sent;
  }

  /** What waits for its next attempt is due now. */
  void retryNow() {
    nextNanos = clock.nanos();
    reports.values().forEach(report -> again(report, 0));
  }

  /** Up to {@code most} of the reports that are due. */
  private List<Report> due(long now, int most) {
    List<Report> due = new ArrayList<>();
    for (Report report : reports.values()) {
      if (!report.underWay && now - report.nextNanos >= 0) {
        due.add(report);
        if (due.size() == most) {
          break;
        }
      }
    }
    return due;
  }

  /**
   * Sends reports, or has them wait for their next turn.
   *
   * @return how long nothing can be sent, in nanoseconds; 0 when the reports were dealt with
   */
  private long trySend(List<Report> due) {
    Sending sending = new Sending(due);
    try {
      ServiceRequest request = request(due);
      long wait =
          transport.trySend(
              request,
              answer -> {
                sending.answer = answer;
                wake.run();
              });
      if (wait > 0) {
        return wait;
      }
    } catch (Throwable e) {
      // One result that cannot be sent must not stop the others, nor be lost itself.
      due.forEach(report -> again(report, AGAIN_NANOS));
      String id = due.get(0).entry.id;
      throttle.run(
          "send",
          () ->
              log.error("the result of {} cannot be sent: {}", id, Reason.of(e), Reason.trace(e)));
      return 0;
    }
    underWay.add(sending);
    due.forEach(report -> report.underWay = true);
    return 0;
  }

  /** Takes the answers that have come; returns how many results they were to. */
  int takeAnswers() {
    int taken = 0;
    for (int i = underWay.size() - 1; i >= 0; i--) {
      Sending sending = underWay.get(i);
      if (sending.answer != null) {
        // First, so that what an error leaves of them is sent again.
        underWay.remove(i);
        sending.reports.forEach(report -> report.underWay = false);
        onAnswer(sending.reports, sending.answer);
        taken += sending.reports.size();
      }
    }
    return taken;
  }

  private static ServiceRequest request(List<Report> due) {
    Report first = due.get(0);
    String key = first.mismatch ? first.entry.id + ":mismatch" : first.entry.id;
    byte[] body;
    if (due.size() == 1) {
      body = bytes(json(first));
    } else {
      ArrayNode batch = MAPPER.createArrayNode();
      due.forEach(report -> batch.add(json(report)));
      body = bytes(batch);
      key = "results-" + UUID.nameUUIDFromBytes(body);
    }
    return ServiceRequest.post(
        ServiceRequest.Caller.RESULTS, PATH, body, key(key), MAX_ANSWER_BYTES, false);
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

  private void onAnswer(List<Report> sent, Answer answer) {
    switch (answer.kind()) {
      case OK -> sent.forEach(this::acknowledged);
      case REFUSED, TOO_LARGE -> {
        if (sent.size() > 1) {
          singly(sent, answer);
        } else {
          refused(sent.get(0), answer);
        }
      }
      case FAILED, NO_ANSWER -> sent.forEach(report -> backOff(report, answer));
      case COME_BACK, UNAUTHORIZED, REDIRECT, LOCAL_FAILURE, CANCELLED ->
          sent.forEach(report -> again(report, AGAIN_NANOS));
    }
  }

  /** A batch that is refused says nothing of any one result in it: each goes alone. */
  private void singly(List<Report> sent, Answer answer) {
    singlyUntilNanos = clock.nanos() + SINGLY_NANOS;
    throttle.run(
        "batch", () -> log.warn("results go one by one, a batch is refused: {}", answer.problem()));
    sent.forEach(report -> again(report, 0));
  }

  private void backOff(Report report, Answer answer) {
    if (report.attempts == null) {
      report.attempts = retries.get().begin();
    }
    again(report, report.attempts.delayNanos(answer.problem()));
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
    if (report.sent != report.entry.result) {
      again(report, 0);
      return;
    }
    try {
      if (!report.mismatch) {
        ledger.reported(report.entry);
      }
      reports.remove(report.name, report);
    } catch (StoreFullException e) {
      again(report, AGAIN_NANOS);
    } catch (Exception e) {
      throttle.run(
          "acknowledge",
          () ->
              log.error(
                  "that {} is reported cannot be written down: {}",
                  report.entry.id,
                  Reason.sentence(e),
                  Reason.trace(e)));
      again(report, AGAIN_NANOS);
    }
  }

  private void again(Report report, long delayNanos) {
    report.nextNanos = clock.nanos() + delayNanos;
  }

  private static ObjectNode json(Report report) {
    ActionResult result = report.entry.result;
    report.sent = result;
    return MAPPER
        .createObjectNode()
        .put("action_id", report.entry.id)
        .put("status", result.status())
        .put("message", report.mismatch ? MISMATCH + result.message() : result.message())
        .put("timestamp", result.atMs());
  }

  private static byte[] bytes(JsonNode json) {
    try {
      return MAPPER.writeValueAsBytes(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

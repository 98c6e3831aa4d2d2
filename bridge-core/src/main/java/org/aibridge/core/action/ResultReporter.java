package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
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
import org.aibridge.core.run.Logs;
import org.aibridge.core.store.StoreFullException;
import org.slf4j.Logger;

/**
 * Tells the service how actions ended, each until it is acknowledged, always in the same words.
 *
 * <p>For the actions thread. An answer other than "come back" or "not now" is final: a service that
 * refuses a result or does not know the id will not change its mind.
 */
final class ResultReporter {
  static final String PATH = "/api/v1/actions/complete";

  private static final Logger log = Logs.of(ResultReporter.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int MAX_ANSWER_BYTES = 4096;
  private static final int MAX_UNDER_WAY = 4;

  /** How long results go one by one after a batch was refused. */
  private static final long SINGLY_NANOS = 600_000_000_000L;

  static final String MISMATCH =
      "mismatch: offered again with another content, which is refused; the first came to: ";

  private static final long AGAIN_NANOS = 1_000_000_000L;
  private static final int NOT_FOUND = 404;
  private static final int MAX_KEY = 255;

  /** What can be a header's value as it is. */
  private static final Pattern PLAIN_KEY = Pattern.compile("[!-~&&[^%]]{1," + MAX_KEY + "}");

  /** A result on its way to the service. */
  private static final class Report {
    private final ActionLedger.Entry entry;

    /** Whether it tells that the id came again with another content. */
    private final boolean mismatch;

    /** Null until the first failure. */
    private Retries.Attempts attempts;

    /** The result as it was last sent; an operator may settle another meanwhile. */
    private ActionResult sent;

    private long nextNanos;

    Report(ActionLedger.Entry entry, boolean mismatch, long nextNanos) {
      this.entry = entry;
      this.mismatch = mismatch;
      this.nextNanos = nextNanos;
    }

    /** Under which it waits once; no id has such an end. */
    private String name() {
      return mismatch ? entry.id + "\n" : entry.id;
    }
  }

  private final ActionLedger ledger;
  private final Transport transport;
  private final Supplier<Retries> retries;
  private final BridgeClock clock;
  private final LogThrottle throttle;
  private final Consumer<Runnable> onActionsThread;
  private final Deque<Report> waiting = new ArrayDeque<>();
  private final Set<String> names = new HashSet<>();
  private int underWay;
  private long nextNanos;
  private long singlyUntilNanos;

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
    this.singlyUntilNanos = clock.nanos();
  }

  /**
   * Has the result of {@code entry} sent, unless that is under way already, or the result is not in
   * the ledger: after a crash it would be told again, and perhaps otherwise.
   */
  void report(ActionLedger.Entry entry) {
    add(new Report(entry, false, clock.nanos()));
  }

  /**
   * Has the service told that {@code entry} came again with another content, which is refused. What
   * became of the first is told beside it: a service that took the refusal for the whole might
   * decide the same once more under another id.
   */
  void reportMismatch(ActionLedger.Entry entry) {
    if (entry.result != null) {
      add(new Report(entry, true, clock.nanos()));
    }
  }

  private void add(Report report) {
    if (report.entry.isWritten() && names.add(report.name())) {
      waiting.add(report);
    }
  }

  /** How many results the service has not acknowledged. */
  int unreported() {
    return names.size();
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
    while (underWay < MAX_UNDER_WAY) {
      List<Report> due = due(now, most);
      if (due.isEmpty()) {
        break;
      }
      long wait = trySend(due);
      if (wait > 0) {
        nextNanos = clock.nanos() + wait;
        for (int i = due.size() - 1; i >= 0; i--) {
          waiting.addFirst(due.get(i));
        }
        break;
      }
      sent += due.size();
    }
    return sent;
  }

  /** Takes up to {@code most} of the reports that are due. */
  private List<Report> due(long now, int most) {
    List<Report> due = new ArrayList<>();
    for (int looks = waiting.size(); looks > 0 && due.size() < most; looks--) {
      Report report = waiting.poll();
      if (now - report.nextNanos < 0) {
        waiting.add(report);
      } else {
        due.add(report);
      }
    }
    return due;
  }

  /**
   * Sends reports, or has them wait for their next turn.
   *
   * @return how long nothing can be sent, in nanoseconds; 0 when the reports were dealt with
   */
  private long trySend(List<Report> reports) {
    boolean underWayNow = false;
    underWay++;
    try {
      long wait =
          transport.trySend(
              request(reports), answer -> onActionsThread.accept(() -> onAnswer(reports, answer)));
      underWayNow = wait <= 0;
      return Math.max(0, wait);
    } catch (RuntimeException e) {
      // One result that cannot be sent must not stop the others, nor be lost itself.
      reports.forEach(report -> again(report, AGAIN_NANOS));
      String id = reports.get(0).entry.id;
      throttle.run("send", () -> log.error("the result of {} cannot be sent", id, e));
      return 0;
    } finally {
      if (!underWayNow) {
        underWay--;
      }
    }
  }

  private static ServiceRequest request(List<Report> reports) {
    Report first = reports.get(0);
    String key = first.mismatch ? first.entry.id + ":mismatch" : first.entry.id;
    byte[] body;
    if (reports.size() == 1) {
      body = bytes(json(first));
    } else {
      ArrayNode batch = MAPPER.createArrayNode();
      reports.forEach(report -> batch.add(json(report)));
      body = bytes(batch);
      key = "results-" + UUID.nameUUIDFromBytes(body);
    }
    return ServiceRequest.post(
        ServiceRequest.Caller.ACTIONS, PATH, body, key(key), MAX_ANSWER_BYTES, false);
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

  private void onAnswer(List<Report> reports, Answer answer) {
    underWay--;
    boolean batch = reports.size() > 1;
    switch (answer.kind()) {
      case OK -> reports.forEach(this::acknowledged);
      case REFUSED, TOO_LARGE -> {
        if (batch) {
          singly(reports, answer);
        } else {
          refused(reports.get(0), answer);
        }
      }
      case FAILED, NO_ANSWER -> reports.forEach(report -> backOff(report, answer));
      case COME_BACK, UNAUTHORIZED, REDIRECT, CANCELLED ->
          reports.forEach(report -> again(report, AGAIN_NANOS));
    }
  }

  /** A batch that is refused says nothing of any one result in it: each goes alone. */
  private void singly(List<Report> reports, Answer answer) {
    singlyUntilNanos = clock.nanos() + SINGLY_NANOS;
    throttle.run(
        "batch", () -> log.warn("results go one by one, a batch is refused: {}", answer.problem()));
    reports.forEach(report -> again(report, 0));
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
      names.remove(report.name());
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

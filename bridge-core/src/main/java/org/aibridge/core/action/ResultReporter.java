package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.aibridge.core.config.ActionType;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.service.ActionSource;
import org.aibridge.core.service.ResultBatch;
import org.aibridge.core.service.Retries;
import org.aibridge.core.service.Verdict;
import org.aibridge.core.store.StoreFullException;
import org.slf4j.Logger;

/**
 * Reports actions' results to the service, each in the same words until it is acknowledged.
 *
 * <p>A result under way is only marked, and stays in its place until it is acknowledged, so that no
 * exception can lose it. Actions thread only. A result that the service refuses is not sent again:
 * the service will not change its mind.
 */
final class ResultReporter {
  private static final Logger log = Logs.of(ResultReporter.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int MAX_UNDER_WAY = 4;

  /** When this many results are unacknowledged, the bridge accepts no further actions. */
  static final int MAX_UNREPORTED = 10_000;

  /** How long results are sent one by one after a batch was refused, in nanoseconds. */
  private static final long SINGLY_NANOS = 10_000_000_000L;

  /** A service counts as deaf after it did not take this many results in a row. */
  static final int DEAF = 3;

  /** A service no longer counts as deaf this long after its last answer, in nanoseconds. */
  private static final long DEAF_NANOS = 600_000_000_000L;

  static final String MISMATCH =
      "mismatch: offered again with another content, which is refused; the first came to: ";

  private static final long AGAIN_NANOS = 1_000_000_000L;

  /** The results of one request, and the verdict on them. */
  private static final class Sending {
    private final List<Report> reports;

    /** The verdict; null until it comes. Written once, by any thread, without allocating memory. */
    private volatile Verdict verdict;

    Sending(List<Report> reports) {
      this.reports = reports;
    }
  }

  /** A result on its way to the service. */
  private static final class Report {
    private final LedgerEntry entry;

    /** True if the report says that the id was offered again with different content. */
    private final boolean mismatch;

    /** The failed attempts to send the result; null before the first. */
    private Retries.Attempts attempts;

    /** The result that was sent last; an operator may have changed the action's end since. */
    private ActionResult sent;

    private long nextNanos;

    /** True while the report is sent and has no verdict. */
    private boolean underWay;

    /** The report's key: the id; for a mismatch, the id and a line break. */
    private final String name;

    Report(LedgerEntry entry, boolean mismatch, long nextNanos) {
      this.entry = entry;
      this.mismatch = mismatch;
      this.nextNanos = nextNanos;
      this.name = mismatch ? entry.id + "\n" : entry.id;
    }
  }

  private final ActionLedger ledger;
  private final ActionSource source;
  private final Supplier<Retries> retries;
  private final BridgeClock clock;
  private final LogThrottle throttle;
  private final Runnable wake;

  /** The unacknowledged reports by name, oldest first. */
  private final Map<String, Report> reports = new LinkedHashMap<>();

  private final List<Sending> underWay = new ArrayList<>(MAX_UNDER_WAY);
  private long nextNanos;
  private long singlyUntilNanos;

  /** The number of results in a row that the service did not take. */
  private int untaken;

  private long untakenNanos;

  /** The text of the service's last answer to a result, shown if it did not take the result. */
  private String untakenWhy = "";

  /**
   * @param wake causes {@link #takeVerdicts} to be called soon; runs on any thread
   */
  ResultReporter(
      ActionLedger ledger,
      ActionSource source,
      Supplier<Retries> retries,
      BridgeClock clock,
      LogThrottle throttle,
      Runnable wake) {
    this.ledger = ledger;
    this.source = source;
    this.retries = retries;
    this.clock = clock;
    this.throttle = throttle;
    this.wake = wake;
    this.nextNanos = clock.nanos();
    this.singlyUntilNanos = clock.nanos();
  }

  /**
   * Has the result of {@code entry} sent, unless the result waits already or is not in the ledger:
   * after a crash, a result that was not in the ledger could be sent again with a different end.
   */
  void report(LedgerEntry entry) {
    add(new Report(entry, false, clock.nanos()));
  }

  /**
   * Has the service told that {@code entry} came again with different content, which is refused.
   * The report includes the result of the first action: a service that took the refusal for the
   * only result might decide the same again under another id.
   */
  void reportMismatch(LedgerEntry entry) {
    if (entry.hasEnded()) {
      add(new Report(entry, true, clock.nanos()));
    }
  }

  private void add(Report report) {
    if (!report.entry.isWritten()) {
      return;
    }
    Report before = reports.putIfAbsent(report.name, report);
    if (before != null && before.entry.isRefusal() && !report.entry.isRefusal()) {
      // The bridge forgot the refusal and later accepted the same id; only the new result counts.
      reports.put(report.name, report);
    }
  }

  /** Returns the number of results the service has not acknowledged. */
  int unreported() {
    return reports.size();
  }

  /** True if no more results fit until the service acknowledges some. */
  boolean isFull() {
    return reports.size() >= MAX_UNREPORTED;
  }

  /**
   * Sends the results that are due; returns how many.
   *
   * @param atOnce the number of results the service accepts in one request; 0 or 1 for one by one
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

  /** Copies the number of waiting results, and the answer of a deaf service, to {@code stats}. */
  void publish(ActionStats stats) {
    boolean deaf = untaken >= DEAF && clock.nanos() - untakenNanos < DEAF_NANOS;
    stats.unreported = reports.size();
    stats.deafness = deaf ? untakenWhy : "";
  }

  /** Makes all waiting results due now. */
  void retryNow() {
    nextNanos = clock.nanos();
    reports.values().forEach(report -> again(report, 0));
  }

  /** Returns up to {@code most} of the reports that are due. */
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
   * Sends reports, or delays them if sending fails.
   *
   * @return how long nothing can be sent, in nanoseconds; 0 if the reports were sent or delayed
   */
  private long trySend(List<Report> due) {
    Sending sending = new Sending(due);
    try {
      long wait =
          source.tryTell(
              batch(due),
              verdict -> {
                sending.verdict = verdict;
                wake.run();
              });
      if (wait > 0) {
        return wait;
      }
    } catch (Throwable e) {
      // A result that cannot be sent is tried again, and does not stop the others.
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

  /** Processes the verdicts that have arrived; returns the number of results judged. */
  int takeVerdicts() {
    int taken = 0;
    for (int i = underWay.size() - 1; i >= 0; i--) {
      Sending sending = underWay.get(i);
      if (sending.verdict != null) {
        // Removes the request first: if the processing fails, the results are sent again.
        underWay.remove(i);
        sending.reports.forEach(report -> report.underWay = false);
        judge(sending.reports, sending.verdict);
        taken += sending.reports.size();
      }
    }
    return taken;
  }

  private static ResultBatch batch(List<Report> due) {
    Report first = due.get(0);
    if (due.size() == 1) {
      String key = first.mismatch ? first.entry.id + ":mismatch" : first.entry.id;
      return new ResultBatch(key, 1, bytes(json(first)));
    }
    ArrayNode all = MAPPER.createArrayNode();
    due.forEach(report -> all.add(json(report)));
    byte[] body = bytes(all);
    return new ResultBatch("results-" + UUID.nameUUIDFromBytes(body), due.size(), body);
  }

  private void judge(List<Report> sent, Verdict verdict) {
    String problem = verdict.reply().problem();
    if (verdict instanceof Verdict.Delivered delivered) {
      note(!delivered.unclear(), verdict.reply());
      sent.forEach(this::acknowledged);
    } else if (verdict instanceof Verdict.Refused || verdict instanceof Verdict.TooLarge) {
      if (sent.size() > 1) {
        singly(sent, problem);
      } else {
        note(false, verdict.reply());
        refused(sent.get(0), problem);
      }
    } else if (verdict instanceof Verdict.Later later && !later.ordered()) {
      sent.forEach(report -> backOff(report, problem));
    } else {
      // The source decides when to send the results again.
      sent.forEach(report -> again(report, AGAIN_NANOS));
    }
  }

  /** Notes whether the service took a result that will not be sent again. */
  private void note(boolean taken, Verdict.Reply reply) {
    untaken = taken ? 0 : untaken + 1;
    untakenNanos = clock.nanos();
    untakenWhy = reply.said().isEmpty() ? reply.problem() : reply.said();
  }

  /** Sends the results of a refused batch one by one, since any of them can be the cause. */
  private void singly(List<Report> sent, String problem) {
    singlyUntilNanos = clock.nanos() + SINGLY_NANOS;
    throttle.run("batch", () -> log.warn("results go one by one, a batch is refused: {}", problem));
    sent.forEach(report -> again(report, 0));
  }

  private void backOff(Report report, String problem) {
    if (report.attempts == null) {
      report.attempts = retries.get().begin();
    }
    again(report, report.attempts.delayNanos(problem));
  }

  private void refused(Report report, String problem) {
    throttle.run(
        "report", () -> log.warn("the result of {} is refused: {}", report.entry.id, problem));
    acknowledged(report);
  }

  private void acknowledged(Report report) {
    if (report.sent != report.entry.result()) {
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
    ActionResult result = report.entry.result();
    report.sent = result;
    ObjectNode json = MAPPER.createObjectNode();
    json.set("action_id", report.entry.writtenId());
    String message = message(report.entry, result);
    return json.put("status", result.status())
        .put("message", report.mismatch ? MISMATCH + message : message)
        .put("timestamp", result.atMs());
  }

  /** Returns the message to the service: the handler's text and a list of changed values. */
  private static String message(LedgerEntry entry, ActionResult result) {
    String said = result.message();
    if (said.isBlank()) {
      boolean applied = result.end() == ActionResult.End.APPLIED;
      said = applied ? ActionKind.of(ActionType.of(entry.type)).done() : "failed without a reason";
    }
    return entry.changes.isEmpty() ? said : said + " [" + entry.changes + "]";
  }

  private static byte[] bytes(JsonNode json) {
    try {
      return MAPPER.writeValueAsBytes(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

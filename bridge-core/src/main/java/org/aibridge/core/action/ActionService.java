package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.api.action.CustomAction;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.Retries;
import org.aibridge.core.http.ServiceRequest;
import org.aibridge.core.http.Transport;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.store.StoreFullException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the AI service's decisions, has them applied on the game thread, and reports what came of
 * them.
 *
 * <p>{@link #tick} belongs to the game thread, {@link #runOnce} to the actions thread. The order of
 * things makes an action apply at most once: the intent is in the ledger before the game thread can
 * see the action, and an id the ledger knows is never handed over again.
 */
public final class ActionService implements Duty {
  static final String PENDING_PATH = "/api/v1/actions/pending";
  static final String COMPLETE_PATH = "/api/v1/actions/complete";

  private static final Logger log = LoggerFactory.getLogger(ActionService.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int MAX_POLL_BYTES = 8 << 20;
  private static final int MAX_REPORT_ANSWER = 4096;
  private static final int MAX_MESSAGE = 500;
  private static final int MAX_REPORTS_UNDER_WAY = 4;
  private static final long FORGET_EVERY_NANOS = 600_000_000_000L;
  private static final long STORE_AGAIN_NANOS = 1_000_000_000L;

  /** A result on its way to the service. */
  private static final class Report {
    private final ActionLedger.Entry entry;
    private final Retries.Attempts attempts;
    private long nextNanos;

    Report(ActionLedger.Entry entry, Retries.Attempts attempts, long nextNanos) {
      this.entry = entry;
      this.attempts = attempts;
      this.nextNanos = nextNanos;
    }
  }

  private final Supplier<BridgeConfig.ActionExecutor> config;
  private final ActionLedger ledger;
  private final Transport transport;
  private final Supplier<Retries> retries;
  private final BridgeClock clock;
  private final Runnable wake;
  private final LogThrottle throttle;
  private final ActionDecoder decoder = new ActionDecoder();
  private final Handlers handlers = new Handlers();
  private final ActionRunner runner;
  private final ActionStats stats = new ActionStats();
  private final Queue<Runnable> answers = new ConcurrentLinkedQueue<>();
  private final Deque<Report> reports = new ArrayDeque<>();
  private final Set<String> reporting = new HashSet<>();
  private final Set<ActionTask> handedOver = new HashSet<>();
  private Retries.Attempts pollAttempts;
  private ActionRunner.Ended unwritten;
  private long unwrittenNanos;
  private long nextPollNanos;
  private long nextForgetNanos;
  private long taskNumber;
  private int reportsUnderWay;
  private boolean polling;
  private volatile boolean closing;

  /**
   * Opens the ledger.
   *
   * @param wake ends the pause of the thread that runs this duty; called when an answer has come
   * @throws IOException if the ledger's folder cannot be used, with a sentence that says why
   */
  public ActionService(
      Supplier<BridgeConfig.ActionExecutor> config,
      long reserveBytes,
      Transport transport,
      Supplier<Retries> retries,
      BridgeClock clock,
      Runnable wake)
      throws IOException {
    this.config = config;
    this.transport = transport;
    this.retries = retries;
    this.clock = clock;
    this.wake = wake;
    this.throttle = new LogThrottle(clock);
    this.ledger =
        ActionLedger.open(config.get().ledgerPath(), config.get().memory(), reserveBytes, clock);
    this.runner = new ActionRunner(config, handlers, clock);
    this.nextPollNanos = clock.nanos();
    this.nextForgetNanos = clock.nanos() + FORGET_EVERY_NANOS;
    stats.inDoubt = ledger.inDoubt();
    if (ledger.inDoubt() > 0) {
      log.warn(
          "{} actions are in doubt: an earlier process ended with them in its hands",
          ledger.inDoubt());
    }
    ledger.unreported().forEach(this::report);
  }

  /** Registers a handler. Any thread; no lock. */
  public <A extends Action> void onAction(Class<A> type, ActionHandler<? super A> handler) {
    handlers.put(type, handler);
  }

  /** Registers the handler of a custom type. Any thread; no lock. */
  public void onCustomAction(String type, ActionHandler<CustomAction> handler) {
    handlers.putCustom(type, handler);
  }

  /** Applies what is due. The game thread only. */
  public void tick() {
    runner.tick();
  }

  /** Counters; any thread. */
  public ActionStats stats() {
    return stats;
  }

  /** Actions that wait for their tick or are in flight; any thread. */
  public int pending() {
    return runner.pending();
  }

  @Override
  public int runOnce() {
    int work = 0;
    for (Runnable answer = answers.poll(); answer != null; answer = answers.poll()) {
      answer.run();
      work++;
    }
    work += writeEnded();
    work += sendReports();
    work += poll();
    if (clock.nanos() - nextForgetNanos >= 0) {
      nextForgetNanos = clock.nanos() + FORGET_EVERY_NANOS;
      ledger.forgetOld();
    }
    stats.unreported = reports.size() + reportsUnderWay;
    return work;
  }

  /** Fetches nothing more. */
  public void beginClosing() {
    closing = true;
  }

  /** Whether every result there is has been reported. */
  public boolean isDrained() {
    return stats.unreported == 0;
  }

  /**
   * Ends: what the game thread has not begun is failed, so that the next start need not doubt it.
   * The duty's thread has ended.
   */
  public void close() {
    runOnce();
    for (ActionTask task : handedOver) {
      if (task.giveUp()) {
        try {
          end(task.entry, ActionResult.End.FAILED, "the server closed before it was applied");
        } catch (StoreFullException e) {
          log.warn("{}: {} will be in doubt at the next start", e.getMessage(), task.entry.id);
        }
      }
    }
    ledger.close();
  }

  private int poll() {
    if (polling || closing || !runner.isTicking() || !config.get().enabled()) {
      return 0;
    }
    if (clock.nanos() - nextPollNanos < 0) {
      return 0;
    }
    int room = Math.min(runner.room(), config.get().pollLimit());
    if (room <= 0) {
      nextPollNanos = clock.nanos() + config.get().pollInterval().toNanos();
      return 0;
    }
    ServiceRequest request =
        ServiceRequest.get(
            ServiceRequest.Caller.ACTIONS, PENDING_PATH + "?limit=" + room, MAX_POLL_BYTES, true);
    polling = true;
    long wait = transport.trySend(request, answer -> arrive(() -> onPolled(answer)));
    if (wait > 0) {
      polling = false;
      nextPollNanos = clock.nanos() + wait;
      return 0;
    }
    return 1;
  }

  private void onPolled(Answer answer) {
    polling = false;
    nextPollNanos = clock.nanos() + config.get().pollInterval().toNanos();
    if (answer.kind() != Answer.Kind.OK) {
      if (pollAttempts == null) {
        pollAttempts = retries.get().begin();
      }
      nextPollNanos =
          Math.max(nextPollNanos, clock.nanos() + pollAttempts.delayNanos(answer.problem()));
      throttle.run("poll", () -> log.warn("actions cannot be fetched: {}", answer.problem()));
      return;
    }
    pollAttempts = null;
    stats.lastPollMs = clock.epochMs();
    try {
      Offers.walk(answer.body(), this::onOffer);
    } catch (IOException e) {
      throttle.run(
          "offers", () -> log.warn("the AI service's actions cannot be read: {}", e.getMessage()));
    } catch (StoreFullException e) {
      throttle.run("full", () -> log.warn("no action is taken: {}", e.getMessage()));
    }
  }

  private boolean onOffer(byte[] json, int offset, int length) {
    stats.polled++;
    int fingerprint = fingerprint(json, offset, length);
    String id = decoder.idOf(json, offset, length);
    if (id.isEmpty()) {
      stats.refused++;
      throttle.run("id", () -> log.warn("an action without a usable action_id is refused"));
      return true;
    }
    ActionLedger.Entry known = ledger.find(id);
    if (known != null) {
      offeredAgain(known, fingerprint);
      return true;
    }
    if (runner.room() <= 0) {
      return false;
    }
    take(id, json, offset, length, fingerprint);
    return true;
  }

  private void offeredAgain(ActionLedger.Entry known, int fingerprint) {
    stats.duplicates++;
    if (known.fingerprint != fingerprint) {
      throttle.run(
          "mismatch",
          () ->
              log.warn(
                  "action {} is offered with another content; the first one counts", known.id));
    }
    if (known.result != null && !reporting.contains(known.id)) {
      report(known);
    }
  }

  private void take(String id, byte[] json, int offset, int length, int fingerprint) {
    String type = "";
    try {
      JsonNode node = decoder.parse(json, offset, length);
      type = ActionDecoder.type(node);
      Action action = decoder.decode(id, node, clock.epochMs());
      ActionTask task = new ActionTask(ledger.intend(id, type, fingerprint), action, taskNumber++);
      handedOver.add(task);
      if (!runner.offer(task)) {
        throw new IllegalStateException("the inbox had room and has none");
      }
    } catch (InvalidAction e) {
      stats.refused++;
      throttle.run("refused", () -> log.warn("action {} is refused: {}", id, e.getMessage()));
      report(ledger.refuse(id, type, fingerprint, e.getMessage()));
    }
  }

  private int writeEnded() {
    int count = 0;
    if (unwritten != null && clock.nanos() - unwrittenNanos < 0) {
      return 0;
    }
    ActionRunner.Ended ended = unwritten != null ? unwritten : runner.pollEnded();
    while (ended != null) {
      unwritten = ended;
      try {
        end(ended.task().entry, ended.end(), ended.message());
      } catch (StoreFullException e) {
        unwrittenNanos = clock.nanos() + STORE_AGAIN_NANOS;
        return count;
      }
      count(ended);
      handedOver.remove(ended.task());
      unwritten = null;
      count++;
      ended = runner.pollEnded();
    }
    return count;
  }

  private void end(ActionLedger.Entry entry, ActionResult.End end, String message) {
    String cut = message.length() > MAX_MESSAGE ? message.substring(0, MAX_MESSAGE) : message;
    ledger.end(entry, new ActionResult(end, cut, clock.epochMs()));
    report(entry);
  }

  private void count(ActionRunner.Ended ended) {
    ActionLedger.Entry entry = ended.task().entry;
    switch (ended.end()) {
      case APPLIED -> stats.applied++;
      case REFUSED -> stats.refused++;
      default -> stats.failed++;
    }
    stats.executionNanos += ended.executionNanos();
    if (ended.thrown() != null) {
      throttle.run(
          "thrown " + entry.type,
          () ->
              log.error(
                  "the handler of {} failed for action {}", entry.type, entry.id, ended.thrown()));
    }
  }

  private void report(ActionLedger.Entry entry) {
    if (reporting.add(entry.id)) {
      reports.add(new Report(entry, retries.get().begin(), clock.nanos()));
    }
  }

  private int sendReports() {
    int sent = 0;
    int looks = reports.size();
    while (looks-- > 0 && reportsUnderWay < MAX_REPORTS_UNDER_WAY) {
      Report report = reports.poll();
      if (clock.nanos() - report.nextNanos < 0 || !send(report)) {
        reports.add(report);
      } else {
        sent++;
      }
    }
    return sent;
  }

  private boolean send(Report report) {
    ServiceRequest request =
        ServiceRequest.post(
            ServiceRequest.Caller.ACTIONS,
            COMPLETE_PATH,
            json(report.entry),
            report.entry.id,
            MAX_REPORT_ANSWER,
            false);
    long wait = transport.trySend(request, answer -> arrive(() -> onReported(report, answer)));
    if (wait > 0) {
      report.nextNanos = clock.nanos() + wait;
      return false;
    }
    reportsUnderWay++;
    return true;
  }

  private void onReported(Report report, Answer answer) {
    reportsUnderWay--;
    switch (answer.kind()) {
      case OK -> acknowledged(report);
      case REFUSED, TOO_LARGE -> {
        // The service does not want it, or does not know the id any more: asking again changes
        // nothing.
        if (answer.status() != 404) {
          throttle.run(
              "report",
              () -> log.warn("the result of {} is refused: {}", report.entry.id, answer.problem()));
        }
        acknowledged(report);
      }
      case FAILED, NO_ANSWER -> later(report, report.attempts.delayNanos(answer.problem()));
      default -> later(report, 0);
    }
  }

  private void acknowledged(Report report) {
    try {
      ledger.reported(report.entry);
      reporting.remove(report.entry.id);
    } catch (StoreFullException e) {
      later(report, STORE_AGAIN_NANOS);
    }
  }

  private void later(Report report, long delayNanos) {
    report.nextNanos = clock.nanos() + delayNanos;
    reports.add(report);
  }

  private void arrive(Runnable onActionsThread) {
    answers.add(onActionsThread);
    wake.run();
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
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static int fingerprint(byte[] json, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(json, offset, length);
    return (int) crc.getValue();
  }
}

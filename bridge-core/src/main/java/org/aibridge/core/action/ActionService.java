package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
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

  private static final Logger log = LoggerFactory.getLogger(ActionService.class);
  private static final int MAX_POLL_BYTES = 8 << 20;
  private static final int MAX_MESSAGE = 500;

  /** While so many results are not acknowledged, no more actions are taken. */
  static final int MAX_UNREPORTED = 10_000;

  private static final long FORGET_EVERY_NANOS = 600_000_000_000L;
  private static final long STORE_AGAIN_NANOS = 1_000_000_000L;
  private static final long LOOK_EVERY_NANOS = 1_000_000_000L;

  private final Supplier<BridgeConfig.ActionExecutor> config;
  private final ActionLedger ledger;
  private final ResultReporter reporter;
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

  /** What was taken and whose end is not in the ledger yet. */
  private final Set<ActionTask> taken = new LinkedHashSet<>();

  /** Of those, what the game thread has not been given: the intents of one poll, synced at once. */
  private final Queue<ActionTask> intended = new ArrayDeque<>();

  private final int inboxSize;
  private Retries.Attempts pollAttempts;
  private ActionRunner.Ended unwritten;
  private long unwrittenNanos;
  private long nextHandOverNanos;
  private long nextPollNanos;
  private long nextForgetNanos;
  private long nextLookNanos;
  private long taskNumber;
  private boolean polling;
  private boolean closed;
  private volatile int pending;
  private volatile boolean closing;
  private volatile String problem = "";

  /**
   * Opens the ledger.
   *
   * @param synced whether an intent is synced to the disk before the game thread sees the action
   * @param wake ends the pause of the thread that runs this duty; called when an answer has come
   * @throws IOException if the ledger's folder cannot be used, with a sentence that says why
   */
  public ActionService(
      Supplier<BridgeConfig.ActionExecutor> config,
      long reserveBytes,
      boolean synced,
      Transport transport,
      Supplier<Retries> retries,
      BridgeClock clock,
      Runnable wake)
      throws IOException {
    this(
        config,
        ActionLedger.open(
            config.get().ledgerPath(), config.get().memory(), reserveBytes, synced, clock),
        transport,
        retries,
        clock,
        wake);
  }

  ActionService(
      Supplier<BridgeConfig.ActionExecutor> config,
      ActionLedger ledger,
      Transport transport,
      Supplier<Retries> retries,
      BridgeClock clock,
      Runnable wake) {
    this.config = config;
    this.transport = transport;
    this.retries = retries;
    this.clock = clock;
    this.wake = wake;
    this.throttle = new LogThrottle(clock);
    this.ledger = ledger;
    this.reporter = new ResultReporter(ledger, transport, retries, clock, throttle, this::arrive);
    this.runner = new ActionRunner(config, handlers, clock);
    this.inboxSize = config.get().inboxSize();
    this.nextHandOverNanos = clock.nanos();
    this.nextPollNanos = clock.nanos();
    this.nextForgetNanos = clock.nanos() + FORGET_EVERY_NANOS;
    this.nextLookNanos = clock.nanos();
    stats.inDoubt = ledger.inDoubt();
    if (ledger.inDoubt() > 0) {
      log.warn(
          "{} actions are in doubt: an earlier process ended with them in its hands",
          ledger.inDoubt());
    }
    ledger.unreported().forEach(reporter::report);
    stats.unreported = reporter.unreported();
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
    return pending;
  }

  /** Why no action can be taken, as a sentence; empty if nothing keeps the ledger. Any thread. */
  public String problem() {
    return problem;
  }

  @Override
  public int runOnce() {
    int work = takeAnswers();
    work += handOver();
    work += writeEnded();
    work += reporter.send();
    work += poll();
    if (clock.nanos() - nextForgetNanos >= 0) {
      nextForgetNanos = clock.nanos() + FORGET_EVERY_NANOS;
      ledger.forgetOld();
    }
    if (clock.nanos() - nextLookNanos >= 0) {
      nextLookNanos = clock.nanos() + LOOK_EVERY_NANOS;
      problem = ledger.problem();
    }
    publishCounts();
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
    if (closed) {
      return;
    }
    closed = true;
    closing = true;
    takeAnswers();
    unwrittenNanos = clock.nanos();
    writeEnded();
    List.copyOf(taken).stream().filter(ActionTask::giveUp).forEach(this::failUnbegun);
    publishCounts();
    ledger.close();
  }

  private void failUnbegun(ActionTask task) {
    try {
      end(task.entry, ActionResult.End.FAILED, "the server closed before it was applied");
      stats.failed++;
      taken.remove(task);
    } catch (StoreFullException e) {
      log.warn("{}: {} will be in doubt at the next start", e.getMessage(), task.entry.id);
    }
  }

  private void publishCounts() {
    stats.unreported = reporter.unreported();
    pending = taken.size();
  }

  private int takeAnswers() {
    int taken = 0;
    for (Runnable answer = answers.poll(); answer != null; answer = answers.poll()) {
      answer.run();
      taken++;
    }
    return taken;
  }

  /** How many more actions may be taken. */
  private int room() {
    return reporter.unreported() >= MAX_UNREPORTED ? 0 : inboxSize - taken.size();
  }

  private int poll() {
    if (polling || closing || !runner.isTicking() || !config.get().enabled()) {
      return 0;
    }
    if (clock.nanos() - nextPollNanos < 0) {
      return 0;
    }
    int room = Math.min(room(), config.get().pollLimit());
    if (room <= 0) {
      nextPollNanos = clock.nanos() + config.get().pollInterval().toNanos();
      return 0;
    }
    ServiceRequest request =
        ServiceRequest.get(
            ServiceRequest.Caller.ACTIONS, PENDING_PATH + "?limit=" + room, MAX_POLL_BYTES, true);
    // Where it stays when the transport throws.
    nextPollNanos = clock.nanos() + config.get().pollInterval().toNanos();
    long wait = transport.trySend(request, answer -> arrive(() -> onPolled(answer)));
    if (wait > 0) {
      nextPollNanos = clock.nanos() + wait;
      return 0;
    }
    // The answer is taken by this thread, so not before now.
    polling = true;
    return 1;
  }

  private void onPolled(Answer answer) {
    polling = false;
    if (closing) {
      // What it offers stays with the service, for the next start.
      return;
    }
    nextPollNanos = clock.nanos() + config.get().pollInterval().toNanos();
    if (answer.kind() != Answer.Kind.OK) {
      pollFailed(answer.problem());
      return;
    }
    try {
      Offers.walk(answer.body(), this::onOffer);
      pollAttempts = null;
      stats.lastPollMs = clock.epochMs();
    } catch (IOException e) {
      pollFailed(e.getMessage());
    } catch (StoreFullException e) {
      throttle.run("full", () -> log.warn("no action is taken: {}", e.getMessage()));
    }
  }

  private void pollFailed(String problem) {
    if (pollAttempts == null) {
      pollAttempts = retries.get().begin();
    }
    nextPollNanos = Math.max(nextPollNanos, clock.nanos() + pollAttempts.delayNanos(problem));
    throttle.run("poll", () -> log.warn("actions cannot be fetched: {}", problem));
  }

  private boolean onOffer(byte[] json, int offset, int length) {
    String id = decoder.idOf(json, offset, length);
    ActionLedger.Entry known = id.isEmpty() ? null : ledger.find(id);
    if (known == null && room() <= 0) {
      return false;
    }
    stats.polled++;
    if (id.isEmpty()) {
      stats.refused++;
      throttle.run("id", () -> log.warn("an action without a usable action_id is refused"));
    } else if (known != null) {
      offeredAgain(known, json, offset, length);
    } else {
      take(id, json, offset, length);
    }
    return true;
  }

  private void offeredAgain(ActionLedger.Entry known, byte[] json, int offset, int length) {
    stats.duplicates++;
    if (!isSame(known, json, offset, length)) {
      throttle.run(
          "mismatch",
          () ->
              log.warn(
                  "action {} is offered with another content; the first one counts", known.id));
    }
    ledger.offeredAgain(known);
    if (known.result != null) {
      reporter.report(known);
    }
  }

  private boolean isSame(ActionLedger.Entry known, byte[] json, int offset, int length) {
    int bytes = Fingerprint.ofBytes(json, offset, length);
    if (bytes == known.sameBytes) {
      return true;
    }
    int content = bytes;
    try {
      content = Fingerprint.ofContent(decoder.parse(json, offset, length));
    } catch (InvalidAction e) {
      log.debug("{} is still unreadable", known.id);
    }
    if (content != known.fingerprint) {
      return false;
    }
    known.sameBytes = bytes;
    return true;
  }

  private void take(String id, byte[] json, int offset, int length) {
    String type = "";
    int fingerprint = Fingerprint.ofBytes(json, offset, length);
    try {
      JsonNode node = decoder.parse(json, offset, length);
      fingerprint = Fingerprint.ofContent(node);
      type = ActionDecoder.type(node).intern();
      Action action = decoder.decode(id, node, clock.epochMs());
      ActionTask task = new ActionTask(ledger.intend(id, type, fingerprint), action, taskNumber++);
      taken.add(task);
      intended.add(task);
    } catch (InvalidAction e) {
      ActionLedger.Entry refused = ledger.refuse(id, type, fingerprint, e.getMessage());
      stats.refused++;
      throttle.run("refused", () -> log.warn("action {} is refused: {}", id, e.getMessage()));
      reporter.report(refused);
    }
  }

  /** Once the intents are where they must be, and not before, the game thread may see them. */
  private int handOver() {
    if (intended.isEmpty() || clock.nanos() - nextHandOverNanos < 0) {
      return 0;
    }
    try {
      ledger.sync();
    } catch (IOException e) {
      nextHandOverNanos = clock.nanos() + STORE_AGAIN_NANOS;
      throttle.run(
          "sync", () -> log.error("actions wait, the ledger cannot be synced to its disk", e));
      return 0;
    }
    int count = 0;
    for (ActionTask task = intended.poll(); task != null; task = intended.poll()) {
      if (!runner.offer(task)) {
        throw new IllegalStateException("the inbox had room and has none");
      }
      count++;
    }
    return count;
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
      taken.remove(ended.task());
      unwritten = null;
      count++;
      ended = runner.pollEnded();
    }
    return count;
  }

  private void end(ActionLedger.Entry entry, ActionResult.End end, String message) {
    ledger.end(entry, new ActionResult(end, CleanText.of(message, MAX_MESSAGE), clock.epochMs()));
    reporter.report(entry);
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

  private void arrive(Runnable onActionsThread) {
    answers.add(onActionsThread);
    wake.run();
  }
}

package org.aibridge.core.http;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.aibridge.api.status.GateState;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.aibridge.core.service.Standing;
import org.aibridge.core.service.Trial;
import org.slf4j.Logger;

/**
 * Decides whether one caller may ask now: breaker, Retry-After, and the hold after refused
 * credentials. Each caller has a gate of its own; gates with the same {@link Hold} share a refused
 * key, and gates with the same {@link NotBefore} share an announced wait.
 *
 * <p>The breaker is Resilience4j's over the last {@code failure_threshold} calls; it opens when all
 * of them failed, that is, after so many consecutive failures. It runs on a monotonic clock and
 * reopens on the first probe that fails, unless the service takes another probe of the same round:
 * then it is not the service that fails. With a {@code failure_threshold} below {@code
 * half_open_requests} as many answers as the former decide, and later ones come too late. Its
 * half-open state is bounded in time, so that an unanswered probe cannot prolong it for ever. An
 * answer moves the breaker only in the state in which its permit was given: a late answer is not
 * taken for a probe's. Any thread but the game thread, which may only read the state.
 */
final class Gate {
  private static final Logger log = Logs.of(Gate.class);

  /** The wait in ns before another try, while other requests hold all permits or the probe. */
  private static final long ASK_AGAIN_NANOS = 50_000_000;

  private static final long SOON_NANOS = 1_000_000;

  /**
   * The latency reported for every call, since Resilience4j's breaker would open for slow calls.
   */
  private static final long NO_LATENCY = 0;

  /** The most characters of an answer that a status shows; a script's path can make it long. */
  private static final int MAX_SAID = 200;

  /**
   * A permit to send one request, or a wait until the next attempt.
   *
   * @param waitNanos 0 if the request may be sent; otherwise how long to wait, in nanoseconds
   * @param round the number of the breaker's state in which the permit was given; each change of
   *     state adds one
   * @param probe the hold whose probe this request is; null for none
   * @param retries how often {@link #retryNow} was called before
   */
  record Permit(long waitNanos, long round, Hold probe, int retries) {}

  private final BridgeClock clock;
  private final CircuitBreaker breaker;
  private final NotBefore notBefore;
  private final Hold key;
  private final Hold address;
  private final boolean tells;
  private final long openNanos;
  private final long halfOpenNanos;
  private long round;

  /** How often {@link #retryNow} was called, and what became of the first request since then. */
  private int retries;

  private Trial trial = Trial.NONE;

  /** The number of permits without an answer. */
  private int underWay;

  /** The number of those that were given in the breaker's present state. */
  private int underWayInRound;

  private volatile long roundSinceNanos;
  private volatile Said said = Said.NOTHING;
  private volatile long requests;
  private volatile long failed;

  /**
   * What went wrong last, true if the service has answered at all, and since when answers are
   * unwanted.
   */
  private record Said(String words, boolean answered, long sinceNanos) {
    static final Said NOTHING = new Said("", false, 0);
  }

  /**
   * @param callTimeout the time within which a call ends; probes have this time and the open time
   *     to be answered
   * @param tells true if answers to this caller begin and end holds; false for scripts, which ask
   *     for what they like, so that a refusal says little about our credentials
   */
  Gate(
      BridgeConfig.CircuitBreaker settings,
      Duration callTimeout,
      NotBefore notBefore,
      Hold key,
      boolean tells,
      BridgeClock clock) {
    this.clock = clock;
    this.notBefore = notBefore;
    this.key = key;
    this.tells = tells;
    this.openNanos = settings.openTime().toNanos();
    this.halfOpenNanos = openNanos + callTimeout.toNanos();
    this.address = new Hold(openNanos, clock);
    this.breaker =
        CircuitBreaker.of(
            "ai-service",
            CircuitBreakerConfig.custom()
                .slidingWindow(
                    settings.failureThreshold(),
                    settings.failureThreshold(),
                    CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(100)
                .waitDurationInOpenState(settings.openTime())
                .permittedNumberOfCallsInHalfOpenState(settings.halfOpenRequests())
                .clock(new MonotonicClock(clock))
                .currentTimestampFunction(c -> clock.nanos(), TimeUnit.NANOSECONDS)
                .build());
    breaker.getEventPublisher().onStateTransition(e -> beginRound(e.getStateTransition()));
  }

  /**
   * Asks for a permit. A permit without a wait must be given to {@link #onAnswer} or {@link
   * #giveBack}.
   */
  synchronized Permit tryAcquire() {
    long ordered = notBefore.waitNanos();
    if (ordered > 0) {
      return refusal(ordered);
    }
    Hold held = held();
    if (held != null && (!tells || held.waitNanos() > 0)) {
      return refusal(Math.max(ASK_AGAIN_NANOS, held.waitNanos()));
    }
    long now = clock.nanos();
    if (!mayPass()) {
      if (isHalfOpen() && now - roundSinceNanos >= halfOpenNanos) {
        // All probes were sent, or mayPass() would be true; not all were answered in time.
        quietly(breaker::transitionToOpenState);
      }
      boolean open = breaker.getState() == CircuitBreaker.State.OPEN;
      long wait = open ? openNanos - (now - roundSinceNanos) : ASK_AGAIN_NANOS;
      return refusal(Math.max(SOON_NANOS, wait));
    }
    if (held != null && !held.takeProbe()) {
      // Another gate with the same hold took the probe first.
      quietly(breaker::releasePermission);
      return refusal(ASK_AGAIN_NANOS);
    }
    underWay++;
    underWayInRound++;
    if (!trial.isOver()) {
      trial = trial.in(Trial.State.UNDER_WAY, "");
    }
    return new Permit(0, round, held, retries);
  }

  private Permit refusal(long waitNanos) {
    return new Permit(waitNanos, round, null, retries);
  }

  /** Returns the hold that lets only probes pass; null if there is none. */
  private Hold held() {
    return key.isHeld() ? key : address.isHeld() ? address : null;
  }

  /**
   * True if a request with {@code permit} may still be sent: while it waited for a thread, the
   * service may have ordered a wait, refused our credentials, or failed.
   */
  synchronized boolean isStillGiven(Permit permit) {
    Hold held = held();
    return permit.round == round
        && notBefore.waitNanos() <= 0
        && (held == null || permit.probe == held);
  }

  /**
   * Takes back a permit whose request was not sent, or did not reach the service, as if the permit
   * had never been given.
   */
  synchronized void giveBack(Permit permit) {
    ended(permit);
    takeBack(permit);
  }

  private void takeBack(Permit permit) {
    if (isTrial(permit)) {
      trial = trial.in(Trial.State.NOTHING, "");
    }
    forget(permit);
    if (permit.probe != null) {
      permit.probe.probeNow();
    }
  }

  /** Updates the gate with the answer to the request of {@code permit}, or with its failure. */
  synchronized void onAnswer(Permit permit, Answer answer) {
    note(answer);
    ended(permit);
    switch (answer.kind()) {
      case OK, REFUSED, TOO_LARGE -> {
        succeeded(permit, answer);
        if (tells) {
          address.end();
        }
        if (tells && !isOfPathAlone(answer)) {
          key.end();
        }
      }
      case UNAUTHORIZED -> {
        succeeded(permit, answer);
        if (tells) {
          key.begin(answer.problem());
        }
      }
      case REDIRECT, BLOCKED -> {
        succeeded(permit, answer);
        if (tells) {
          address.begin(answer.problem());
        }
      }
      case COME_BACK -> {
        forget(permit);
        notBefore.stayAway(answer.retryAfterMs());
      }
      case CANCELLED, LOCAL_FAILURE -> {
        takeBack(permit);
        return;
      }
      case FAILED, NO_ANSWER -> {
        if (answer.isFailure()) {
          failed(permit, answer);
        } else {
          forget(permit);
        }
      }
    }
    if (isTrial(permit)) {
      boolean taken = answer.kind() == Answer.Kind.OK;
      trial = trial.in(taken ? Trial.State.TAKEN : Trial.State.FAILED, said.words);
    }
  }

  private boolean isTrial(Permit permit) {
    return permit.retries == retries && !trial.isOver();
  }

  /** True if the answer may concern only the path: some services check the path before the key. */
  private static boolean isOfPathAlone(Answer answer) {
    return answer.status() == 404 || answer.status() == 405 || answer.status() == 410;
  }

  /** Counts the request, and keeps the text of an unwanted answer for the status. */
  private void note(Answer answer) {
    switch (answer.kind()) {
      case LOCAL_FAILURE, CANCELLED -> {
        // This answer says nothing about the service.
      }
      case OK -> {
        said = Said.NOTHING;
        requests++; // Written last: a thread that reads the new count also sees the answer.
      }
      default -> {
        long since = said.words.isEmpty() ? clock.nanos() : said.sinceNanos;
        said = new Said(answer.said(), answer.status() > 0, since);
        failed++;
        requests++;
      }
    }
  }

  /** Ends all holds; the next answer shows whether their reasons are gone. */
  void release() {
    key.end();
    address.end();
  }

  /**
   * Lets the next request pass even if the breaker is open or the next probe of a hold is not due.
   * A wait that the service itself ordered stays.
   */
  synchronized void retryNow() {
    retries++;
    trial = Trial.begin(!said.words.isEmpty(), isFailing() || held() != null);
    if (breaker.getState() == CircuitBreaker.State.OPEN) {
      quietly(breaker::transitionToHalfOpenState);
    }
    key.probeNow();
    address.probeNow();
  }

  /** Returns what became of the first request since {@link #retryNow}. Any thread; no waiting. */
  synchronized Trial trial() {
    return trial.state() == Trial.State.NOTHING && underWay > 0
        ? trial.in(Trial.State.BEHIND, "")
        : trial;
  }

  /**
   * The time until the breaker or a hold lets a request pass, in milliseconds; 0 when one may pass.
   * Any thread; no waiting.
   */
  long probeMs() {
    Hold held = held();
    long nanos = 0;
    if (held != null) {
      nanos = held.waitNanos();
    } else if (breaker.getState() == CircuitBreaker.State.OPEN) {
      nanos = roundSinceNanos + openNanos - clock.nanos();
    }
    return Math.max(0, nanos / 1_000_000);
  }

  /** Why only probes may pass; empty if all requests may. Any thread; no waiting. */
  String holdReason() {
    Hold held = held();
    return held == null ? "" : held.reason();
  }

  /** The breaker: {@code closed}, {@code open} or {@code half_open}. Any thread; no waiting. */
  GateState breakerState() {
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> GateState.OPEN;
      case HALF_OPEN -> GateState.HALF_OPEN;
      default -> GateState.CLOSED;
    };
  }

  /** The text of the last unwanted answer; empty if all is well. Any thread. */
  String said() {
    return said.words;
  }

  /** True if {@link #said} is an answer of the service, false if no answer came. Any thread. */
  boolean answered() {
    return said.answered;
  }

  /**
   * True if requests are kept back and the last one failed. A half-open breaker that waits for more
   * requests, of which none has failed, is well. Any thread; no waiting.
   */
  boolean isFailing() {
    return address.isHeld()
        || switch (breaker.getState()) {
          case OPEN, FORCED_OPEN -> true;
          case HALF_OPEN -> !said.words.isEmpty();
          default -> false;
        };
  }

  /** The wait until a request may pass, in milliseconds; 0 if it may pass now. Any thread. */
  long waitMs() {
    return Math.max(probeMs(), notBefore.waitNanos() / 1_000_000);
  }

  /**
   * Returns how things stand with the gate. Any thread; no waiting.
   *
   * @param orderedMs what is left of the wait that the service has ordered, in milliseconds
   */
  Standing standing(long orderedMs) {
    Said now = said;
    return new Standing(
        holdReason(),
        breakerState(),
        isFailing(),
        probeMs(),
        orderedMs,
        now.words,
        now.answered,
        saidForMs(now));
  }

  private long saidForMs(Said now) {
    return now.words.isEmpty() ? 0 : (clock.nanos() - now.sinceNanos) / 1_000_000;
  }

  /** Returns this gate's status under {@code name}. Any thread; no waiting. */
  GateStatus status(String name) {
    long all = requests;
    Said now = said;
    return new GateStatus(
        name,
        address.isHeld() ? GateState.HELD : breakerState(),
        waitMs(),
        now.words.substring(0, Math.min(now.words.length(), MAX_SAID)),
        isFailing(),
        saidForMs(now),
        all,
        Math.min(all, failed));
  }

  /** Counts the end of a request; called before its answer is judged. */
  private void ended(Permit permit) {
    underWay--;
    underWayInRound -= permit.round == round ? 1 : 0;
  }

  /**
   * Gives the breaker its permission back, because the answer tells nothing of the service's
   * health.
   */
  private void forget(Permit permit) {
    if (permit.round == round) {
      quietly(breaker::releasePermission);
      reopen();
    }
  }

  private void succeeded(Permit permit, Answer answer) {
    if (permit.round == round) {
      quietly(() -> breaker.onSuccess(NO_LATENCY, TimeUnit.NANOSECONDS));
    }
  }

  private void failed(Permit permit, Answer answer) {
    if (permit.round == round) {
      IOException failure = new IOException(answer.problem());
      quietly(() -> breaker.onError(NO_LATENCY, TimeUnit.NANOSECONDS, failure));
      reopen();
    }
  }

  /** Opens the half-open breaker if a probe failed, none was taken, and none is under way. */
  private void reopen() {
    CircuitBreaker.Metrics probes = breaker.getMetrics();
    boolean failed = probes.getNumberOfFailedCalls() > 0;
    boolean taken = probes.getNumberOfSuccessfulCalls() > 0;
    if (isHalfOpen() && underWayInRound == 0 && failed && !taken) {
      quietly(breaker::transitionToOpenState);
    }
  }

  private boolean mayPass() {
    boolean[] passes = {false};
    quietly(() -> passes[0] = breaker.tryAcquirePermission());
    return passes[0];
  }

  /**
   * Runs a step of the breaker, whatever it throws: Resilience4j logs each step to the host's
   * logger, and a logger's exception must not keep an answer from the caller.
   */
  private static void quietly(Runnable step) {
    try {
      step.run();
    } catch (Throwable e) { // Catches undeclared exceptions too.
      log.debug("the breaker has done it, and could not tell", e);
    }
  }

  private boolean isHalfOpen() {
    return breaker.getState() == CircuitBreaker.State.HALF_OPEN;
  }

  /** Counts a change of the breaker's state; the breaker calls this as a listener. */
  private void beginRound(CircuitBreaker.StateTransition transition) {
    round++;
    underWayInRound = 0;
    roundSinceNanos = clock.nanos();
    log.debug("breaker {}", transition);
  }

  /** A monotonic clock for Resilience4j, whose open state would otherwise follow the wall clock. */
  private static final class MonotonicClock extends Clock {
    private final BridgeClock clock;

    MonotonicClock(BridgeClock clock) {
      this.clock = clock;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Instant.EPOCH.plus(Duration.ofNanos(clock.nanos()));
    }
  }
}

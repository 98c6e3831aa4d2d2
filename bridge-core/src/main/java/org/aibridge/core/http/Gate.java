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
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/**
 * Decides whether one caller may ask now: breaker, Retry-After, and the hold after refused
 * credentials. Each caller has a gate of its own; what all are told, a refused key and an announced
 * wait, is shared by those that are given the same {@link Hold} and {@link NotBefore}.
 *
 * <p>The breaker is Resilience4j's over the last {@code failure_threshold} calls, open when all of
 * them failed, which is what "consecutive" means. It runs on a monotonic clock, reopens on the
 * first probe that fails, and its half-open state is bounded, so that a probe that is never
 * answered cannot keep it there. An answer moves the breaker only in the state in which its permit
 * was given: one that comes late is not taken for a probe's. Any thread but the game thread; only
 * the state may be read from there.
 */
final class Gate {
  private static final Logger log = Logs.of(Gate.class);

  /** How soon to ask again when others have what one would need, in nanoseconds. */
  private static final long ASK_AGAIN_NANOS = 50_000_000;

  private static final long SOON_NANOS = 1_000_000;

  /** Resilience4j opens after calls of more than a minute too, and that cannot be turned off. */
  private static final long NO_LATENCY = 0;

  /** Of the words of an answer a status tells so many; a script's path can be long. */
  private static final int MAX_SAID = 200;

  /**
   * Leave to send one request, to be given back with its answer.
   *
   * @param waitNanos 0, or for how long there is no leave
   * @param round in which state of the breaker it was given; they are counted
   * @param probe the hold whose end its answer decides; null for none
   */
  record Permit(long waitNanos, long round, Hold probe) {}

  private final BridgeClock clock;
  private final CircuitBreaker breaker;
  private final NotBefore notBefore;
  private final Hold key;
  private final Hold address;
  private final boolean tells;
  private final long openNanos;
  private final long halfOpenNanos;
  private long round;
  private volatile long roundSinceNanos;
  private volatile Said said = Said.NOTHING;
  private volatile long requests;
  private volatile long failed;

  /** What came instead of what was asked for, whether somebody said it, and since when. */
  private record Said(String words, boolean answered, long sinceNanos) {
    static final Said NOTHING = new Said("", false, 0);
  }

  /**
   * @param callTimeout within which a call ends; a probe is given that and the open time
   * @param tells whether the caller's requests are such that their answers begin and end a hold;
   *     scripts ask for what they like, and what they are refused says little about our credentials
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
   * Asks for leave to send. A permit without a wait must be given to {@link #onAnswer} or {@link
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
        // All probes are out and too long without an answer; where one is left, it decides.
        quietly(breaker::transitionToOpenState);
      }
      boolean open = breaker.getState() == CircuitBreaker.State.OPEN;
      long wait = open ? openNanos - (now - roundSinceNanos) : ASK_AGAIN_NANOS;
      return refusal(Math.max(SOON_NANOS, wait));
    }
    if (held != null && !held.takeProbe()) {
      // Another gate that shares the hold was first.
      quietly(breaker::releasePermission);
      return refusal(ASK_AGAIN_NANOS);
    }
    return new Permit(0, round, held);
  }

  private Permit refusal(long waitNanos) {
    return new Permit(waitNanos, round, null);
  }

  /** Why nothing but a probe may go; null when it may. */
  private Hold held() {
    return key.isHeld() ? key : address.isHeld() ? address : null;
  }

  /**
   * Whether what had leave may still be sent: it may have waited for a thread while the service
   * ordered everybody away, refused our credentials, or failed.
   */
  synchronized boolean isStillGiven(Permit permit) {
    Hold held = held();
    return permit.round == round
        && notBefore.waitNanos() <= 0
        && (held == null || permit.probe == held);
  }

  /**
   * The request of {@code permit} was not sent after all, or did not get to the service: all is as
   * if it had never been given.
   */
  synchronized void giveBack(Permit permit) {
    forget(permit);
    if (permit.probe != null) {
      permit.probe.probeNow();
    }
  }

  /** What the service answered, or did not. */
  synchronized void onAnswer(Permit permit, Answer answer) {
    note(answer);
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
      case REDIRECT -> {
        succeeded(permit, answer);
        if (tells) {
          address.begin(answer.problem());
        }
      }
      case COME_BACK -> {
        forget(permit);
        notBefore.stayAway(answer.retryAfterMs());
      }
      case CANCELLED, LOCAL_FAILURE -> giveBack(permit);
      case FAILED, NO_ANSWER -> {
        if (answer.isFailure()) {
          failed(permit, answer);
        } else {
          forget(permit);
        }
      }
    }
  }

  /** Some services look for a path before they look at a key. */
  private static boolean isOfPathAlone(Answer answer) {
    return answer.status() == 404 || answer.status() == 405;
  }

  /** Keeps what was said, for those who ask why it does not go on. */
  private void note(Answer answer) {
    switch (answer.kind()) {
      case LOCAL_FAILURE, CANCELLED -> {
        // It says nothing of the other end.
      }
      case OK -> {
        said = Said.NOTHING;
        requests++; // Last: who sees that it has come sees what came.
      }
      default -> {
        long since = said.words.isEmpty() ? clock.nanos() : said.sinceNanos;
        said = new Said(answer.said(), answer.status() > 0, since);
        failed++;
        requests++;
      }
    }
  }

  /** Forgets what holds; the next request tells. */
  void release() {
    key.end();
    address.end();
  }

  /**
   * Lets the next request ask, though the breaker is open or the time for a held one's probe has
   * not come. What the service itself has ordered to wait for stays.
   */
  synchronized void retryNow() {
    if (breaker.getState() == CircuitBreaker.State.OPEN) {
      quietly(breaker::transitionToHalfOpenState);
    }
    key.probeNow();
    address.probeNow();
  }

  /**
   * Until a request is let through that the breaker or a hold keeps back, in milliseconds; 0 when
   * one is, or nothing is kept back. Any thread; no waiting.
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

  /** Why nothing but a probe may go; empty when all may. Any thread; no waiting. */
  String holdReason() {
    Hold held = held();
    return held == null ? "" : held.reason();
  }

  /** {@code closed}, {@code open} or {@code half_open}. Any thread; no waiting. */
  String breakerState() {
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> "open";
      case HALF_OPEN -> "half_open";
      default -> "closed";
    };
  }

  /** What last came instead of what was asked for; empty when all is well. Any thread. */
  String said() {
    return said.words;
  }

  /** Whether {@link #said} is an answer. Any thread. */
  boolean answered() {
    return said.answered;
  }

  /**
   * Whether requests are kept back and the last one failed: a breaker that waits half-open for more
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

  /** Until it may be asked again, whatever the reason; 0 when it may. Any thread; no waiting. */
  long waitMs() {
    long orderedMs = notBefore.epochMs() == 0 ? 0 : notBefore.epochMs() - clock.epochMs();
    return Math.max(probeMs(), orderedMs);
  }

  /** How it stands, under {@code name}. Any thread; no waiting. */
  GateStatus status(String name) {
    long all = requests;
    Said now = said;
    return new GateStatus(
        name,
        address.isHeld() ? "held" : breakerState(),
        waitMs(),
        now.words.substring(0, Math.min(now.words.length(), MAX_SAID)),
        isFailing(),
        now.words.isEmpty() ? 0 : (clock.nanos() - now.sinceNanos) / 1_000_000,
        all,
        Math.min(all, failed));
  }

  /** The answer says nothing of the service's health. */
  private void forget(Permit permit) {
    if (permit.round == round) {
      quietly(breaker::releasePermission);
    }
  }

  private void succeeded(Permit permit, Answer answer) {
    if (permit.round == round) {
      quietly(() -> breaker.onSuccess(NO_LATENCY, TimeUnit.NANOSECONDS));
    }
  }

  private void failed(Permit permit, Answer answer) {
    if (permit.round != round) {
      return;
    }
    boolean probing = isHalfOpen();
    IOException failure = new IOException(answer.problem());
    quietly(() -> breaker.onError(NO_LATENCY, TimeUnit.NANOSECONDS, failure));
    if (probing && isHalfOpen()) {
      quietly(breaker::transitionToOpenState);
    }
  }

  private boolean mayPass() {
    boolean[] passes = {false};
    quietly(() -> passes[0] = breaker.tryAcquirePermission());
    return passes[0];
  }

  /**
   * Resilience4j tells the host's logger what it has done, and what a logger throws must not keep
   * an answer from whoever waits for it.
   */
  private static void quietly(Runnable step) {
    try {
      step.run();
    } catch (Throwable e) { // Also what is thrown without being declared.
      log.debug("the breaker has done it, and could not tell", e);
    }
  }

  private boolean isHalfOpen() {
    return breaker.getState() == CircuitBreaker.State.HALF_OPEN;
  }

  /** Called by the breaker, inside the methods above. */
  private void beginRound(CircuitBreaker.StateTransition transition) {
    round++;
    roundSinceNanos = clock.nanos();
    log.debug("breaker {}", transition);
  }

  /** Resilience4j asks a wall clock how long the breaker has been open; this one never jumps. */
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

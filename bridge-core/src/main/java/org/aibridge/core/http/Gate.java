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
 * Decides whether the AI service may be asked now: breaker, Retry-After, and the hold after refused
 * credentials.
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

  /**
   * Leave to send one request, to be given back with its answer.
   *
   * @param waitNanos 0, or for how long there is no leave
   * @param round in which state of the breaker it was given; they are counted
   * @param probe whether its answer decides whether a hold ends
   */
  record Permit(long waitNanos, long round, boolean probe) {}

  private final BridgeClock clock;
  private final CircuitBreaker breaker;
  private final long openNanos;
  private final long halfOpenNanos;
  private long round;
  private volatile long roundSinceNanos;
  private long notBeforeNanos;
  private volatile long notBeforeMs;
  private volatile long probeAtNanos;
  private volatile String holdReason = "";

  /**
   * @param callTimeout within which a call ends; a probe is given that and the open time
   */
  Gate(BridgeConfig.CircuitBreaker settings, Duration callTimeout, BridgeClock clock) {
    this.clock = clock;
    this.openNanos = settings.openTime().toNanos();
    this.halfOpenNanos = openNanos + callTimeout.toNanos();
    this.notBeforeNanos = clock.nanos();
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
   *
   * @param holds whether the caller's requests are such that their answers begin and end a hold
   */
  synchronized Permit tryAcquire(boolean holds) {
    long now = clock.nanos();
    if (notBeforeNanos - now > 0) {
      return new Permit(notBeforeNanos - now, round, false);
    }
    boolean held = !holdReason.isEmpty();
    if (held && (!holds || probeAtNanos - now > 0)) {
      return new Permit(Math.max(ASK_AGAIN_NANOS, probeAtNanos - now), round, false);
    }
    if (!mayPass()) {
      if (isHalfOpen() && now - roundSinceNanos >= halfOpenNanos) {
        // All probes are out and too long without an answer; where one is left, it decides.
        quietly(breaker::transitionToOpenState);
      }
      boolean open = breaker.getState() == CircuitBreaker.State.OPEN;
      long wait = open ? openNanos - (now - roundSinceNanos) : ASK_AGAIN_NANOS;
      return new Permit(Math.max(SOON_NANOS, wait), round, false);
    }
    if (held) {
      probeAtNanos = now + openNanos;
    }
    return new Permit(0, round, held);
  }

  /**
   * Whether what had leave may still be sent: it may have waited for a thread while the service
   * ordered everybody away, refused our credentials, or failed.
   */
  synchronized boolean isStillGiven(Permit permit) {
    return permit.round == round
        && notBeforeNanos - clock.nanos() <= 0
        && (holdReason.isEmpty() || permit.probe);
  }

  /**
   * The request of {@code permit} was not sent after all, or did not get to the service: all is as
   * if it had never been given.
   */
  synchronized void giveBack(Permit permit) {
    forget(permit);
    if (permit.probe) {
      probeAtNanos = clock.nanos();
    }
  }

  /** What the service answered, or did not. */
  synchronized void onAnswer(Permit permit, Answer answer, boolean holds) {
    switch (answer.kind()) {
      case OK, REFUSED, TOO_LARGE -> {
        succeeded(permit, answer);
        if (holds) {
          release();
        }
      }
      case UNAUTHORIZED, REDIRECT -> {
        succeeded(permit, answer);
        if (holds) {
          hold(answer.problem());
        }
      }
      case COME_BACK -> {
        forget(permit);
        stayAway(answer.retryAfterMs());
      }
      case CANCELLED -> forget(permit);
      case LOCAL_FAILURE -> giveBack(permit);
      case FAILED, NO_ANSWER -> {
        if (answer.isFailure()) {
          failed(permit, answer);
        } else {
          forget(permit);
        }
      }
    }
  }

  /** No request for {@code ms} from now. */
  synchronized void stayAway(long ms) {
    if (ms > 0) {
      notBeforeNanos = Math.max(notBeforeNanos, clock.nanos() + ms * 1_000_000);
      notBeforeMs = Math.max(notBeforeMs, clock.epochMs() + ms);
    }
  }

  /** Forgets the hold; the next request tells. */
  synchronized void release() {
    if (!holdReason.isEmpty()) {
      holdReason = "";
      log.info("the AI service is asked again");
    }
  }

  /**
   * Lets the next request ask, though the breaker is open or the time for a held one's probe has
   * not come. What the service itself has ordered to wait for stays.
   */
  synchronized void retryNow() {
    if (breaker.getState() == CircuitBreaker.State.OPEN) {
      quietly(breaker::transitionToHalfOpenState);
    }
    probeAtNanos = clock.nanos();
  }

  /**
   * Until a request is let through that the breaker or the hold keeps back, in milliseconds; 0 when
   * one is, or nothing is kept back. Any thread; no waiting.
   */
  long probeMs() {
    long at = clock.nanos();
    if (!holdReason.isEmpty()) {
      at = probeAtNanos;
    } else if (breaker.getState() == CircuitBreaker.State.OPEN) {
      at = roundSinceNanos + openNanos;
    }
    return Math.max(0, (at - clock.nanos()) / 1_000_000);
  }

  String holdReason() {
    return holdReason;
  }

  long notBeforeMs() {
    return notBeforeMs > clock.epochMs() ? notBeforeMs : 0;
  }

  /** {@code closed}, {@code open} or {@code half_open}. Any thread; no waiting. */
  String breakerState() {
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> "open";
      case HALF_OPEN -> "half_open";
      default -> "closed";
    };
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

  private void hold(String reason) {
    boolean fresh = holdReason.isEmpty();
    probeAtNanos = clock.nanos() + openNanos;
    holdReason = reason;
    if (fresh) {
      log.error("{}; everything is held until that is mended, nothing is lost", reason);
    }
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

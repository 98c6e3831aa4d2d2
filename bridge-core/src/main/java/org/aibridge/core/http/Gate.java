package org.aibridge.core.http;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether the AI service may be asked now: breaker, Retry-After, and the hold after refused
 * credentials.
 *
 * <p>The breaker is Resilience4j's over the last {@code failure_threshold} calls, open when all of
 * them failed, which is what "consecutive" means. It runs on a monotonic clock, reopens on the
 * first probe that fails, and its half-open state is bounded, so that a probe that is never
 * answered cannot keep it there. Any thread but the game thread; only the state may be read from
 * there.
 */
final class Gate {
  private static final Logger log = LoggerFactory.getLogger(Gate.class);

  /** How soon to ask again when the breaker has no place for one more probe, in nanoseconds. */
  private static final long PROBE_WAIT_NANOS = 50_000_000;

  private final BridgeClock clock;
  private final CircuitBreaker breaker;
  private final long holdNanos;
  private long notBeforeNanos;
  private volatile long notBeforeMs;
  private long probeAtNanos;
  private volatile String holdReason = "";

  Gate(BridgeConfig.CircuitBreaker settings, BridgeClock clock) {
    this.clock = clock;
    this.holdNanos = settings.openTime().toNanos();
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
                .maxWaitDurationInHalfOpenState(settings.openTime())
                .clock(new MonotonicClock(clock))
                .currentTimestampFunction(c -> clock.nanos(), TimeUnit.NANOSECONDS)
                .build());
    breaker
        .getEventPublisher()
        .onStateTransition(e -> log.info("breaker {}", e.getStateTransition()));
  }

  /**
   * Takes a permit: 0, or the nanoseconds to wait. A permit must be given to one of the three
   * below.
   */
  synchronized long tryAcquire() {
    long now = clock.nanos();
    long wait = notBeforeNanos - now;
    if (wait > 0) {
      return wait;
    }
    if (!holdReason.isEmpty()) {
      if (probeAtNanos - now > 0) {
        return probeAtNanos - now;
      }
      probeAtNanos = now + holdNanos;
    }
    return breaker.tryAcquirePermission() ? 0 : PROBE_WAIT_NANOS;
  }

  /** What the service answered, or did not. */
  void onAnswer(Answer answer, boolean holds) {
    switch (answer.kind()) {
      case OK, REFUSED, TOO_LARGE -> {
        breaker.onSuccess(answer.latencyNanos(), TimeUnit.NANOSECONDS);
        release();
      }
      case UNAUTHORIZED, REDIRECT -> {
        breaker.onSuccess(answer.latencyNanos(), TimeUnit.NANOSECONDS);
        if (holds) {
          hold(answer.problem());
        }
      }
      case COME_BACK -> {
        breaker.releasePermission();
        stayAway(answer.retryAfterMs());
      }
      case CANCELLED -> breaker.releasePermission();
      case FAILED -> {
        if (answer.status() < 500) {
          breaker.releasePermission();
        } else {
          failed(answer);
        }
      }
      case NO_ANSWER -> failed(answer);
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
      log.info("the AI service takes our requests again");
    }
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

  private void failed(Answer answer) {
    boolean probing = breaker.getState() == CircuitBreaker.State.HALF_OPEN;
    breaker.onError(
        answer.latencyNanos(), TimeUnit.NANOSECONDS, new java.io.IOException(answer.problem()));
    if (probing && breaker.getState() == CircuitBreaker.State.HALF_OPEN) {
      breaker.transitionToOpenState();
    }
  }

  private synchronized void hold(String reason) {
    probeAtNanos = clock.nanos() + holdNanos;
    if (holdReason.isEmpty()) {
      log.error("{}; everything is held until that is mended, nothing is lost", reason);
    }
    holdReason = reason;
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

package org.aibridge.core.http;

import java.util.EnumMap;
import java.util.Map;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/**
 * Keeps the bridge's own requests to {@value #PERCENT} % of what the service allows in a minute,
 * once a limit is known; the rest is for scripts. Any thread; a lock is held for some nanoseconds.
 *
 * <p>Requests are spread over the minute, with a few in hand. Urgent events may use all of these,
 * other events and results leave some of them, and polls leave more. A caller that has waited for
 * long comes next, so that none is kept away.
 *
 * <p>Where others use the same limit, such as scripts, what is left of it is spread over the time
 * that is left. What a service says of that can slow the bridge down to a request a minute, and not
 * stop it; a service that says that nothing is left, and answers all the same, is not believed.
 */
final class RateBudget {
  private static final Logger log = Logs.of(RateBudget.class);
  static final int PERCENT = 80;
  private static final double MINUTE_NANOS = 60e9;

  /** Unused requests are saved, up to the requests per minute divided by this number. */
  private static final int IN_HAND = 10;

  /** A caller gets priority once it has waited for the time that this many requests take. */
  private static final int PATIENCE = 4;

  /** The time after which a caller that does not ask again counts as gone, in nanoseconds. */
  private static final long GONE_NANOS = 2_000_000_000L;

  /** The longest time until a reset of the service's limit that is believed, in milliseconds. */
  private static final long LONGEST_WINDOW_MS = 3_600_000;

  private static final long MINUTE_MS = 60_000;

  /** The time after which a limit that no answer confirms is dropped, in nanoseconds. */
  private static final long FORGET_NANOS = 600_000_000_000L;

  private static final long SOON_NANOS = 1_000_000;

  /** The time at which a caller began to wait, and the time at which it last asked. */
  private record Waiting(long sinceNanos, long askedNanos) {}

  private final BridgeClock clock;
  private final Map<ServiceRequest.Caller, Waiting> waiting =
      new EnumMap<>(ServiceRequest.Caller.class);

  /** The operator's limit, and in {@link #told} the service's, in requests a minute; 0 for none. */
  private int configured;

  private int told;
  private long toldNanos;

  /** The requests left as stated by the last answer, for the status; -1 if not stated. */
  private volatile int remaining = -1;

  /** The requests allowed per minute as last computed, for the status; 0 for no limit. */
  private volatile int shown;

  /** The number of requests that could be sent at once at {@link #atNanos}. */
  private double inHand;

  private long atNanos;

  /** Until this time, requests may go only at the rate {@link #leftPerNano}. */
  private long slowUntilNanos;

  private double leftPerNano;

  /** The remaining requests in the last answer if the bridge's share is used up; otherwise -1. */
  private int nothingLeft = -1;

  RateBudget(int configured, BridgeClock clock) {
    this.clock = clock;
    this.configured = configured;
    this.shown = configured == 0 ? 0 : share(configured);
    this.inHand = 1;
    this.atNanos = clock.nanos();
    this.slowUntilNanos = atNanos;
  }

  /** Sets the operator's limit, in requests per minute; 0 for no limit. */
  synchronized void configure(int perMinute) {
    configured = perMinute;
    shown = allowed(clock.nanos());
  }

  /** The requests allowed per minute; 0 for no limit. Takes no lock. */
  int perMinute() {
    return shown;
  }

  /** The requests left as stated by the last answer; -1 if not stated. Takes no lock. */
  int remaining() {
    return remaining;
  }

  /**
   * Takes a request from the budget.
   *
   * @return 0 if the request may go; otherwise in how many nanoseconds to ask again
   */
  synchronized long take(ServiceRequest.Caller caller, boolean urgent) {
    long now = clock.nanos();
    int allowed = allowed(now);
    if (allowed == 0 || caller == ServiceRequest.Caller.SCRIPT) {
      return 0;
    }
    int most = mostInHand(allowed);
    refill(now, allowed);
    ServiceRequest.Caller next = next(now, allowed);
    double needed = 1 + (next == caller ? 0 : urgent ? 0 : kept(caller, most));
    if (next != null && next != caller) {
      needed++;
    }
    if (inHand >= needed) {
      inHand--;
      waiting.remove(caller);
      return 0;
    }
    Waiting before = waiting.get(caller);
    waiting.put(caller, new Waiting(before == null ? now : before.sinceNanos, now));
    double perNano = perNano(now, allowed);
    double wait = perNano > 0 ? (needed - inHand) / perNano : slowUntilNanos - now;
    return Math.max(SOON_NANOS, (long) Math.min(wait, MINUTE_NANOS));
  }

  /** Returns an unused permit of {@code caller} to the budget. */
  synchronized void giveBack(ServiceRequest.Caller caller) {
    if (caller != ServiceRequest.Caller.SCRIPT) {
      inHand++; // The next request taken applies the upper limit.
    }
  }

  /** Notes what an answer says about the service's limit. */
  void told(RateLimit limit) {
    int allowed = limit.limit() == 0 ? 0 : allow(limit);
    if (allowed > 0) {
      log.info(
          "the AI service allows {} requests a minute; events, polls and results keep to {}",
          limit.limit(),
          allowed);
    }
  }

  /** Applies a limit; returns the new number of requests per minute, or 0 if it is unchanged. */
  private synchronized int allow(RateLimit limit) {
    long now = clock.nanos();
    int before = allowed(now);
    if (before > 0) {
      refill(now, before);
    }
    told = limit.limit();
    toldNanos = now;
    int allowed = allowed(now);
    shown = allowed;
    remaining = limit.remaining();
    if (before == 0) {
      inHand = 1;
      atNanos = now;
    }
    if (limit.remaining() >= 0) {
      spread(limit, now);
    }
    return allowed == before ? 0 : allowed;
  }

  /** Spreads the remaining requests over the rest of the service's window. */
  private void spread(RateLimit limit, long now) {
    int left = limit.remaining();
    if (nothingLeft >= 0 && now - slowUntilNanos >= 0 && left <= nothingLeft) {
      return; // This number is from an earlier window; the service has answered since.
    }
    int others = limit.limit() - share(limit.limit());
    int ours = left > others ? left - others : left / PATIENCE;
    boolean known = limit.resetMs() >= 0 && limit.resetMs() <= LONGEST_WINDOW_MS;
    // Adds a second, since the service gives the time in whole seconds.
    long windowMs = known ? limit.resetMs() + 1000 : MINUTE_MS;
    long leftMs = ours == 0 ? Math.min(windowMs, MINUTE_MS) : windowMs;
    nothingLeft = ours == 0 ? left : -1;
    leftPerNano = ours == 0 ? 0 : Math.max(ours / (leftMs * 1e6), 1 / MINUTE_NANOS);
    slowUntilNanos = now + leftMs * 1_000_000;
    inHand = Math.min(inHand, ours);
  }

  /** Returns the requests allowed per minute; 0 for no limit. */
  private int allowed(long now) {
    if (told > 0 && now - toldNanos > FORGET_NANOS) {
      told = 0;
      remaining = -1;
      slowUntilNanos = now;
    }
    int limit =
        told == 0 || configured == 0 ? Math.max(told, configured) : Math.min(told, configured);
    return limit == 0 ? 0 : share(limit);
  }

  private static int share(int limit) {
    return Math.max(1, (int) ((long) limit * PERCENT / 100));
  }

  private static int mostInHand(int allowed) {
    return Math.max(1, allowed / IN_HAND);
  }

  /** Returns how many permits {@code caller} must leave for more urgent callers. */
  private static int kept(ServiceRequest.Caller caller, int most) {
    return caller == ServiceRequest.Caller.ACTIONS ? most / 2 : most / 4;
  }

  /** Returns the number of permits to add per nanosecond for {@code allowed} a minute. */
  private double perNano(long now, int allowed) {
    int most = mostInHand(allowed);
    double perNano = (most == 1 ? allowed : allowed - most) / MINUTE_NANOS;
    return now - slowUntilNanos < 0 ? Math.min(perNano, leftPerNano) : perNano;
  }

  private void refill(long now, int allowed) {
    double more = (now - atNanos) * perNano(now, allowed);
    inHand = Math.min(inHand + more, mostInHand(allowed));
    atNanos = now;
  }

  /** Returns the longest-waiting of the callers that waited too long; null if none did. */
  private ServiceRequest.Caller next(long now, int allowed) {
    double patience = PATIENCE / perNano(now, allowed);
    ServiceRequest.Caller next = null;
    long longest = 0;
    for (Map.Entry<ServiceRequest.Caller, Waiting> entry : waiting.entrySet()) {
      long waits = now - entry.getValue().sinceNanos;
      boolean here = now - entry.getValue().askedNanos < GONE_NANOS;
      if (here && waits >= patience && waits > longest) {
        next = entry.getKey();
        longest = waits;
      }
    }
    return next;
  }
}

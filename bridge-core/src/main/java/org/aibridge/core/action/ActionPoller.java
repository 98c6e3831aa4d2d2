package org.aibridge.core.action;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.service.ActionSource;
import org.aibridge.core.service.Offered;
import org.aibridge.core.service.Retries;
import org.aibridge.core.service.Verdict;
import org.aibridge.core.store.StoreFullException;
import org.slf4j.Logger;

/** Fetches what the AI service has decided, one poll at a time. For the actions thread. */
final class ActionPoller {
  private static final Logger log = Logs.of(ActionPoller.class);

  /** How often a service that has no actions is asked, in nanoseconds. */
  private static final long RARELY_NANOS = 60_000_000_000L;

  /** So much later it asks again after a failure of our own, in nanoseconds. */
  private static final long AGAIN_NANOS = 1_000_000_000L;

  /** A poll under way. */
  private static final class Poll {
    private final int limit;
    private final long sentNanos;

    /** Null until it comes; written once, by any thread, for which it needs no memory. */
    private volatile Offered offered;

    Poll(int limit, long sentNanos) {
      this.limit = limit;
      this.sentNanos = sentNanos;
    }
  }

  /** What is done with an answer's actions. */
  interface Taker extends Offers.Visitor {
    /** How many of the actions so far were not known. */
    int fresh();
  }

  private final Supplier<BridgeConfig.ActionExecutor> config;
  private final ActionSource source;
  private final Supplier<Retries> retries;
  private final BridgeClock clock;
  private final LogThrottle throttle;
  private final Runnable wake;
  private final ActionStats stats;
  private final PollPace pace;

  /** Null while polls succeed. */
  private Retries.Attempts attempts;

  private long nextNanos;

  /** Null while none is under way. */
  private Poll poll;

  private int maxResults;

  /**
   * @param wake has {@link #takeAnswer} called soon; called on any thread
   */
  ActionPoller(
      ActionSettings settings,
      ActionSource source,
      Supplier<Retries> retries,
      BridgeClock clock,
      LogThrottle throttle,
      ActionStats stats,
      Runnable wake) {
    this.config = settings.executor();
    this.source = source;
    this.retries = retries;
    this.clock = clock;
    this.throttle = throttle;
    this.stats = stats;
    this.wake = wake;
    this.pace = new PollPace(config);
    this.nextNanos = clock.nanos();
  }

  /** How many results the service has said it takes at once; 0 when it has not. */
  int maxResults() {
    return maxResults;
  }

  /** Nothing is left that the service would offer again: a held poll can begin now. */
  void settled() {
    if (pace.holds() && attempts == null && poll == null) {
      nextNanos = clock.nanos();
    }
  }

  /** The next poll is due now. */
  void retryNow() {
    nextNanos = clock.nanos();
  }

  /**
   * Polls if that is due.
   *
   * @param room how many actions can be taken
   */
  int poll(int room) {
    if (poll != null || clock.nanos() - nextNanos < 0) {
      return 0;
    }
    int limit = Math.min(room, config.get().pollLimit());
    // Where it stays when there is no room, or the source throws.
    nextNanos = clock.nanos() + pace.baseNanos();
    if (limit <= 0) {
      return 0;
    }
    // After an answer that made no sense the next one is not waited for.
    long holdMs = attempts == null ? config.get().longPoll().toMillis() : 0;
    Poll now = new Poll(limit, clock.nanos());
    long wait =
        source.tryAsk(
            limit,
            holdMs,
            offered -> {
              now.offered = offered;
              wake.run();
            });
    if (wait > 0) {
      nextNanos = clock.nanos() + wait;
      return 0;
    }
    // The answer is taken by this thread, so not before now.
    poll = now;
    return 1;
  }

  /**
   * Takes the answer if one has come.
   *
   * @param taker gets the actions; null while nothing is to be taken from an answer any more
   */
  int takeAnswer(Supplier<Taker> taker) {
    Poll done = poll;
    if (done == null || done.offered == null) {
      return 0;
    }
    poll = null;
    onPolled(done, clock.nanos() - done.sentNanos, taker.get());
    return 1;
  }

  /** For how long no poll is due, in nanoseconds. */
  long mayRestNanos() {
    if (poll != null) {
      // An answer that a slice left, because it failed, wakes nobody again.
      return poll.offered == null ? Long.MAX_VALUE : 0;
    }
    return nextNanos - clock.nanos();
  }

  private void onPolled(Poll done, long tookNanos, Taker taker) {
    Offered offered = done.offered;
    if (taker == null) {
      // What it offers stays with the service, for the next start.
      return;
    }
    nextNanos = clock.nanos() + pace.baseNanos();
    if (offered instanceof Offered.Actions actions) {
      take(actions, done, tookNanos, taker);
    } else if (offered instanceof Offered.NotHeld) {
      pace.notHeld();
      nextNanos = clock.nanos();
    } else if (offered instanceof Offered.Unavailable unavailable) {
      rarely(unavailable.problem());
    } else if (offered instanceof Offered.Nothing nothing) {
      failed(nothing.why());
    }
  }

  private void rarely(String problem) {
    nextNanos = clock.nanos() + Math.max(RARELY_NANOS, pace.baseNanos());
    throttle.run(
        "poll",
        () ->
            log.warn(
                "the AI service has no actions for us ({}); it is asked once a minute", problem));
  }

  private void take(Offered.Actions actions, Poll done, long tookNanos, Taker taker) {
    byte[] body = actions.json();
    int[] offered = {0};
    try {
      if (body.length > 0) {
        maxResults = Offers.maxResults(body);
      }
      Offers.walk(
          body,
          new Offers.Visitor() {
            @Override
            public boolean onOffer(byte[] json, int offset, int length) {
              offered[0]++;
              return taker.onOffer(json, offset, length);
            }

            @Override
            public void onCut(byte[] json, int offset, int length) {
              taker.onCut(json, offset, length);
            }
          });
      attempts = null;
      stats.lastPollMs = clock.epochMs();
      boolean full = offered[0] >= done.limit;
      nextNanos =
          clock.nanos()
              + pace.answered(tookNanos, actions.heldMs(), full, offered[0], taker.fresh());
    } catch (IOException e) {
      failed(Reason.sentence(e));
    } catch (StoreFullException | UncheckedIOException e) {
      throttle.run("full", () -> log.warn("no action is taken: {}", Reason.sentence(e)));
    }
  }

  private void failed(Verdict why) {
    if (why instanceof Verdict.NotSent) {
      // It says nothing of the service: no attempt is used up, and it is asked again soon. What we
      // lack the source has logged, and of a call that was given up there is nothing to say.
      nextNanos = clock.nanos() + Math.max(AGAIN_NANOS, pace.baseNanos());
    } else {
      failed(why.reply().problem());
    }
  }

  private void failed(String problem) {
    if (attempts == null) {
      attempts = retries.get().begin();
    }
    nextNanos = Math.max(nextNanos, clock.nanos() + attempts.delayNanos(problem));
    throttle.run("poll", () -> log.warn("actions cannot be fetched: {}", problem));
  }
}

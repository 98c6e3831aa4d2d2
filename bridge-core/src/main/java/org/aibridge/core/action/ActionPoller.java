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

/** Fetches the AI service's actions, one poll at a time. Actions thread only. */
final class ActionPoller {
  private static final Logger log = Logs.of(ActionPoller.class);

  /** The pause between polls of a service that has no actions for this bridge, in nanoseconds. */
  private static final long RARELY_NANOS = 60_000_000_000L;

  /** The pause after a poll that the bridge itself could not send, in nanoseconds. */
  private static final long AGAIN_NANOS = 1_000_000_000L;

  /** A poll under way. */
  private static final class Poll {
    private final int limit;
    private final long sentNanos;

    /** The answer; null until it comes. Written once, by any thread, without allocating memory. */
    private volatile Offered offered;

    Poll(int limit, long sentNanos) {
      this.limit = limit;
      this.sentNanos = sentNanos;
    }
  }

  /** Receives the actions of an answer. */
  interface Taker extends OfferedActions.Visitor {
    /** Receives one action of a log. Returning false, for an action not taken, ends the walk. */
    boolean onRecord(Offered.Record record);

    /**
     * Notes in the ledger how far the log was taken.
     *
     * @param position the position to which all was taken; null if the last record was not
     */
    void onRecordsEnd(String position);

    /** Returns the number of actions so far whose ids were unknown. */
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

  /** The retries since the last poll that succeeded; null while polls succeed. */
  private Retries.Attempts attempts;

  private long nextNanos;

  /** The poll under way; null if there is none. */
  private Poll poll;

  private int maxResults;

  /**
   * @param wake causes {@link #takeAnswer} to be called soon; runs on any thread
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

  /** Returns how many results the service accepts in one request; 0 if it named no limit. */
  int maxResults() {
    return maxResults;
  }

  /** Makes a poll due now if the service holds polls open and will not repeat old actions. */
  void settled() {
    if (pace.holdsOnceTold() && attempts == null && poll == null) {
      nextNanos = clock.nanos();
    }
  }

  /** Makes the next poll due now. */
  void retryNow() {
    nextNanos = clock.nanos();
  }

  /** Starts to read a log of actions at {@code where}; returns the problem, or the empty text. */
  String begin(ActionSource.Beginning where) {
    String problem = source.begin(where);
    if (problem.isEmpty()) {
      retryNow();
    }
    return problem;
  }

  /**
   * Sends a poll if one is due; returns 1 if sent, else 0.
   *
   * @param room the number of actions that can be accepted
   * @param position how far a log of actions was taken; empty for not at all
   */
  int poll(int room, String position) {
    if (poll != null || clock.nanos() - nextNanos < 0) {
      return 0;
    }
    int limit = Math.min(room, config.get().pollLimit());
    // Set first, so that the next poll waits even if there is no room or the source throws.
    nextNanos = clock.nanos() + pace.baseNanos();
    if (limit <= 0) {
      return 0;
    }
    // After a failed poll, the next request does not ask the service to keep it open.
    long holdMs = attempts == null ? config.get().longPoll().toMillis() : 0;
    Poll now = new Poll(limit, clock.nanos());
    long wait =
        source.tryAsk(
            limit,
            holdMs,
            position,
            offered -> {
              now.offered = offered;
              wake.run();
            });
    if (wait > 0) {
      nextNanos = clock.nanos() + wait;
      return 0;
    }
    // Setting the field after tryAsk() is safe: only this thread takes the answer.
    poll = now;
    return 1;
  }

  /**
   * Processes the poll's answer if it has come; returns 1 if so, else 0.
   *
   * @param taker supplies the receiver of the actions, or null once the bridge ignores answers
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

  /** Returns the time until the next poll is due, in nanoseconds. */
  long mayRestNanos() {
    if (poll != null) {
      // If a slice failed before it took the answer, run again: nothing else wakes the thread.
      return poll.offered == null ? Long.MAX_VALUE : 0;
    }
    return nextNanos - clock.nanos();
  }

  private void onPolled(Poll done, long tookNanos, Taker taker) {
    Offered offered = done.offered;
    if (taker == null) {
      // The service keeps these actions until the bridge has started again.
      return;
    }
    nextNanos = clock.nanos() + pace.baseNanos();
    if (offered instanceof Offered.Actions actions) {
      take(actions, done, tookNanos, taker);
    } else if (offered instanceof Offered.Records records) {
      take(records, done, tookNanos, taker);
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
    int[] left = {0};
    try {
      if (body.length > 0) {
        maxResults = OfferedActions.maxResults(body);
      }
      OfferedActions.walk(
          body,
          new OfferedActions.Visitor() {
            @Override
            public boolean onOffer(byte[] json, int offset, int length) {
              offered[0]++;
              boolean taken = taker.onOffer(json, offset, length);
              left[0] += taken ? 0 : 1;
              return taken;
            }

            @Override
            public void onCut(byte[] json, int offset, int length) {
              taker.onCut(json, offset, length);
            }
          });
      if (left[0] > 0 && offered[0] > done.limit) {
        tooMany(done.limit);
      }
      succeeded(done, tookNanos, actions.heldMs(), offered[0], taker.fresh());
    } catch (IOException e) {
      failed(Reason.sentence(e));
    } catch (StoreFullException | UncheckedIOException e) {
      notTaken(e);
    }
  }

  private void take(Offered.Records offered, Poll done, long tookNanos, Taker taker) {
    try {
      boolean all = true;
      for (Offered.Record record : offered.records()) {
        all = taker.onRecord(record);
        if (!all) {
          break;
        }
      }
      taker.onRecordsEnd(all ? offered.position() : null);
      int count = offered.records().size();
      succeeded(done, tookNanos, offered.heldMs(), count, taker.fresh());
    } catch (StoreFullException | UncheckedIOException e) {
      notTaken(e);
    }
  }

  private void succeeded(Poll done, long tookNanos, long heldMs, int offered, int fresh) {
    attempts = null;
    stats.lastPollMs = clock.epochMs();
    boolean full = offered >= done.limit;
    nextNanos = clock.nanos() + pace.answered(tookNanos, heldMs, full, offered, fresh);
  }

  private void tooMany(int limit) {
    throttle.run(
        "limit",
        () ->
            log.warn(
                "the AI service offered more actions than the limit of {} that it was asked for:"
                    + " those above it are not taken, unless it offers them again",
                limit));
  }

  private void notTaken(Exception why) {
    throttle.run("full", () -> log.warn("no action is taken: {}", Reason.sentence(why)));
  }

  private void failed(Verdict why) {
    if (why instanceof Verdict.NotSent) {
      // No request was sent, so no attempt failed; the source has logged why.
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

package org.aibridge.core.action;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.ServiceRequest;
import org.aibridge.core.http.Transport;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.service.Retries;
import org.aibridge.core.store.StoreFullException;
import org.slf4j.Logger;

/** Fetches what the AI service has decided, one poll at a time. For the actions thread. */
final class ActionPoller {
  static final String PATH = ServiceRequest.ACTIONS;

  private static final Logger log = Logs.of(ActionPoller.class);
  private static final int MAX_POLL_BYTES = 8 << 20;

  /** So often in a row a service says that it has no actions until it is believed. */
  private static final int BELIEVED = 3;

  /** How often it is asked then, in nanoseconds. */
  private static final long RARELY_NANOS = 60_000_000_000L;

  /** So much later it asks again after a failure of our own, in nanoseconds. */
  private static final long AGAIN_NANOS = 1_000_000_000L;

  /** A poll under way. */
  private static final class Poll {
    private final int limit;
    private final long waitMs;
    private final long sentNanos;

    /** Null until it comes; written once, by any thread, for which it needs no memory. */
    private volatile Answer answer;

    Poll(int limit, long waitMs, long sentNanos) {
      this.limit = limit;
      this.waitMs = waitMs;
      this.sentNanos = sentNanos;
    }
  }

  /** What is done with an answer's actions. */
  interface Taker extends Offers.Visitor {
    /** How many of the actions so far were not known. */
    int fresh();
  }

  private final Supplier<BridgeConfig.ActionExecutor> config;
  private final Transport transport;
  private final Supplier<Retries> retries;
  private final BridgeClock clock;
  private final LogThrottle throttle;
  private final Runnable wake;
  private final ActionStats stats;
  private final PollPace pace;

  /** Null while polls succeed. */
  private Retries.Attempts attempts;

  /** How often in a row the service has said that it knows no such path. */
  private int unknown;

  private long nextNanos;

  /** Null while none is under way. */
  private Poll poll;

  private int maxResults;

  /**
   * @param wake has {@link #takeAnswer} called soon; called on any thread
   */
  ActionPoller(
      ActionSettings settings,
      Transport transport,
      Supplier<Retries> retries,
      BridgeClock clock,
      LogThrottle throttle,
      ActionStats stats,
      Runnable wake) {
    this.config = settings.executor();
    this.transport = transport;
    this.retries = retries;
    this.clock = clock;
    this.throttle = throttle;
    this.stats = stats;
    this.wake = wake;
    this.pace = new PollPace(config, clock);
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
    // Where it stays when there is no room, or the transport throws.
    nextNanos = clock.nanos() + pace.baseNanos();
    if (limit <= 0) {
      return 0;
    }
    long waitMs = pace.waitMs();
    Poll now = new Poll(limit, waitMs, clock.nanos());
    long wait =
        transport.trySend(
            request(limit, waitMs),
            answer -> {
              now.answer = answer;
              wake.run();
            });
    if (wait > 0) {
      pace.trouble();
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
    if (done == null || done.answer == null) {
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
      return poll.answer == null ? Long.MAX_VALUE : 0;
    }
    return nextNanos - clock.nanos();
  }

  private static ServiceRequest request(int limit, long waitMs) {
    String url = PATH + "?limit=" + limit + (waitMs > 0 ? "&wait_ms=" + waitMs : "");
    return new ServiceRequest(
        ServiceRequest.Caller.ACTIONS, url, null, null, MAX_POLL_BYTES, true, waitMs);
  }

  private void onPolled(Poll done, long tookNanos, Taker taker) {
    Answer answer = done.answer;
    if (taker == null) {
      // What it offers stays with the service, for the next start.
      return;
    }
    nextNanos = clock.nanos() + pace.baseNanos();
    if (answer.kind() != Answer.Kind.LOCAL_FAILURE && done.waitMs == 0) {
      unknown = isUnknown(answer) ? unknown + 1 : 0;
    }
    if (answer.kind() == Answer.Kind.REFUSED && done.waitMs > 0) {
      pace.refusedToHold();
      nextNanos = clock.nanos();
    } else if (answer.kind() == Answer.Kind.LOCAL_FAILURE
        || answer.kind() == Answer.Kind.CANCELLED) {
      // It says nothing of the service: no attempt is used up, and it is asked again soon. What we
      // lack the transport has logged, and of a call that was given up there is nothing to say.
      pace.trouble();
      nextNanos = clock.nanos() + Math.max(AGAIN_NANOS, pace.baseNanos());
    } else if (unknown >= BELIEVED) {
      rarely(answer);
    } else if (answer.kind() != Answer.Kind.OK) {
      failed(answer.problem());
    } else {
      take(answer.body(), done, tookNanos, taker);
    }
  }

  /** Whether the service knows no such path: it has no actions. */
  private static boolean isUnknown(Answer answer) {
    return switch (answer.status()) {
      case 404, 405, 501 -> true;
      default -> false;
    };
  }

  private void rarely(Answer answer) {
    pace.trouble();
    nextNanos = clock.nanos() + Math.max(RARELY_NANOS, pace.baseNanos());
    throttle.run(
        "poll",
        () ->
            log.warn(
                "the AI service has no actions for us ({} to GET {}); it is asked once a minute",
                answer.problem(),
                PATH));
  }

  private void take(byte[] body, Poll done, long tookNanos, Taker taker) {
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
          clock.nanos() + pace.answered(tookNanos, done.waitMs, full, offered[0], taker.fresh());
    } catch (IOException e) {
      failed(Reason.sentence(e));
    } catch (StoreFullException | UncheckedIOException e) {
      throttle.run("full", () -> log.warn("no action is taken: {}", Reason.sentence(e)));
    }
  }

  private void failed(String problem) {
    pace.trouble();
    if (attempts == null) {
      attempts = retries.get().begin();
    }
    nextNanos = Math.max(nextNanos, clock.nanos() + attempts.delayNanos(problem));
    throttle.run("poll", () -> log.warn("actions cannot be fetched: {}", problem));
  }
}

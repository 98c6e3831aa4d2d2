package org.aibridge.core.service;

import java.util.OptionalLong;

/**
 * The AI service over one engine: where events go, where actions come from, and how both stand. No
 * method but {@link #close} waits.
 */
public interface Service extends AutoCloseable {
  /** The purposes for which the bridge uses a service. */
  enum Use {
    EVENTS,
    POLLS,
    RESULTS
  }

  /** Returns the sink for events. */
  EventSink events();

  /** Returns the source of actions, which also takes their results. */
  ActionSource actions();

  /** Returns the current state of one use of the service. Any thread. */
  Standing standing(Use use);

  /**
   * Returns how many of the events that the service took the AI has still to read; empty where
   * nobody asks, or nobody knows. Any thread.
   */
  default OptionalLong lag() {
    return OptionalLong.empty();
  }

  /** Lets the next request of each use pass now, unless the service ordered a wait. Any thread. */
  void retryNow();

  /**
   * Returns what became of the first request of {@code use} since {@link #retryNow}. Any thread.
   */
  Trial trial(Use use);

  /**
   * Ends what is under way, whose verdicts come before this returns or never, and the service's
   * threads. May be called twice.
   */
  @Override
  void close();
}

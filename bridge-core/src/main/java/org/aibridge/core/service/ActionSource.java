package org.aibridge.core.service;

import java.util.function.Consumer;

/** Fetches actions and sends their results. For the actions thread; nothing here waits. */
public interface ActionSource {
  /** The place to start reading if no position is known; an operator chooses it. */
  enum Beginning {
    OLDEST,
    NEWEST
  }

  /**
   * Asks for actions, unless there is no point in it now: the breaker is open, the service ordered
   * a wait, our credentials are refused. One asking at a time.
   *
   * @param most how many there is room for
   * @param holdMs for how long the service may wait for an action to come, in milliseconds
   * @param position the position of what was taken last, as {@link Offered.Records} had it; empty
   *     for none
   * @param onOffered called exactly once if it was asked, on a thread that must not be kept
   * @return 0 if it was asked; otherwise in how many nanoseconds to try again
   */
  long tryAsk(int most, long holdMs, String position, Consumer<Offered> onOffered);

  /**
   * Tells what became of actions, unless there is no point in it now.
   *
   * @param onVerdict called exactly once if the batch was sent, on a thread that must not be kept
   * @return 0 if it was sent; otherwise in how many nanoseconds to try again
   */
  long tryTell(ResultBatch results, Consumer<Verdict> onVerdict);

  /**
   * Has the next asking answered with the position of {@code where}.
   *
   * @return why there is none, in a sentence; empty if it is done
   */
  default String begin(Beginning where) {
    return "the AI service keeps no log of actions that could be read from somewhere";
  }
}

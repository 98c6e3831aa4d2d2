package org.aibridge.core.service;

/**
 * What became of the first request of one use since {@link Service#retryNow}.
 *
 * @param failed whether the answer before was unwanted
 * @param shut whether requests were kept back before
 * @param said the unwanted answer, or why none came; empty unless the trial has {@link
 *     State#FAILED}
 */
public record Trial(boolean failed, boolean shut, State state, String said) {
  /** How far a trial has come. */
  public enum State {
    /** Nothing was sent, since there was nothing to send. */
    NOTHING,
    /** Nothing was sent, and a request from before has not ended. */
    BEHIND,
    /** It was sent and has no answer yet. */
    UNDER_WAY,
    /** It was answered as it should. */
    TAKEN,
    /** It was refused, failed, or got no answer. */
    FAILED
  }

  /** The trial before anybody has asked for one. */
  public static final Trial NONE = new Trial(false, false, State.NOTHING, "");

  /** Returns a trial of which nothing was sent yet. */
  public static Trial begin(boolean failed, boolean shut) {
    return new Trial(failed, shut, State.NOTHING, "");
  }

  /** Returns the same trial in another state. */
  public Trial in(State now, String words) {
    return new Trial(failed, shut, now, words);
  }

  /** True if the answer is known. */
  public boolean isOver() {
    return state == State.TAKEN || state == State.FAILED;
  }
}

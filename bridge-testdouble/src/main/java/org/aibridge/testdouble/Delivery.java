package org.aibridge.testdouble;

import java.util.Locale;

/** The current state of an action that a test delivered. Any thread. */
public final class Delivery {
  private How how = How.WAITING;
  private String message = "";

  Delivery() {}

  /** Creates the delivery of an action that was refused immediately. */
  static Delivery refused(String message) {
    Delivery refused = new Delivery();
    refused.end(How.REFUSED, message);
    return refused;
  }

  /** The states of a delivered action. */
  public enum How {
    /** No handler has been called yet. */
    WAITING,
    /** The handler was called, but it or the stage that it returned has not ended. */
    UNDER_WAY,
    /** The handler reported that the action is done. */
    APPLIED,
    /** The handler reported a failure, threw, or returned {@code null}. */
    FAILED,
    /** The bridge refused the action before it called a handler. */
    REFUSED
  }

  /** Returns the current state of the action. */
  public synchronized How how() {
    return how;
  }

  /** The sentence for the AI service; empty until the action ends. */
  public synchronized String message() {
    return message;
  }

  /** True once the action has ended. */
  public boolean isOver() {
    How now = how();
    return now != How.WAITING && now != How.UNDER_WAY;
  }

  /** True if the action was applied. */
  public boolean isApplied() {
    return how() == How.APPLIED;
  }

  /** Begins the action; false if it was begun or ended before. */
  synchronized boolean begin() {
    if (how != How.WAITING) {
      return false;
    }
    how = How.UNDER_WAY;
    return true;
  }

  /** Ends the action, unless it has ended. */
  synchronized void end(How end, String why) {
    if (!isOver()) {
      how = end;
      message = why;
    }
  }

  /** Returns the end as one line, such as {@code failed: there is no map atlantis}. */
  @Override
  public synchronized String toString() {
    String name = how.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return message.isEmpty() ? name : name + ": " + message;
  }
}

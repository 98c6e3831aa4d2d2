package org.aibridge.api.status;

import java.util.Locale;

/** The state of the bridge as a whole. */
public enum BridgeState {
  /**
   * Switched off by {@code enabled = no}, or unable to start; {@link BridgeStatus#problem} says
   * which of the two.
   */
  OFF,
  /**
   * Accepts events, and starts with everything else; see {@link
   * org.aibridge.api.AiBridgeBuilder#startAsync}.
   */
  STARTING,
  /** The bridge works normally. */
  RUNNING,
  /**
   * The AI service cannot be reached, or fails for all; events wait on disk and nothing is lost.
   */
  OUTAGE,
  /**
   * The AI service refuses our credentials, or redirects: everything is held until somebody mends
   * that.
   */
  HELD,
  /**
   * The bridge itself cannot do all of its work, as with a disk below its reserve; or events wait
   * for longer than they should, as when the AI service has ordered a long wait.
   */
  DEGRADED,
  /** The bridge is closed. */
  CLOSED;

  private final String wireName = name().toLowerCase(Locale.ROOT);

  /** The name in the status's JSON, such as {@code degraded}. */
  public String wireName() {
    return wireName;
  }
}

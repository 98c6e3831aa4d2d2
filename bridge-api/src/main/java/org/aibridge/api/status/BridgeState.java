package org.aibridge.api.status;

/** What the bridge as a whole is doing. */
public enum BridgeState {
  /**
   * Switched off by {@code enabled = no}, or unable to start; {@link BridgeStatus#problem} tells
   * which.
   */
  OFF,
  /** All is well. */
  RUNNING,
  /**
   * The AI service cannot be reached, or fails for all; events wait on disk and nothing is lost.
   */
  OUTAGE,
  /**
   * The AI service refuses our credentials, or redirects: everything is held until that is mended.
   */
  HELD,
  /**
   * The bridge itself cannot do its work in full, such as with a disk below its reserve; or events
   * wait for longer than they should, such as when the AI service has ordered a long wait.
   */
  DEGRADED,
  /** Closed. */
  CLOSED
}

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
  /** The AI service cannot be reached; events wait on disk and nothing is lost. */
  OUTAGE,
  /**
   * The AI service refuses our credentials, or redirects: everything is held until that is mended.
   */
  HELD,
  /** The bridge itself cannot do its work in full, such as a disk below its reserve. */
  DEGRADED,
  /** Closed. */
  CLOSED
}

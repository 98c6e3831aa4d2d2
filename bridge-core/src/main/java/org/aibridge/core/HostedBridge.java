package org.aibridge.core;

import java.nio.file.Path;
import java.time.Duration;
import org.aibridge.api.AiBridge;
import org.aibridge.api.action.Action;
import org.aibridge.api.action.ActionHandler;
import org.aibridge.core.journal.RingSeat;

/** Starts bridges for hosts that run in another process. */
public final class HostedBridge {
  private HostedBridge() {}

  /**
   * Starts a bridge that drains the host's ring. Publishing into the bridge itself is refused.
   * Never throws: an operator's mistake leads to a bridge that is off, as with a host in this
   * process.
   *
   * @param host attaches to the host's ring, once the journal is open
   * @param handler applies all actions, in the bridge's {@code tick()}
   */
  public static AiBridge start(
      Path configuration, RingSeat.Attachment host, ActionHandler<Action> handler) {
    return BridgeStart.startHosted(configuration, host, handler);
  }

  /**
   * Returns how long {@code bridge}, which was started here, waits for the end of an action. Any
   * thread; never blocks.
   */
  public static Duration actionTimeout(AiBridge bridge) {
    return bridge instanceof CoreBridge core
        ? core.stages().config.get().actionExecutor().actionTimeout()
        : Duration.ZERO;
  }
}

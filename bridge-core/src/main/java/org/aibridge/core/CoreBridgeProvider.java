package org.aibridge.core;

import org.aibridge.api.AiBridge;
import org.aibridge.api.spi.BridgeProvider;
import org.aibridge.api.spi.BridgeSetup;
import org.aibridge.core.run.Reason;

/**
 * Starts bridges, also where the server lacks some of the jars that a bridge needs: then the bridge
 * is off. This class and what it calls in that case need nothing but the JDK and the api.
 */
public final class CoreBridgeProvider implements BridgeProvider {
  @Override
  public AiBridge start(BridgeSetup setup) {
    return start(setup, false);
  }

  @Override
  public AiBridge startAsync(BridgeSetup setup) {
    return start(setup, true);
  }

  private static AiBridge start(BridgeSetup setup, boolean meanwhile) {
    try {
      return BridgeStart.start(setup, meanwhile);
    } catch (Throwable e) {
      return off(problem(e), e);
    }
  }

  private static String problem(Throwable e) {
    try {
      String missing = Libraries.sentence();
      return missing.isEmpty() ? "the start failed: " + Reason.of(e) : missing;
    } catch (Throwable speechless) {
      return "the start failed: " + e;
    }
  }

  private static AiBridge off(String problem, Throwable cause) {
    try {
      return BridgeStart.off(problem, Reason.trace(cause));
    } catch (Throwable e) {
      tell(problem, cause); // The missing jar is the logger's own.
      return new OffBridge(problem);
    }
  }

  private static void tell(String problem, Throwable cause) {
    try {
      System.getLogger(CoreBridgeProvider.class.getName())
          .log(
              System.Logger.Level.ERROR,
              "the AI bridge is off, the game goes on without it: " + problem,
              cause);
    } catch (Throwable e) {
      return; // No way is left to log this; the status still tells it.
    }
  }
}

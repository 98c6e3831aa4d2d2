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
    try {
      return BridgeStart.start(setup);
    } catch (Throwable e) {
      return off(problem(e));
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

  private static AiBridge off(String problem) {
    try {
      return BridgeStart.off(problem, null);
    } catch (Throwable e) {
      tell(problem); // It is the logger that is missing.
      return new OffBridge(problem);
    }
  }

  private static void tell(String problem) {
    try {
      System.getLogger(CoreBridgeProvider.class.getName())
          .log(
              System.Logger.Level.ERROR,
              "the AI bridge is off, the game goes on without it: " + problem);
    } catch (Throwable e) {
      return; // Nobody is left to tell; the status still says it.
    }
  }
}

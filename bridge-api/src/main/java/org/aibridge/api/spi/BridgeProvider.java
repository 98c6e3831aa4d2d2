package org.aibridge.api.spi;

import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.aibridge.api.AiBridge;

/**
 * Makes bridges; found by {@link ServiceLoader}. A map-server calls {@link AiBridge#start} or
 * {@link AiBridge#with} instead.
 */
public interface BridgeProvider {
  /** Starts a bridge like {@link AiBridge#start}; applies {@code setup} before any thread runs. */
  AiBridge start(BridgeSetup setup);

  /** See {@link org.aibridge.api.AiBridgeBuilder#startAsync}; this default waits for the start. */
  default AiBridge startAsync(BridgeSetup setup) {
    return start(setup);
  }

  /**
   * Returns the one provider there is. Where there is none that can be loaded, or more than one, it
   * is one whose bridges are off and say so.
   */
  static BridgeProvider only() {
    String problem;
    try {
      var found =
          ServiceLoader.load(BridgeProvider.class, AiBridge.class.getClassLoader()).stream()
              .toList();
      if (found.size() == 1) {
        return found.get(0).get();
      }
      problem =
          found.isEmpty()
              ? "the server runs without bridge-core: put it beside bridge-api, with what Maven or"
                  + " Gradle resolve for it"
              : "the server has " + found.size() + " bridges on its class path: leave one of them";
    } catch (ServiceConfigurationError e) {
      problem = "bridge-core cannot be loaded: " + e.getMessage();
    }
    String why = problem;
    System.getLogger(BridgeProvider.class.getName())
        .log(
            System.Logger.Level.ERROR, "the AI bridge is off, the game goes on without it: " + why);
    return setup -> new NoBridge(why);
  }
}

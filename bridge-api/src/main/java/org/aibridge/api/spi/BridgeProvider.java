package org.aibridge.api.spi;

import java.util.ServiceLoader;
import org.aibridge.api.AiBridge;

/**
 * Makes bridges; found by {@link ServiceLoader}. A map-server calls {@link AiBridge#start} or
 * {@link AiBridge#with} instead.
 */
public interface BridgeProvider {
  /** See {@link AiBridge#start}; what {@code setup} lists is known before the first thread runs. */
  AiBridge start(BridgeSetup setup);

  /** See {@link org.aibridge.api.AiBridgeBuilder#startAsync}; one that cannot do this waits. */
  default AiBridge startAsync(BridgeSetup setup) {
    return start(setup);
  }

  /**
   * Returns the one provider there is.
   *
   * @throws IllegalStateException if there is none, or more than one
   */
  static BridgeProvider only() {
    var providers =
        ServiceLoader.load(BridgeProvider.class, AiBridge.class.getClassLoader()).stream().toList();
    if (providers.size() != 1) {
      throw new IllegalStateException(
          "expected exactly one BridgeProvider (bridge-core) on the class path, found "
              + providers.size());
    }
    return providers.get(0).get();
  }
}

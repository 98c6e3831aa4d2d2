package org.aibridge.api.spi;

import java.nio.file.Path;
import org.aibridge.api.AiBridge;

/**
 * Makes bridges; found by {@link java.util.ServiceLoader}. A map-server calls {@link
 * AiBridge#start} instead.
 */
public interface BridgeProvider {
  /** See {@link AiBridge#start}. */
  AiBridge start(Path configuration);
}

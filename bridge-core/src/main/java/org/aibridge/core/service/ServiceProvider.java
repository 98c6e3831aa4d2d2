package org.aibridge.core.service;

import java.io.IOException;
import java.util.List;

/**
 * Brings the AI service over an engine of another module, which names its provider in {@code
 * META-INF/services}; the bridge asks it when the configuration has the section of its name.
 */
public interface ServiceProvider {
  /** Returns the engine's name; its section in the configuration has the same name. */
  String name();

  /**
   * Opens the service at a start of a bridge. May read files; waits for no answer from the network.
   *
   * @throws IOException if it cannot be used as it is configured, with a sentence that says why
   */
  Service open(ServiceSetup setup) throws IOException;

  /**
   * Asks the service what a bridge will need of it, and changes nothing. Waits for answers, some
   * seconds each.
   *
   * @throws IOException as {@link #open} does
   */
  List<ServiceCheck> check(ServiceSetup setup) throws IOException;
}

package org.aibridge.torture;

import java.io.IOException;

/** Handles a request as the service would. Called on a thread of the connection; may wait. */
@FunctionalInterface
public interface Behaviour {
  /** Handles {@code exchange}; an exception closes the connection. */
  void handle(Exchange exchange) throws IOException;
}

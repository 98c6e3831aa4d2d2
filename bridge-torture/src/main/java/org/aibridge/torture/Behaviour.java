package org.aibridge.torture;

import java.io.IOException;

/** Handles one request as the service. Called on a thread of the connection; may wait. */
@FunctionalInterface
public interface Behaviour {
  /** Handles {@code exchange}; an exception ends the connection. */
  void handle(Exchange exchange) throws IOException;
}

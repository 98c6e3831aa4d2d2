package org.aibridge.torture;

import java.io.IOException;

/** What the service does with one request. Called on a thread of the connection; may wait. */
@FunctionalInterface
public interface Behaviour {
  /** Deals with {@code exchange}; an exception ends the connection. */
  void handle(Exchange exchange) throws IOException;
}

package org.aibridge.examples.demo;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;

/** The AI service of a run: our own child process, or one that runs somewhere already. */
interface AiServiceUnit {
  /** What happened to the service at a {@link #poll}. */
  enum Change {
    NONE,
    KILLED,
    BACK
  }

  URI baseUrl();

  /** Takes care of the outage. Called often by one thread; waits at most for a process to die. */
  Change poll(long elapsedMs) throws IOException, DemoFailure;

  /** Whether no outage is under way. */
  boolean isUp();

  /** What the service itself has written down so far; empty when that is out of our reach. */
  Optional<ServiceLogs> logs(String serverId) throws IOException;

  /** How many decisions are without a result so far; 0 when that is out of our reach. */
  long unanswered() throws IOException;

  /** Ends the service as an operator would. */
  void stop();

  /** Ends the service at once and for good. Any thread. */
  void kill();
}

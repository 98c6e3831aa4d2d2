package org.aibridge.examples.demo;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;

/** The AI service of a run: a child process of ours, or one that already runs somewhere. */
interface AiServiceUnit {
  /** What happened to the service during a {@link #poll}. */
  enum Change {
    NONE,
    KILLED,
    BACK
  }

  URI baseUrl();

  /** Runs a step of the outage. Called often, by one thread; waits at most for a process's end. */
  Change poll(long elapsedMs) throws IOException, DemoFailure;

  /** True if no outage is under way. */
  boolean isUp();

  /** Returns the service's own records so far; empty if we cannot reach them. */
  Optional<ServiceLogs> logs(String serverId) throws IOException;

  /** Returns how many decisions have no result yet; 0 if we cannot know. */
  long unanswered() throws IOException;

  /** Ends the service in order, as an operator would. */
  void stop();

  /** Ends the service immediately and for good. Any thread. */
  void kill();
}

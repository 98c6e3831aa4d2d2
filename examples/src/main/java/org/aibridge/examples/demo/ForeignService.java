package org.aibridge.examples.demo;

import java.net.URI;
import java.util.Optional;

/** An AI service that somebody else runs: neither killed nor looked into. */
record ForeignService(URI baseUrl) implements AiServiceUnit {
  @Override
  public Change poll(long elapsedMs) {
    return Change.NONE;
  }

  @Override
  public boolean isUp() {
    return true;
  }

  @Override
  public Optional<ServiceLogs> logs(String serverId) {
    return Optional.empty();
  }

  @Override
  public long unanswered() {
    return 0;
  }

  @Override
  public void stop() {
    // not ours
  }

  @Override
  public void kill() {
    // not ours
  }
}

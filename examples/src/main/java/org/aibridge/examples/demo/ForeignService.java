package org.aibridge.examples.demo;

import java.net.URI;
import java.util.Optional;

/** An AI service that somebody else runs; we neither kill it nor read its files. */
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
    // nothing to stop, since it is not ours
  }

  @Override
  public void kill() {
    // nothing to kill, since it is not ours
  }
}

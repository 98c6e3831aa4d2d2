package org.aibridge.examples.demo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Our own AI service with one outage: it is killed at some moment and started again later. */
final class OwnService implements AiServiceUnit {
  private static final long START_PATIENCE_MS = 20_000;
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

  private enum State {
    UP,
    DOWN,
    STARTING,
    UP_AGAIN
  }

  private final ServiceProcess process;
  private final RunFolder folder;
  private final long killAtMs;
  private final long outageMs;
  private State state = State.UP;
  private long sinceMs;

  OwnService(ServiceProcess process, RunFolder folder, Duration killAt, Duration outage) {
    this.process = process;
    this.folder = folder;
    this.killAtMs = killAt.toMillis();
    this.outageMs = outage.toMillis();
  }

  /** Starts the service and waits until it serves. */
  void start() throws IOException, DemoFailure, InterruptedException {
    process.start();
    long deadline = System.nanoTime() + START_PATIENCE_MS * 1_000_000;
    while (!process.isReady()) {
      mustLive();
      if (System.nanoTime() > deadline) {
        throw tooSlow();
      }
      Thread.sleep(20);
    }
  }

  @Override
  public URI baseUrl() {
    return process.baseUrl();
  }

  @Override
  public Change poll(long elapsedMs) throws IOException, DemoFailure {
    return switch (state) {
      case UP -> {
        mustLive();
        yield outageMs > 0 && elapsedMs >= killAtMs ? goDown(elapsedMs) : Change.NONE;
      }
      case DOWN -> elapsedMs - sinceMs >= outageMs ? startAgain(elapsedMs) : Change.NONE;
      case STARTING -> awaitReady(elapsedMs);
      case UP_AGAIN -> {
        mustLive();
        yield Change.NONE;
      }
    };
  }

  private Change goDown(long elapsedMs) {
    process.kill();
    state = State.DOWN;
    sinceMs = elapsedMs;
    return Change.KILLED;
  }

  private Change startAgain(long elapsedMs) throws IOException {
    process.start();
    state = State.STARTING;
    sinceMs = elapsedMs;
    return Change.NONE;
  }

  private Change awaitReady(long elapsedMs) throws IOException, DemoFailure {
    mustLive();
    if (process.isReady()) {
      state = State.UP_AGAIN;
      return Change.BACK;
    }
    if (elapsedMs - sinceMs > START_PATIENCE_MS) {
      throw tooSlow();
    }
    return Change.NONE;
  }

  private void mustLive() throws DemoFailure {
    if (!process.isAlive()) {
      throw new DemoFailure(
          "The AI service ended by itself" + lastWords() + "; see " + folder.serviceLog() + ".");
    }
  }

  private String lastWords() {
    try {
      List<String> lines = Files.readAllLines(folder.serviceLog());
      return lines.isEmpty() ? "" : ", saying \"" + lines.get(lines.size() - 1) + "\"";
    } catch (IOException e) {
      return "";
    }
  }

  private DemoFailure tooSlow() {
    return new DemoFailure(
        "The AI service was not ready within "
            + START_PATIENCE_MS / 1000
            + " s; see "
            + folder.serviceLog()
            + ".");
  }

  @Override
  public boolean isUp() {
    return state == State.UP || state == State.UP_AGAIN;
  }

  @Override
  public Optional<ServiceLogs> logs(String serverId) throws IOException {
    return Optional.of(ServiceLogs.read(folder.service(), serverId));
  }

  @Override
  public long unanswered() throws IOException {
    return ServiceLogs.readActions(folder.service(), "").unanswered();
  }

  @Override
  public void stop() {
    process.terminate(STOP_PATIENCE);
  }

  @Override
  public void kill() {
    process.end();
  }
}

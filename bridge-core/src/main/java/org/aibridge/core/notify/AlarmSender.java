package org.aibridge.core.notify;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.http.Transport;
import org.aibridge.core.run.Duty;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.Worker;
import org.aibridge.core.run.World;
import org.slf4j.Logger;

/**
 * Sends messages, one after the other, on a thread of its own that is made for the first of them:
 * what an operator has chosen may hang, and nothing else must.
 */
final class AlarmSender implements Duty {
  private static final Logger log = Logs.of(AlarmSender.class);

  /** The most messages that may wait; normally each is sent before the next is made. */
  private static final int MAX_WAITING = 16;

  private static final long REST_NANOS = 60_000_000_000L;
  private static final long STOP_MS = 200;

  private final Supplier<BridgeConfig.Notifications> settings;
  private final OwnProgram program;
  private final Webhook webhook;
  private final Worker worker;
  private final LogThrottle throttle;
  private final Queue<Alarm> waiting = new ConcurrentLinkedQueue<>();
  private volatile boolean closing;

  /** Only the thread that calls {@link #send} uses this field. */
  private boolean started;

  AlarmSender(
      Supplier<BridgeConfig.Notifications> settings,
      Transport transport,
      World world,
      String threadName) {
    this.settings = settings;
    this.program = new OwnProgram(world.threads(), () -> closing);
    this.webhook = new Webhook(transport, world.threads(), () -> closing);
    this.throttle = new LogThrottle(world.clock());
    this.worker = world.threads().worker(threadName, Duty.WATCHFUL_NANOS, REST_NANOS);
    worker.assign(this);
  }

  /** Starts sending {@code alarm}. For one thread; never waits. */
  void send(Alarm alarm) {
    if (waiting.size() >= MAX_WAITING || closing) {
      return;
    }
    waiting.add(alarm);
    resume();
    worker.wake();
  }

  /**
   * Starts the thread if messages wait for it, which a shortage may have kept from starting. For
   * the thread of {@link #send}.
   */
  void resume() {
    if (started || closing || waiting.isEmpty()) {
      return;
    }
    try {
      worker.start();
      started = true;
    } catch (OutOfMemoryError e) {
      throttle.run("thread", () -> log.warn("no message can be sent: {}", Reason.of(e)));
    }
  }

  @Override
  public int runOnce() {
    Alarm next = waiting.poll();
    if (next == null) {
      return 0;
    }
    BridgeConfig.Notifications now = settings.get();
    if (!now.command().isEmpty()) {
      tell("[notify] command " + now.command().get(0), program.run(now.command(), next.json()));
    }
    if (now.webhook().isPresent()) {
      tell("[notify] webhook", webhook.post(now.webhook(), next));
    }
    return 1;
  }

  private void tell(String who, String problem) {
    if (!problem.isEmpty() && !closing) {
      throttle.run(who, () -> log.warn("{} was not told: {}", who, problem));
    }
  }

  /** Stops the message that is being sent; does not send the waiting messages. */
  void close() {
    closing = true;
    worker.stop(STOP_MS);
  }
}

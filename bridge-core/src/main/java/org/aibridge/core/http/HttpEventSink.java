package org.aibridge.core.http;

import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.LogThrottle;
import org.aibridge.core.run.Logs;
import org.aibridge.core.service.EventBatch;
import org.aibridge.core.service.EventSink;
import org.aibridge.core.service.Verdict;
import org.aibridge.core.text.Shown;
import org.slf4j.Logger;

/** Sends events over HTTP, with one POST for each batch. */
public final class HttpEventSink implements EventSink {
  private static final Logger log = Logs.of(HttpEventSink.class);

  /** The most bytes that are read of an answer, in addition to twice the size of the batch. */
  private static final int MAX_ANSWER_BYTES = 1 << 20;

  /** The longest time between two tries of a waiting batch, plus a margin, in nanoseconds. */
  private static final long TURN_NANOS = 2_000_000_000L;

  private final Transport transport;
  private final Supplier<BridgeConfig> config;
  private final Judge judge;
  private final LogThrottle throttle;
  private final BridgeClock clock;

  /** The key of the last batch if its verdict was a hold; otherwise empty. */
  private volatile String heldKey = "";

  /** The last time when a batch other than the held one asked to be sent. */
  private long otherAskedNanos;

  public HttpEventSink(Transport transport, Supplier<BridgeConfig> config, BridgeClock clock) {
    this.transport = transport;
    this.config = config;
    this.judge = new Judge(clock);
    this.throttle = new LogThrottle(clock);
    this.clock = clock;
    this.otherAskedNanos = clock.nanos() - TURN_NANOS;
  }

  @Override
  public long trySend(EventBatch batch, Consumer<Verdict> onVerdict) {
    if (!mayTry(batch)) {
      return ServiceClient.MAX_AWAY_NANOS;
    }
    // Some services repeat the whole batch in their answer, indented.
    int answerBytes = MAX_ANSWER_BYTES + 2 * batch.body().length;
    ServiceRequest request =
        new ServiceRequest(
            ServiceRequest.Caller.DISPATCH,
            config.get().aiService().paths().events(),
            batch.body(),
            batch.key(),
            answerBytes,
            true,
            0,
            batch.urgent(),
            batch.size() == 1);
    Function<Answer, Verdict> verdict = answer -> verdict(answer, batch);
    return transport.trySend(
        request, answer -> onVerdict.accept(judge.judged(answer, verdict, Judge.UNJUDGED)));
  }

  /**
   * False if the next probe of a hold is another batch's: what holds may be about this batch alone,
   * such as a 404 for a player that the service does not know.
   */
  private boolean mayTry(EventBatch batch) {
    String held = heldKey;
    long now = clock.nanos();
    if (!held.isEmpty() && !held.equals(batch.key())) {
      otherAskedNanos = now;
    }
    return !held.equals(batch.key()) || now - otherAskedNanos >= TURN_NANOS;
  }

  @Override
  public long notBeforeMs() {
    return transport.notBeforeMs();
  }

  private Verdict verdict(Answer answer, EventBatch batch) {
    Verdict verdict = EventVerdicts.of(answer, batch, config.get().aiService().apiKey()::hideIn);
    if (verdict instanceof Verdict.Delivered delivered && delivered.unclear()) {
      throttle.run(
          "rejected",
          () ->
              log.warn(
                  "the AI service rejected events and does not say which; they count as delivered: {}",
                  Shown.reason(verdict.reply().text())));
    }
    heldKey = verdict instanceof Verdict.Held ? batch.key() : "";
    return verdict;
  }
}

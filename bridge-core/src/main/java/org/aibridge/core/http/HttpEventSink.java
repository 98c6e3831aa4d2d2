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

  /** The bytes of an answer that are read, beyond twice the size of the batch. */
  private static final int MAX_ANSWER_BYTES = 1 << 20;

  private final Transport transport;
  private final Supplier<BridgeConfig> config;
  private final Judge judge;
  private final LogThrottle throttle;

  public HttpEventSink(Transport transport, Supplier<BridgeConfig> config, BridgeClock clock) {
    this.transport = transport;
    this.config = config;
    this.judge = new Judge(clock);
    this.throttle = new LogThrottle(clock);
  }

  @Override
  public long trySend(EventBatch batch, Consumer<Verdict> onVerdict) {
    // Some services repeat the whole batch in their answer, and indent it.
    int answerBytes = MAX_ANSWER_BYTES + 2 * batch.body().length;
    ServiceRequest request =
        new ServiceRequest(
            ServiceRequest.Caller.DISPATCH,
            ServiceRequest.EVENTS,
            batch.body(),
            batch.key(),
            answerBytes,
            true,
            0,
            batch.urgent());
    Function<Answer, Verdict> verdict = answer -> verdict(answer, batch);
    return transport.trySend(
        request, answer -> onVerdict.accept(judge.judged(answer, verdict, Judge.UNJUDGED)));
  }

  @Override
  public long notBeforeMs() {
    return transport.notBeforeMs();
  }

  private Verdict verdict(Answer answer, EventBatch batch) {
    return EventVerdicts.of(
        answer, batch, config.get().aiService().apiKey()::hideIn, () -> unclear(answer));
  }

  private void unclear(Answer answer) {
    throttle.run(
        "rejected",
        () ->
            log.warn(
                "the AI service rejected events and does not say which; they count as delivered:"
                    + " {}",
                Shown.reason(config.get().aiService().apiKey().hideIn(answer.text()))));
  }
}

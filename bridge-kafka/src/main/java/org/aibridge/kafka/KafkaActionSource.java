package org.aibridge.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import org.aibridge.core.service.ActionSource;
import org.aibridge.core.service.Offered;
import org.aibridge.core.service.ResultBatch;
import org.aibridge.core.service.Verdict;

/**
 * Has actions from this server's topic, and writes each result as one record. For the actions
 * thread; no method waits.
 */
final class KafkaActionSource implements ActionSource {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** The longest wait that {@link #tryAsk} returns, in nanoseconds, since a hold can end early. */
  private static final long MAX_AWAY_NANOS = 500_000_000;

  private final ActionReader reader;
  private final Runnable wake;
  private final KafkaGate polls;
  private final String resultsTopic;
  private final RecordSender results;

  /**
   * @param wake wakes the reader's thread
   */
  KafkaActionSource(
      ActionReader reader,
      Runnable wake,
      KafkaGate polls,
      String resultsTopic,
      RecordSender results) {
    this.reader = reader;
    this.wake = wake;
    this.polls = polls;
    this.resultsTopic = resultsTopic;
    this.results = results;
  }

  @Override
  public long tryAsk(int most, long holdMs, String position, Consumer<Offered> onOffered) {
    long wait = polls.tryPass();
    if (wait > 0) {
      return Math.min(wait, MAX_AWAY_NANOS);
    }
    reader.ask(most, holdMs, position, onOffered);
    wake.run();
    return 0;
  }

  @Override
  public long tryTell(ResultBatch told, Consumer<Verdict> onVerdict) {
    return results.trySend(
        () -> List.of(new Unsent(resultsTopic, key(told), told.body(), List.of())),
        outcome -> {},
        onVerdict);
  }

  /** Returns the action's id as the record's key, which keeps the results of an action in order. */
  private static byte[] key(ResultBatch told) {
    try {
      return MAPPER.readTree(told.body()).path("action_id").asText().getBytes(UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String begin(Beginning where) {
    reader.begin(where);
    polls.retryNow();
    return "";
  }
}

package org.aibridge.core.http;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.service.ActionSource;
import org.aibridge.core.service.Offered;
import org.aibridge.core.service.ResultBatch;
import org.aibridge.core.service.Verdict;

/**
 * Fetches actions and reports their results over HTTP: with a GET that the service may hold, and a
 * POST for each batch of results.
 *
 * <p>Each poll asks the service to hold it, except for a while after a refusal to hold or another
 * trouble.
 */
public final class HttpActionSource implements ActionSource {
  private static final int MAX_POLL_BYTES = 8 << 20;
  private static final int MAX_ANSWER_BYTES = 4096;
  private static final int MAX_KEY = 255;

  /** A key that can be a header value without escaping. */
  private static final Pattern PLAIN_KEY = Pattern.compile("[!-~&&[^%]]{1," + MAX_KEY + "}");

  /** After the service refused a long poll, all polls are short for this time, in nanoseconds. */
  private static final long PLAIN_NANOS = TimeUnit.MINUTES.toNanos(10);

  /**
   * The time without held polls after a trouble, in nanoseconds: a held poll among the breaker's
   * probes would keep the breaker from closing.
   */
  private static final long AFTER_TROUBLE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** The result of a poll that could not be judged; created early, while there is memory. */
  private static final Offered NOTHING = new Offered.Nothing(Judge.UNJUDGED);

  private final Transport transport;
  private final Supplier<BridgeConfig> config;
  private final BridgeClock clock;
  private final Judge judge;

  /** True after a failed poll. Like the next two fields, set before the next poll is sent. */
  private volatile boolean troubled;

  private volatile long plainUntilNanos;
  private volatile int unknown;

  public HttpActionSource(Transport transport, Supplier<BridgeConfig> config, BridgeClock clock) {
    this.transport = transport;
    this.config = config;
    this.clock = clock;
    this.judge = new Judge(clock);
    this.plainUntilNanos = clock.nanos();
  }

  @Override
  public long tryAsk(int most, long holdMs, String position, Consumer<Offered> onOffered) {
    long waitMs = troubled || clock.nanos() - plainUntilNanos < 0 ? 0 : holdMs;
    String wait = waitMs > 0 ? "&wait_ms=" + waitMs : "";
    ServiceRequest request =
        new ServiceRequest(
            ServiceRequest.Caller.ACTIONS,
            config.get().aiService().paths().actions() + "?limit=" + most + wait,
            null,
            null,
            MAX_POLL_BYTES,
            true,
            waitMs);
    Function<Answer, Offered> offered = answer -> offered(answer, waitMs);
    return transport.trySend(
        request, answer -> onOffered.accept(judge.judged(answer, offered, NOTHING)));
  }

  @Override
  public long tryTell(ResultBatch results, Consumer<Verdict> onVerdict) {
    ServiceRequest request =
        ServiceRequest.post(
            ServiceRequest.Caller.RESULTS,
            config.get().aiService().paths().results(),
            results.body(),
            header(results.key()),
            MAX_ANSWER_BYTES,
            false);
    Function<Answer, Verdict> told = answer -> ActionVerdicts.told(answer, results.size());
    return transport.trySend(
        request, answer -> onVerdict.accept(judge.judged(answer, told, Judge.UNJUDGED)));
  }

  /**
   * Returns {@code key} as a header's value: unchanged if possible, else escaped, or hashed if the
   * escaped key is too long. A changed key contains a {@code %}, which no unchanged key does.
   */
  static String header(String key) {
    if (PLAIN_KEY.matcher(key).matches()) {
      return key;
    }
    String escaped = URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
    return escaped.length() <= MAX_KEY
        ? escaped
        : "%" + UUID.nameUUIDFromBytes(key.getBytes(StandardCharsets.UTF_8));
  }

  private Offered offered(Answer answer, long waitMs) {
    if (waitMs == 0 && answer.kind() != Answer.Kind.LOCAL_FAILURE) {
      unknown = ActionVerdicts.knowsNoActions(answer) ? unknown + 1 : 0;
    }
    Offered offered =
        ActionVerdicts.offered(answer, config.get().aiService().paths().actions(), waitMs, unknown);
    if (offered instanceof Offered.NotHeld) {
      plainUntilNanos = clock.nanos() + PLAIN_NANOS;
    } else if (!(offered instanceof Offered.Actions)) {
      troubled = true;
    } else if (troubled) {
      troubled = false;
      plainUntilNanos = clock.nanos() + AFTER_TROUBLE_NANOS;
    }
    return offered;
  }
}

package org.aibridge.core.http;

import java.io.IOException;
import java.net.ProtocolException;
import java.util.Arrays;
import okhttp3.Response;
import okio.BufferedSource;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.slf4j.Logger;

/**
 * Makes calls, and ends each with one answer, whatever is thrown meanwhile: with {@link
 * Answer.Kind#LOCAL_FAILURE} if the reason lies with us. Any thread; waits for the network.
 */
final class Carrier {
  private static final Logger log = Logs.of(Carrier.class);
  private static final byte[] NOTHING = {};

  /** The initial size of a body's buffer, in bytes. */
  private static final int FIRST_BODY_BYTES = 8 << 10;

  /**
   * The factor by which a full buffer grows. Reading 8 MB allocates 11 MB of arrays with a factor
   * of 4, and 16 MB with 2.
   */
  private static final int BODY_GROWTH = 4;

  /** The number of stack frames that are logged when a library fails. */
  private static final int MAX_FRAMES = 8;

  /** The answer if there is not even enough memory to create an answer. */
  private static final Answer UNTOLD =
      Answer.without(Answer.Kind.LOCAL_FAILURE, "a call failed, and so did telling why", 0);

  private final BridgeClock clock;
  private final Heartbeat heartbeat;
  private final Shortage shortage;
  private final OwnTrouble trouble;
  private final Connections connections;
  private final HttpStats stats;
  private final CallsUnderWay calls;

  Carrier(
      BridgeClock clock,
      Heartbeat heartbeat,
      Shortage shortage,
      OwnTrouble trouble,
      Connections connections,
      HttpStats stats,
      CallsUnderWay calls) {
    this.clock = clock;
    this.heartbeat = heartbeat;
    this.shortage = shortage;
    this.trouble = trouble;
    this.connections = connections;
    this.stats = stats;
    this.calls = calls;
  }

  /** Makes the call of {@code sending}, which {@link CallsUnderWay} already has. */
  void carry(Sending sending) {
    Answer answer = UNTOLD;
    try {
      answer = sending.mayTryCompression() ? askCompressed(sending) : ask(sending);
      if (sending.mayRepeat()) {
        answer = UNTOLD; // Only the second call sets it: the first tells nothing.
        stats.countStale();
        answer = askAnew(sending, sending.isCompressed());
      }
    } catch (Throwable e) {
      // Catches all exceptions, even undeclared ones. Only cancels, since memory may be short.
      sending.call().cancel();
    } finally {
      finish(sending, answer);
    }
  }

  /** Sends a compressed body, then an uncompressed one if compression may be at fault. */
  private Answer askCompressed(Sending sending) {
    Answer first = null;
    Answer plain = null;
    try {
      first = askAnew(sending, true);
      if (Compression.isDoubted(first)) {
        plain = askAnew(sending, false);
      }
    } finally {
      sending.settings.compression().tried(first, plain);
    }
    return plain == null ? first : plain;
  }

  private Answer askAnew(Sending sending, boolean compressed) {
    calls.end(sending.call());
    sending.newCall(compressed);
    calls.begin(sending.call(), sending.exchange());
    return ask(sending);
  }

  private Answer ask(Sending sending) {
    if (!sending.leave.isStillGiven()) {
      return Answer.without(Answer.Kind.CANCELLED, "the AI service cannot be asked now", 0);
    }
    WatchedSockets.carry(sending.exchange());
    sending.exchange().begin(clock.nanos(), heartbeat.stillNanos());
    try (Response response = sending.call().execute()) {
      return read(sending, response);
    } catch (IOException e) {
      return unanswered(sending, e);
    } catch (Throwable e) {
      // Cancels the call so that OkHttp does not keep a connection with a half-read answer.
      sending.call().cancel();
      return unread(sending, e);
    } finally {
      WatchedSockets.carry(null);
    }
  }

  private void finish(Sending sending, Answer untold) {
    Answer answer = untold;
    try {
      calls.end(sending.call());
      if (sending.exchange().stale) {
        stats.countStale();
      } else {
        stats.count(answer, sending.request.extraTimeMs() > 0);
      }
      if (answer.kind() == Answer.Kind.LOCAL_FAILURE) {
        trouble.note(answer.problem());
      }
      answer = sending.saying(sending.leave.judged(answer));
    } finally {
      try {
        if (sending.exchange().stale) {
          sending.leave.giveBack();
        } else {
          sending.leave.onAnswer(answer);
        }
      } finally {
        sending.onAnswer.accept(answer);
      }
    }
  }

  private Answer read(Sending sending, Response response) throws IOException {
    Exchange exchange = sending.exchange();
    ServiceRequest request = sending.request;
    BufferedSource source = response.body().source();
    byte[] body = readBody(source, request.maxAnswerBytes(), exchange);
    long latency = exchange.tookNanos(clock.nanos());
    if (sending.ours) {
      sending.leave.budget().told(RateLimit.of(response.headers(), clock.epochMs()));
    }
    long retryAfterMs =
        RetryAfter.waitMs(
            exchange.retryAfter,
            response.headers().getDate("Date"),
            clock.epochMs(),
            sending.settings.maxRetryAfterMs());
    AnswerReader.Head head =
        new AnswerReader.Head(
            response.code(),
            response.header("Content-Type", ""),
            response.header("Content-Encoding", ""),
            response.header("Location", ""),
            retryAfterMs);
    return AnswerReader.read(
        request,
        sending.ours,
        head,
        new AnswerReader.Body(body, source::exhausted),
        sending.settings.key(),
        latency);
  }

  private static byte[] readBody(BufferedSource source, int max, Exchange exchange)
      throws IOException {
    // Avoids Okio's small segments, which slow garbage collections down when memory is short.
    byte[] body = new byte[Math.min(max, FIRST_BODY_BYTES)];
    int size = 0;
    int count = 0;
    while (size < max && count >= 0) {
      if (size == body.length) {
        body = Arrays.copyOf(body, (int) Math.min(max, (long) BODY_GROWTH * size));
      }
      count = source.read(body, size, body.length - size);
      size += Math.max(0, count);
      exchange.hasBody();
    }
    return size == body.length ? body : Arrays.copyOf(body, size);
  }

  private Answer unanswered(Sending sending, IOException e) {
    Exchange exchange = sending.exchange();
    long now = clock.nanos();
    long latency = exchange.tookNanos(now);
    if (exchange.cancelled || calls.isClosed()) {
      return Answer.without(Answer.Kind.CANCELLED, "given up", latency);
    }
    long still = heartbeat.stillNanos();
    if (exchange.wasMostlyStill(now, still)) {
      long seconds = exchange.stoodStillNanos(still) / 1_000_000_000;
      String problem = "this process stood still for " + seconds + " s of a call";
      return Answer.without(Answer.Kind.LOCAL_FAILURE, problem, latency);
    }
    boolean theirs = exchange.overdue || exchange.isTooLarge();
    String what = theirs ? "" : shortage.of(e);
    if (!what.isEmpty()) {
      return Answer.without(Answer.Kind.LOCAL_FAILURE, OwnTrouble.unasked(what), latency);
    }
    exchange.stale = exchange.foundStale(e);
    if (exchange.stale) {
      connections.evict(sending.request.caller());
    }
    int status = exchange.status;
    if (e instanceof ProtocolException && (status == 204 || status == 205 || status == 407)) {
      // OkHttp fails on a 204 or 205 with a body, and on a 407; this code accepts such answers.
      String type = exchange.head.header("Content-Type", "");
      return AnswerReader.readHead(
          sending.request,
          sending.ours,
          new AnswerReader.Head(status, type, "", "", -1),
          sending.settings.key(),
          latency);
    }
    String problem = AnswerWords.ofFailure(e, sending.url, exchange, sending.settings.key());
    return new Answer(Answer.Kind.NO_ANSWER, status, -1, NOTHING, problem, latency);
  }

  /** Returns the answer after a failed read; only an {@code Error} counts as our failure. */
  private Answer unread(Sending sending, Throwable e) {
    long latency = sending.exchange().tookNanos(clock.nanos());
    String what = shortage.of(e);
    if (!what.isEmpty()) {
      return Answer.without(Answer.Kind.LOCAL_FAILURE, what, latency);
    }
    String problem = "the answer could not be read: " + e.getClass().getSimpleName();
    if (trouble.mayLog()) {
      // Logs no exception message, since it may quote the answer.
      log.error("{}, {}", problem, Arrays.stream(e.getStackTrace()).limit(MAX_FRAMES).toList());
    }
    return Answer.without(Answer.Kind.NO_ANSWER, problem, latency);
  }
}

package org.aibridge.core.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Objects;
import okhttp3.Request;
import okhttp3.Response;

/** The state of one call under way. The call's thread writes, any thread reads. */
final class Exchange {
  /** True if the bridge itself cancelled the call. */
  volatile boolean cancelled;

  /** True if the call failed because its idle connection was closed; see {@link #foundStale}. */
  volatile boolean stale;

  /** True if {@link CallsUnderWay} ended the call after its deadline. */
  volatile boolean overdue;

  /**
   * The most bytes in a row that may come beside the body: the TLS handshake and a head, chunk
   * sizes, trailers, the head of compressed data. More than any sensible answer has, and little
   * enough for a library to keep and to scan again and again.
   */
  private static final int BESIDE_BODY_BYTES = 64 << 10;

  /** The time limit of the whole call, in nanoseconds. */
  private final long limitNanos;

  /** The most bytes that may be received for the call. */
  private final long limitBytes;

  /** The bytes received; {@link #besideBody}: since the last body byte. Call's thread only. */
  private long bytes;

  private int besideBody;

  private long startNanos;
  private long stillNanos;
  private volatile boolean begun;

  /**
   * @param limitNanos the time limit of the whole call, in nanoseconds
   * @param maxAnswerBytes the number of bytes of the answer's body that are kept
   */
  Exchange(long limitNanos, int maxAnswerBytes) {
    this.limitNanos = limitNanos;
    // Allows twice the body's size: a body in small chunks takes more bytes in transit.
    this.limitBytes = BESIDE_BODY_BYTES + 2L * maxAnswerBytes;
  }

  /** Counts {@code count} received bytes, or none if negative; false if the total is too large. */
  boolean mayHear(int count) {
    bytes += Math.max(0, count);
    besideBody += Math.max(0, count);
    return !isTooLarge();
  }

  /** Notes that some of the received bytes belonged to the body. */
  void hasBody() {
    besideBody = 0;
  }

  /** True if the call received more bytes than an answer may have. */
  boolean isTooLarge() {
    return bytes > limitBytes || besideBody > BESIDE_BODY_BYTES;
  }

  /** The number of bytes received for the call. */
  long bytes() {
    return bytes;
  }

  /** Returns the exchange that was attached to {@code request} as a tag. */
  static Exchange of(Request request) {
    return Objects.requireNonNull(request.tag(Exchange.class));
  }

  /**
   * Notes that the call starts.
   *
   * @param still the total standstill of this process until now, in nanoseconds
   */
  void begin(long nowNanos, long still) {
    startNanos = nowNanos;
    stillNanos = still;
    begun = true;
  }

  /** The time since the start of the call, in nanoseconds; 0 before its start. */
  long tookNanos(long nowNanos) {
    return begun ? nowNanos - startNanos : 0;
  }

  /**
   * The time for which the process stood still during the call, in ns; {@code still} is its total.
   */
  long stoodStillNanos(long still) {
    return begun ? still - stillNanos : 0;
  }

  /**
   * True if this process stood still for at least half of the call's time, so that a missing answer
   * says nothing of the service. After a shorter standstill a missing answer counts: otherwise a
   * dead service would go unnoticed beside a process that often stops for a moment.
   */
  boolean wasMostlyStill(long nowNanos, long still) {
    long stood = stoodStillNanos(still);
    return stood > 0 && 2 * stood >= tookNanos(nowNanos);
  }

  /** True if the call exceeds its limit by {@code graceNanos}, not counting standstills. */
  boolean isOverdue(long nowNanos, long still, long graceNanos) {
    return tookNanos(nowNanos) - stoodStillNanos(still) > limitNanos + graceNanos;
  }

  /** True if the call began to open a new connection. */
  volatile boolean connected;

  /** True if the call used a connection that an earlier call left open. */
  volatile boolean reused;

  /** The status of the answer; 0 until its head comes. */
  volatile int status;

  /** The answer without its body; null until its head comes. */
  volatile Response head;

  /** The values of the answer's {@code Retry-After} headers. */
  volatile List<String> retryAfter = List.of();

  /**
   * True if {@code e} says something of the connection and not of the service: the other end had
   * closed the idle connection meanwhile, as many services do after some seconds.
   */
  boolean foundStale(IOException e) {
    return reused
        && status == 0
        && !overdue
        && !isTooLarge()
        && !(e instanceof InterruptedIOException);
  }
}

package org.aibridge.core.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Objects;
import okhttp3.Request;
import okhttp3.Response;

/** What is known of one call while it is under way. Written by its thread, read by any. */
final class Exchange {
  /** Whether we gave up on it ourselves. */
  volatile boolean cancelled;

  /** Whether it came to nothing over a connection that had gone; what {@link #foundStale} said. */
  volatile boolean stale;

  /** Whether it was ended because nothing else had ended it in its time. */
  volatile boolean overdue;

  /**
   * So much may come in a row that is no body: the handshake of TLS and a head, chunk sizes,
   * trailers, what stands before compressed data. More than any answer of good sense has, and so
   * little that a library may keep it, and look through it again and again.
   */
  private static final int BESIDE_BODY_BYTES = 64 << 10;

  /** How long it may take in all, in nanoseconds. */
  private final long limitNanos;

  /** How many bytes may come off the wire in all. */
  private final long limitBytes;

  /** How many have come, and how many since there was more of the body; its thread's. */
  private long bytes;

  private int besideBody;

  private long startNanos;
  private long stillNanos;
  private volatile boolean begun;

  /**
   * @param limitNanos how long the call may take in all
   * @param maxAnswerBytes how much of the answer's body is kept
   */
  Exchange(long limitNanos, int maxAnswerBytes) {
    this.limitNanos = limitNanos;
    // A body in small chunks is more on the wire.
    this.limitBytes = BESIDE_BODY_BYTES + 2L * maxAnswerBytes;
  }

  /** Counts {@code count} bytes more that came for it; false if those are too many. */
  boolean mayHear(int count) {
    bytes += Math.max(0, count);
    besideBody += Math.max(0, count);
    return !isTooLarge();
  }

  /** Some of what came was of the body. */
  void hasBody() {
    besideBody = 0;
  }

  /** Whether more came for it than an answer may have. */
  boolean isTooLarge() {
    return bytes > limitBytes || besideBody > BESIDE_BODY_BYTES;
  }

  /** How many bytes came for it. */
  long bytes() {
    return bytes;
  }

  /** That of the call of {@code request}. */
  static Exchange of(Request request) {
    return Objects.requireNonNull(request.tag(Exchange.class));
  }

  /**
   * The call goes on its way.
   *
   * @param still for how long this process has stood still until now
   */
  void begin(long nowNanos, long still) {
    startNanos = nowNanos;
    stillNanos = still;
    begun = true;
  }

  /** How long it has been under way, in nanoseconds; 0 before it is. */
  long tookNanos(long nowNanos) {
    return begun ? nowNanos - startNanos : 0;
  }

  /** For how long of that this process stood still, which by now it did for {@code still}. */
  long stoodStillNanos(long still) {
    return begun ? still - stillNanos : 0;
  }

  /**
   * Whether this process stood still for so much of the time that a missing answer says nothing of
   * the service. A standstill that is a small part of it does: a service that is dead would stay
   * undetected beside a process that often stops for a moment.
   */
  boolean wasMostlyStill(long nowNanos, long still) {
    long stood = stoodStillNanos(still);
    return stood > 0 && 2 * stood >= tookNanos(nowNanos);
  }

  /** Whether it has run {@code graceNanos} beyond its limit, standstills apart. */
  boolean isOverdue(long nowNanos, long still, long graceNanos) {
    return tookNanos(nowNanos) - stoodStillNanos(still) > limitNanos + graceNanos;
  }

  /** Whether it began to open a connection of its own. */
  volatile boolean connected;

  /** Whether it went over a connection that an earlier call had left. */
  volatile boolean reused;

  /** The status of the answer whose head came; 0 before that. */
  volatile int status;

  /** That answer, without its body; null before it came. */
  volatile Response head;

  /** The values of its {@code Retry-After} headers. */
  volatile List<String> retryAfter = List.of();

  /**
   * Whether {@code e} tells of the connection and not of the service: it had been idle, and its
   * other end was closed in the meantime, as many services do after some seconds.
   */
  boolean foundStale(IOException e) {
    return reused
        && status == 0
        && !overdue
        && !isTooLarge()
        && !(e instanceof InterruptedIOException);
  }
}

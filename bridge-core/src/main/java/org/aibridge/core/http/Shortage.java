package org.aibridge.core.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Reason;

/**
 * Tells whether a call failed because this process or its machine lacked something, which says
 * nothing of the service.
 *
 * <p>Any error of the JVM is a shortage. For an {@link IOException} the system's words are known,
 * but they follow the locale, and a resolver that cannot open its files says "unknown host": so a
 * probe also tests whether the process can make a socket at that moment. Any thread; no waiting.
 */
final class Shortage {
  /**
   * The time after a shortage in which an unknown host may be one that could not be looked up, in
   * nanoseconds: the JVM remembers a failed lookup for ten seconds ({@code
   * networkaddress.cache.negative.ttl}).
   */
  private static final long REMEMBERED_NANOS = 15_000_000_000L;

  private static final int MAX_CAUSES = 8;

  /** The system's error texts that mean a shortage, such as those for EMFILE and ENOSPC. */
  private static final List<String> WORDS =
      List.of(
          Reason.TOO_MANY_FILES,
          "Cannot allocate memory",
          "No buffer space available",
          "Cannot assign requested address",
          "No space left on device");

  /** Opens something that needs a descriptor and closes it, to see whether that works. */
  interface Probe {
    void run() throws IOException;
  }

  private final BridgeClock clock;
  private final Probe probe;

  private volatile boolean seen;
  private volatile long seenNanos;

  Shortage(BridgeClock clock) {
    // Uses a Unix socket: it needs no network, so nobody sees a connection.
    this(clock, () -> SocketChannel.open(StandardProtocolFamily.UNIX).close());
  }

  /** Creates a detector that treats any exception of {@code probe} as a sign of a shortage. */
  Shortage(BridgeClock clock, Probe probe) {
    this.clock = clock;
    this.probe = probe;
    // Loads the class now: a class whose first load fails in a shortage may stay unusable.
    of(new UnknownHostException());
    seen = false;
  }

  /** Returns in a few words what is short; empty if {@code e} does not come from a shortage. */
  String of(Throwable e) {
    String words = words(e);
    if (words.isEmpty() && e instanceof IOException && !isTimeout(e)) {
      words = probed();
    }
    if (!words.isEmpty()) {
      seenNanos = clock.nanos();
      seen = true;
    } else if (e instanceof UnknownHostException && isRecent()) {
      words = "its address could not be looked up during a shortage";
    }
    return words;
  }

  /** True if a present or recent shortage may explain why a host name was not found. */
  boolean mayHideHosts() {
    return !probed().isEmpty() || isRecent();
  }

  private boolean isRecent() {
    return seen && clock.nanos() - seenNanos < REMEMBERED_NANOS;
  }

  private String probed() {
    try {
      probe.run();
      return "";
    } catch (Throwable e) {
      String words = words(e);
      return words.isEmpty() ? "no socket can be made (" + Reason.of(e) + ")" : words;
    }
  }

  private String words(Throwable e) {
    Throwable next = e;
    for (int i = 0; next != null && i < MAX_CAUSES; i++) {
      String words = wordsOfOne(next);
      if (!words.isEmpty()) {
        return words;
      }
      next = next.getCause();
    }
    return "";
  }

  private String wordsOfOne(Throwable e) {
    String message = String.valueOf(e.getMessage());
    if (e instanceof OutOfMemoryError) {
      return message.contains("thread") ? "no thread can be made" : "no memory (" + message + ")";
    }
    if (e instanceof Error) {
      return Reason.of(e);
    }
    if (isInterrupt(e)) {
      return "the thread of a call was interrupted";
    }
    for (String words : WORDS) {
      if (e instanceof IOException && message.contains(words)) {
        return told(words, message);
      }
    }
    return "";
  }

  private String told(String words, String message) {
    if (words.equals(Reason.TOO_MANY_FILES)) {
      return Reason.tooManyFiles(message);
    }
    return words.startsWith("Cannot assign") ? "no local port is free (" + words + ")" : words;
  }

  /** True for a timeout. Okio's message is "timeout" for it, and "interrupted" for an interrupt. */
  private static boolean isTimeout(Throwable e) {
    return e instanceof SocketTimeoutException
        || e instanceof InterruptedIOException && "timeout".equals(e.getMessage());
  }

  private static boolean isInterrupt(Throwable e) {
    return e instanceof InterruptedException
        || e instanceof ClosedByInterruptException
        || e instanceof InterruptedIOException && !isTimeout(e);
  }
}

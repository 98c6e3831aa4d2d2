package org.aibridge.core.dispatch;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.aibridge.core.config.BridgeConfig;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.deadletter.LetterFingerprint;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.aibridge.core.service.Verdict;
import org.aibridge.core.text.Sentence;
import org.slf4j.Logger;

/**
 * Notices when the service suddenly refuses most events for one reason, and holds all of them back.
 * One reason is what operators see as one: {@link LetterFingerprint} tells.
 *
 * <p>A service that was updated badly, or an address that leads elsewhere, refuses every event. The
 * events are not to blame, so they are kept where they are. What is judged is single events: one
 * was taken, or it stood alone and was refused; that a batch was refused says nothing of the events
 * in it. A pause ends when the settings are read anew, when an operator says so, or when the
 * service takes a single event that it is tried with now and then.
 *
 * <p>For the dispatcher's thread; {@link #resume}, {@link #isPaused} and {@link #problem} for any.
 */
final class SurgeGuard {
  /** How many events the share is taken of, at most. */
  static final int WINDOW = 200;

  /** Of how many events at least; below that nothing is sudden. */
  static final int LEAST = 100;

  private static final Logger log = Logs.of(SurgeGuard.class);
  private static final long FIRST_PROBE_NANOS = 5_000_000_000L;
  private static final long LONGEST_PROBE_NANOS = 300_000_000_000L;
  private static final int NONE = -1;

  private final BridgeClock clock;

  /** The latest events: why each was refused, null if it was taken, and its sequence. */
  private final String[] kinds = new String[WINDOW];

  private final long[] sequences = new long[WINDOW];
  private int next;
  private int count;

  /** What an operator has said to go on with, as long as the window holds some of it. */
  private String waved = "";

  private volatile boolean paused;
  private volatile boolean resumeAsked;
  private volatile String problem = "";
  private String kind = "";
  private BridgeConfig pausedUnder;
  private long probeNanos;
  private long probeAtNanos;
  private int probing = NONE;
  private int lastProbed = NONE;

  SurgeGuard(BridgeClock clock) {
    this.clock = clock;
  }

  /** Whether nothing may be sent but what {@link #mayProbe} allows. */
  boolean isPaused() {
    return paused;
  }

  /** Why nothing is sent; empty when it is. */
  String problem() {
    return problem;
  }

  /** Ends a pause; events refused for its reason become dead letters again. */
  void resume() {
    resumeAsked = paused;
  }

  /** Ends a pause if there is cause; called before each slice with the settings in force. */
  void look(BridgeConfig config) {
    if (!paused) {
      return;
    }
    if (resumeAsked) {
      goOn("an operator said so");
      waved = kind;
    } else if (config != pausedUnder) {
      goOn("the configuration was read anew");
    }
  }

  /** The service has taken {@code events} events, whatever it said of single ones in its 2xx. */
  void taken(int events) {
    for (int i = 0; i < Math.min(events, WINDOW); i++) {
      add(null, 0);
    }
    forgetWaved();
  }

  /**
   * The service has refused one event that stood alone.
   *
   * @return whether it must be kept, since there is a pause now
   */
  boolean refused(BridgeConfig config, long sequence, Verdict.Reply reply) {
    int percent = config.deadLetters().surgePercent();
    if (paused || percent == 0) {
      return paused;
    }
    String now = LetterFingerprint.text(DeadLetter.Reason.REFUSED, reply.code(), "", reply.text());
    add(now, sequence);
    forgetWaved();
    int same = distinct(now);
    if (count >= LEAST && same * 100L > (long) percent * count && !now.equals(waved)) {
      pause(config, now, reply.problem(), same);
    }
    return paused;
  }

  /** Whether {@code lane} may send a single event now, to see whether it is still refused. */
  boolean mayProbe(int lane) {
    return isProbeDue() && lane > lastProbed;
  }

  /** Such an event is under way. */
  void probing(int lane) {
    probing = lane;
    lastProbed = lane;
  }

  /** An answer has come for {@code lane}: {@code taken} the event, {@code refused} it, or none. */
  void answered(int lane, boolean taken, boolean refused) {
    if (probing != lane) {
      return;
    }
    forgetProbe();
    if (taken && paused) {
      goOn("the AI service took an event");
    } else if (refused) {
      probeNanos = Math.min(2 * probeNanos, LONGEST_PROBE_NANOS);
    }
    probeAtNanos = clock.nanos() + probeNanos;
  }

  /** No answer will come to the event under way. */
  void forgetProbe() {
    probing = NONE;
  }

  /** All lanes have had their turn: the first one is next again. */
  void endRound() {
    if (isProbeDue()) {
      lastProbed = NONE;
    }
  }

  private boolean isProbeDue() {
    return paused && probing == NONE && clock.nanos() - probeAtNanos >= 0;
  }

  private void add(String kind, long sequence) {
    kinds[next] = kind;
    sequences[next] = sequence;
    next = (next + 1) % WINDOW;
    count = Math.min(count + 1, WINDOW);
  }

  /** How many different events of the window were refused for this reason. */
  private int distinct(String kind) {
    Set<Long> events = new HashSet<>();
    for (int i = 0; i < count; i++) {
      if (kind.equals(kinds[i])) {
        events.add(sequences[i]);
      }
    }
    return events.size();
  }

  private void forgetWaved() {
    if (!waved.isEmpty() && count == WINDOW && !Arrays.asList(kinds).contains(waved)) {
      waved = "";
    }
  }

  /** While sending is paused: when the next trial event goes. */
  long probeAtNanos() {
    return probeAtNanos;
  }

  private void pause(BridgeConfig config, String now, String said, int same) {
    problem =
        Sentence.of(
            "%s, for one reason, was the answer to %d of the last %d events: sending is paused"
                + " and every event kept, until a reload, an operator, or a trial event that is taken",
            said, same, count);
    log.warn("{}; dlq_surge_percent is {}", problem, config.deadLetters().surgePercent());
    kind = now;
    pausedUnder = config;
    resumeAsked = false;
    probeNanos = FIRST_PROBE_NANOS;
    probeAtNanos = clock.nanos() + probeNanos;
    lastProbed = NONE;
    forgetProbe();
    paused = true;
  }

  private void goOn(String why) {
    log.info("sending goes on: {}", why);
    Arrays.fill(kinds, null);
    next = 0;
    count = 0;
    waved = "";
    resumeAsked = false;
    problem = "";
    pausedUnder = null;
    forgetProbe();
    paused = false;
  }
}

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
 * Notices when the service suddenly refuses most events for one reason, and holds all events back.
 * {@link LetterFingerprint} says which refusals have the same reason, here and for operators.
 *
 * <p>A service after a bad update, or an address that leads elsewhere, refuses every event. The
 * events are not to blame, so they are kept where they are. Only single events are judged: an event
 * that was taken, or one that was sent alone and refused. The refusal of a batch says nothing of
 * the events in it. A pause ends when the settings are read anew, when an operator says so, or when
 * the service takes a single event that is sent as a probe now and then.
 *
 * <p>Confined to the dispatcher's thread, but for {@link #resume}, {@link #isPaused} and {@link
 * #problem}, which any thread may call.
 */
final class SurgeGuard {
  /** The number of latest events from which the share of refused events is computed. */
  static final int WINDOW = 200;

  /** The smallest number of events in the window from which a surge can be detected. */
  static final int LEAST = 100;

  private static final Logger log = Logs.of(SurgeGuard.class);
  private static final long FIRST_PROBE_NANOS = 5_000_000_000L;
  private static final long LONGEST_PROBE_NANOS = 300_000_000_000L;
  private static final int NONE = -1;

  private final BridgeClock clock;

  /** The refusal reason of each of the latest events; null for an accepted event. */
  private final String[] kinds = new String[WINDOW];

  /** The sequence of each of the latest events that was refused; 0 for an accepted event. */
  private final long[] sequences = new long[WINDOW];

  private int next;
  private int count;

  /**
   * The reason that an operator has waved through, as long as the window holds an event refused for
   * it; else empty.
   */
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

  /** True while sending is paused. Then only probes are sent; see {@link #mayProbe}. */
  boolean isPaused() {
    return paused;
  }

  /** The reason why sending is paused; empty while it is not. */
  String problem() {
    return problem;
  }

  /** Requests the end of the pause. Events refused for its reason then become dead letters. */
  void resume() {
    resumeAsked = paused;
  }

  /** Ends the pause if an operator asked for it or the configuration changed; once per slice. */
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

  /**
   * Notes that the service acknowledged {@code events} events, even if it rejected some by name.
   */
  void taken(int events) {
    for (int i = 0; i < Math.min(events, WINDOW); i++) {
      add(null, 0);
    }
    forgetWaved();
  }

  /**
   * Notes that the service has refused one event that was sent alone.
   *
   * @return whether the event must be kept, because sending is paused now
   */
  boolean refused(BridgeConfig config, long sequence, Verdict.Reply reply) {
    int percent = config.deadLetters().surgePercent();
    if (paused || percent == 0) {
      return paused;
    }
    String now = kind(reply.code(), reply.text());
    add(now, sequence);
    forgetWaved();
    int same = distinct(now);
    if (count >= LEAST && same * 100L > (long) percent * count && !now.equals(waved)) {
      pause(config, now, reply.problem(), same);
    }
    return paused;
  }

  /** True if {@code lane} may send a single event now as a probe. */
  boolean mayProbe(int lane) {
    return isProbeDue() && lane > lastProbed;
  }

  /** Notes that a probe of {@code lane} is under way. */
  void probing(int lane) {
    probing = lane;
    lastProbed = lane;
  }

  /**
   * Notes an answer to {@code lane}, if its probe is under way: the service has {@code taken} the
   * event, {@code refused} it, or neither.
   */
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

  /** Forgets the probe under way, because its answer will not come. */
  void forgetProbe() {
    probing = NONE;
  }

  /** Starts a new round of probes from the first lane, after each lane had its turn. */
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

  /** Returns how many different events of the window were refused for the reason {@code kind}. */
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

  /** Returns when the next probe is due; valid only while sending is paused. */
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

  /**
   * Returns what the events refused for one reason have in common: the fingerprint's text, or, if
   * that is only the status, the beginning of the answer without digits.
   */
  private static String kind(int status, String answer) {
    String told = LetterFingerprint.text(DeadLetter.Reason.REFUSED, status, "", answer);
    return told.equals(Integer.toString(status))
        ? told + " " + answer.substring(0, Math.min(answer.length(), 100)).replaceAll("[0-9]+", "#")
        : told;
  }
}

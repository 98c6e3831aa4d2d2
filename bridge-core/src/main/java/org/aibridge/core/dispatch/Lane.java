package org.aibridge.core.dispatch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.aibridge.core.deadletter.DeadLetter;
import org.aibridge.core.deadletter.LetterRef;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.Retries;
import org.aibridge.core.http.ServiceRequest;

/**
 * One lane: its events in order, and at most one request under way.
 *
 * <p>A batch is the oldest part of the queue, sent whole at first and in {@link Part}s once the
 * service has refused it. Parts are sent in order and each ends before the next begins, so a
 * player's events never overtake each other. State only; what is done with it is the {@link
 * Dispatcher}'s business.
 */
final class Lane {
  /**
   * Events {@code from} to {@code to} (exclusive) of the queue, which were sent {@code sentBefore}
   * times within larger parts.
   *
   * @param history what was answered to it and to those; of many answers the first and the last
   */
  record Part(int from, int to, int sentBefore, List<DeadLetter.Attempt> history) {
    int size() {
      return to - from;
    }

    Part tried(DeadLetter.Attempt attempt) {
      List<DeadLetter.Attempt> more = new ArrayList<>(history);
      if (more.size() == MAX_HISTORY) {
        more.remove(KEPT_FIRST);
      }
      more.add(attempt);
      return new Part(from, to, sentBefore, List.copyOf(more));
    }
  }

  private static final int MAX_HISTORY = 8;
  private static final int KEPT_FIRST = 2;

  /** An event of the current part that is to become a dead letter. */
  record Burial(int index, DeadLetter.Reason reason, int status, String problem, String answer) {}

  /**
   * Where the answer to one request is left. Each has one of its own, so that an answer which
   * nobody waits for any more is not taken for another's.
   */
  static final class Reply {
    /** Null until it comes; written once, by any thread, for which it needs no memory. */
    volatile Answer answer;
  }

  final int number;
  final LaneQueue queue;

  /** What is left of the batch, the next part on top; empty when no batch is under way. */
  final Deque<Part> parts = new ArrayDeque<>();

  /** What must reach the dead letters before the current part counts as ended. */
  final Deque<Burial> burials = new ArrayDeque<>();

  /** Dead letters whose events the service has taken with the current part. */
  final List<LetterRef> delivered = new ArrayList<>();

  /** Dead letters whose events have died again, and lie with the letters anew. */
  final List<LetterRef> diedAgain = new ArrayList<>();

  /** Whether letters of the current part were kept and are not synced yet. */
  boolean unsynced;

  /** How many events of the current part expired, and how many became dead letters otherwise. */
  int expired;

  int deadLettered;

  /** How many events of the queue belong to the batch. */
  int batchSize;

  /** The key of the batch as it was first sent; empty before that. */
  String batchKey = "";

  /** The key under which events of the batch were last sent; empty before that. */
  String sentKey = "";

  /** The current part as a request; null until it is needed. */
  ServiceRequest request;

  /** For the answer to the request under way; null when none is. */
  Reply reply;

  /** Null until the current part has failed once. */
  private Retries.Attempts attempts;

  /** How often the current part was sent. */
  int attempt;

  /** Whether an earlier process may have sent the current part just as it is. */
  boolean resumed;

  /** Since when no event of the queue has had its end, while there are any. */
  long stoodSinceNanos;

  /** What came since then instead of what was asked for, in words; empty for nothing. */
  String said = "";

  /** Whether that was an answer, and whether the service failed then. */
  boolean answered;

  boolean failing;

  /** When the current part was last sent. */
  long sentNanos;

  long firstAttemptMs;
  long lastAttemptMs;
  long nextAttemptNanos;

  /** What keeps the lane from its work; empty when nothing does. */
  String problem = "";

  /**
   * The last event of the part an earlier process had under way; 0 when there is none to resume.
   */
  long resumeLast;

  Lane(int number, LaneQueue queue) {
    this.number = number;
    this.queue = queue;
  }

  boolean isSending() {
    return reply != null;
  }

  /** The answer to the request under way, which then no longer is; null while there is none. */
  Answer takeAnswer() {
    Answer answer = reply == null ? null : reply.answer;
    if (answer != null) {
      reply = null;
    }
    return answer;
  }

  /** Whether the current part has had its answer and waits for its dead letters. */
  boolean isBurying() {
    return unsynced || !burials.isEmpty() || !delivered.isEmpty() || !diedAgain.isEmpty();
  }

  boolean hasBatch() {
    return !parts.isEmpty();
  }

  /** Begins with the oldest {@code size} events. */
  void begin(int size, long nowNanos) {
    parts.push(new Part(0, size, 0, List.of()));
    batchSize = size;
    batchKey = "";
    sentKey = "";
    firstAttemptMs = 0;
    lastAttemptMs = 0;
    startOver(nowNanos);
  }

  /** Resets what is counted for one part. */
  void startOver(long nowNanos) {
    attempts = null;
    attempt = 0;
    expired = 0;
    deadLettered = 0;
    resumed = false;
    request = null;
    nextAttemptNanos = nowNanos;
  }

  /** Keeps the first {@code size} events of the current part together and puts off the others. */
  void shorten(int size) {
    Part part = parts.peek();
    if (part.size() == batchSize && sentKey.isEmpty()) {
      Part shorter = new Part(0, size, 0, List.of());
      parts.pop();
      parts.push(shorter);
      batchSize = size;
    } else {
      split(part.from + size);
    }
  }

  /** Puts two parts in place of the current one. */
  void split(int at) {
    Part part = parts.peek();
    int sent = part.sentBefore + attempt;
    Part head = new Part(part.from, at, sent, part.history);
    Part rest = new Part(at, part.to, sent, part.history);
    request = null;
    attempt = 0;
    resumed = false;
    parts.pop();
    parts.push(rest);
    parts.push(head);
  }

  /** How often the events of the current part were sent. */
  int timesSent() {
    return parts.peek().sentBefore + attempt;
  }

  /** Notes what was answered to the current part. */
  void noteAnswer(Answer answer) {
    Part part = parts.peek();
    Part tried =
        part.tried(
            new DeadLetter.Attempt(lastAttemptMs, part.size(), answer.status(), answer.problem()));
    parts.pop();
    parts.push(tried);
  }

  /** Puts off the next attempt after a failure. */
  void backOff(Answer answer, Supplier<Retries> retries, long nowNanos) {
    if (attempts == null) {
      attempts = retries.get().begin();
    }
    nextAttemptNanos = nowNanos + attempts.delayNanos(answer.problem());
  }
}

package org.aibridge.core.dispatch;

import java.util.ArrayDeque;
import java.util.Deque;
import org.aibridge.core.http.Answer;
import org.aibridge.core.http.Retries;

/**
 * One lane: its events in order, and at most one request under way.
 *
 * <p>A batch is the oldest part of the queue, sent whole at first and in {@link Part}s once the
 * service has refused it. Parts are sent in order and each ends before the next begins, so a
 * player's events never overtake each other. State only; what is done with it is the {@link
 * Dispatcher}'s business.
 */
final class Lane {
  /** Events {@code from} to {@code to} (exclusive) of the queue. */
  record Part(int from, int to) {
    int size() {
      return to - from;
    }
  }

  /** An event of the current part that is to become a dead letter. */
  record Burial(
      int index,
      org.aibridge.core.deadletter.DeadLetter.Reason reason,
      int status,
      String problem,
      String answer) {}

  final int number;
  final LaneQueue queue = new LaneQueue();

  /** What is left of the batch, the next part on top; empty when no batch is under way. */
  final Deque<Part> parts = new ArrayDeque<>();

  /** What must reach the dead letters before the current part counts as ended. */
  final Deque<Burial> burials = new ArrayDeque<>();

  /** How many events of the queue belong to the batch. */
  int batchSize;

  String batchKey = "";

  /** The key and size in bytes of the request under way. */
  String sentKey = "";

  int sentBytes;
  boolean sending;

  /** The burials at hand came with an acknowledgement, so the part's other events are delivered. */
  boolean partDelivered;

  Retries.Attempts attempts;
  int attempt;
  long firstAttemptMs;
  long lastAttemptMs;
  long nextAttemptNanos;

  /**
   * The last event of the batch an earlier process had under way; 0 when there is none to resume.
   */
  long resumeLast;

  Lane(int number) {
    this.number = number;
  }

  boolean hasBatch() {
    return !parts.isEmpty();
  }

  /** Begins with the oldest {@code size} events. */
  void begin(int size, Retries.Attempts newAttempts, long nowNanos) {
    batchSize = size;
    parts.push(new Part(0, size));
    startOver(newAttempts, nowNanos);
    firstAttemptMs = 0;
  }

  /** Resets what is counted for one part. */
  void startOver(Retries.Attempts newAttempts, long nowNanos) {
    attempts = newAttempts;
    attempt = 0;
    nextAttemptNanos = nowNanos;
  }

  /** Puts two parts in place of the current one. */
  void split(int at) {
    Part part = parts.pop();
    parts.push(new Part(at, part.to));
    parts.push(new Part(part.from, at));
  }

  /** Puts off the next attempt after a failure. */
  void backOff(Answer answer, long nowNanos) {
    nextAttemptNanos = nowNanos + attempts.delayNanos(answer.problem());
  }
}

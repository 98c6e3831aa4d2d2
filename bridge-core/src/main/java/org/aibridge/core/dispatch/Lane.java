package org.aibridge.core.dispatch;

import java.util.ArrayDeque;
import java.util.Deque;
import org.aibridge.core.deadletter.DeadLetter;
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
   */
  record Part(int from, int to, int sentBefore) {
    int size() {
      return to - from;
    }
  }

  /** An event of the current part that is to become a dead letter. */
  record Burial(int index, DeadLetter.Reason reason, int status, String problem, String answer) {}

  final int number;
  final LaneQueue queue = new LaneQueue();

  /** What is left of the batch, the next part on top; empty when no batch is under way. */
  final Deque<Part> parts = new ArrayDeque<>();

  /** What must reach the dead letters before the current part counts as ended. */
  final Deque<Burial> burials = new ArrayDeque<>();

  /** Whether letters of the current part were kept and are not synced yet. */
  boolean unsynced;

  /** How many events of the queue belong to the batch. */
  int batchSize;

  /** The key of the batch as it was first sent; empty before that. */
  String batchKey = "";

  /** The key under which events of the batch were last sent; empty before that. */
  String sentKey = "";

  /** The current part as a request; null until it is needed. */
  ServiceRequest request;

  boolean sending;
  Retries.Attempts attempts;

  /** How often the current part was sent. */
  int attempt;

  /** Whether an earlier process may have sent the current part just as it is. */
  boolean resumed;

  long firstAttemptMs;
  long lastAttemptMs;
  long nextAttemptNanos;

  /** What keeps the lane from its work; empty when nothing does. */
  String problem = "";

  /**
   * The last event of the part an earlier process had under way; 0 when there is none to resume.
   */
  long resumeLast;

  Lane(int number) {
    this.number = number;
  }

  /** Whether the current part has had its answer and waits for its dead letters. */
  boolean isBurying() {
    return unsynced || !burials.isEmpty();
  }

  boolean hasBatch() {
    return !parts.isEmpty();
  }

  /** Begins with the oldest {@code size} events. */
  void begin(int size, Retries.Attempts newAttempts, long nowNanos) {
    batchSize = size;
    parts.push(new Part(0, size, 0));
    batchKey = "";
    sentKey = "";
    firstAttemptMs = 0;
    lastAttemptMs = 0;
    startOver(newAttempts, nowNanos);
  }

  /** Resets what is counted for one part. */
  void startOver(Retries.Attempts newAttempts, long nowNanos) {
    attempts = newAttempts;
    attempt = 0;
    resumed = false;
    request = null;
    nextAttemptNanos = nowNanos;
  }

  /** Keeps the first {@code size} events of the current part together and puts off the others. */
  void shorten(int size) {
    Part part = parts.peek();
    if (part.size() == batchSize && sentKey.isEmpty()) {
      parts.pop();
      parts.push(new Part(0, size, 0));
      batchSize = size;
    } else {
      split(part.from + size);
    }
  }

  /** Puts two parts in place of the current one. */
  void split(int at) {
    Part part = parts.pop();
    int sent = part.sentBefore + attempt;
    parts.push(new Part(at, part.to, sent));
    parts.push(new Part(part.from, at, sent));
    attempt = 0;
    resumed = false;
    request = null;
  }

  /** How often the events of the current part were sent. */
  int timesSent() {
    return parts.peek().sentBefore + attempt;
  }

  /** Puts off the next attempt after a failure. */
  void backOff(Answer answer, long nowNanos) {
    nextAttemptNanos = nowNanos + attempts.delayNanos(answer.problem());
  }
}

package org.aibridge.script;

import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Carries one answer from any thread to its script on the game thread, once.
 *
 * <p>{@link #complete} neither waits nor takes a lock. A second completion is ignored.
 */
final class Delivery {
  private final String script;
  private final String subject;
  private final Consumer<Object> resume;
  private final Line line;
  private final AtomicBoolean completed = new AtomicBoolean();

  /** The answer to deliver, or a command's failed answer; set before the delivery is queued. */
  private Object answer;

  private String problem;

  Delivery(String script, String subject, Consumer<Object> resume, Line line) {
    this.script = script;
    this.subject = subject;
    this.resume = resume;
    this.line = line;
  }

  /**
   * @param problem why {@code answer} is the failed one; {@code null} when all went well
   */
  void complete(Object answer, String problem) {
    if (completed.compareAndSet(false, true)) {
      this.answer = answer;
      this.problem = problem;
      line.add(this);
    }
  }

  void run(ProblemReporter problems) {
    if (problem != null) {
      problems.report(ScriptProblem.Kind.ANSWER, script, subject, problem, null);
    }
    try {
      resume.accept(answer);
    } catch (Throwable e) {
      problems.report(
          ScriptProblem.Kind.SCRIPT,
          script,
          subject,
          "the script threw: " + ProblemReporter.text(e),
          e);
    }
  }

  /** Deliveries in the order of their completion. Any thread adds; the game thread reads. */
  record Line(Queue<Delivery> queue, AtomicLong added) {
    void add(Delivery delivery) {
      queue.add(delivery);
      added.incrementAndGet();
    }
  }
}

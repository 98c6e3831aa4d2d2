package org.aibridge.torture;

import java.io.IOException;
import java.util.function.LongPredicate;

/**
 * The ways a service may treat a batch of events: one right way, and others each wrong in one
 * thing.
 */
public final class Behaviours {
  private static final String OK = "{\"ok\":true}";

  /** A wait longer than any test, in ms; it ends when the service ends. */
  private static final long FOR_EVER_MS = 3_600_000;

  private static final int PADDING = 40;

  private Behaviours() {}

  /** Commits the batch and acknowledges it. */
  public static Behaviour acknowledge() {
    return exchange -> {
      exchange.commit();
      exchange.answer(200, OK);
    };
  }

  /** Answers 200 with an empty object. */
  static void ok(Exchange exchange) throws IOException {
    exchange.answer(200, OK);
  }

  /** Commits the batch and acknowledges it {@code ms} milliseconds later. */
  public static Behaviour acknowledgeLate(long ms) {
    return exchange -> {
      exchange.commit();
      exchange.hold(ms);
      exchange.answer(200, OK);
    };
  }

  /** Acknowledges the batch before reading it, then commits it. */
  public static Behaviour acknowledgeEarly() {
    return exchange -> {
      exchange.promise();
      exchange.answer(200, OK);
      exchange.commit();
    };
  }

  /** Commits the batch and acknowledges it with two answers to one request. */
  public static Behaviour acknowledgeTwice() {
    return exchange -> {
      exchange.commit();
      exchange.raw(Exchange.answerText(200, OK) + Exchange.answerText(200, OK));
    };
  }

  /** Resets the connection without an answer; before that, commits the batch if {@code commits}. */
  public static Behaviour reset(boolean commits) {
    return exchange -> {
      read(exchange, commits);
      exchange.reset();
    };
  }

  /** Answers 200 with text that is not JSON; before that, commits the batch if {@code commits}. */
  public static Behaviour garbage(boolean commits) {
    return exchange -> {
      read(exchange, commits);
      exchange.answer(200, "<html><body>It works!</body></html>");
    };
  }

  /** Answers 200 with incomplete JSON; before that, commits the batch if {@code commits}. */
  public static Behaviour brokenJson(boolean commits) {
    return exchange -> {
      read(exchange, commits);
      exchange.answer(200, "{\"ok\":tr");
    };
  }

  /** Stops in the middle of a 200 answer; before that, commits the batch if {@code commits}. */
  public static Behaviour halfAnswer(boolean commits) {
    return exchange -> {
      read(exchange, commits);
      String whole = Exchange.answerText(200, OK + " ".repeat(PADDING));
      exchange.raw(whole.substring(0, whole.length() - PADDING));
      exchange.hangUp();
    };
  }

  /**
   * Begins a 200 before reading the batch, then breaks the answer off and does not take the batch.
   */
  public static Behaviour earlyAndIncomplete() {
    return exchange -> {
      String whole = Exchange.answerText(200, OK);
      exchange.raw(whole.substring(0, whole.length() - 2));
      exchange.body();
      exchange.hangUp();
    };
  }

  /**
   * Takes the batch if {@code commits}, and answers with {@code status} and no {@code Retry-After}.
   */
  public static Behaviour fail(int status, boolean commits) {
    return exchange -> {
      read(exchange, commits);
      exchange.answer(status, "{\"error\":\"scripted\"}");
    };
  }

  /**
   * Answers the first attempt at each batch with 500, further attempts with 200; takes the batch
   * each time.
   */
  public static Behaviour failFirst() {
    return exchange -> {
      exchange.commit();
      boolean first = exchange.timesSeen() == 1;
      exchange.answer(first ? 500 : 200, OK);
    };
  }

  /** Answers {@code status} with {@code Retry-After}; does not commit the batch. */
  public static Behaviour comeBack(int status, String retryAfter) {
    return exchange -> {
      exchange.body();
      exchange.answer(status, "{}", "Retry-After: " + retryAfter);
    };
  }

  /** Never answers, but keeps the connection open; does not commit the batch. */
  public static Behaviour neverAnswer() {
    return exchange -> {
      exchange.body();
      exchange.hold(FOR_EVER_MS);
      exchange.hangUp();
    };
  }

  /** Commits the batch and answers with one byte every {@code ms} milliseconds. */
  public static Behaviour trickle(long ms) {
    return exchange -> {
      exchange.commit();
      for (char c : Exchange.answerText(200, OK).toCharArray()) {
        exchange.raw(String.valueOf(c));
        exchange.hold(ms);
      }
    };
  }

  /**
   * Refuses a batch that contains a number for which {@code bad} is true, and takes any other.
   *
   * @param status the refusal's status
   * @param why the refusal's text
   */
  public static Behaviour refuse(LongPredicate bad, int status, String why) {
    return exchange -> {
      if (exchange.events().stream().anyMatch(event -> bad.test(event.number()))) {
        exchange.answer(status, "{\"detail\":\"" + why + "\"}");
      } else {
        exchange.commit();
        exchange.answer(200, OK);
      }
    };
  }

  private static void read(Exchange exchange, boolean commits) throws IOException {
    if (commits) {
      exchange.commit();
    } else {
      exchange.body();
    }
  }
}

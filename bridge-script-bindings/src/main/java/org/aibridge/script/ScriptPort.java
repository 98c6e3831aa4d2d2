package org.aibridge.script;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiFunction;

/**
 * The only Java object inside an engine, which {@code driver.js} calls.
 *
 * <p>The port implements an interface of the JDK, so that every engine finds its method, and takes
 * and returns only texts, numbers and flags, so that no engine wraps an object. The driver pushes
 * arguments one by one and reads values one by one, because engines differ in how they pass arrays.
 */
final class ScriptPort implements BiFunction<String, Object, Object> {
  private final Questions questions;
  private List<Object> pushed = new ArrayList<>();
  private Iterator<?> arguments = Collections.emptyIterator();
  private Object laidOut;

  ScriptPort(Questions questions) {
    this.questions = questions;
  }

  @Override
  public Object apply(String operation, Object value) {
    return switch (operation) {
      case "begin" -> begin();
      case "text" -> pushed.add(value.toString());
      case "number" -> pushed.add(ScriptValues.narrow(((Number) value).doubleValue()));
      case "flag" -> pushed.add(value);
      case "none" -> pushed.add(null);
      case "call" -> reply(questions.called(value.toString(), pushed, false));
      case "callback" -> reply(questions.called(value.toString(), pushed, true));
      case "kind" -> kind();
      case "value" -> laidOut;
      case "more" -> more();
      case "step" -> questions.mayStep() ? "go" : "stop";
      case "await" -> reply(questions.await(((Number) value).intValue()));
      case "end" -> questions.returned(pushed.get(0));
      default -> throw new IllegalArgumentException(operation);
    };
  }

  /** Sets the value for {@code driver.js} to read next. */
  void layOut(Object value) {
    laidOut = ScriptValues.plain(value);
  }

  /** Sets the arguments for the function that {@code driver.js} will start next. */
  void layOut(List<?> values) {
    arguments = values.iterator();
  }

  private Object begin() {
    pushed = new ArrayList<>();
    return null;
  }

  private String more() {
    if (!arguments.hasNext()) {
      return "no";
    }
    layOut(arguments.next());
    return "yes";
  }

  private String reply(Reply reply) {
    layOut(reply.value());
    return reply.outcome();
  }

  private String kind() {
    if (laidOut == null) {
      return "none";
    }
    return laidOut instanceof Number
        ? "number"
        : laidOut instanceof Boolean ? laidOut.toString() : "text";
  }

  /** The questions of {@code driver.js}. The owner of the script's calls answers them. */
  interface Questions {
    /** Answers the script's call of a command or a host function. */
    Reply called(String name, List<Object> args, boolean callback);

    /** True if the current call may take another step. */
    boolean mayStep();

    /**
     * Handles a {@code yield} of the running call, which then waits for the answer of this ticket.
     */
    Reply await(int ticket);

    /** Notes that the running call has returned {@code value}; always returns {@code null}. */
    Object returned(Object value);
  }

  /**
   * @param outcome {@code value}, {@code ticket}, {@code later}, {@code error} or {@code stop}
   * @param value the value, the ticket or the error's text
   */
  record Reply(String outcome, Object value) {
    static final Reply LATER = new Reply("later", null);
    static final Reply STOP = new Reply("stop", null);

    static Reply value(Object value) {
      return new Reply("value", value);
    }

    static Reply ticket(int ticket) {
      return new Reply("ticket", ticket);
    }

    static Reply error(String message) {
      return new Reply("error", message);
    }
  }
}

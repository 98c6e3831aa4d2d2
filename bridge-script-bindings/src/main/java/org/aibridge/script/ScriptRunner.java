package org.aibridge.script;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;
import javax.script.ScriptEngine;
import javax.script.ScriptException;
import org.aibridge.script.PendingCalls.Ticket;
import org.aibridge.script.ScriptPort.Reply;

/**
 * Runs the calls of one script, a turn at a time: from a start or an answer to the next {@code
 * yield}.
 *
 * <p>The driver inside the engine keeps the suspended generators; all decisions are made here.
 */
final class ScriptRunner implements ScriptPort.Questions {
  /** The ticket number of a command that is over the limit and therefore gets a failed answer. */
  private static final int NO_ROOM = 0;

  private static final int NO_ROOM_FOR_NUMBER = -1;
  private static final Consumer<CallEnd> UNHEARD = end -> {};

  private final String name;
  private final ScriptCommands commands;
  private final ProblemReporter problems;
  private final NpcLimits limits;
  private final PendingCalls tickets;
  private final Map<Integer, NpcCall> running = new HashMap<>();
  private final ScriptPort port = new ScriptPort(this);
  private final ScriptRealm realm;
  private NpcCall current;
  private int lastId;
  private boolean unloaded;

  /**
   * True if this turn has reported that there is no room; a loop could report it thousands of
   * times.
   */
  private boolean toldNoRoom;

  ScriptRunner(
      String name,
      ScriptCommands commands,
      NpcLimits limits,
      PendingCalls.Total total,
      ScriptEngine engine)
      throws ScriptException {
    this.name = name;
    this.commands = commands;
    this.problems = commands.problems();
    this.limits = limits;
    this.tickets = new PendingCalls(limits, total);
    try {
      this.realm = new ScriptRealm(name, engine, EngineGuard.of(engine, limits), port);
    } catch (Exception e) {
      throw scriptException(e);
    }
  }

  String name() {
    return name;
  }

  int waiting() {
    return tickets.size();
  }

  int suspended() {
    return tickets.suspended();
  }

  boolean has(String entry) {
    try {
      return !unloaded && realm.has(entry);
    } catch (Throwable e) {
      report(ScriptProblem.Kind.SCRIPT, entry, message(e), e);
      return false;
    }
  }

  /**
   * Runs a script's top level. It cannot be suspended: answers to its commands come to callbacks
   * only.
   */
  void load(String source) throws ScriptException {
    NpcCall top = new NpcCall(this, ++lastId, "the top level", Map.of(), UNHEARD, null);
    try {
      inTurn(top, () -> realm.load(source));
    } catch (Throwable e) {
      cancelAll();
      throw scriptException(e);
    }
  }

  NpcCall call(String entry, HostFunctions host, Consumer<CallEnd> onEnd, List<?> args) {
    NpcCall call = new NpcCall(this, ++lastId, entry, host.copy(), onEnd, null);
    String wrong = problem(args);
    if (wrong != null) {
      fail(call, ScriptProblem.Kind.ARGUMENTS, wrong, null);
      return call;
    }
    turn(
        call,
        () -> {
          if (!realm.has(entry)) {
            throw new NoSuchMethodException("the script has no function of that name");
          }
          for (String each : call.host.keySet()) {
            realm.define(each);
          }
          realm.start(call.id, entry, args);
        });
    return call;
  }

  /** Cancels the host's call from which {@code call} comes, and all callbacks of that call. */
  void cancel(NpcCall call) {
    drop(each -> each.root == call.root);
  }

  /** Cancels all calls; returns how many of them had not ended. */
  int cancelAll() {
    return drop(each -> true);
  }

  void unload() {
    cancelAll();
    unloaded = true;
  }

  @Override
  public Reply called(String function, List<Object> args, boolean callback) {
    NpcCall call = current;
    if (call == null || call.ended() || unloaded) {
      return Reply.error(function + ": this call was cancelled");
    }
    ScriptCommand command = ScriptCommand.named(function).orElse(null);
    return command != null
        ? command(call, command, args, callback)
        : hostFunction(call, function, args, callback);
  }

  @Override
  public boolean mayStep() {
    return current != null && !current.ended() && ++current.steps <= limits.maxStepsPerResume();
  }

  @Override
  public Reply await(int id) {
    if (current == null || current.ended()) {
      return Reply.STOP;
    }
    if (id == NO_ROOM || id == NO_ROOM_FOR_NUMBER) {
      return Reply.value(id == NO_ROOM ? "" : 0);
    }
    Ticket ticket = tickets.get(id);
    if (ticket == null || ticket.call != current) {
      report(ScriptProblem.Kind.SCRIPT, current.entry(), "yields an answer it does not have", null);
      return Reply.value("");
    }
    if (ticket.answered) {
      tickets.take(ticket);
      return Reply.value(ticket.answer);
    }
    ticket.awaited = true;
    return Reply.LATER;
  }

  @Override
  public Object returned(Object value) {
    if (current != null) {
      current.returned = CallEnd.completed(value);
    }
    return null;
  }

  private Reply command(NpcCall call, ScriptCommand command, List<Object> args, boolean callback) {
    if (command == ScriptCommand.STATUS && args.isEmpty() && !callback) {
      return Reply.value(commands.statusJson());
    }
    if (tickets.full()) {
      return noRoom(command.commandName(), command.failed(), callback);
    }
    Ticket ticket = tickets.add(++lastId, call, command.commandName(), callback);
    try {
      commands.invoke(name, command.commandName(), args, answer -> answered(ticket, answer));
    } catch (IllegalArgumentException e) {
      tickets.take(ticket);
      return Reply.error(e.getMessage());
    }
    return Reply.ticket(ticket.id);
  }

  private Reply hostFunction(NpcCall call, String function, List<Object> args, boolean callback) {
    HostFunction known = call.host.get(function);
    if (known == null) {
      return Reply.error(function + " is not available in this call");
    }
    Object result;
    try {
      result = known.call(args);
    } catch (Throwable e) {
      report(
          ScriptProblem.Kind.HOST,
          function,
          "the host's function threw: " + ProblemReporter.text(e),
          e);
      return Reply.error(function + " failed");
    }
    if (!callback && !(result instanceof CompletionStage<?>)) {
      return checked(function, result);
    }
    return tickets.full()
        ? noRoom(function, "", callback)
        : Reply.ticket(later(call, function, result, callback).id);
  }

  private Ticket later(NpcCall call, String function, Object result, boolean callback) {
    Ticket ticket = tickets.add(++lastId, call, function, callback);
    Delivery delivery =
        commands.delivery(name, function, answer -> answered(ticket, passed(function, answer)));
    if (result instanceof CompletionStage<?> stage) {
      stage.whenComplete(
          (answer, thrown) ->
              delivery.complete(
                  thrown == null ? answer : "",
                  thrown == null ? null : "the host's function failed: " + thrown));
    } else {
      delivery.complete(result, null);
    }
    return ticket;
  }

  private Reply checked(String function, Object result) {
    return ScriptValues.passes(result)
        ? Reply.value(result)
        : Reply.error(function + " answered something a script cannot take: " + result.getClass());
  }

  private Object passed(String function, Object answer) {
    if (ScriptValues.passes(answer)) {
      return answer;
    }
    String what = "answered something a script cannot take: " + answer.getClass();
    report(ScriptProblem.Kind.HOST, function, what, null);
    return "";
  }

  private Reply noRoom(String function, Object failed, boolean callback) {
    String what = "too many answers are waited for already";
    if (!toldNoRoom) {
      toldNoRoom = true;
      report(ScriptProblem.Kind.LIMIT, function, what, null);
    }
    if (callback) {
      return Reply.error(function + ": " + what);
    }
    return Reply.ticket(failed instanceof Number ? NO_ROOM_FOR_NUMBER : NO_ROOM);
  }

  /** Passes an answer to its call. Game thread, within {@link ScriptCommands#tick}. */
  private void answered(Ticket ticket, Object answer) {
    if (tickets.get(ticket.id) != ticket) {
      return; // the call has ended that waited for this answer
    }
    if (ticket.callback) {
      tickets.take(ticket);
      String entry = ticket.subject + " callback of " + ticket.call.entry();
      NpcCall call =
          new NpcCall(this, ++lastId, entry, ticket.call.host, UNHEARD, ticket.call.root);
      turn(call, () -> realm.callback(call.id, ticket.id, answer));
    } else if (ticket.awaited) {
      tickets.take(ticket);
      turn(ticket.call, () -> realm.resume(ticket.call.id, answer));
    } else {
      ticket.answered = true;
      ticket.answer = answer;
    }
  }

  private void turn(NpcCall call, Turn turn) {
    running.put(call.id, call);
    try {
      inTurn(call, turn);
    } catch (TurnStopped e) {
      fail(call, ScriptProblem.Kind.LIMIT, e.getMessage(), null);
    } catch (OutOfMemoryError e) {
      fail(call, ScriptProblem.Kind.LIMIT, message(e), e);
    } catch (Throwable e) {
      fail(call, ScriptProblem.Kind.SCRIPT, message(e), e);
    }
    if (call.ended()) {
      forget(call);
    } else if (call.returned != null) {
      end(call, call.returned);
    } else if (call.steps > limits.maxStepsPerResume()) {
      String what = "more than " + limits.maxStepsPerResume() + " yields without waiting";
      fail(call, ScriptProblem.Kind.LIMIT, what, null);
    }
  }

  /** Runs a turn of {@code call}, perhaps within another turn that has called the host. */
  private void inTurn(NpcCall call, Turn turn) throws Exception {
    NpcCall outer = current;
    current = call;
    call.steps = 0;
    toldNoRoom = false;
    try {
      turn.run();
    } finally {
      current = outer;
    }
  }

  private String problem(List<?> args) {
    if (unloaded) {
      return "the script is unloaded";
    }
    for (int i = 0; i < args.size(); i++) {
      if (!ScriptValues.passes(args.get(i))) {
        return "argument " + (i + 1) + " is not a text, a flag, or a number a script can hold";
      }
    }
    return null;
  }

  private void fail(NpcCall call, ScriptProblem.Kind kind, String message, Throwable cause) {
    if (!call.ended()) {
      report(kind, call.entry(), message, cause);
      end(call, CallEnd.failed(message));
    }
  }

  private void end(NpcCall call, CallEnd how) {
    running.remove(call.id);
    tickets.takeAll(ticket -> ticket.call == call && !ticket.callback);
    call.end(how, problems);
  }

  private int drop(Predicate<NpcCall> which) {
    for (Ticket ticket : tickets.takeAll(ticket -> which.test(ticket.call))) {
      quietly(() -> realm.forget(ticket.call.id, ticket.id));
    }
    List<NpcCall> ending = new ArrayList<>(running.values());
    ending.removeIf(which.negate());
    ending.forEach(call -> end(call, CallEnd.cancelled()));
    return ending.size();
  }

  /** Makes {@code driver.js} forget a call; for use after the turn in which the call ended. */
  private void forget(NpcCall call) {
    quietly(() -> realm.forget(call.id, NO_ROOM));
  }

  private void quietly(Turn turn) {
    try {
      turn.run();
    } catch (Throwable e) {
      report(ScriptProblem.Kind.SCRIPT, "cancel", message(e), e);
    }
  }

  private void report(ScriptProblem.Kind kind, String subject, String message, Throwable cause) {
    problems.report(kind, name, subject, message, cause);
  }

  private ScriptException scriptException(Throwable e) {
    ScriptException wrapped = new ScriptException(name + ": " + message(e));
    wrapped.initCause(e);
    return wrapped;
  }

  private static String message(Throwable e) {
    if (e instanceof StackOverflowError) {
      return "calls nested too deep";
    }
    return e instanceof OutOfMemoryError
        ? "stopped: the server has not the memory this turn asked for"
        : String.valueOf(e.getMessage());
  }

  /** Work to do inside the engine. */
  private interface Turn {
    void run() throws Exception;
  }
}

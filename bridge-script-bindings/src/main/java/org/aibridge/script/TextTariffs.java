package org.aibridge.script;

import org.mozilla.javascript.Callable;
import org.mozilla.javascript.ScriptRuntime;
import org.mozilla.javascript.Scriptable;
import org.mozilla.javascript.Undefined;

/** The prices of JavaScript's functions for texts and regular expressions. */
final class TextTariffs {
  private TextTariffs() {}

  static Object each(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    Scriptable text = text(turn, scope, self);
    long cost = Tariff.CALL + Tariff.textLength(text) / 4;
    for (Object each : args) {
      cost += Tariff.weight(each);
    }
    turn.spend(cost);
    return builtIn.call(turn, scope, text, args);
  }

  /** Charges for the worst case: the whole pattern is compared at each position of the text. */
  static Object find(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    Scriptable text = text(turn, scope, self);
    Object[] due = pattern(args);
    turn.spend(Tariff.CALL + scan(text, due));
    return builtIn.call(turn, scope, text, due);
  }

  static Object compare(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    Scriptable text = text(turn, scope, self);
    Object[] due = pattern(args);
    turn.spend(
        Tariff.CALL
            + 8L * Tariff.textLength(text)
            + (due.length > 0 ? 8L * Tariff.textLength(due[0]) : 0));
    return builtIn.call(turn, scope, text, due);
  }

  static Object concat(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    Scriptable text = text(turn, scope, self);
    Object[] due = new Object[args.length];
    long length = Tariff.textLength(text);
    for (int i = 0; i < args.length; i++) {
      String part = ScriptRuntime.toString(args[i]);
      due[i] = part;
      length = RhinoTurn.text(length + part.length());
    }
    turn.spend(Tariff.CALL + args.length + length / 16);
    return builtIn.call(turn, scope, text, due);
  }

  static Object repeat(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    Scriptable text = text(turn, scope, self);
    double times = ScriptRuntime.toInteger(args, 0);
    double length = times > 0 ? Tariff.textLength(text) * times : 0;
    turn.spend(Tariff.CALL + RhinoTurn.text((long) length) / 16);
    return builtIn.call(turn, scope, text, new Object[] {times});
  }

  static Object pad(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    Scriptable text = text(turn, scope, self);
    double length = ScriptRuntime.toInteger(args, 0);
    turn.spend(Tariff.CALL + (length > 0 ? RhinoTurn.text((long) length) / 16 : 0));
    return builtIn.call(turn, scope, text, Tariff.with(args, 0, length));
  }

  static Object match(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    Scriptable text = text(turn, scope, self);
    Object[] due = pattern(args);
    turn.spend(Tariff.CALL + Tariff.textLength(text) / 4);
    if (due.length > 0 && due[0] instanceof CharSequence source) {
      turn.spend(compiling(source));
    }
    return builtIn.call(turn, scope, text, due);
  }

  /** Charges for a new regular expression. */
  static Object compile(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    Object[] due = pattern(args);
    turn.spend(Tariff.CALL);
    if (due.length > 0 && due[0] instanceof CharSequence source) {
      turn.spend(compiling(source));
    } else if (due.length > 0 && due[0] instanceof Scriptable expression) {
      turn.spend(compiling(String.valueOf(expression.get("source", expression))));
    }
    return builtIn.call(turn, scope, self, due);
  }

  /** Returns the price to compile a pattern; a character class can be slow if case is ignored. */
  private static long compiling(CharSequence source) {
    long cost = 8L * RhinoTurn.text(source.length());
    for (int i = 0; i < source.length(); i++) {
      cost += source.charAt(i) == '[' ? 10_000 : 0;
    }
    return cost;
  }

  static Object replace(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    Scriptable text = text(turn, scope, self);
    Object[] due = pattern(args);
    turn.spend(Tariff.CALL + scan(text, due));
    return builtIn.call(turn, scope, text, replacement(due));
  }

  /** Charges for {@code RegExp.prototype[Symbol.replace]}. */
  static Object replaceBy(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    Object[] due = pattern(args);
    turn.spend(Tariff.CALL + (due.length > 0 ? Tariff.textLength(due[0]) / 4 : 0));
    return builtIn.call(turn, scope, self, replacement(due));
  }

  /** Turns the replacement into a function that charges for the result of each match. */
  private static Object[] replacement(Object[] args) {
    Object given = args.length > 1 ? args[1] : Undefined.instance;
    if (given instanceof PricedFunction) {
      return args; // The script passed this function to replace(), so it already has a price.
    }
    Callable function =
        given instanceof Callable callable
            ? callable
            : new Replacement(ScriptRuntime.toString(given));
    long[] made = new long[1];
    return Tariff.with(
        args,
        1,
        Tariff.priced(
            Tariff.CALL,
            (context, scope, self, match) -> {
              String text = ScriptRuntime.toString(function.call(context, scope, self, match));
              made[0] = RhinoTurn.text(made[0] + text.length());
              ((RhinoTurn) context).spend(text.length() / 16);
              return text;
            }));
  }

  private static long scan(Scriptable text, Object[] due) {
    long length = Tariff.textLength(text);
    boolean plain = due.length > 0 && due[0] instanceof CharSequence;
    return length / 4 + (plain ? length * Tariff.textLength(due[0]) / 64 : 0);
  }

  /** Returns the receiver as a text; the conversion may run code of the script. */
  private static Scriptable text(RhinoTurn turn, Scriptable scope, Scriptable self) {
    boolean none = self == null || Undefined.isUndefined(self);
    if (none || self.getClassName().equals("String")) {
      Tariff.textLength(self);
      return self;
    }
    return ScriptRuntime.toObject(turn, scope, ScriptRuntime.toString(self));
  }

  /** Makes the first argument a text, unless it is a regular expression or missing. */
  private static Object[] pattern(Object[] args) {
    if (args.length == 0
        || args[0] instanceof CharSequence
        || Undefined.isUndefined(args[0])
        || args[0] instanceof Scriptable object && object.getClassName().equals("RegExp")) {
      return args;
    }
    return Tariff.with(args, 0, ScriptRuntime.toString(args[0]));
  }
}

package org.aibridge.script;

import org.mozilla.javascript.Callable;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.NativeArray;
import org.mozilla.javascript.ScriptRuntime;
import org.mozilla.javascript.Scriptable;
import org.mozilla.javascript.ScriptableObject;
import org.mozilla.javascript.Undefined;

/** The prices of JavaScript's array functions, in instructions. */
final class ArrayTariffs {
  private static final int OF_ARRAY = 2;

  /** The price of an element of an array-like object; such an element may take 300 bytes. */
  private static final int OF_OTHER = 24;

  private static final int CALLBACK = 20;
  private static final int COMPARISON = 10;

  /** The price of copying one element for a sort; the copy takes about 400 bytes. */
  private static final int COPY = 32;

  private ArrayTariffs() {}

  static Object construct(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    if (args.length == 1 && args[0] instanceof Number length) {
      RhinoTurn.elements(length.longValue());
    }
    turn.spend(Tariff.CALL + args.length);
    return builtIn.call(turn, scope, self, args);
  }

  static Object each(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    int price = price(self);
    if (args.length > 0) {
      price += args[0] instanceof Callable ? CALLBACK : Tariff.textLength(args[0]) / 256;
    }
    turn.spend(Tariff.CALL + args.length + (long) price * length(self));
    return builtIn.call(turn, scope, self, args);
  }

  static Object shift(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    int length = length(self);
    turn.spend(Tariff.CALL + (self instanceof NativeArray ? length / 16 : OF_OTHER * length));
    return builtIn.call(turn, scope, self, args);
  }

  static Object apply(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    if (args.length > 1 && args[1] instanceof Scriptable list) {
      turn.spend((long) price(list) * length(list));
    }
    turn.spend(Tariff.CALL);
    return builtIn.call(turn, scope, self, args);
  }

  static Object sort(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    long each = self instanceof NativeArray ? COMPARISON : COPY;
    turn.spend(Tariff.CALL + each * length(self));
    Object[] due = args;
    if (args.length == 0 || Undefined.isUndefined(args[0])) {
      due = Tariff.with(args, 0, Tariff.priced(COMPARISON, ArrayTariffs::compare));
    } else if (args[0] instanceof Callable comparator) {
      due = Tariff.with(args, 0, Tariff.priced(CALLBACK, comparator));
    }
    return builtIn.call(turn, scope, self, due);
  }

  private static Object compare(Context context, Scriptable scope, Scriptable self, Object[] pair) {
    String left = ScriptRuntime.toString(pair[0]);
    String right = ScriptRuntime.toString(pair[1]);
    ((RhinoTurn) context).spend(Math.min(left.length(), right.length()) / 64);
    return left.compareTo(right);
  }

  /**
   * Joins an array without Rhino: the price depends on the elements, which may be texts or arrays.
   */
  static Object join(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    turn.spend(Tariff.CALL);
    int length = length(self);
    String separator =
        args.length == 0 || Undefined.isUndefined(args[0]) ? "," : ScriptRuntime.toString(args[0]);
    StringBuilder joined = new StringBuilder();
    if (self == null || !turn.joining.add(self)) {
      return ""; // The array contains itself.
    }
    try {
      for (int i = 0; i < length; i++) {
        Object element = ScriptableObject.getProperty(self, i);
        boolean none =
            element == null || element == Scriptable.NOT_FOUND || Undefined.isUndefined(element);
        String text = none ? "" : ScriptRuntime.toString(element);
        turn.spend(price(self) + text.length() / 16);
        joined.append(i == 0 ? "" : separator).append(text);
        RhinoTurn.text(joined.length());
      }
    } finally {
      turn.joining.remove(self);
    }
    return joined.toString();
  }

  private static int price(Scriptable list) {
    return list instanceof NativeArray ? OF_ARRAY : OF_OTHER;
  }

  /**
   * Returns the length that a built-in function will find; fails where a script could change the
   * length in between.
   */
  private static int length(Scriptable list) {
    if (list instanceof NativeArray array) {
      return RhinoTurn.elements(array.getLength());
    }
    for (Scriptable each = list; each != null; each = each.getPrototype()) {
      if (each.has("length", each)) {
        Object getter = null;
        if (each instanceof ScriptableObject object) {
          getter = object.getGetterOrSetter("length", 0, object, false);
        }
        Object length = getter instanceof Callable ? getter : each.get("length", list);
        if (length instanceof Scriptable) {
          throw ScriptRuntime.typeError("the length of an array must be a number");
        }
        double number = ScriptRuntime.toInteger(length);
        return number > 0 ? RhinoTurn.elements((long) number) : 0;
      }
    }
    return 0;
  }
}

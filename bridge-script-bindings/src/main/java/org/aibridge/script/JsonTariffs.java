package org.aibridge.script;

import java.util.IdentityHashMap;
import java.util.Map;
import org.mozilla.javascript.Callable;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.NativeArray;
import org.mozilla.javascript.ScriptRuntime;
import org.mozilla.javascript.Scriptable;

/** What JSON costs. */
final class JsonTariffs {
  private static final int NODE = 10;

  private JsonTariffs() {}

  static Object parse(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    String text = ScriptRuntime.toString(args, 0);
    turn.spend(Tariff.CALL + RhinoTurn.text(text.length()));
    Object[] due = Tariff.with(args, 0, text);
    if (due.length > 1 && due[1] instanceof Callable reviver) {
      due[1] = Tariff.priced(Tariff.CALL, reviver);
    }
    return builtIn.call(turn, scope, self, due);
  }

  /** Through a replacer that counts: an object that is met twice is written twice. */
  static Object stringify(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    turn.spend(Tariff.CALL);
    Object replacer = args.length > 1 ? args[1] : null;
    Counter counter = new Counter(replacer);
    return builtIn.call(
        turn, scope, self, Tariff.with(args, 1, Tariff.priced(NODE, counter::visit)));
  }

  private static final class Counter {
    /** Rhino copies what is within an object once for each object around it. */
    private final Map<Object, Integer> depths = new IdentityHashMap<>();

    private final Object replacer;
    private long length;

    Counter(Object replacer) {
      this.replacer = replacer;
    }

    Object visit(Context context, Scriptable scope, Scriptable holder, Object[] keyAndValue) {
      Object value = keyAndValue[1];
      if (replacer instanceof Callable function) {
        value = function.call(context, scope, holder, keyAndValue);
      } else if (replacer instanceof NativeArray names
          && value instanceof Scriptable object
          && !(value instanceof NativeArray)
          && !(value instanceof Callable)) {
        value = only(names, object, context, scope);
      }
      int depth = depths.getOrDefault(holder, 0) + 1;
      if (value instanceof Scriptable) {
        depths.put(value, depth);
      }
      int indented = 2 + Math.min(10, depth) * depth;
      int written = 8 + 6 * (Tariff.textLength(keyAndValue[0]) + Tariff.textLength(value));
      length = RhinoTurn.text(length + written / 6);
      ((RhinoTurn) context).spend((long) depth * (written + indented) / 16);
      return value;
    }

    private static Object only(
        NativeArray names, Scriptable object, Context context, Scriptable scope) {
      if (object.getClassName().equals("String")
          || object.getClassName().equals("Number")
          || object.getClassName().equals("Boolean")) {
        return object;
      }
      ((RhinoTurn) context).spend(Tariff.CALL + Tariff.weight(names) * 2);
      Scriptable chosen = context.newObject(scope);
      for (int i = 0; i < names.getLength(); i++) {
        String name = ScriptRuntime.toString(names.get(i, names));
        Object value = ScriptRuntime.getObjectElem(object, name, context, scope);
        ScriptRuntime.setObjectElem(chosen, name, value, context, scope);
      }
      return chosen;
    }
  }
}

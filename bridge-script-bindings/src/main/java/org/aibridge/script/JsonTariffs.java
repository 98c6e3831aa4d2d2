package org.aibridge.script;

import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.mozilla.javascript.Callable;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.NativeArray;
import org.mozilla.javascript.ScriptRuntime;
import org.mozilla.javascript.Scriptable;
import org.mozilla.javascript.Undefined;

/** The prices of JavaScript's JSON functions, in instructions. */
final class JsonTariffs {
  /** The price of each written value, which takes about 300 bytes. */
  private static final int NODE = 30;

  /** The price of each call of a reviver, including the name and the context made for it. */
  private static final int REVIVED = 96;

  private JsonTariffs() {}

  static Object parse(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    String text = ScriptRuntime.toString(args, 0);
    turn.spend(Tariff.CALL + RhinoTurn.text(text.length()));
    Object[] due = Tariff.with(args, 0, text);
    if (due.length > 1 && due[1] instanceof Callable reviver) {
      due[1] = Tariff.priced(REVIVED, reviver);
    }
    return builtIn.call(turn, scope, self, due);
  }

  /**
   * Charges for each value as it is written, by a replacer, since an object may be written twice.
   */
  static Object stringify(
      RhinoTurn turn, Scriptable scope, Scriptable self, Object[] args, Callable builtIn) {
    turn.spend(Tariff.CALL);
    Object replacer = args.length > 1 ? args[1] : null;
    boolean indents = args.length > 2 && !Undefined.isUndefined(args[2]);
    Counter counter = new Counter(turn, replacer, indents);
    return builtIn.call(
        turn, scope, self, Tariff.with(args, 1, Tariff.priced(NODE, counter::visit)));
  }

  private static final class Counter {
    /** The depth of each object; Rhino copies an object's text once for each level around it. */
    private final Map<Object, Integer> depths = new IdentityHashMap<>();

    private final Object replacer;

    /** The names of the properties to write if the replacer is a list; null otherwise. */
    private final Set<String> names;

    private long length;

    private final boolean indents;

    Counter(RhinoTurn turn, Object replacer, boolean indents) {
      this.replacer = replacer;
      this.indents = indents;
      this.names = replacer instanceof NativeArray list ? names(turn, list) : null;
    }

    /** Returns the texts and numbers in the list as property names; ignores other elements. */
    private static Set<String> names(RhinoTurn turn, NativeArray list) {
      int length = RhinoTurn.elements(list.getLength());
      turn.spend(length);
      Set<String> names = new LinkedHashSet<>();
      for (int i = 0; i < length; i++) {
        Object name = list.get(i, list);
        if (name instanceof CharSequence || name instanceof Number) {
          turn.spend(NODE);
          names.add(ScriptRuntime.toString(name));
        }
      }
      return names;
    }

    Object visit(Context context, Scriptable scope, Scriptable holder, Object[] keyAndValue) {
      Object value = keyAndValue[1];
      if (replacer instanceof Callable function) {
        value = function.call(context, scope, holder, keyAndValue);
      } else if (names != null
          && value instanceof Scriptable object
          && !(value instanceof NativeArray)
          && !(value instanceof Callable)) {
        value = only(object, context, scope);
      }
      int depth = depths.getOrDefault(holder, 0) + 1;
      if (value instanceof Scriptable) {
        depths.put(value, depth);
      }
      int indented = indents ? 2 + 10 * depth : 2;
      int written = 8 + 6 * (Tariff.textLength(keyAndValue[0]) + Tariff.textLength(value));
      length = RhinoTurn.text(length + written / 6);
      ((RhinoTurn) context).spend((long) depth * (written + indented) / (indents ? 3 : 16));
      return value;
    }

    private Object only(Scriptable object, Context context, Scriptable scope) {
      if (object.getClassName().equals("String")
          || object.getClassName().equals("Number")
          || object.getClassName().equals("Boolean")) {
        return object;
      }
      ((RhinoTurn) context).spend(Tariff.CALL + 2L * names.size());
      Scriptable chosen = context.newObject(scope);
      for (String name : names) {
        if (ScriptRuntime.hasObjectElem(object, name, context)) {
          Object value = ScriptRuntime.getObjectElem(object, name, context, scope);
          ((RhinoTurn) context).spend(NODE);
          ScriptRuntime.setObjectElem(chosen, name, value, context, scope);
        }
      }
      return chosen;
    }
  }
}

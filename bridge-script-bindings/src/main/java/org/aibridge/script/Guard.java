package org.aibridge.script;

import org.mozilla.javascript.BaseFunction;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.NativeArray;
import org.mozilla.javascript.ScriptRuntime;
import org.mozilla.javascript.Scriptable;
import org.mozilla.javascript.ScriptableObject;
import org.mozilla.javascript.SymbolKey;

/**
 * A function that {@link SourceScreen} puts around sums and spreads, to stop values of a huge
 * length.
 */
final class Guard extends BaseFunction {
  private static final long serialVersionUID = 1L;
  private static final int FIXED = READONLY | PERMANENT | DONTENUM;

  private final transient Object iterator;

  private Guard(Object iterator) {
    this.iterator = iterator;
  }

  /** Installs the guard for {@link SourceScreen} under a name that no script can write. */
  static void install(ScriptableObject root) {
    Scriptable arrays = ScriptableObject.getArrayPrototype(root);
    Guard guard = new Guard(ScriptableObject.getProperty(arrays, SymbolKey.ITERATOR));
    root.defineProperty(SourceScreen.GUARD, guard, FIXED);
    for (String each : new String[] {"String", "Number"}) {
      ScriptableObject prototype =
          (ScriptableObject) ScriptableObject.getClassPrototype(root, each);
      prototype.defineProperty(
          Context.getCurrentContext(), SourceScreen.GUARD, Guard::primitive, null, FIXED);
    }
  }

  @Override
  public Object call(Context context, Scriptable scope, Scriptable self, Object[] args) {
    Object value = args[0];
    if (value instanceof NativeArray array) {
      RhinoTurn.elements(array.getLength());
      if (ScriptableObject.getProperty(array, SymbolKey.ITERATOR) != iterator) {
        throw ScriptRuntime.typeError("an array whose iterator was replaced cannot be spread");
      }
    }
    ((RhinoTurn) context).spend(Tariff.textLength(value) / 64);
    return value;
  }

  /** A getter that guards a sum in places where the compiled code cannot call a function. */
  private static Object primitive(Scriptable wrapped) {
    ((RhinoTurn) Context.getCurrentContext()).spend(Tariff.textLength(wrapped) / 16);
    return wrapped.getDefaultValue(null);
  }
}

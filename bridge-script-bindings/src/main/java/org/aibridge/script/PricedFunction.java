package org.aibridge.script;

import org.mozilla.javascript.BaseFunction;
import org.mozilla.javascript.Callable;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.Scriptable;

/** Wraps a callback, and charges a price each time a built-in function calls it. */
final class PricedFunction extends BaseFunction {
  private static final long serialVersionUID = 1L;

  private final int instructions;
  private final transient Callable function;

  PricedFunction(int instructions, Callable function) {
    this.instructions = instructions;
    this.function = function;
  }

  @Override
  public Object call(Context context, Scriptable scope, Scriptable self, Object[] args) {
    ((RhinoTurn) context).spend(instructions);
    return function.call(context, scope, self, args);
  }
}

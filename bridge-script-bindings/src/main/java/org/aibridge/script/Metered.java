package org.aibridge.script;

import org.mozilla.javascript.BaseFunction;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.Scriptable;

/** A built-in function whose price, in instructions, is charged before it runs. */
final class Metered extends BaseFunction {
  private static final long serialVersionUID = 1L;

  private final transient BaseFunction builtIn;
  private final transient Tariff tariff;

  Metered(BaseFunction builtIn, Tariff tariff) {
    this.builtIn = builtIn;
    this.tariff = tariff;
    setPrototype(builtIn.getPrototype());
    setParentScope(builtIn.getParentScope());
    setStandardPropertyAttributes(DONTENUM | READONLY);
    if (builtIn.getPrototypeProperty() instanceof Scriptable prototype) {
      setPrototypeProperty(prototype);
      setPrototypePropertyAttributes(DONTENUM | READONLY | PERMANENT);
    }
  }

  @Override
  public Object call(Context context, Scriptable scope, Scriptable self, Object[] args) {
    Object result = tariff.call((RhinoTurn) context, scope, self, args, builtIn);
    if (result instanceof CharSequence text) {
      RhinoTurn.text(text.length());
    }
    return result;
  }

  @Override
  public Scriptable construct(Context context, Scriptable scope, Object[] args) {
    return (Scriptable)
        tariff.call(
            (RhinoTurn) context,
            scope,
            null,
            args,
            (sameContext, sameScope, none, due) -> builtIn.construct(context, scope, due));
  }

  @Override
  public String getFunctionName() {
    return builtIn.getFunctionName();
  }

  @Override
  public int getLength() {
    return builtIn.getLength();
  }

  @Override
  public int getArity() {
    return builtIn.getArity();
  }
}

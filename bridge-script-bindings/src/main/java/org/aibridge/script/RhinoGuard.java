package org.aibridge.script;

import java.util.concurrent.Callable;
import javax.script.ScriptEngine;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.ContextFactory;
import org.mozilla.javascript.Scriptable;
import org.mozilla.javascript.ScriptableObject;
import org.mozilla.javascript.Symbol;
import org.mozilla.javascript.WrapFactory;
import org.mozilla.javascript.lc.type.TypeInfo;

/**
 * Keeps Rhino scripts away from Java, and stops those that do not end.
 *
 * <p>Rhino's javax.script engine has no setting for either, but works in the Context of its thread
 * when there is one: so each turn runs in a Context made here. This is the only class that knows
 * Rhino; it is loaded only when the host's engine is Rhino.
 */
final class RhinoGuard implements EngineGuard {
  private static final int OBSERVED_EVERY = 10_000;
  private static final int MAX_NESTED_CALLS = 1_000;

  private final Factory factory;

  RhinoGuard(long maxInstructions) {
    this.factory = new Factory(maxInstructions);
  }

  /** A turn inside another one, of any script, lives on what the outer one has left. */
  @Override
  public <T> T inside(Callable<T> turn) throws Exception {
    Context outer = Context.getCurrentContext();
    if (outer != null && !(outer instanceof Turn)) {
      throw new IllegalStateException(
          "the thread is inside a Rhino context of the host: leave it before calling NPC scripts");
    }
    factory.enterContext();
    try {
      return turn.call();
    } finally {
      Context.exit();
    }
  }

  /**
   * Runs the script in Rhino's own global object. In the engine's, which is made of Bindings, a
   * {@code const} of the top level fails.
   */
  @Override
  public void load(ScriptEngine engine, Object driver, String source) throws Exception {
    String name = String.valueOf(engine.get(ScriptEngine.FILENAME));
    Scriptable root = (Scriptable) ScriptableObject.getProperty((Scriptable) driver, "root");
    inside(
        () -> {
          Context context = Context.getCurrentContext();
          return context.compileString(source, name, 1, null).exec(context, root, root);
        });
  }

  private static final class Turn extends Context {
    private long instructionsLeft;

    Turn(Factory factory, long instructions) {
      super(factory);
      this.instructionsLeft = instructions;
    }

    /** Without Packages, java, JavaAdapter and their kin. */
    @Override
    public ScriptableObject initStandardObjects(ScriptableObject scope, boolean sealed) {
      return initSafeStandardObjects(scope, sealed);
    }
  }

  private static final class Factory extends ContextFactory {
    private final long maxInstructions;

    Factory(long maxInstructions) {
      this.maxInstructions = maxInstructions;
    }

    @Override
    protected Context makeContext() {
      return new Turn(this, maxInstructions);
    }

    @Override
    protected void onContextCreated(Context context) {
      context.setLanguageVersion(Context.VERSION_ES6);
      // Compiled, 1.9.1 makes classes that do not verify of a yield amid an expression.
      context.setInterpretedMode(true);
      context.setMaximumInterpreterStackDepth(MAX_NESTED_CALLS);
      context.setClassShutter(name -> name.equals(Port.class.getName()));
      context.setWrapFactory(new PlainValues());
      context.setInstructionObserverThreshold(OBSERVED_EVERY);
      super.onContextCreated(context);
    }

    @Override
    protected boolean hasFeature(Context context, int feature) {
      return feature == Context.FEATURE_INTEGER_WITHOUT_DECIMAL_PLACE
          || super.hasFeature(context, feature);
    }

    @Override
    protected void observeInstructionCount(Context context, int instructions) {
      Turn turn = (Turn) context;
      turn.instructionsLeft -= instructions;
      if (turn.instructionsLeft < 0) {
        throw new TurnStopped(
            "stopped: more than " + maxInstructions + " instructions in one turn");
      }
    }
  }

  /**
   * Leaves the script's own values alone. Rhino's engine would wrap a text made with {@code +}, or
   * a symbol, like a Java object when it becomes a global.
   */
  private static final class PlainValues extends WrapFactory {
    PlainValues() {
      setJavaPrimitiveWrap(false);
    }

    @Override
    public Object wrap(Context context, Scriptable scope, Object value, TypeInfo type) {
      if (value instanceof CharSequence) {
        return value.toString();
      }
      return value instanceof Symbol ? value : super.wrap(context, scope, value, type);
    }
  }
}

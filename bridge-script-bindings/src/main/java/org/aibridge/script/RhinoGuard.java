package org.aibridge.script;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import javax.script.ScriptEngine;
import javax.script.ScriptException;
import org.aibridge.script.RhinoTurn.Rights;
import org.mozilla.javascript.BaseFunction;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.ContextFactory;
import org.mozilla.javascript.Function;
import org.mozilla.javascript.JSFunction;
import org.mozilla.javascript.Script;
import org.mozilla.javascript.ScriptRuntime;
import org.mozilla.javascript.Scriptable;
import org.mozilla.javascript.ScriptableObject;
import org.mozilla.javascript.Symbol;
import org.mozilla.javascript.WrapFactory;
import org.mozilla.javascript.lc.type.TypeInfo;

/**
 * Keeps Rhino scripts away from Java, and stops those that do not end.
 *
 * <p>Rhino's javax.script engine has no setting for either purpose, but uses the Context of its
 * thread if there is one: so each turn runs in a Context made here. This class is loaded only if
 * the host's engine is Rhino.
 */
final class RhinoGuard implements EngineGuard {
  private static final int OBSERVED_EVERY = 2_000;
  private static final int MAX_NESTED_CALLS = 1_000;

  /** The library's own scripts. They are long, so each is compiled only once. */
  private static final Map<String, Script> OWN = new ConcurrentHashMap<>();

  private final Factory factory;

  RhinoGuard(long maxInstructions) {
    this.factory = new Factory(maxInstructions);
  }

  /**
   * Runs a turn; a turn inside another one, even of another script, shares the outer one's budget.
   */
  @Override
  public <T> T inside(Callable<T> turn) throws Exception {
    Context outer = Context.getCurrentContext();
    if (outer != null && !(outer instanceof RhinoTurn)) {
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
   * Runs the script in Rhino's own global object. In the engine's global object, which is made of
   * Bindings, a top-level {@code const} fails.
   */
  @Override
  public void load(ScriptEngine engine, Object driver, String source) throws Exception {
    String name = String.valueOf(engine.get(ScriptEngine.FILENAME));
    Scriptable root = root(driver);
    inside(
        () -> {
          RhinoTurn turn = RhinoTurn.current();
          return with(Rights.LOAD, () -> turn.compileString(source, name, 1, null))
              .exec(turn, root, root);
        });
  }

  /** Calls the function directly: the javax.script engine would make a scope for each call. */
  @Override
  public Object invoke(ScriptEngine engine, Object driver, String function, Object... args)
      throws Exception {
    Scriptable object = (Scriptable) driver;
    return inside(
        () ->
            ((Function) ScriptableObject.getProperty(object, function))
                .call(Context.getCurrentContext(), object.getParentScope(), object, args));
  }

  @Override
  public Object install(ScriptEngine engine, ScriptPort port) throws Exception {
    return inside(() -> with(Rights.INSTALL, () -> install(root(engine), port)));
  }

  private static Object install(ScriptableObject root, ScriptPort port) throws ScriptException {
    RhinoTurn turn = RhinoTurn.current();
    root.put(ScriptRealm.PORT, root, new NativePort(port));
    // Only the driver is compiled to Java classes, since it takes most of a turn's time.
    Object driver = own(ScriptRealm.DRIVER, false).exec(turn, root, root);
    root.delete(ScriptRealm.PORT);
    EngineGuard.closedOff(own(ScriptRealm.CLOSE_OFF, true).exec(turn, root, root));
    Function meter = (Function) own("meter.js", true).exec(turn, root, root);
    meter.call(turn, root, root, new Object[] {new Meter()});
    Guard.install(root);
    return driver;
  }

  private static Script own(String name, boolean interpreted) {
    return OWN.computeIfAbsent(
        name,
        file -> {
          RhinoTurn turn = RhinoTurn.current();
          turn.setInterpretedMode(interpreted);
          try {
            return turn.compileString(ScriptRealm.resource(file), file, 1, null);
          } finally {
            turn.setInterpretedMode(true);
          }
        });
  }

  private static ScriptableObject root(ScriptEngine engine) throws ScriptException {
    return (ScriptableObject) engine.eval("globalThis");
  }

  private static ScriptableObject root(Object driver) {
    return (ScriptableObject) ScriptableObject.getProperty((Scriptable) driver, "root");
  }

  private static <T> T with(Rights rights, Callable<T> work) throws Exception {
    RhinoTurn turn = RhinoTurn.current();
    Rights before = turn.become(rights);
    try {
      return work.call();
    } finally {
      turn.become(before);
    }
  }

  /** Lets {@code meter.js} put a tariff on a built-in function. */
  private static final class Meter extends BaseFunction {
    private static final long serialVersionUID = 1L;

    @Override
    public Object call(Context context, Scriptable scope, Scriptable self, Object[] args) {
      String path = ScriptRuntime.toString(args[0]);
      if (args[1] instanceof JSFunction own) {
        return own;
      }
      return new Metered((BaseFunction) args[1], Tariff.of(path));
    }
  }

  /**
   * An object whose one property is {@code apply}; Rhino would call a Java object by reflection.
   */
  private static final class NativePort extends ScriptableObject {
    private static final long serialVersionUID = 1L;

    NativePort(ScriptPort port) {
      defineProperty(
          "apply",
          new BaseFunction() {
            private static final long serialVersionUID = 1L;

            @Override
            public Object call(Context context, Scriptable scope, Scriptable self, Object[] args) {
              return port.apply((String) args[0], args[1]);
            }
          },
          READONLY | PERMANENT);
    }

    @Override
    public String getClassName() {
      return "Port";
    }
  }

  private static final class Factory extends ContextFactory {
    private final long maxInstructions;

    Factory(long maxInstructions) {
      this.maxInstructions = maxInstructions;
    }

    @Override
    protected Context makeContext() {
      return new RhinoTurn(this, maxInstructions);
    }

    @Override
    protected void onContextCreated(Context context) {
      context.setLanguageVersion(Context.VERSION_ES6);
      // Scripts are interpreted: Rhino 1.9.1 makes invalid classes from a yield in an expression.
      context.setInterpretedMode(true);
      context.setMaximumInterpreterStackDepth(MAX_NESTED_CALLS);
      context.setClassShutter(name -> false);
      context.setWrapFactory(new PlainValues());
      context.setInstructionObserverThreshold(OBSERVED_EVERY);
      super.onContextCreated(context);
    }

    @Override
    protected boolean hasFeature(Context context, int feature) {
      return switch (feature) {
        case Context.FEATURE_INTEGER_WITHOUT_DECIMAL_PLACE -> true;
        case Context.FEATURE_PARENT_PROTO_PROPERTIES -> false;
        default -> super.hasFeature(context, feature);
      };
    }

    @Override
    protected void observeInstructionCount(Context context, int instructions) {
      ((RhinoTurn) context).observe(instructions);
    }
  }

  /**
   * Wraps none of the script's own values. Rhino's engine would wrap a text made with {@code +}, or
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

package org.aibridge.script;

import java.util.concurrent.Callable;
import javax.script.Compilable;
import javax.script.Invocable;
import javax.script.ScriptContext;
import javax.script.ScriptEngine;
import javax.script.ScriptException;

/** Puts limits on all code that an engine runs. */
interface EngineGuard {
  /** Runs {@code turn} within the guard's limits, on the calling thread. */
  <T> T inside(Callable<T> turn) throws Exception;

  /**
   * Puts the driver into a new engine, and checks that no way leads from the engine to Java.
   *
   * @return the object that {@code driver.js} returned
   * @throws ScriptException if a way leads to Java
   */
  default Object install(ScriptEngine engine, ScriptPort port) throws Exception {
    return inside(
        () -> {
          engine.put(ScriptEngine.FILENAME, ScriptRealm.DRIVER);
          engine.put(ScriptRealm.PORT, port);
          Object driver = eval(engine, ScriptRealm.resource(ScriptRealm.DRIVER));
          engine.getBindings(ScriptContext.ENGINE_SCOPE).remove(ScriptRealm.PORT);
          closedOff(eval(engine, ScriptRealm.resource(ScriptRealm.CLOSE_OFF)));
          return driver;
        });
  }

  /** Throws if {@code open}, which {@code close-off.js} returned, names a way to reach Java. */
  static void closedOff(Object open) throws ScriptException {
    if (!"".equals(String.valueOf(open))) {
      throw new ScriptException(
          "the engine lets scripts reach Java through"
              + open
              + ": have NpcScripts.withEngineFactory supply one that does not");
    }
  }

  /** Calls a function of the driver, which is the object that {@code driver.js} returned. */
  default Object invoke(ScriptEngine engine, Object driver, String function, Object... args)
      throws Exception {
    return inside(() -> ((Invocable) engine).invokeMethod(driver, function, args));
  }

  /**
   * Runs a script's top level.
   *
   * @param driver the object that {@code driver.js} returned in that engine
   */
  default void load(ScriptEngine engine, Object driver, String source) throws Exception {
    inside(() -> eval(engine, source));
  }

  /** Runs a source; compiles it first if the engine can, so that its line numbers start at 1. */
  static Object eval(ScriptEngine engine, String source) throws ScriptException {
    return engine instanceof Compilable compilable
        ? compilable.compile(source).eval()
        : engine.eval(source);
  }

  /** Returns the guard of an engine: with limits for Rhino, without limits for other engines. */
  static EngineGuard of(ScriptEngine engine, NpcLimits limits) {
    boolean rhino = engine.getClass().getName().startsWith("org.mozilla.javascript.");
    return rhino ? new RhinoGuard(limits.maxInstructionsPerResume()) : new Open();
  }

  /** A guard without limits, for an engine that needs none or cannot be limited. */
  final class Open implements EngineGuard {
    @Override
    public <T> T inside(Callable<T> turn) throws Exception {
      return turn.call();
    }
  }
}

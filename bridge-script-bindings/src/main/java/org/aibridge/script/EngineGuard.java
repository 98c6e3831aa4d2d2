package org.aibridge.script;

import java.util.concurrent.Callable;
import javax.script.Compilable;
import javax.script.ScriptEngine;
import javax.script.ScriptException;

/** Stands around every entry into an engine. */
interface EngineGuard {
  /** Runs {@code turn} under this guard's rules, on the calling thread. */
  <T> T inside(Callable<T> turn) throws Exception;

  /** Runs what the library itself has to do in an engine, without a limit. */
  default <T> T install(Callable<T> work) throws Exception {
    return inside(work);
  }

  /**
   * Bounds what single functions and operators can take, within {@link #install}.
   *
   * @param driver what {@code driver.js} answered in that engine
   */
  default void meter(Object driver) {}

  /**
   * Runs a script's top level.
   *
   * @param driver what {@code driver.js} answered in that engine
   */
  default void load(ScriptEngine engine, Object driver, String source) throws Exception {
    inside(() -> eval(engine, source));
  }

  /** Compiled where the engine can, for line numbers that start at 1 in all of them. */
  static Object eval(ScriptEngine engine, String source) throws ScriptException {
    return engine instanceof Compilable compilable
        ? compilable.compile(source).eval()
        : engine.eval(source);
  }

  /** The guard for an engine: Rhino has one of its own, others must come hardened. */
  static EngineGuard of(ScriptEngine engine, NpcLimits limits) {
    boolean rhino = engine.getClass().getName().startsWith("org.mozilla.javascript.");
    return rhino ? new RhinoGuard(limits.maxInstructionsPerResume()) : new Open();
  }

  /** For an engine that needs no help, or cannot be given any. */
  final class Open implements EngineGuard {
    @Override
    public <T> T inside(Callable<T> turn) throws Exception {
      return turn.call();
    }
  }
}

package org.aibridge.script;

import java.util.concurrent.Callable;
import javax.script.ScriptEngine;

/** Stands around every entry into an engine. */
interface EngineGuard {
  /** Runs {@code turn} under this guard's rules, on the calling thread. */
  <T> T inside(Callable<T> turn) throws Exception;

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

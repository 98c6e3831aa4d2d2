package org.aibridge.script;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Consumer;
import org.mozilla.javascript.CompilerEnvirons;
import org.mozilla.javascript.Context;
import org.mozilla.javascript.ContextFactory;
import org.mozilla.javascript.ErrorReporter;
import org.mozilla.javascript.Evaluator;
import org.mozilla.javascript.ScriptRuntime;
import org.mozilla.javascript.Scriptable;
import org.mozilla.javascript.ScriptableObject;

/** The Rhino context of one turn: what it may still spend, and what it may compile. */
final class RhinoTurn extends Context {
  /** The longest text that a script can make or hand to a built-in function, in characters. */
  static final int MAX_TEXT = 131_072;

  /** The longest array that a script can hand to a built-in function. */
  static final int MAX_ELEMENTS = 50_000;

  /** What the instructions of one turn can take, should each of them be slow, in nanoseconds. */
  private static final long MAX_CPU_NANOS = 250_000_000;

  private static final long MAX_ALLOCATED_BYTES = 64 << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** The arrays whose elements are being joined: one of them may be within itself. */
  final Set<Scriptable> joining = Collections.newSetFromMap(new IdentityHashMap<>());

  private final long maxInstructions;
  private final long startNanos = cpuNanos();
  private final long startBytes = THREADS.getCurrentThreadAllocatedBytes();
  private long instructionsLeft;
  private Rights rights = Rights.RUN;

  RhinoTurn(ContextFactory factory, long instructions) {
    super(factory);
    this.maxInstructions = instructions;
    this.instructionsLeft = instructions;
  }

  /** How long this thread has had a core. */
  static long cpuNanos() {
    return THREADS.getCurrentThreadCpuTime();
  }

  /** The turn that runs on this thread. */
  static RhinoTurn current() {
    return (RhinoTurn) Context.getCurrentContext();
  }

  /** From here on the turn has other rights; answers those it had. */
  Rights become(Rights now) {
    Rights before = rights;
    rights = now;
    return before;
  }

  /** Takes instructions from the turn, for work that is no instruction of the script. */
  void spend(long instructions) {
    instructionsLeft -= instructions;
    if (instructionsLeft < 0 && rights != Rights.INSTALL) {
      throw new TurnStopped("stopped: more than " + maxInstructions + " instructions in one turn");
    }
  }

  /** Called by the engine every some thousand instructions. */
  void observe(int instructions) {
    spend(instructions);
    if (rights == Rights.INSTALL) {
      return;
    }
    if (cpuNanos() - startNanos > MAX_CPU_NANOS) {
      throw new TurnStopped("stopped: more than 250 ms of computing in one turn");
    }
    if (THREADS.getCurrentThreadAllocatedBytes() - startBytes > MAX_ALLOCATED_BYTES) {
      throw new TurnStopped("stopped: more than 64 MB allocated in one turn");
    }
  }

  /** {@code length}, unless a text of that length is too long. */
  static int text(long length) {
    if (length > MAX_TEXT) {
      throw new TurnStopped("stopped: a text of more than " + MAX_TEXT + " characters");
    }
    return (int) length;
  }

  /** {@code length}, unless an array of that length is too long. */
  static int elements(long length) {
    if (length > MAX_ELEMENTS) {
      throw new TurnStopped("stopped: an array of more than " + MAX_ELEMENTS + " elements");
    }
    return (int) length;
  }

  /** Without Packages, java, JavaAdapter and their kin. */
  @Override
  public ScriptableObject initStandardObjects(ScriptableObject scope, boolean sealed) {
    return initSafeStandardObjects(scope, sealed);
  }

  @Override
  protected Object compileImpl(
      Scriptable scope,
      String source,
      String name,
      int line,
      Object securityDomain,
      boolean returnFunction,
      Evaluator compiler,
      ErrorReporter reporter,
      Consumer<CompilerEnvirons> environs) {
    if (rights == Rights.RUN) {
      throw ScriptRuntime.constructError("EvalError", "a script cannot compile a text");
    }
    return super.compileImpl(
        scope,
        source,
        name,
        line,
        securityDomain,
        returnFunction,
        rights == Rights.INSTALL ? compiler : new Screen(),
        reporter,
        environs);
  }

  /** What a turn may do beside running. */
  enum Rights {
    /** Nothing: the script's own code runs. */
    RUN,
    /** Compile a script, which is screened. */
    LOAD,
    /** Anything, at any length: the library's own code runs. */
    INSTALL
  }
}

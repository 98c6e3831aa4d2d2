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

/** The Rhino context of one turn, with its remaining instructions and its rights. */
final class RhinoTurn extends Context {
  /** The longest text that a script may make or pass to a built-in function, in characters. */
  static final int MAX_TEXT = 131_072;

  /** The maximum number of elements in an array that a script passes to a built-in function. */
  static final int MAX_ELEMENTS = 50_000;

  /** The maximum computing time of a turn in ns; a separate limit counts its instructions. */
  private static final long MAX_CPU_NANOS = 250_000_000;

  private static final long MAX_ALLOCATED_BYTES = 64 << 20;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** The arrays that are being joined now, so that an array that contains itself is detected. */
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

  /** The computing time that this thread has used so far, in nanoseconds. */
  static long cpuNanos() {
    return THREADS.getCurrentThreadCpuTime();
  }

  /** Returns the turn that runs on this thread. */
  static RhinoTurn current() {
    return (RhinoTurn) Context.getCurrentContext();
  }

  /** Sets the turn's rights, and returns the earlier ones. */
  Rights become(Rights now) {
    Rights before = rights;
    rights = now;
    return before;
  }

  /** Takes instructions from the turn's budget for work outside the script's own code. */
  void spend(long instructions) {
    instructionsLeft -= instructions;
    if (instructionsLeft < 0 && rights != Rights.INSTALL) {
      throw new TurnStopped("stopped: more than " + maxInstructions + " instructions in one turn");
    }
  }

  /** Checks the turn's limits; the engine calls this every few thousand instructions. */
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

  /** Returns {@code length}; stops the turn if a text of this length is too long. */
  static int text(long length) {
    if (length > MAX_TEXT) {
      throw new TurnStopped("stopped: a text of more than " + MAX_TEXT + " characters");
    }
    return (int) length;
  }

  /** Returns {@code length}; stops the turn if an array of this length is too long. */
  static int elements(long length) {
    if (length > MAX_ELEMENTS) {
      throw new TurnStopped("stopped: an array of more than " + MAX_ELEMENTS + " elements");
    }
    return (int) length;
  }

  /** Leaves out Packages, java, JavaAdapter and everything else that leads to Java. */
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
        rights == Rights.INSTALL ? compiler : new SourceScreen(),
        reporter,
        environs);
  }

  /** What a turn may do besides running code. */
  enum Rights {
    /** No right; for the script's own code. */
    RUN,
    /** The right to compile a script that has been screened. */
    LOAD,
    /** All rights and no limits; for the library's own code. */
    INSTALL
  }
}

package org.aibridge.script;

import java.util.Map;
import java.util.function.Consumer;

/** One call into an NPC script, from start to end. Game thread only. */
public final class NpcCall {
  private final ScriptRunner script;
  private final String entry;
  private final Consumer<CallEnd> onEnd;
  final Map<String, HostFunction> host;
  final int id;

  /**
   * The call that the host made: this one, or, if this is a callback, the one that asked for it.
   */
  final NpcCall root;

  int steps;

  /** How the call ended; null before the script returns. The turn still runs at that moment. */
  CallEnd returned;

  private CallEnd end;

  NpcCall(
      ScriptRunner script,
      int id,
      String entry,
      Map<String, HostFunction> host,
      Consumer<CallEnd> onEnd,
      NpcCall root) {
    this.script = script;
    this.id = id;
    this.entry = entry;
    this.host = host;
    this.onEnd = onEnd;
    this.root = root == null ? this : root;
  }

  /** The name of the entry point. */
  public String entry() {
    return entry;
  }

  /** True if the entry point has returned or failed, or if the call was cancelled. */
  public boolean ended() {
    return end != null;
  }

  /**
   * Drops the call, as for a player who left: a script suspended in it never resumes, and no
   * callback of its commands runs. Does nothing when nothing is left to drop.
   */
  public void cancel() {
    script.cancel(this);
  }

  void end(CallEnd how, ProblemReporter problems) {
    end = how;
    try {
      onEnd.accept(how);
    } catch (Throwable e) {
      problems.report(
          ScriptProblem.Kind.HOST,
          script.name(),
          entry,
          "the host's onEnd threw: " + ProblemReporter.text(e),
          e);
    }
  }
}

package org.aibridge.script;

import java.util.Map;
import java.util.function.Consumer;

/** One call into an NPC script, from its start to its end. For the game thread alone. */
public final class NpcCall {
  private final ScriptRunner script;
  private final String entry;
  private final Consumer<CallEnd> onEnd;
  final Map<String, HostFunction> host;
  final int id;

  /** The call the host made; callbacks of its commands are calls that belong to it. */
  final NpcCall root;

  int steps;

  /** Set by the script's return, until the turn is over. */
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

  /** The entry point's name. */
  public String entry() {
    return entry;
  }

  /** Whether the entry point has returned, failed or been cancelled. */
  public boolean ended() {
    return end != null;
  }

  /**
   * Drops the call: a script suspended in it does not go on, and no callback of its commands runs.
   * For a player who left. Does nothing when there is nothing left to drop.
   */
  public void cancel() {
    script.cancel(this);
  }

  void end(CallEnd how, Problems problems) {
    end = how;
    try {
      onEnd.accept(how);
    } catch (Throwable e) {
      problems.report(
          ScriptProblem.Kind.HOST,
          script.name(),
          entry,
          "the host's onEnd threw: " + Problems.text(e),
          e);
    }
  }
}

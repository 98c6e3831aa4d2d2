package org.aibridge.script;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A loaded NPC script, with an engine and globals of its own. For the game thread alone.
 *
 * <p>Any number of calls can be under way in it, each suspended at its own {@code yield}.
 */
public final class NpcScript {
  private static final Consumer<CallEnd> UNHEARD = end -> {};

  private final ScriptRunner runner;

  NpcScript(ScriptRunner runner) {
    this.runner = runner;
  }

  /** The name it was loaded under. */
  public String name() {
    return runner.name();
  }

  /** Whether it has a global {@code function} of that name. */
  public boolean has(String entry) {
    return runner.has(entry);
  }

  /** {@link #call(String, HostFunctions, Consumer, Object...)} for a host that need not hear. */
  public NpcCall call(String entry, HostFunctions host, Object... args) {
    return call(entry, host, UNHEARD, args);
  }

  /**
   * Runs an entry point until it returns or waits for an answer, and returns.
   *
   * <p>Never throws for anything the script does. When the entry point is a {@code function*}, it
   * goes on at its {@code yield} inside a later {@link ScriptCommands#tick}.
   *
   * @param entry a global function of the script
   * @param host the host's functions for this call, for its callbacks too
   * @param onEnd hears once how the call ended, on the game thread; before this method returns when
   *     the script does not wait
   * @param args texts, flags, {@code null}, and numbers no larger than 2<sup>53</sup>
   */
  public NpcCall call(String entry, HostFunctions host, Consumer<CallEnd> onEnd, Object... args) {
    Objects.requireNonNull(entry, "entry");
    Objects.requireNonNull(onEnd, "onEnd");
    return runner.call(entry, host, onEnd, Arrays.asList(args));
  }

  /**
   * Drops all calls under way: none goes on, each hears that it was cancelled, late answers are
   * ignored. No code of the script runs for it, {@code finally} included.
   *
   * @return how many there were
   */
  public int cancel() {
    return runner.cancelAll();
  }

  /** How many calls are suspended until an answer comes. */
  public int suspended() {
    return runner.suspended();
  }

  /** How many answers are under way to this script, for suspended calls and callbacks. */
  public int waiting() {
    return runner.waiting();
  }

  void unload() {
    runner.unload();
  }
}

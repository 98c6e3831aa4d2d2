package org.aibridge.script;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A loaded NPC script, with an engine and globals of its own. Only for the game thread.
 *
 * <p>Any number of calls can be under way in a script, each suspended at its own {@code yield}.
 */
public final class NpcScript {
  private static final Consumer<CallEnd> UNHEARD = end -> {};

  private final ScriptRunner runner;

  NpcScript(ScriptRunner runner) {
    this.runner = runner;
  }

  /** The name under which the script was loaded. */
  public String name() {
    return runner.name();
  }

  /** True if the script has a global {@code function} of this name. */
  public boolean has(String entry) {
    return runner.has(entry);
  }

  /** Like {@link #call(String, HostFunctions, Consumer, Object...)}, but without {@code onEnd}. */
  public NpcCall call(String entry, HostFunctions host, Object... args) {
    return call(entry, host, UNHEARD, args);
  }

  /**
   * Runs an entry point until it returns or waits for an answer; never waits itself.
   *
   * <p>Never throws for anything the script does. An entry point that is a {@code function*}
   * resumes at its {@code yield} inside a later {@link ScriptCommands#tick}.
   *
   * @param entry a global function of the script
   * @param host the host's functions for this call and its callbacks
   * @param onEnd called once with the call's end, on the game thread; before this method returns if
   *     the script does not wait
   * @param args texts, flags, {@code null}, and numbers no larger than 2<sup>53</sup>
   */
  public NpcCall call(String entry, HostFunctions host, Consumer<CallEnd> onEnd, Object... args) {
    Objects.requireNonNull(entry, "entry");
    Objects.requireNonNull(onEnd, "onEnd");
    return runner.call(entry, host, onEnd, Arrays.asList(args));
  }

  /**
   * Drops all calls under way: none resumes, each one's {@code onEnd} is told that it was
   * cancelled, and late answers are ignored. No code of the script runs meanwhile, not even a
   * {@code finally}.
   *
   * @return the number of calls dropped
   */
  public int cancel() {
    return runner.cancelAll();
  }

  /** The number of calls that wait for an answer. */
  public int suspended() {
    return runner.suspended();
  }

  /** The number of answers, for calls and callbacks, that have not reached the script yet. */
  public int waiting() {
    return runner.waiting();
  }

  void unload() {
    runner.unload();
  }
}

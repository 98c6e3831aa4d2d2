package org.aibridge.script;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import javax.script.ScriptEngine;
import javax.script.ScriptEngineFactory;
import javax.script.ScriptException;

/**
 * NPC scripts in JavaScript, on any {@code javax.script} engine that has generators.
 *
 * <p>A script waits for the AI service with {@code yield}, which suspends the script and not the
 * game thread; the script resumes inside a later {@link ScriptCommands#tick}. Only for the game
 * thread, or for the thread that boots the server before there is one.
 *
 * <p>Each script has an engine of its own, so scripts share no globals. With Rhino, scripts cannot
 * reach Java, and the time and memory of a turn are bounded, inside built-in functions too; the
 * memory that a script keeps between turns is not. With another engine, the engine that the host
 * supplies must see to all this.
 */
public final class NpcScripts {
  private final ScriptCommands commands;
  private final Supplier<ScriptEngine> engines;
  private final NpcLimits limits;
  private final PendingCalls.Total total = new PendingCalls.Total();
  private final Map<String, NpcScript> byName = new HashMap<>();

  private NpcScripts(ScriptCommands commands, Supplier<ScriptEngine> engines, NpcLimits limits) {
    this.commands = Objects.requireNonNull(commands, "commands");
    this.engines = Objects.requireNonNull(engines, "engines");
    this.limits = Objects.requireNonNull(limits, "limits");
  }

  /**
   * Returns scripts on Rhino, sandboxed.
   *
   * <p>The first call in a JVM warms the engine up, for at most two seconds of computing, so call
   * this method at the boot.
   *
   * @throws IllegalStateException if {@code org.mozilla:rhino-engine} is not on the class path
   */
  public static NpcScripts withRhino(ScriptCommands commands, NpcLimits limits) {
    Supplier<ScriptEngine> engines = rhino()::getScriptEngine;
    ScriptWarmup.run(engines);
    return new NpcScripts(commands, engines, limits);
  }

  /**
   * Returns scripts on engines that the host makes.
   *
   * @param engines supplies a new engine for each script, one that is {@link
   *     javax.script.Invocable} and does not let scripts reach Java; Rhino engines are sandboxed
   *     here
   */
  public static NpcScripts withEngineFactory(
      ScriptCommands commands, Supplier<ScriptEngine> engines, NpcLimits limits) {
    return new NpcScripts(commands, engines, limits);
  }

  /**
   * Reads a file in UTF-8 and {@linkplain #load(String, Reader) loads} it.
   *
   * @throws IOException if {@code file} cannot be read
   * @throws ScriptException if the script cannot be run
   */
  public NpcScript load(String name, Path file) throws IOException, ScriptException {
    try (Reader source = Files.newBufferedReader(file)) {
      return load(name, source);
    }
  }

  /**
   * Compiles a script and runs its top level, which usually only declares functions.
   *
   * <p>Reading and compiling take milliseconds: load at the boot, or when an operator reloads. A
   * script loaded earlier under {@code name} is unloaded once the new one has loaded; if the new
   * one fails to load, the old one stays.
   *
   * @param name a unique name, for quotas and log lines
   * @throws IOException if {@code source} cannot be read
   * @throws ScriptException if the script has a mistake or its top level throws or does not end, or
   *     the engine lets scripts reach Java
   */
  public NpcScript load(String name, Reader source) throws IOException, ScriptException {
    Objects.requireNonNull(name, "name");
    StringWriter text = new StringWriter();
    source.transferTo(text);
    ScriptRunner runner = new ScriptRunner(name, commands, limits, total, engines.get());
    runner.load(text.toString());
    NpcScript script = new NpcScript(runner);
    NpcScript replaced = byName.put(name, script);
    if (replaced != null) {
      replaced.unload();
    }
    return script;
  }

  /** Returns the script that was loaded as {@code name}; empty if there is none. */
  public Optional<NpcScript> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /**
   * Drops the calls under way in the script, which stays loaded.
   *
   * @return the number of calls dropped; 0 for a name that is not loaded
   */
  public int cancel(String name) {
    return find(name).map(NpcScript::cancel).orElse(0);
  }

  /** Removes the script and its calls. Does nothing if no script has this name. */
  public void unload(String name) {
    NpcScript gone = byName.remove(name);
    if (gone != null) {
      gone.unload();
    }
  }

  /** The number of answers that have not reached their scripts yet, over all scripts. */
  public int waiting() {
    return total.tickets();
  }

  private static ScriptEngineFactory rhino() {
    return ServiceLoader.load(ScriptEngineFactory.class, NpcScripts.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .filter(each -> each.getNames().contains("rhino"))
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("org.mozilla:rhino-engine is not on the class path"));
  }
}

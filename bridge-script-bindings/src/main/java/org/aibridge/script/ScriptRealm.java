package org.aibridge.script;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.script.Invocable;
import javax.script.ScriptContext;
import javax.script.ScriptEngine;
import javax.script.ScriptException;
import javax.script.SimpleBindings;

/** The engine of one script, with its own globals and built-in objects. */
final class ScriptRealm {
  /** The name of the global that holds the port while {@link #DRIVER} is installed. */
  static final String PORT = "__aiBridgePort";

  static final String DRIVER = "driver.js";
  static final String CLOSE_OFF = "close-off.js";

  private final ScriptEngine engine;
  private final EngineGuard guard;
  private final ScriptPort port;
  private final Set<String> defined = new HashSet<>();
  private final Object driver;

  ScriptRealm(String script, ScriptEngine engine, EngineGuard guard, ScriptPort port)
      throws Exception {
    this.engine = engine;
    this.guard = guard;
    this.port = port;
    if (!(engine instanceof Invocable)) {
      throw new ScriptException("the engine is not javax.script.Invocable: " + engine.getClass());
    }
    engine.getContext().setWriter(Writer.nullWriter());
    engine.getContext().setBindings(new SimpleBindings(), ScriptContext.GLOBAL_SCOPE);
    this.driver = guard.install(engine, port);
    engine.put(ScriptEngine.FILENAME, script);
    for (ScriptCommand command : ScriptCommand.values()) {
      define(command.commandName());
    }
  }

  /** Runs the script's top level. */
  void load(String source) throws Exception {
    guard.load(engine, driver, source);
  }

  /** True if the script has a global function of this name. */
  boolean has(String name) throws Exception {
    return Boolean.TRUE.equals(invoke("has", name));
  }

  /** Makes {@code name} a global function of the host, unless the script defines that global. */
  void define(String name) throws Exception {
    if (defined.add(name)) {
      invoke("define", name);
    }
  }

  void start(int call, String function, List<?> args) throws Exception {
    port.layOut(args);
    invoke("start", call, function);
  }

  void callback(int call, int ticket, Object answer) throws Exception {
    port.layOut(answer);
    invoke("callback", call, ticket);
  }

  void resume(int call, Object answer) throws Exception {
    port.layOut(answer);
    invoke("resume", call);
  }

  /** Makes {@code driver.js} forget a call and a ticket; runs none of the script's code. */
  void forget(int call, int ticket) throws Exception {
    invoke("forget", call, ticket);
  }

  private Object invoke(String function, Object... args) throws Exception {
    return guard.invoke(engine, driver, function, args);
  }

  static String resource(String name) {
    try (InputStream in = ScriptRealm.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package org.aibridge.script;

import java.io.StringReader;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.script.ScriptEngine;
import org.aibridge.api.AiBridge;
import org.aibridge.api.script.ScriptAnswer;
import org.aibridge.api.script.ScriptHttp;

/**
 * Runs a script of its own while the server boots: the first turn of a JVM loads hundreds of the
 * engine's classes, and the next turns run code that the JVM has not compiled yet.
 */
final class ScriptWarmup {
  private static final int ROUNDS = 2_000;

  /** The maximum computing time of the warm-up in ns; its real time is longer on busy cores. */
  private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** Names in several writing systems, so that the JVM compiles the code for all kinds of text. */
  private static final List<String> NAMES = List.of("Ann", "Jos\u00e9", "\ud55c\uae00");

  /** An answer of each kind that scripts get: normal, empty, not JSON, and failed. */
  private static final List<ScriptAnswer> ANSWERS =
      List.of(
          ScriptAnswer.answered(200, "{\"greeting\":\"hello\",\"list\":[1]}"),
          ScriptAnswer.answered(200, "{}"),
          ScriptAnswer.answered(200, "<p>\ud55c\uae00</p>"),
          ScriptAnswer.failed(0, "warm-up"));

  /** A status for scripts to parse, about as long as that of a real bridge. */
  private static final String STATUS =
      "{\"initialized\":true,\"http_client\":{\"healthy\":true},\"all\":["
          + "{\"name\":\"a gate's\",\"asked\":12345678,\"share\":0.25,\"open\":false,\"why\":null},"
              .repeat(16)
          + "{}]}";

  private static final AtomicBoolean DONE = new AtomicBoolean();

  private ScriptWarmup() {}

  /** Warms up once per JVM; a failure is logged, and scripts then run without a warm-up. */
  static void run(Supplier<ScriptEngine> engines) {
    if (!DONE.compareAndSet(false, true)) {
      return;
    }
    try {
      ScriptCommands commands = new ScriptCommands(bridge(), problem -> {});
      NpcScripts scripts = NpcScripts.withEngineFactory(commands, engines, NpcLimits.DEFAULT);
      List<NpcScript> npcs = new ArrayList<>();
      for (String name : NAMES) {
        npcs.add(scripts.load(name, new StringReader(ScriptRealm.resource("warm-up.js"))));
      }
      long start = RhinoTurn.cpuNanos();
      for (int i = 0; i < ROUNDS && RhinoTurn.cpuNanos() - start < MAX_NANOS; i++) {
        int which = i % NAMES.size();
        round(commands, npcs.get(which), NAMES.get(which));
      }
    } catch (Throwable e) {
      ProblemReporter.log(
          System.Logger.Level.WARNING,
          "The first turns will be slower, the warm-up failed: " + ProblemReporter.text(e),
          e);
    }
  }

  /** Returns a bridge that answers immediately and sends nothing. */
  private static AiBridge bridge() {
    AtomicInteger answers = new AtomicInteger();
    ScriptHttp http =
        of(
            ScriptHttp.class,
            (proxy, method, args) -> {
              @SuppressWarnings("unchecked")
              Consumer<ScriptAnswer> callback = (Consumer<ScriptAnswer>) args[args.length - 1];
              callback.accept(ANSWERS.get(answers.getAndIncrement() % ANSWERS.size()));
              return null;
            });
    return of(
        AiBridge.class,
        (proxy, method, args) -> method.getReturnType() == String.class ? STATUS : http);
  }

  private static <T> T of(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static void round(ScriptCommands commands, NpcScript npc, String player) {
    CompletableFuture<Object> answer = new CompletableFuture<>();
    HostFunctions host =
        HostFunctions.none().text("mes", line -> {}).on("choice", args -> answer).bind("now", NOW);
    npc.call("onTalk", host, 150_001, player);
    npc.call("onCallback", host, 1.5, true, null, 10_000_000_000L);
    npc.call("onMistake", host);
    npc.call("none", host);
    answer.complete("yes");
    while (commands.due() > 0) {
      commands.tick();
    }
    npc.call("onTalk", host).cancel();
  }

  private static final Supplier<Integer> NOW = () -> 1;
}

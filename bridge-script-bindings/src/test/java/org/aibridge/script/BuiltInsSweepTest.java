package org.aibridge.script;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.InputStreamReader;
import java.io.Reader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.aibridge.testdouble.RecordingBridge;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Calls all that a script can reach of the engine with hostile things: the functions are found by
 * walking, the calls are drawn.
 */
@Tag("slow")
class BuiltInsSweepTest {
  private static final long MAX_NANOS = 50_000_000;
  private static final long MAX_BYTES = 16 << 20;

  /** Draws for each function; more find more, {@code -Dsweep.calls=1000} takes an hour. */
  private static final int CALLS = Integer.getInteger("sweep.calls", 12);

  /** The calls spoil what they can: after so many functions there is a new scope. */
  private static final int FUNCTIONS_PER_SCOPE = 8;

  /** A machine that is busy elsewhere may be slow once, a call that is slow is so each time. */
  private static final int REPEATS = 4;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final ScriptCommands commands = new ScriptCommands(new RecordingBridge(), problem -> {});
  private final NpcScripts scripts = NpcScripts.withRhino(commands, NpcLimits.DEFAULT);
  private final Random random = new Random(15);
  private long startNanos;
  private long startBytes;
  private long nanos;
  private long bytes;

  @Test
  void noneTakesLongOrMuchMemory() throws Exception {
    List<String> tooMuch = new ArrayList<>();
    NpcScript npc = load();
    int functions = ask(npc, "count");
    int things = ask(npc, "things");
    for (int function = 0; function < functions; function++) {
      npc = function % FUNCTIONS_PER_SCOPE == 0 ? load() : npc;
      String path = String.valueOf(this.<Object>ask(npc, "path", function));
      for (int i = 0; i < CALLS; i++) {
        Object[] with = {
          function, random.nextInt(things), draw(things), draw(things), draw(things)
        };
        attack(npc, with);
        for (int again = 1; again < REPEATS && exceeds(); again++) {
          npc = load(); // Which unloads the one before.
          attack(npc, with);
        }
        if (exceeds()) {
          tooMuch.add(path + " " + List.of(with) + ": " + nanos / 1_000_000 + " ms, " + bytes);
        }
      }
    }

    assertThat(tooMuch).isEmpty();
    assertThat(functions).isGreaterThan(250);
  }

  /** Often nothing, so that functions of few arguments are called as they are meant. */
  private int draw(int things) {
    return random.nextInt(4) == 0 ? -1 : random.nextInt(things);
  }

  private boolean exceeds() {
    return nanos > MAX_NANOS || bytes > MAX_BYTES;
  }

  private void attack(NpcScript npc, Object... with) {
    startNanos = 0;
    HostFunctions host =
        HostFunctions.none()
            .on(
                "begin",
                args -> {
                  startBytes = THREADS.getCurrentThreadAllocatedBytes();
                  startNanos = THREADS.getCurrentThreadCpuTime();
                  return null;
                })
            .on(
                "end",
                args -> {
                  stop();
                  return null;
                });
    nanos = 0;
    bytes = 0;
    npc.call("attack", host, end -> {}, with);
    if (startNanos > 0) {
      stop();
    }
  }

  private void stop() {
    if (startNanos > 0) {
      nanos = THREADS.getCurrentThreadCpuTime() - startNanos;
      bytes = THREADS.getCurrentThreadAllocatedBytes() - startBytes;
      startNanos = 0;
    }
  }

  /** The scope as scripts find it, and large things, made in as many turns as it takes. */
  private NpcScript load() throws Exception {
    Reader source =
        new InputStreamReader(
            BuiltInsSweepTest.class.getResourceAsStream("sweep.js"), StandardCharsets.UTF_8);
    NpcScript npc = scripts.load("Sweep", source);
    while (this.<Integer>ask(npc, "look") > 0) {}
    while (this.<Integer>ask(npc, "grow") < 12_000) {}
    return npc;
  }

  @SuppressWarnings("unchecked")
  private <T> T ask(NpcScript npc, String function, Object... args) {
    List<CallEnd> ends = new ArrayList<>();
    npc.call(function, HostFunctions.none(), ends::add, args);
    assertThat(ends.get(0).problem()).isEmpty();
    return (T) ends.get(0).value();
  }
}

package org.aibridge.examples.mapserver;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import javax.script.ScriptException;
import org.aibridge.api.AiBridge;
import org.aibridge.script.CallEnd;
import org.aibridge.script.HostFunctions;
import org.aibridge.script.NpcCall;
import org.aibridge.script.NpcLimits;
import org.aibridge.script.NpcScript;
import org.aibridge.script.NpcScripts;
import org.aibridge.script.ScriptCommands;
import org.aibridge.script.ScriptProblem;

/**
 * NPCs that talk as their scripts say, one file for all NPCs of a name.
 *
 * <p>A player is in one talk at a time: a new one, or leaving, ends the one before. Whoever has no
 * script nods. Made by the thread that boots the server, then for the game thread only; the counts
 * are for others once that thread has ended.
 */
public final class ScriptedNpcs implements NpcTalk {
  private static final String ENTRY = "onTalk";
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final ScriptCommands commands;
  private final NpcScripts scripts;
  private final Map<Player, NpcCall> talks = new HashMap<>();
  private final TickTimes.Series firstTurns = new TickTimes.Series();
  private final TickTimes.Series firstTurnRuns = new TickTimes.Series();
  private int begun;
  private int completed;
  private int failed;
  private int cancelled;
  private int unanswered;
  private String firstFailure = "";

  /** Creates the NPCs; they have no scripts yet. */
  public ScriptedNpcs(AiBridge bridge) {
    this.commands = new ScriptCommands(bridge, this::problem);
    this.scripts = NpcScripts.withRhino(commands, NpcLimits.DEFAULT);
  }

  /** Returns the names of the NPCs that need a script. */
  public static Iterable<String> names() {
    return Catalogue.NPCS;
  }

  /** Returns the name of an NPC's script file: {@code quest_board.js} for {@code Quest Board}. */
  public static String fileOf(String npc) {
    return npc.toLowerCase(Locale.ROOT).replace(' ', '_') + ".js";
  }

  /**
   * Gives all NPCs of that name a script.
   *
   * @throws ScriptException if it has a mistake
   */
  public void load(String npc, String source) throws ScriptException {
    try (Reader reader = new StringReader(source)) {
      scripts.load(npc, reader);
    } catch (IOException e) {
      throw new IllegalStateException("a text in memory can always be read", e);
    }
  }

  @Override
  public void talk(Npc npc, Player player) {
    leave(player);
    NpcScript script = scripts.find(npc.name()).orElse(null);
    if (script == null) {
      player.hear(npc.name() + " nods.");
      return;
    }
    begun++;
    HostFunctions host = HostFunctions.none().text("mes", player::hear);
    long start = System.nanoTime();
    long startRun = THREADS.getCurrentThreadCpuTime();
    NpcCall call = script.call(ENTRY, host, this::ended, player.id(), player.name());
    long run = THREADS.getCurrentThreadCpuTime() - startRun;
    firstTurns.record(System.nanoTime() - start, run);
    firstTurnRuns.record(run, run);
    talks.put(player, call);
  }

  @Override
  public void leave(Player player) {
    NpcCall call = talks.remove(player);
    if (call != null) {
      call.cancel();
    }
  }

  @Override
  public void tick() {
    commands.tick();
  }

  private void ended(CallEnd end) {
    switch (end.outcome()) {
      case COMPLETED -> completed++;
      case FAILED -> failed++;
      case CANCELLED -> cancelled++;
    }
  }

  /** Counts and keeps a problem; writes no log, since this is the game thread. */
  private void problem(ScriptProblem problem) {
    if (problem.kind() == ScriptProblem.Kind.ANSWER) {
      unanswered++;
    } else if (firstFailure.isEmpty()) {
      firstFailure = problem.toString();
    }
  }

  /** Returns the numbers of talks, by the way in which they ended. */
  public Talks talks() {
    return new Talks(
        begun,
        completed,
        failed,
        cancelled,
        unanswered,
        firstFailure,
        firstTurns.stat(),
        firstTurnRuns.stat());
  }

  /**
   * What became of the talks.
   *
   * @param begun talks with an NPC that has a script
   * @param completed of those, the ones whose script ran to its end
   * @param failed of those, the ones whose script failed
   * @param cancelled of those, the ones whose player went away
   * @param unanswered requests that got no answer, which a script is prepared for
   * @param firstFailure what went wrong first in a script; empty when nothing did
   * @param firstTurns how long scripts ran until they waited or ended for the first time, those of
   *     the first two seconds too
   * @param firstTurnRuns for how long of that they had a core
   */
  public record Talks(
      int begun,
      int completed,
      int failed,
      int cancelled,
      int unanswered,
      String firstFailure,
      TickTimes.Stat firstTurns,
      TickTimes.Stat firstTurnRuns) {}
}

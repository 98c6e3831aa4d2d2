package org.aibridge.ops.live;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.OptionalLong;
import org.aibridge.ops.text.TimeText;

/**
 * Corrects the status of a bridge that does not write it any more: its process is frozen, stopped
 * or has ended. The other fields of such a status describe the past.
 */
final class StaleStatus {
  /** The state of a bridge whose process exists but no longer writes its status. */
  static final String SILENT = "silent";

  /** The state of a bridge whose process started after the last status was written. */
  static final String STARTING = "starting";

  /** The maximum time of a start, in ms; long enough to recover much data on a busy machine. */
  private static final long START_MS = 300_000;

  /** The state of a bridge whose process has ended without closing. */
  static final String NOT_RUNNING = "not_running";

  private static final String LOST_WITH_THE_MACHINE =
      "; nothing is lost by it, unless the machine went down as well";

  private StaleStatus() {}

  /**
   * Changes {@code status} to what is so at {@code nowMs} if it describes the past, and returns
   * true then.
   *
   * @param owner the process that has the journal; empty if none has
   */
  static boolean correct(ObjectNode status, OptionalLong owner, long nowMs) {
    if (owner.isEmpty()) {
      tellEnded(status);
      return true;
    }
    if (tellStarting(status, owner.getAsLong(), nowMs)) {
      return true;
    }
    boolean stale = status.path("stale").asBoolean();
    if (stale) {
      tell(status, owner.getAsLong(), nowMs);
    }
    return stale;
  }

  /**
   * Changes {@code status} to say that it is of an earlier process, and returns true, if the
   * process {@code pid} has begun after it was written, and not long ago. A pid of another
   * container may be that of any process here, such as this one: then the status says by whom it
   * was written.
   */
  static boolean tellStarting(ObjectNode status, long pid, long nowMs) {
    long writtenMs = status.path("written_at_ms").asLong();
    boolean fresh = !status.path("stale").asBoolean();
    long begunMs =
        ProcessHandle.of(pid)
            .filter(process -> pid != ProcessHandle.current().pid())
            .filter(process -> !fresh || status.path("pid").asLong(pid) != pid)
            .flatMap(process -> process.info().startInstant())
            .map(Instant::toEpochMilli)
            .orElse(0L);
    if (begunMs <= writtenMs || nowMs - begunMs > START_MS) {
      return false;
    }
    tell(
        status,
        STARTING,
        "process %d has begun at %s and not written its status yet; what follows is of the one before, at %s"
            .formatted(pid, TimeText.of(begunMs), TimeText.of(writtenMs)),
        "");
    status.withObject("/outlook").put("started_ms", begunMs);
    return true;
  }

  /** Changes {@code status} to say that the process {@code pid} no longer writes it. */
  private static void tell(ObjectNode status, long pid, long nowMs) {
    long writtenMs = status.path("written_at_ms").asLong();
    boolean stopped = isStopped(pid);
    tell(
        status,
        SILENT,
        "it has written no status for %s, since %s: process %d is %s; what follows is of then"
            .formatted(
                TimeText.span(Math.max(0, nowMs - writtenMs)),
                TimeText.of(writtenMs),
                pid,
                stopped ? "stopped" : "there, frozen or unable to write"),
        stopped
            ? "you: 'kill -CONT %d' lets it go on".formatted(pid)
            : "you: is its container paused? else 'jstack %d' tells where it hangs, then restart"
                .formatted(pid));
  }

  /** Changes {@code status} to say that its process has ended: by a close, a crash or a kill. */
  private static void tellEnded(ObjectNode status) {
    boolean closed = status.path("state").asText().equals("closed");
    String when = TimeText.of(status.path("written_at_ms").asLong());
    long waiting = status.path("event_dispatcher").path("current_size").asLong();
    String how =
        closed
            ? "it was closed at " + when
            : "it ended without closing, by a crash or a kill, after " + when;
    String count = "%s%,d".formatted(closed ? "" : "about ", waiting);
    tell(
        status,
        closed ? "closed" : NOT_RUNNING,
        how
            + (waiting == 0 ? "" : "; " + count + " events wait on disk for the next start")
            + (closed ? "; nothing is lost by it" : LOST_WITH_THE_MACHINE),
        status.has("server")
            ? "you: start the companion ('ai-bridge run'), and the server where that is gone, too"
            : "you: start the server");
  }

  private static void tell(ObjectNode status, String state, String problem, String toDo) {
    status.put("last_state", status.path("state").asText());
    status.put("state", state);
    status.put("problem", problem);
    ObjectNode outlook = status.withObject("/outlook");
    outlook.put("to_do", toDo).put("next", "").put("command", "").put("since_ms", 0);
  }

  /** True if the system says that the process is stopped, for example by SIGSTOP. */
  private static boolean isStopped(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      char state = stat.charAt(stat.lastIndexOf(')') + 2);
      return state == 'T' || state == 't';
    } catch (IOException | IndexOutOfBoundsException e) {
      return false;
    }
  }
}

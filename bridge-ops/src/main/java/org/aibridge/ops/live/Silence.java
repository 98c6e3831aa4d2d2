package org.aibridge.ops.live;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.aibridge.ops.text.TimeText;

/** A bridge whose process is there and has written no status for a while. */
final class Silence {
  /** Stands in the status for the state, in place of the one that was last written. */
  static final String STATE = "silent";

  private Silence() {}

  /** Has {@code status} say so, and what the last state was. */
  static void tell(ObjectNode status, long pid, long nowMs) {
    long writtenMs = status.path("written_at_ms").asLong();
    status.put("last_state", status.path("state").asText());
    status.put("state", STATE);
    status.put(
        "problem",
        "it has written no status for %s, since %s: %s; what follows is of then"
            .formatted(
                TimeText.span(Math.max(0, nowMs - writtenMs)), TimeText.of(writtenMs), look(pid)));
  }

  /** What the system says of the process. */
  private static String look(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      char state = stat.charAt(stat.lastIndexOf(')') + 2);
      if (state == 'T' || state == 't') {
        return "process %d is stopped ('kill -CONT %d' lets it go on)".formatted(pid, pid);
      }
    } catch (IOException | IndexOutOfBoundsException e) {
      return "process %d cannot be looked at".formatted(pid);
    }
    return "process %d is there, frozen or unable to write".formatted(pid);
  }
}

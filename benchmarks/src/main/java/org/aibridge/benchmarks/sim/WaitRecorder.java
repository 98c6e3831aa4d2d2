package org.aibridge.benchmarks.sim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * Makes a flight recording of everything a thread can wait for, and counts the waits of the {@code
 * game} thread.
 */
public final class WaitRecorder implements AutoCloseable {
  private static final List<String> WAITS =
      List.of(
          "jdk.SocketRead",
          "jdk.SocketWrite",
          "jdk.FileRead",
          "jdk.FileWrite",
          "jdk.FileForce",
          "jdk.JavaMonitorEnter",
          "jdk.JavaMonitorWait",
          "jdk.ThreadPark",
          "jdk.ThreadSleep");
  private static final String OURS = "org.aibridge.core.";

  private final Recording recording = new Recording();

  public WaitRecorder() {
    WAITS.forEach(event -> recording.enable(event).withoutThreshold().withStackTrace());
    recording.start();
  }

  /**
   * The recorded waits, counted by kind.
   *
   * @param gameOurs waits of the game thread with a frame of the bridge in their stack
   * @param gameOther waits of the simulator itself on the game thread: its pauses between ticks
   * @param otherOurs waits of the bridge's own threads, which prove that the recording sees waits
   */
  public record Waits(
      Map<String, Integer> gameOurs,
      Map<String, Integer> gameOther,
      Map<String, Integer> otherOurs) {}

  /** Ends the recording, and counts its waits. */
  public Waits stop() throws IOException {
    recording.stop();
    Path file = Files.createTempFile("waits", ".jfr");
    Waits waits = new Waits(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    try {
      recording.dump(file);
      try (RecordingFile events = new RecordingFile(file)) {
        while (events.hasMoreEvents()) {
          count(events.readEvent(), waits);
        }
      }
    } finally {
      Files.delete(file);
    }
    return waits;
  }

  private static void count(RecordedEvent event, Waits waits) {
    String kind = event.getEventType().getName().substring("jdk.".length());
    boolean game = event.getThread() != null && "game".equals(event.getThread().getJavaName());
    boolean ours =
        event.getStackTrace() != null
            && event.getStackTrace().getFrames().stream().anyMatch(WaitRecorder::isOurs);
    if (game) {
      (ours ? waits.gameOurs : waits.gameOther).merge(kind, 1, Integer::sum);
    } else if (ours) {
      waits.otherOurs.merge(kind, 1, Integer::sum);
    }
  }

  private static boolean isOurs(RecordedFrame frame) {
    return frame.getMethod().getType().getName().startsWith(OURS);
  }

  @Override
  public void close() {
    recording.close();
  }
}

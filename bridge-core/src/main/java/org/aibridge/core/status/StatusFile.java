package org.aibridge.core.status;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The status as a file that other processes read: moved into place whole.
 *
 * <p>Written when something has changed, and now and then all the same, so that its age tells
 * whether anybody still writes it. For one thread, which waits for the disk; never the game thread.
 */
public final class StatusFile {
  /** The file's name. */
  public static final String NAME = "status.json";

  /** After so long it is written though nothing has changed, in milliseconds. */
  public static final long FRESH_MS = 5000;

  private final Path file;
  private final Path draft;
  private String last = "";
  private long lastMs = Long.MIN_VALUE;

  /** The file in {@code folder}. */
  public StatusFile(Path folder) {
    this.file = folder.resolve(NAME);
    this.draft = folder.resolve(NAME + ".tmp");
  }

  /**
   * Writes {@code json}, a JSON object, with the time beside it, unless the file says just that.
   *
   * @throws IOException if it cannot be written; the file is as it was
   */
  public void write(String json, long epochMs) throws IOException {
    if (json.equals(last) && epochMs - lastMs < FRESH_MS) {
      return;
    }
    long pid = ProcessHandle.current().pid();
    String head = "{\"written_at_ms\":" + epochMs + ",\"pid\":" + pid + ",";
    Files.writeString(draft, head + json.substring(1) + "\n", StandardCharsets.UTF_8);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    last = json;
    lastMs = epochMs;
  }
}

package org.aibridge.ops.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.aibridge.core.files.Disk;
import org.aibridge.core.status.StatusFile;
import org.aibridge.ops.text.JsonTree;

/** Reads the status that a bridge keeps beside its journal. */
public final class LiveStatus {
  private static final int MAX_BYTES = 16 << 20;

  private LiveStatus() {}

  /**
   * The content of the status file, with {@code stale} added: true if the status is too old at
   * {@code nowMs} to describe the present. Empty if there is no file.
   */
  public static Optional<ObjectNode> read(Path journal, long nowMs) throws IOException {
    Path file = StatusFile.folderOf(journal).resolve(StatusFile.NAME);
    try {
      JsonNode json = JsonTree.read(Disk.readSmall(file, MAX_BYTES));
      if (json instanceof ObjectNode status) {
        long writtenMs = status.path("written_at_ms").asLong();
        return Optional.of(status.put("stale", StatusFile.isStale(writtenMs, nowMs)));
      }
      throw new IOException(file + " is not the status of a bridge");
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IOException(file + " is not the status of a bridge", e);
    }
  }
}

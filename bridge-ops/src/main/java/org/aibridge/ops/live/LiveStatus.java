package org.aibridge.ops.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.aibridge.core.status.StatusFile;

/** The status that a bridge keeps in its journal's folder. */
public final class LiveStatus {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private LiveStatus() {}

  /** What the file says; empty when there is none. */
  public static Optional<JsonNode> read(Path journal) throws IOException {
    Path file = journal.resolve(StatusFile.NAME);
    try {
      return Optional.of(MAPPER.readTree(Files.readAllBytes(file)));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IOException(file + " is not the status of a bridge", e);
    }
  }
}

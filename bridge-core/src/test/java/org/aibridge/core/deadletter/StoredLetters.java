package org.aibridge.core.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a folder of dead letters holds. */
public final class StoredLetters {
  private StoredLetters() {}

  /** Every letter that is there, oldest first. */
  public static List<JsonNode> in(Path folder) throws IOException {
    List<JsonNode> letters = new ArrayList<>();
    try (LetterScan scan = new LetterScan(folder)) {
      while (scan.next()) {
        if (scan.mark().isThere()) {
          letters.add(scan.letter().tree());
        }
      }
    }
    return letters;
  }
}

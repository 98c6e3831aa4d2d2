package org.aibridge.ops.dlq;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.aibridge.core.deadletter.LetterCommands;

/** The dead letters of one command, up to the total size that the command's receiver accepts. */
final class CommandLetters {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final ArrayNode letters = JsonNodeFactory.instance.arrayNode();
  private long bytes;

  /** True if there is room for {@code json}. */
  boolean hasRoom(String json) {
    return bytes + 3L * json.length() + 1 < LetterCommands.MAX_LETTER_BYTES;
  }

  void add(String json) throws IOException {
    letters.add(MAPPER.readTree(json));
    bytes += json.getBytes(StandardCharsets.UTF_8).length + 1L;
  }

  int size() {
    return letters.size();
  }

  /** Adds the letters to {@code command} as its last field. */
  ObjectNode putInto(ObjectNode command) {
    return command.set(LetterCommands.LETTERS, letters);
  }
}

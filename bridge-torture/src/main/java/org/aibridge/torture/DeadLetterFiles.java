package org.aibridge.torture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The dead letters of a bridge that does not run, read from its files without its code.
 *
 * <p>A letter counts when its record is marked complete and its checksum fits. A record: header (4
 * bytes, little-endian: length, and two flags on top that are clear when it is complete), magic
 * (4), CRC-32C of the payload (4), payload; it begins at a multiple of four.
 */
final class DeadLetterFiles {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int MAGIC = 0x31474C41;
  private static final int FRAME = 8;
  private static final int FLAGS = 0xC000_0000;

  private DeadLetterFiles() {}

  /** Returns all letters below {@code folder}, file by file; none if the folder is missing. */
  static List<JsonNode> read(Path folder) {
    List<JsonNode> letters = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return letters;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".cq4")).sorted().toList()) {
        read(ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN), letters);
      }
      return letters;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the number of the event in a letter; -1 if the letter has no event with a number. */
  static long number(JsonNode letter) {
    return letter.path("event").path("payload").path("number").asLong(-1);
  }

  private static void read(ByteBuffer file, List<JsonNode> letters) throws IOException {
    CRC32C crc = new CRC32C();
    for (int at = 0; at + 4 + FRAME <= file.limit(); at += 4) {
      int header = file.getInt(at);
      int length = header - FRAME;
      boolean record =
          file.getInt(at + 4) == MAGIC
              && (header & FLAGS) == 0
              && length >= 0
              && length <= file.limit() - at - 4 - FRAME;
      if (record) {
        crc.reset();
        crc.update(file.array(), at + 4 + FRAME, length);
        if ((int) crc.getValue() == file.getInt(at + 8)) {
          letters.add(MAPPER.readTree(file.array(), at + 4 + FRAME, length));
        }
      }
    }
  }
}

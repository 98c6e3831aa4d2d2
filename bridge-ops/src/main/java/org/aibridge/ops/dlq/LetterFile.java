package org.aibridge.ops.dlq;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.aibridge.core.deadletter.LetterDesk;

/** A file of JSON lines for one command, bounded as the command's receiver wants it. */
final class LetterFile implements AutoCloseable {
  private final Path file;
  private final BufferedWriter out;
  private long bytes;
  private int lines;

  LetterFile(Desk desk) throws IOException {
    file = desk.files().resolve(LetterDesk.FILE_PREFIX + UUID.randomUUID());
    out = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
  }

  /** Whether {@code line} still fits. */
  boolean hasRoom(String line) {
    return bytes + 3L * line.length() + 1 < LetterDesk.MAX_FILE_BYTES;
  }

  void add(String line) throws IOException {
    out.write(line);
    out.write('\n');
    bytes += line.getBytes(StandardCharsets.UTF_8).length + 1L;
    lines++;
  }

  int lines() {
    return lines;
  }

  String name() {
    return file.getFileName().toString();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  /** For a file that was not used. */
  void delete() throws IOException {
    Files.deleteIfExists(file);
  }
}

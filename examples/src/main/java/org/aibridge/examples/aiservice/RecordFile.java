package org.aibridge.examples.aiservice;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of lines that only grows; fields are set apart by tabs.
 *
 * <p>What {@link #append} has returned from survives the death of this process (not that of the
 * machine: nothing is forced to disk). A line cut short by a death is removed at the next opening.
 * Not safe for threads; the owner's lock covers it.
 */
final class RecordFile implements Closeable {
  private static final int CHUNK_BYTES = 8 << 10;

  private final Path path;
  private final FileChannel channel;
  private long size;

  private RecordFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /** Takes the fields of one line at a time. */
  interface Reader {
    void line(String[] fields) throws IOException;
  }

  /** Thrown if a record could not be written. */
  static final class WriteException extends IOException {
    private static final long serialVersionUID = 1;

    WriteException(Path path, IOException cause) {
      super(path.getFileName() + " could not be written: " + cause.getMessage(), cause);
    }
  }

  static RecordFile open(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    RecordFile file = new RecordFile(path, channel);
    try {
      file.size = file.endOfLastLine();
      channel.truncate(file.size);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return file;
  }

  /** Reads all lines; throws, with the line, if one does not have {@code fieldCount} fields. */
  void read(int fieldCount, Reader reader) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(path)) {
      int number = 0;
      for (String line; (line = lines.readLine()) != null; ) {
        number++;
        String[] fields = line.split("\t", -1);
        if (fields.length != fieldCount) {
          throw new IOException(
              path + " line " + number + " must have " + fieldCount + " fields: " + line);
        }
        reader.line(fields);
      }
    }
  }

  /** Appends complete lines: all of them or none. */
  void append(CharSequence lines) throws WriteException {
    ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
    try {
      long at = size;
      while (bytes.hasRemaining()) {
        at += channel.write(bytes, at);
      }
      size = at;
    } catch (IOException e) {
      throw undone(e);
    }
  }

  private WriteException undone(IOException cause) {
    try {
      channel.truncate(size);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
    return new WriteException(path, cause);
  }

  /** The text as one field: without tabs, line ends and other control characters. */
  static String field(String text, int maxLength) {
    String cut = text.length() <= maxLength ? text : text.substring(0, maxLength);
    return cut.chars().noneMatch(Character::isISOControl)
        ? cut
        : cut.replaceAll("\\p{Cntrl}|[\\x80-\\x9f]", " ");
  }

  private long endOfLastLine() throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    for (long end = channel.size(); end > 0; ) {
      long start = Math.max(0, end - CHUNK_BYTES);
      chunk.clear().limit((int) (end - start));
      while (chunk.hasRemaining() && channel.read(chunk, start + chunk.position()) > 0) {
        // Reads on until the chunk is full.
      }
      for (int i = chunk.position() - 1; i >= 0; i--) {
        if (chunk.get(i) == '\n') {
          return start + i + 1;
        }
      }
      end = start;
    }
    return 0;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

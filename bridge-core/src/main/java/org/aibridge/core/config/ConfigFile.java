package org.aibridge.core.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.aibridge.core.files.Disk;
import org.aibridge.core.text.FileNames;

/** The lines of one configuration file. */
record ConfigFile(Path path, List<String> lines) {
  static final int MAX_BYTES = 1024 * 1024;

  /**
   * Reads a whole file; the exception says in one sentence why the file cannot be a configuration.
   */
  static ConfigFile load(Path path) throws Unusable {
    byte[] bytes = bytes(path);
    if (startsWith(bytes, 0xFE, 0xFF) || startsWith(bytes, 0xFF, 0xFE)) {
      throw new Unusable(1, "the file is UTF-16, save it as UTF-8");
    }
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        throw new Unusable(lineOf(bytes, i), "the file is binary, it holds a NUL byte");
      }
    }
    int bom = startsWith(bytes, 0xEF, 0xBB, 0xBF) ? 3 : 0;
    return new ConfigFile(path, List.of(decode(bytes, bom).split("\r\n|\n|\r", -1)));
  }

  private static byte[] bytes(Path path) throws Unusable {
    if (Disk.isFolder(path)) {
      throw new Unusable(0, "this is a folder, not a file");
    }
    if (Disk.exists(path) && !Disk.isFile(path)) {
      throw new Unusable(0, "this is not a regular file"); // reading a pipe would wait for ever
    }
    try (InputStream in = Disk.read(path)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new Unusable(0, "the file is larger than " + MAX_BYTES + " bytes");
      }
      return bytes;
    } catch (NoSuchFileException missing) {
      String why = FileNames.problem(path.toString());
      throw new Unusable(0, why.isEmpty() ? "there is no such file" : "it is not found: " + why);
    } catch (IOException failed) {
      boolean told = failed instanceof FileSystemException known && known.getReason() != null;
      String reason =
          Printable.text(
              told
                  ? ((FileSystemException) failed).getReason()
                  : failed.getClass().getSimpleName());
      throw new Unusable(0, "the file cannot be read (" + reason + ")");
    }
  }

  private static String decode(byte[] bytes, int from) throws Unusable {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes, from, bytes.length - from);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    if (result.isError()) {
      throw new Unusable(
          lineOf(bytes, in.position()), "the file is not UTF-8, the first wrong byte is here");
    }
    return out.flip().toString();
  }

  private static int lineOf(byte[] bytes, int position) {
    int line = 1;
    for (int i = 0; i < position; i++) {
      boolean crLf = bytes[i] == '\r' && i + 1 < bytes.length && bytes[i + 1] == '\n';
      if (bytes[i] == '\n' || bytes[i] == '\r' && !crLf) {
        line++;
      }
    }
    return line;
  }

  private static boolean startsWith(byte[] bytes, int... marks) {
    for (int i = 0; i < marks.length; i++) {
      if (bytes.length <= i || (bytes[i] & 0xFF) != marks[i]) {
        return false;
      }
    }
    return true;
  }

  /** Thrown for a file that is not a configuration file at all. */
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    /** The number of the wrong line, counted from 1; 0 if the whole file is wrong. */
    private final int line;

    Unusable(int line, String message) {
      super(message, null, false, false);
      this.line = line;
    }

    int line() {
      return line;
    }
  }
}

package org.aibridge.sim;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Reads the files of a log by their known format, without the product's code: a shared reader would
 * share the product's mistakes.
 */
final class Segments {
  private static final int MAGIC = 0x31474C41;
  private static final int NOT_COMPLETE = 0x8000_0000;
  private static final int META = 0x4000_0000;
  private static final int LENGTH = 0x3FFF_FFFF;
  private static final Pattern NUMBER = Pattern.compile("\"n\":(\\d+)[,}]");

  /**
   * The numbers of events before and behind the end marks, the number of records behind them, and
   * the place of the first byte behind an end mark that is not zero; empty if there is none.
   */
  record Found(Set<Long> before, Set<Long> behind, long recordsBehind, String where) {}

  private Segments() {}

  /** Reads all segments of the log in {@code folder}. */
  static Found look(Path folder) throws IOException {
    Set<Long> before = new HashSet<>();
    Set<Long> behind = new HashSet<>();
    long records = 0;
    String where = "";
    for (Path file : files(folder)) {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      int at = 0;
      while (at + 4 <= bytes.capacity()) {
        int header = bytes.getInt(at);
        if (header == 0 || (header & NOT_COMPLETE) != 0) {
          break;
        }
        int length = header & LENGTH;
        if ((header & META) == 0 && isRecord(bytes, at)) {
          numbers(bytes, at + 12, length - 8, before);
        }
        at = at + 4 + length + 3 & ~3;
      }
      if (at + 4 > bytes.capacity() || bytes.getInt(at) != (NOT_COMPLETE | META)) {
        continue;
      }
      // Bytes written after the mark may lack record headers, and may start at any position.
      int first = firstByte(bytes, at + 4);
      if (first < bytes.capacity() && where.isEmpty()) {
        where = folder.getFileName() + "/" + file.getFileName() + " at byte " + first;
      }
      for (int next = first; next + 4 <= bytes.capacity(); next++) {
        records += bytes.getInt(next) == MAGIC ? 1 : 0;
      }
      numbers(bytes, first, bytes.capacity() - first, behind);
    }
    return new Found(before, behind, records, where);
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> path.toString().endsWith(".cq4")).sorted().toList();
    }
  }

  private static boolean isRecord(ByteBuffer bytes, int at) {
    int length = (bytes.getInt(at) & LENGTH) - 8;
    if (length < 0 || at + 12L + length > bytes.capacity() || bytes.getInt(at + 4) != MAGIC) {
      return false;
    }
    CRC32C sum = new CRC32C();
    sum.update(bytes.array(), at + 12, length);
    return (int) sum.getValue() == bytes.getInt(at + 8);
  }

  /** Returns the position of the first byte other than zero; the capacity if all are zero. */
  private static int firstByte(ByteBuffer bytes, int from) {
    int at = from;
    while (at < bytes.capacity() && bytes.get(at) == 0) {
      at++;
    }
    return at;
  }

  private static void numbers(ByteBuffer bytes, int at, int length, Set<Long> into) {
    String text = new String(bytes.array(), at, length, StandardCharsets.ISO_8859_1);
    Matcher matcher = NUMBER.matcher(text);
    while (matcher.find()) {
      into.add(Long.parseLong(matcher.group(1)));
    }
  }
}

package org.aibridge.core.deadletter;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.aibridge.core.files.PrivateFiles;

/**
 * The numbers of removed letters, by reason, since the folder was first used, and the numbers of
 * letters in each segment; kept in a small file.
 *
 * <p>After a crash the last seconds may be missing in the file. For one thread; {@link #count} for
 * any.
 */
public final class Removals {
  /** The reasons why a letter was removed. */
  public enum Why {
    /** The event was replayed and the service accepted it. */
    REPLAYED,
    /** The event was replayed and died again; it has a new letter. */
    DIED_AGAIN,
    /** An operator has purged the letter. */
    PURGED,
    /** The store was larger than {@code dlq_max_mb}. */
    SIZE,
    /** The letter was older than {@code dlq_retention_days}. */
    AGE,
    /** Somebody has deleted, truncated or replaced the letter's file. */
    FILE_DELETED;

    /** Returns the name in files and output. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The letters of a segment.
   *
   * @param letters the number of letters in its file
   * @param there the number of these that had not been removed
   */
  record Held(long letters, long there) {}

  private static final String FILE = "removed.counts";

  /** The most bytes that the file may have; a segment's line has about 40. */
  private static final int MAX_BYTES = 16 << 20;

  private final Map<Why, Long> counts = new ConcurrentHashMap<>();
  private Map<Integer, Held> held = new TreeMap<>();

  /** The last text written to the file; empty before the first write. */
  private String written = "";

  private Removals() {}

  static Removals read(Path folder) throws IOException {
    Removals removals = new Removals();
    try {
      byte[] text = PrivateFiles.readAll(folder.resolve(FILE), MAX_BYTES);
      new String(text, StandardCharsets.ISO_8859_1).lines().forEach(removals::take);
    } catch (NoSuchFileException none) {
      return removals;
    }
    return removals;
  }

  private void take(String line) {
    String[] words = line.split(" ");
    if (line.matches("segment [0-9]{1,9}( [0-9]{1,18}){2}")) {
      Held then = new Held(Long.parseLong(words[2]), Long.parseLong(words[3]));
      held.put(Integer.parseInt(words[1]), then);
      return;
    }
    for (Why why : Why.values()) {
      if (line.matches(why.wireName() + " [0-9]{1,18}")) {
        counts.put(why, Long.parseLong(words[1]));
      }
    }
  }

  /** The number of letters removed for this reason. */
  public long count(Why why) {
    return counts.getOrDefault(why, 0L);
  }

  void add(Why why, long letters) {
    if (letters != 0) {
      counts.merge(why, letters, Long::sum);
    }
  }

  /** Returns the number of letters in each segment, as last set in this run or an earlier one. */
  Map<Integer, Held> held() {
    return held;
  }

  /** Sets the number of letters in each segment. */
  void hold(Map<Integer, Held> now) {
    held = now;
  }

  /** Writes the file if anything has changed. */
  void save(Path folder) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Why why : Why.values()) {
      text.append(why.wireName()).append(' ').append(count(why)).append('\n');
    }
    held.forEach(
        (segment, now) ->
            text.append("segment " + segment + " " + now.letters + " " + now.there + "\n"));
    if (text.toString().equals(written)) {
      return;
    }
    PrivateFiles.replace(
        folder.resolve(FILE),
        folder.resolve(FILE + ".tmp"),
        text.toString().getBytes(StandardCharsets.ISO_8859_1));
    written = text.toString();
  }
}

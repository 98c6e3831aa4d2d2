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
 * How many letters have gone, by reason, since the folder was first used, and how many each segment
 * held: a small file in it.
 *
 * <p>After a crash the last seconds may be missing in it. For one thread, but {@link #count} for
 * any.
 */
public final class Removals {
  /** Why a letter went. */
  public enum Why {
    /** Its event was replayed and taken. */
    REPLAYED,
    /** Its event was replayed and died again, as another letter. */
    DIED_AGAIN,
    /** An operator has purged it. */
    PURGED,
    /** The store was larger than {@code dlq_max_mb}. */
    SIZE,
    /** It was older than {@code dlq_retention_days}. */
    AGE,
    /** Somebody has deleted, cut or replaced its file. */
    FILE_DELETED;

    /** The name in files and output. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What a segment held.
   *
   * @param letters in its file
   * @param there those of them that had not gone
   */
  record Held(long letters, long there) {}

  private static final String FILE = "removed.counts";

  /** A line for each segment has some 40 bytes. */
  private static final int MAX_BYTES = 16 << 20;

  private final Map<Why, Long> counts = new ConcurrentHashMap<>();
  private Map<Integer, Held> held = new TreeMap<>();

  /** What the file says, as far as is known. */
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

  /** How many went for this reason. */
  public long count(Why why) {
    return counts.getOrDefault(why, 0L);
  }

  void add(Why why, long letters) {
    if (letters != 0) {
      counts.merge(why, letters, Long::sum);
    }
  }

  /** What each segment held when that was last told, in this life or the one before. */
  Map<Integer, Held> held() {
    return held;
  }

  /** What each segment holds. */
  void hold(Map<Integer, Held> now) {
    held = now;
  }

  /** Writes the file anew if anything has changed. */
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

package org.aibridge.core.action;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.function.LongPredicate;

/**
 * Maps very many ids to their records' positions, in about 30 bytes of heap an id. For one thread.
 *
 * <p>The ids are spread over several open-addressing tables with places of 24 bytes: 128 bits of
 * the id's SHA-256, and a position, which is never 0. A table grows by a quarter when it is 90 %
 * full. With several tables, growth needs only a fraction of the memory, since old and new places
 * are then in the heap together. Nobody can make two ids with the same hash. If two ids ever had
 * the same, the second would count as known and not be run: the safe side.
 */
final class LedgerIndex {
  /** The maximum number of heap bytes per id if the index holds very many ids. */
  static final int MAX_BYTES_EACH = 40;

  private static final int WORDS = 3;

  /** The number of tables: with a million ids, none of them is a humongous object for G1. */
  private static final int PARTS = 64;

  private static final int MIN_PLACES = 8;

  private final MessageDigest digest;
  private final Part[] parts = new Part[PARTS];
  private int size;

  LedgerIndex() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    Arrays.setAll(parts, i -> new Part());
  }

  /** Sets the record's position for {@code id}; replaces an earlier one. */
  void put(String id, long position) {
    byte[] hash = digest.digest(id.getBytes(StandardCharsets.UTF_8));
    Part part = part(hash);
    int before = part.size;
    part.makeRoom();
    part.put(word(hash, 0), word(hash, 8), position);
    size += part.size - before;
  }

  /** Returns the position of {@code id}, or 0 if it is unknown. */
  long get(String id) {
    byte[] hash = digest.digest(id.getBytes(StandardCharsets.UTF_8));
    return part(hash).get(word(hash, 0), word(hash, 8));
  }

  /** Forgets every id whose position satisfies {@code old}, and shrinks the tables. */
  void removeIf(LongPredicate old) {
    for (Part part : parts) {
      int before = part.size;
      part.removeIf(old);
      size += part.size - before;
    }
  }

  /** Returns the number of ids. Must be fast: a hostile answer can cause millions of calls. */
  int size() {
    return size;
  }

  /** Returns the heap that the tables take, in bytes. */
  long bytes() {
    return Arrays.stream(parts).mapToLong(part -> (long) part.words.length * Long.BYTES).sum();
  }

  /** Returns the table for a hash, chosen by bits that the search in the table does not use. */
  private Part part(byte[] hash) {
    return parts[hash[15] & PARTS - 1];
  }

  private static long word(byte[] hash, int from) {
    long word = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      word = word << 8 | hash[from + i] & 0xFF;
    }
    return word;
  }

  /** One of the tables. */
  private static final class Part {
    private long[] words = new long[WORDS * MIN_PLACES];
    private int size;

    void makeRoom() {
      if (size >= (long) places() * 9 / 10) {
        resize(Math.max(places() + places() / 4, MIN_PLACES));
      }
    }

    void put(long high, long low, long position) {
      int at = find(high, low);
      if (words[at + 2] == 0) {
        size++;
      }
      words[at] = high;
      words[at + 1] = low;
      words[at + 2] = position;
    }

    long get(long high, long low) {
      return words[find(high, low) + 2];
    }

    void removeIf(LongPredicate old) {
      int left = 0;
      for (int at = 2; at < words.length; at += WORDS) {
        if (words[at] != 0 && old.test(words[at])) {
          words[at] = -words[at];
        } else if (words[at] != 0) {
          left++;
        }
      }
      if (left < size) {
        resize(Math.max(left + left / 4, MIN_PLACES));
      }
    }

    private int places() {
      return words.length / WORDS;
    }

    /** Returns the index of the place that has this hash, or of a free place for it. */
    private int find(long high, long low) {
      int place = (int) (((high >>> 33) * places()) >>> 31);
      while (true) {
        int at = place * WORDS;
        if (words[at + 2] == 0 || words[at] == high && words[at + 1] == low) {
          return at;
        }
        place = place + 1 == places() ? 0 : place + 1;
      }
    }

    private void resize(int newPlaces) {
      long[] old = words;
      words = new long[WORDS * newPlaces];
      size = 0;
      for (int at = 0; at < old.length; at += WORDS) {
        if (old[at + 2] > 0) {
          put(old[at], old[at + 1], old[at + 2]);
        }
      }
    }
  }
}

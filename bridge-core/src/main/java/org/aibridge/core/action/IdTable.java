package org.aibridge.core.action;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.function.LongPredicate;

/**
 * Where the records of very many ids lie, in about 30 bytes of heap an id. For one thread.
 *
 * <p>An open-addressing table of 24 bytes a place: 128 bits of the id's SHA-256 and a position,
 * which is never 0. It grows by a quarter at 90 % full. Nobody can make two ids with one hash, and
 * if ever two had one, the second would be taken for the first and not be run: the safe side.
 */
final class IdTable {
  private static final int WORDS = 3;
  private static final int MIN_PLACES = 256;

  private final MessageDigest digest;
  private long[] words = new long[WORDS * MIN_PLACES];
  private int size;

  IdTable() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Remembers where the record of {@code id} lies, in place of an earlier position. */
  void put(String id, long position) {
    byte[] hash = digest.digest(id.getBytes(StandardCharsets.UTF_8));
    if (size >= places() / 10 * 9) {
      resize(Math.max(places() + places() / 4, MIN_PLACES));
    }
    put(word(hash, 0), word(hash, 8), position);
  }

  /** The position of {@code id}, or 0 when it is not known. */
  long get(String id) {
    byte[] hash = digest.digest(id.getBytes(StandardCharsets.UTF_8));
    return words[find(word(hash, 0), word(hash, 8)) + 2];
  }

  /** Forgets every id whose position is {@code old}, and gives the memory back. */
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

  int size() {
    return size;
  }

  /** What the table takes of the heap, in bytes. */
  long bytes() {
    return (long) words.length * Long.BYTES;
  }

  private int places() {
    return words.length / WORDS;
  }

  private void put(long high, long low, long position) {
    int at = find(high, low);
    if (words[at + 2] == 0) {
      size++;
    }
    words[at] = high;
    words[at + 1] = low;
    words[at + 2] = position;
  }

  /** The place of a hash, or the free one where it belongs. */
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

  private static long word(byte[] hash, int from) {
    long word = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      word = word << 8 | hash[from + i] & 0xFF;
    }
    return word;
  }
}

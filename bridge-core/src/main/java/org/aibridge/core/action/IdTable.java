package org.aibridge.core.action;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.function.LongPredicate;

/**
 * Where the records of very many ids lie, in about 30 bytes of heap an id. For one thread.
 *
 * <p>Open-addressing tables of 24 bytes a place: 128 bits of the id's SHA-256 and a position, which
 * is never 0. Each grows by a quarter at 90 % full. They are several so that growing, when the old
 * places are needed beside the new ones, takes a fraction of the whole. Nobody can make two ids
 * with one hash, and if ever two had one, the second would be taken for the first and not be run:
 * the safe side.
 */
final class IdTable {
  /** The most that one of very many ids takes of the heap. */
  static final int MAX_BYTES_EACH = 40;

  private static final int WORDS = 3;

  /** So many that the part of a table of a million ids is no humongous object in a small heap. */
  private static final int PARTS = 64;

  private static final int MIN_PLACES = 8;

  private final MessageDigest digest;
  private final Part[] parts = new Part[PARTS];
  private int size;

  IdTable() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    Arrays.setAll(parts, i -> new Part());
  }

  /** Remembers where the record of {@code id} lies, in place of an earlier position. */
  void put(String id, long position) {
    byte[] hash = digest.digest(id.getBytes(StandardCharsets.UTF_8));
    Part part = part(hash);
    int before = part.size;
    part.makeRoom();
    part.put(word(hash, 0), word(hash, 8), position);
    size += part.size - before;
  }

  /** The position of {@code id}, or 0 when it is not known. */
  long get(String id) {
    byte[] hash = digest.digest(id.getBytes(StandardCharsets.UTF_8));
    return part(hash).get(word(hash, 0), word(hash, 8));
  }

  /** Forgets every id whose position is {@code old}, and gives the memory back. */
  void removeIf(LongPredicate old) {
    for (Part part : parts) {
      int before = part.size;
      part.removeIf(old);
      size += part.size - before;
    }
  }

  /** Asked for each action of an answer, of which a hostile one has millions. */
  int size() {
    return size;
  }

  /** What the tables take of the heap, in bytes. */
  long bytes() {
    return Arrays.stream(parts).mapToLong(part -> (long) part.words.length * Long.BYTES).sum();
  }

  /** By bits that do not decide the place within the part. */
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

  /** One table. */
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
  }
}

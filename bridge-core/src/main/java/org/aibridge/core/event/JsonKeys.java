package org.aibridge.core.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The keys of one JSON text, to find a key that stands twice in an object: of such a key readers
 * take the first or the last value, or refuse the text.
 *
 * <p>Runs on the game thread. A table that is reused holds 64 bits of each key, mixed with the
 * place where the key's object begins. Each thread has tables of its own, which grow to the largest
 * text the thread has met and then stay; nothing else allocates. The tables consist of the JDK's
 * own types alone, for the reason given in {@link Utf8}. Two different keys of one object are taken
 * for the same key in one text of 2^64.
 */
final class JsonKeys {
  /** The sizes of the tables, in entries; each table is at most half full. */
  private static final int[] CAPACITIES = {64, 512, 4096, 32_768, 524_288};

  private static final int TABLES = 0;
  private static final int STATE = 1;
  private static final int OPENED = 2;

  /** The index in the state array of the number that tells which table is in use. */
  private static final int USED = 0;

  /** The index in the state array of the number of keys in the current table. */
  private static final int COUNT = 1;

  private static final ThreadLocal<Object[]> SCRATCH = new ThreadLocal<>();

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long MIX = 0x9E37_79B9_7F4A_7C15L;
  private static final long EACH = 0x0101_0101_0101_0101L;

  /** A random seed for all hashes, so that nobody can choose keys that collide. */
  private static final long SEED = new SplittableRandom().nextLong();

  private JsonKeys() {}

  /** Returns this thread's tables and state, after emptying the tables. */
  static Object[] empty() {
    Object[] scratch = SCRATCH.get();
    if (scratch == null) {
      scratch =
          new Object[] {
            new long[CAPACITIES.length][], new int[2], new int[JsonCheck.MAX_DEPTH + 1]
          };
      ((long[][]) scratch[TABLES])[0] = new long[CAPACITIES[0]];
      SCRATCH.set(scratch);
    }
    int[] state = (int[]) scratch[STATE];
    state[USED] = 0;
    state[COUNT] = 0;
    Arrays.fill(((long[][]) scratch[TABLES])[0], 0);
    return scratch;
  }

  /** Returns the start indexes of the open objects, by nesting level. */
  static int[] opened(Object[] scratch) {
    return (int[]) scratch[OPENED];
  }

  /**
   * Adds the key between the quotes, from {@code from} to {@code to}; false if the object has that
   * key already.
   *
   * @param object a number that tells the object from the text's other objects
   */
  static boolean add(Object[] scratch, byte[] text, int from, int to, int object) {
    int[] state = (int[]) scratch[STATE];
    long[][] tables = (long[][]) scratch[TABLES];
    long key = fold(hash(text, from, to), object) | 1; // 0 would mark a free place
    if (!put(tables[state[USED]], key)) {
      return false;
    }
    if (++state[COUNT] > CAPACITIES[state[USED]] / 2) {
      grow(tables, state);
    }
    return true;
  }

  private static void grow(long[][] tables, int[] state) {
    long[] full = tables[state[USED]];
    int next = ++state[USED];
    if (tables[next] == null) {
      tables[next] = new long[CAPACITIES[next]];
    } else {
      Arrays.fill(tables[next], 0);
    }
    for (long key : full) {
      if (key != 0) {
        put(tables[next], key);
      }
    }
  }

  private static boolean put(long[] table, long key) {
    int last = table.length - 1;
    int at = (int) (key >>> 40) & last;
    while (table[at] != 0) {
      if (table[at] == key) {
        return false;
      }
      at = (at + 1) & last;
    }
    table[at] = key;
    return true;
  }

  /** Returns the hash of a key; an escaped character counts like the plain character. */
  private static long hash(byte[] text, int from, int to) {
    long hash = SEED;
    long escapes = 0;
    int at = from;
    for (; at <= to - Long.BYTES; at += Long.BYTES) {
      long eight = (long) LONG.get(text, at);
      escapes |= backslashes(eight);
      hash = fold(hash, eight);
    }
    long rest = 0;
    if (at < to && at <= text.length - Long.BYTES) {
      rest = (long) LONG.get(text, at) & (-1L >>> (8 * (Long.BYTES - (to - at))));
    } else {
      for (int i = at; i < to; i++) {
        rest |= (text[i] & 0xFFL) << (8 * (i - at));
      }
    }
    escapes |= backslashes(rest);
    return escapes == 0 ? fold(fold(hash, rest), to - from) : hashEscaped(text, from, to);
  }

  /** Decodes the escapes of a key, and returns the hash of the decoded key. */
  private static long hashEscaped(byte[] text, int from, int to) {
    long hash = SEED;
    long eight = 0;
    int count = 0;
    int at = from;
    while (at < to) {
      int point = text[at] & 0xFF; // either a character or one byte of a longer one
      int bytes = 1;
      if (point == '\\') {
        point = escaped(text, at + 1);
        at += text[at + 1] == 'u' ? 6 : 2;
        if (point >= Character.MIN_HIGH_SURROGATE && point <= Character.MAX_HIGH_SURROGATE) {
          point = Character.toCodePoint((char) point, (char) escaped(text, at + 1));
          at += 6;
        }
        bytes = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      } else {
        at++;
      }
      for (int i = 0; i < bytes; i++) {
        eight |= (long) utf8(point, bytes, i) << (8 * (count & 7));
        if ((++count & 7) == 0) {
          hash = fold(hash, eight);
          eight = 0;
        }
      }
    }
    return fold(fold(hash, eight), count);
  }

  private static int escaped(byte[] text, int at) {
    return switch (text[at]) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> JsonCheck.unit(text, at + 1);
      default -> text[at];
    };
  }

  /** Returns byte {@code i} of the UTF-8 form of {@code point}, which has {@code bytes} bytes. */
  private static int utf8(int point, int bytes, int i) {
    if (bytes == 1) {
      return point;
    }
    int bits = point >> (6 * (bytes - 1 - i));
    return i == 0 ? ((0xF0 << (4 - bytes)) & 0xFF) | bits : 0x80 | (bits & 0x3F);
  }

  private static long fold(long hash, long eight) {
    long mixed = (hash ^ eight) * MIX;
    return mixed ^ (mixed >>> 32);
  }

  /** Returns a nonzero value if any of the eight bytes is a backslash; otherwise 0. */
  private static long backslashes(long eight) {
    long zero = eight ^ '\\' * EACH;
    return (zero - EACH) & ~zero & (0x80 * EACH);
  }
}

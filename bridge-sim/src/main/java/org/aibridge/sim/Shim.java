package org.aibridge.sim;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Controls this process's shim through the control page that {@code shim.c} describes. */
final class Shim {
  /** A call that reached the shim; {@code error} is 0 if the shim let it through. */
  record Entry(Call call, int error, String file) {}

  static final int PAGE_BYTES = 1 << 20;

  private static final long MAGIC = 0x314d495347444941L;
  private static final int ARMED = 8;
  private static final int DESCRIPTORS = 16;
  private static final int BLOCKS = 24;
  private static final int OPEN = 32;
  private static final int LOGGING = 40;
  private static final int LOGGED = 48;
  private static final int COUNTS = 64;
  private static final int FAILED = 320;
  private static final int RULES = 576;
  private static final int RULE_BYTES = 128;
  private static final int PART = 48;
  private static final int PART_BYTES = 80;
  private static final int ENTRIES = 1600;
  private static final int ENTRY_BYTES = 112;
  private static final int MAX_ENTRIES = 8192;
  private static final int MAX_RULES = 8;

  private final MappedByteBuffer page;

  private Shim(MappedByteBuffer page) {
    this.page = page;
  }

  /** Attaches to the shim, with which this process must have been started. */
  static Shim attach() throws IOException {
    String control = System.getenv("SIM_CONTROL");
    if (control == null) {
      throw new IOException("this process was not started with the shim");
    }
    try (FileChannel channel =
        FileChannel.open(Path.of(control), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer page = channel.map(FileChannel.MapMode.READ_WRITE, 0, PAGE_BYTES);
      page.order(ByteOrder.nativeOrder());
      if (page.getLong(0) != MAGIC) {
        throw new IOException("the shim is not in this process, see LD_PRELOAD");
      }
      return new Shim(page);
    }
  }

  /** Removes all fault orders and counts, and lets all calls through. */
  void reset() {
    page.putLong(ARMED, 0);
    page.putLong(DESCRIPTORS, -1);
    page.putLong(BLOCKS, -1);
    page.putLong(LOGGING, 0);
    page.putLong(LOGGED, 0);
    for (int at = COUNTS; at < RULES; at += 8) {
      page.putLong(at, 0);
    }
    for (int rule = 0; rule < MAX_RULES; rule++) {
      drop(rule);
    }
  }

  void arm(boolean armed) {
    page.putLong(ARMED, armed ? 1 : 0);
  }

  /**
   * Makes {@code call} fail {@code times} times on paths that contain {@code part}, after {@code
   * skip} such calls. Returns the order's number; -1 if there is no room for another order.
   */
  int add(Call call, long skip, long times, int error, String part) {
    for (int rule = 0; rule < MAX_RULES; rule++) {
      int at = RULES + rule * RULE_BYTES;
      if (page.getLong(at) == 0) {
        page.putLong(at + 8, skip);
        page.putLong(at + 16, times);
        page.putLong(at + 24, error);
        page.putLong(at + 32, 0);
        page.putLong(at + 40, 0);
        byte[] text = part.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < PART_BYTES; i++) {
          page.put(at + PART + i, i < text.length ? text[i] : 0);
        }
        page.putLong(at, call.ordinal() + 1L);
        return rule;
      }
    }
    return -1;
  }

  /** Removes a fault order; returns how many calls it made fail; 0 if {@code rule} is negative. */
  long drop(int rule) {
    if (rule < 0) {
      return 0;
    }
    int at = RULES + rule * RULE_BYTES;
    long hits = page.getLong(at + 40);
    page.putLong(at, 0);
    return hits;
  }

  /** Limits how many descriptors can still be opened; a negative number removes the limit. */
  void descriptors(long more) {
    page.putLong(DESCRIPTORS, more < 0 ? -1 : openDescriptors() + more);
  }

  /** Limits how many bytes can still be written; a negative number removes the limit. */
  void blocks(long bytes) {
    page.putLong(BLOCKS, bytes);
  }

  /** The number of open descriptors of files in the folder that the shim watches. */
  long openDescriptors() {
    return page.getLong(OPEN);
  }

  long count(Call call) {
    return page.getLong(COUNTS + 8 * call.ordinal());
  }

  long failed() {
    long sum = 0;
    for (Call call : Call.values()) {
      sum += page.getLong(FAILED + 8 * call.ordinal());
    }
    return sum;
  }

  void log(boolean on) {
    page.putLong(LOGGED, 0);
    page.putLong(LOGGING, on ? 1 : 0);
  }

  /** Returns the logged calls; those that did not fit in the log are missing. */
  List<Entry> logged() {
    List<Entry> entries = new ArrayList<>();
    long count = Math.min(MAX_ENTRIES, page.getLong(LOGGED));
    for (int i = 0; i < count; i++) {
      int at = ENTRIES + i * ENTRY_BYTES;
      byte[] tail = new byte[ENTRY_BYTES - 8];
      page.get(at + 8, tail);
      String text = new String(tail, StandardCharsets.US_ASCII);
      int end = text.indexOf(0);
      entries.add(
          new Entry(
              Call.values()[page.getInt(at)],
              page.getInt(at + 4),
              end < 0 ? text : text.substring(0, end)));
    }
    return entries;
  }
}

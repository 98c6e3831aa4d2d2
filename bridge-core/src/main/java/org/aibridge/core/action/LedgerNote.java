package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.store.SegmentLog;
import org.aibridge.core.text.Sentence;
import org.slf4j.Logger;

/**
 * How far the ledger has come, in a file outside the ledger's folder: what tells, when somebody has
 * deleted, cut or replaced ledger files, that ids are forgotten that may be offered again.
 *
 * <p>The file holds one block of {@value #BYTES} bytes: the sum of the rest in hex, and a JSON
 * object. It is written over in place, by one write of less than a disk's sector, so that a process
 * or machine that dies leaves the old or the new one. It says no more than the ledger has surely
 * kept: it is written after the ledger was synced, and before the ledger deletes anything itself.
 *
 * <p>A ledger that has less than its note says stays {@link #isShort} through restarts, until
 * {@link #trust}. Guarded by the ledger's lock; for the ledger's thread.
 */
final class LedgerNote {
  /** In the journal's folder. */
  static final String NAME = "actions-ledger.note";

  private static final Logger log = Logs.of(LedgerNote.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int BYTES = 512;
  private static final int SUM_DIGITS = 8;

  /**
   * Some records: how many, and the sum of their sums, in which a record that is another's shows.
   */
  private record Tally(long records, long sums) {
    static final Tally NOTHING = new Tally(0, 0);

    Tally plus(Tally more) {
      return new Tally(records + more.records, sums + more.sums);
    }
  }

  /** Null where the ledger has no note. */
  private final Path file;

  private final CRC32C crc = new CRC32C();

  /** What each segment has. */
  private final TreeMap<Integer, Tally> segments = new TreeMap<>();

  private long lastPosition;

  /** What the file said when it was read; null when it said nothing. */
  private JsonNode said;

  private boolean unreadable;

  /** The ledger's time; 0 when it is not known. */
  private long timeMs;

  /** What was found of the records that the file spoke of. */
  private Tally found = Tally.NOTHING;

  /** How many records are missing of those there were at {@link #missedMs}; 0 for none. */
  private long missing;

  private long missedMs;

  /** What was missing when the ledger was opened, whatever the operator has said since. */
  private long lost;

  private boolean failed;

  private LedgerNote(Path file) {
    this.file = file;
  }

  /** Of a ledger without a note. */
  static LedgerNote none() {
    return new LedgerNote(null);
  }

  /**
   * Reads the note in {@code folder}, the journal's.
   *
   * @throws IOException if there is one and the file system does not let it be read
   */
  static LedgerNote in(Path folder) throws IOException {
    LedgerNote note = new LedgerNote(folder.resolve(NAME));
    note.read();
    return note;
  }

  /** The ledger's time when the note was written last; 0 when that is not known. */
  long timeMs() {
    return timeMs;
  }

  /** The ledger has this record; each is told once, oldest first. */
  void add(long position, byte[] bytes, int length) {
    crc.reset();
    crc.update(bytes, 0, length);
    Tally one = new Tally(1, crc.getValue());
    lastPosition = position;
    int segment = SegmentLog.segmentOf(position);
    segments.merge(segment, one, Tally::plus);
    if (said != null
        && segment >= said.path("oldest").asInt()
        && position <= said.path("last").asLong()) {
      found = found.plus(one);
    }
  }

  /** All the ledger has was told: compares it with what the file said. */
  void compare(long nowMs) {
    long fresh = 0;
    if (said != null) {
      long atLeast = found.sums == said.path("sums").asLong() ? 0 : 1;
      fresh = Math.max(said.path("records").asLong() - found.records, atLeast);
      missedMs = said.path("at").asLong();
    } else if (unreadable && segments.isEmpty()) {
      fresh = 1; // There was a ledger, or there would be no note.
      missedMs = nowMs;
    }
    if (fresh > 0) {
      missing += fresh;
      save(nowMs);
    } else if (missing > 0) {
      missedMs = said.path("missed_at").asLong();
    }
    lost = missing;
    said = null;
  }

  /** The ledger is about to delete the segments before {@code segment}. */
  void forgetBefore(int segment, long nowMs) {
    segments.headMap(segment).clear();
    save(nowMs);
  }

  /** Whether the ledger lacks records it had, and nobody has said yet that it is right so. */
  boolean isShort() {
    return missing > 0;
  }

  /** How many records were missing when the ledger was opened. */
  long lost() {
    return lost;
  }

  /** What is missing, and what to do; empty when nothing is. */
  String problem(Path ledger) {
    if (missing == 0) {
      return "";
    }
    return String.format(
        Locale.ROOT,
        "the ledger in %s lacks at least %,d of the records it had on %s, so actions that were applied may be offered again: each action the AI service offers waits for approval until './ai-bridge actions resume'",
        ledger,
        missing,
        Instant.ofEpochMilli(missedMs).truncatedTo(ChronoUnit.SECONDS));
  }

  /**
   * What is missing is missed no more.
   *
   * @throws IOException if that cannot be written; then nothing has changed
   */
  void trust(long nowMs) throws IOException {
    long before = missing;
    missing = 0;
    try {
      write(nowMs);
    } catch (IOException e) {
      missing = before;
      throw e;
    }
  }

  /** Writes what the ledger has by now, at its time {@code ledgerMs}; see {@link #save(long)}. */
  void save(long nowMs, long ledgerMs) {
    timeMs = ledgerMs;
    save(nowMs);
  }

  /** Writes what the ledger has by now; a failure is told once and costs only the note. */
  void save(long nowMs) {
    if (file == null) {
      return;
    }
    try {
      write(nowMs);
      failed = false;
    } catch (IOException e) {
      if (!failed) {
        log.error(
            "{} cannot be written, ledger files that go would not be missed: {}",
            file,
            Reason.of(e));
      }
      failed = true;
    }
  }

  private void write(long nowMs) throws IOException {
    Tally all = segments.values().stream().reduce(Tally.NOTHING, Tally::plus);
    String json =
        MAPPER
            .createObjectNode()
            .put("records", all.records)
            .put("sums", all.sums)
            .put("oldest", segments.isEmpty() ? 0 : segments.firstKey())
            .put("last", lastPosition)
            .put("at", nowMs)
            .put("time", timeMs)
            .put("missing", missing)
            .put("missed_at", missedMs)
            .toString();
    byte[] block = new byte[BYTES];
    Arrays.fill(block, (byte) ' ');
    block[BYTES - 1] = '\n';
    byte[] text = json.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, block, SUM_DIGITS + 1, text.length);
    byte[] sum = sumOf(block).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(sum, 0, block, 0, sum.length);
    PrivateFiles.makeFolder(file.getParent());
    // Opened anew each time, since somebody may have taken the file away.
    try (FileChannel channel =
        PrivateFiles.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(block);
      while (bytes.hasRemaining()) {
        channel.write(bytes, bytes.position());
      }
    }
  }

  private void read() throws IOException {
    if (Disk.isMissing(file)) {
      return;
    }
    byte[] block = new byte[BYTES];
    if (Disk.isFile(file)) {
      try (FileChannel channel = PrivateFiles.open(file, StandardOpenOption.READ)) {
        ByteBuffer bytes = ByteBuffer.wrap(block);
        while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {
          continue;
        }
      }
    }
    String text = new String(block, StandardCharsets.US_ASCII);
    if (text.startsWith(sumOf(block) + " ")) {
      said = MAPPER.readTree(text.substring(SUM_DIGITS));
      missing = said.path("missing").asLong();
      timeMs = said.path("time").asLong();
    } else {
      unreadable = true;
      log.error("{} is damaged: whether ledger files are missing is not known", file);
    }
  }

  private String sumOf(byte[] block) {
    crc.reset();
    crc.update(block, SUM_DIGITS, BYTES - SUM_DIGITS);
    return Sentence.of("%08x", crc.getValue());
  }
}

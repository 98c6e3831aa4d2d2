package org.aibridge.core.action;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.aibridge.core.store.SegmentLog;
import org.aibridge.core.text.ClockTime;
import org.aibridge.core.text.Sentence;
import org.slf4j.Logger;

/**
 * A file outside the ledger's folder that says how far the ledger has come. It shows that somebody
 * deleted, cut or replaced ledger files, so that forgotten ids may be offered again.
 *
 * <p>The file holds one block of {@value #BYTES} bytes: a checksum of the rest in hex, and a JSON
 * object. The block is overwritten in place, by one write no longer than a disk's sector, so that a
 * death of process or machine leaves the old or the new one. The note claims no more than the
 * ledger has surely kept: it is written after the ledger was synced, and before the ledger deletes
 * anything.
 *
 * <p>A ledger that has less than its note says stays {@link #isShort} through restarts, until
 * {@link #trust}. The ledger's lock guards the note. For the ledger's thread.
 */
final class LedgerNote {
  /** The name of the file, in the journal's folder. */
  static final String NAME = "actions-ledger.note";

  private static final Logger log = Logs.of(LedgerNote.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int BYTES = 512;
  private static final int SUM_DIGITS = 8;

  /** The number of records, and a sum of their checksums that reveals a replaced record. */
  private record Tally(long records, long sums) {
    static final Tally NOTHING = new Tally(0, 0);

    Tally plus(Tally more) {
      return new Tally(records + more.records, sums + more.sums);
    }
  }

  /** The note's file; null if the ledger has no note. */
  private final Path file;

  private final CRC32C crc = new CRC32C();

  /** The record count and checksum sum of each segment. */
  private final TreeMap<Integer, Tally> segments = new TreeMap<>();

  private long lastPosition;

  /** The content of the file when it was read; null if the file was missing or damaged. */
  private JsonNode said;

  private boolean unreadable;

  /** The ledger's time in milliseconds; 0 if unknown. */
  private long timeMs;

  /** The tally of the records read so far that are also counted in the note's file. */
  private Tally found = Tally.NOTHING;

  /** The number of records found missing at {@link #missedMs}; 0 for none. */
  private long missing;

  private long missedMs;

  /** The time of the restored backup; 0 if none, or once an operator has accepted the restore. */
  private long restoredMs;

  /** The number of unreadable records after the position {@link #trustedTo}. */
  private long unread;

  /** The position of the ledger's last record when an operator last accepted a loss. */
  private long trustedTo;

  /** The number of records missing or unreadable at the opening, accepted since then or not. */
  private long lost;

  private boolean failed;

  private LedgerNote(Path file) {
    this.file = file;
  }

  /** Returns the note of a ledger that has no note file. */
  static LedgerNote none() {
    return new LedgerNote(null);
  }

  /**
   * Reads the note in {@code folder}, the journal's folder.
   *
   * @throws IOException if the file exists and the file system does not let it be read
   */
  static LedgerNote in(Path folder) throws IOException {
    LedgerNote note = new LedgerNote(folder.resolve(NAME));
    note.read();
    return note;
  }

  /** Returns the time in ms of the ledger's clock when the note was last written; 0 if unknown. */
  long timeMs() {
    return timeMs;
  }

  /** Counts a record of the ledger. Call once for each record, oldest first. */
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

  /** Counts a record whose action id is unreadable here; the service can offer that id again. */
  void addUnread(long position) {
    if (position > trustedTo) {
      unread++;
    }
  }

  /** Compares the ledger with the file's content. Call once all records are counted. */
  void compare(long nowMs) {
    long fresh = 0;
    if (said != null) {
      long atLeast = found.sums == said.path("sums").asLong() ? 0 : 1;
      fresh = Math.max(said.path("records").asLong() - found.records, atLeast);
      missedMs = said.path("at").asLong();
    } else if (unreadable && segments.isEmpty()) {
      fresh = 1; // A note means that there was a ledger.
      missedMs = nowMs;
    }
    if (fresh > 0) {
      missing += fresh;
      save(nowMs);
    } else if (missing > 0) {
      missedMs = said.path("missed_at").asLong();
    }
    // The note of a backup says that one is missing, for versions that know nothing of backups.
    lost = missing + unread - (restoredMs > 0 && missing == 1 ? 1 : 0);
    said = null;
  }

  /** Notes that the ledger is about to delete the segments before {@code segment}. */
  void forgetBefore(int segment, long nowMs) {
    segments.headMap(segment).clear();
    save(nowMs);
  }

  /**
   * True if the ledger lacks records it once had, or has unreadable ones, and no operator has
   * accepted that yet.
   */
  boolean isShort() {
    return missing > 0 || unread > 0;
  }

  /** Returns the operator's command that accepts the missing records; empty if none is missing. */
  String command() {
    return !isShort() ? "" : restoredMs > 0 ? "actions resume-after-restore" : "actions resume";
  }

  /** Returns the number of records missing or unreadable when the ledger was opened. */
  long lost() {
    return lost;
  }

  /** Returns a sentence on what is missing and what to do; empty if nothing is missing. */
  String problem(Path ledger) {
    if (!isShort()) {
      return "";
    }
    if (restoredMs > 0) {
      return Sentence.of(
          "the ledger in %s is a backup of %s, and nobody can know which actions were applied"
              + " since: each action the AI service offers waits for approval until 'ai-bridge"
              + " %s'",
          ledger, ClockTime.of(restoredMs), command());
    }
    String what =
        missing == 0
            ? Sentence.of("has %,d records of a later version of the bridge", unread)
            : Sentence.of(
                "lacks at least %,d of the records it had on %s", missing, ClockTime.of(missedMs));
    return Sentence.of(
        "the ledger in %s %s, so actions that were applied may be offered again: each action the AI"
            + " service offers waits for approval until 'ai-bridge %s'",
        ledger, what, command());
  }

  /**
   * Accepts the missing records as gone, and the unreadable ones as unread.
   *
   * @throws IOException if this cannot be written; then nothing has changed
   */
  void trust(long nowMs) throws IOException {
    long missingBefore = missing;
    long trustedBefore = trustedTo;
    long restoredBefore = restoredMs;
    missing = 0;
    restoredMs = 0;
    trustedTo = lastPosition;
    try {
      write(nowMs);
      unread = 0;
    } catch (IOException e) {
      missing = missingBefore;
      trustedTo = trustedBefore;
      restoredMs = restoredBefore;
      throw e;
    }
  }

  /**
   * Notes that the ledger is a backup: it stays {@link #isShort}, also for earlier versions, which
   * know of missing records alone.
   *
   * @param backupMs when the backup was made
   * @throws IOException if this cannot be written
   */
  void restored(long backupMs, long nowMs) throws IOException {
    missing = Math.max(missing, 1);
    missedMs = backupMs;
    restoredMs = backupMs;
    write(nowMs);
  }

  /** Writes the ledger's state and its time {@code ledgerMs}; see {@link #save(long)}. */
  void save(long nowMs, long ledgerMs) {
    timeMs = ledgerMs;
    save(nowMs);
  }

  /** Writes the ledger's state to the note; logs a failure once, and goes on without the note. */
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
            .put("trusted", trustedTo)
            .put("restored", restoredMs)
            .toString();
    byte[] block = new byte[BYTES];
    Arrays.fill(block, (byte) ' ');
    block[BYTES - 1] = '\n';
    byte[] text = json.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, block, SUM_DIGITS + 1, text.length);
    byte[] sum = sumOf(block).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(sum, 0, block, 0, sum.length);
    PrivateFiles.makeFolder(file.getParent());
    // Opens the file for each write, since somebody may have removed it.
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
    said = text.startsWith(sumOf(block) + " ") ? parse(text.substring(SUM_DIGITS)) : null;
    if (said == null) {
      unreadable = true;
      log.error("{} cannot be read: whether ledger files are missing is not known", file);
      return;
    }
    missing = said.path("missing").asLong();
    timeMs = said.path("time").asLong();
    trustedTo = said.path("trusted").asLong();
    restoredMs = said.path("restored").asLong();
  }

  /** Returns the note's content; null if it does not have this version's form. */
  private static JsonNode parse(String json) {
    try {
      JsonNode said = MAPPER.readTree(json);
      return said.path("records").isIntegralNumber() && said.path("sums").isIntegralNumber()
          ? said
          : null;
    } catch (IOException e) {
      return null;
    }
  }

  private String sumOf(byte[] block) {
    crc.reset();
    crc.update(block, SUM_DIGITS, BYTES - SUM_DIGITS);
    return Sentence.of("%08x", crc.getValue());
  }
}

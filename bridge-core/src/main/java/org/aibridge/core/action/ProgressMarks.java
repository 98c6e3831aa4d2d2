package org.aibridge.core.action;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.DiskFile;
import org.aibridge.core.files.FileOwnership;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.slf4j.Logger;

/**
 * Marks of how far each action has come, in shared memory that outlives {@code kill -9}. They tell
 * an action that was never begun, or whose end was not written yet, from one that is truly in
 * doubt.
 *
 * <pre> 0 magic 8 8 places 8 16 the places: each the action's key 16, its state 8 </pre>
 *
 * <p>{@link #begun} and {@link #ended} each make one store into mapped memory, for any thread; the
 * other methods are for the actions thread. A store needs no fence after it to outlive the process:
 * what a thread stored before it was killed is in the memory, in the order of the stores. A crash
 * of the machine clears the memory: then every interrupted action is in doubt. The same holds
 * without shared memory. The mapping is never unmapped explicitly.
 */
final class ProgressMarks implements AutoCloseable {
  /** An object that stores no marks. */
  static final ProgressMarks NONE = new ProgressMarks(null, null, 0);

  static final String NEVER_BEGUN = "the server died before it was applied";
  static final String ENDED_UNSAID = "the server died before it could say more";

  private static final Logger log = Logs.of(ProgressMarks.class);
  private static final String NAME = "actions.begun";
  private static final long MAGIC = 0x31524B4D_42494141L;
  private static final int HEADER = 16;
  private static final int PLACE = 24;
  private static final int STATE = 16;
  private static final int MAX_BYTES = 64 << 20;

  // The states of a place; the numbers must never change. Another number means: in doubt.

  private static final long HANDED_OVER = 1;
  private static final long BEGUN = 2;
  private static final long APPLIED = 3;
  private static final long FAILED = 4;

  private final Path file;
  private final UnsafeBuffer memory;
  private final int[] free;
  private int freeCount;

  private ProgressMarks(Path file, UnsafeBuffer memory, int places) {
    this.file = file;
    this.memory = memory;
    this.free = new int[places];
    for (int i = 0; i < places; i++) {
      free[freeCount++] = places - 1 - i;
    }
  }

  /** Returns the marks' file in the shared {@code memory}; null if {@code memory} is null. */
  static Path fileIn(Path memory) {
    return memory == null ? null : memory.resolve(NAME);
  }

  /** Creates marks at {@code file}, replacing older ones; returns {@link #NONE} on failure. */
  static ProgressMarks create(Path file, int places) {
    if (file == null) {
      return NONE;
    }
    try {
      ByteBuffer mapped =
          PrivateFiles.map(
              file,
              HEADER + places * PLACE,
              memory -> {
                UnsafeBuffer head = new UnsafeBuffer(memory, 0, HEADER);
                head.putLong(0, MAGIC);
                head.putLong(8, places);
              });
      return new ProgressMarks(file, new UnsafeBuffer(mapped), places);
    } catch (IOException e) {
      log.warn(
          "{} cannot be used, a crash will leave more actions in doubt: {}", file, Reason.of(e));
      return NONE;
    }
  }

  /** Creates marks in this process's memory; they are lost when the process ends. */
  static ProgressMarks ofThisProcess(int places) {
    return new ProgressMarks(
        null, new UnsafeBuffer(ByteBuffer.allocateDirect(HEADER + places * PLACE)), places);
  }

  /** Returns a settler that decides by the marks that an earlier process left at {@code file}. */
  static LedgerSettler settler(Path file) {
    Map<UUID, Long> states = read(file);
    return (entry, nowMs) -> {
      long state = states.getOrDefault(key(entry.id), 0L);
      if (state == HANDED_OVER) {
        return new ActionResult(ActionResult.End.FAILED, NEVER_BEGUN, nowMs);
      }
      if (state == APPLIED || state == FAILED) {
        ActionResult.End end =
            state == APPLIED ? ActionResult.End.APPLIED : ActionResult.End.FAILED;
        return new ActionResult(end, ENDED_UNSAID, nowMs);
      }
      return ActionLedger.doubt(entry, nowMs);
    };
  }

  private static Map<UUID, Long> read(Path file) {
    Map<UUID, Long> states = new HashMap<>();
    try {
      FileOwnership now = file == null ? null : FileOwnership.of(file);
      if (now == null || !now.isFile() || now.isOpenToWriters() || !now.isOurs()) {
        return states;
      }
      UnsafeBuffer memory = new UnsafeBuffer(PrivateFiles.readAll(file, MAX_BYTES));
      int length = memory.capacity();
      if (length < HEADER
          || memory.getLong(0) != MAGIC
          || memory.getLong(8) != (length - HEADER) / PLACE) {
        return states;
      }
      for (int at = HEADER; at + PLACE <= length; at += PLACE) {
        long state = memory.getLong(at + STATE);
        if (state != 0) {
          states.put(new UUID(memory.getLong(at), memory.getLong(at + 8)), state);
        }
      }
    } catch (IOException e) {
      log.warn("{} cannot be read, what was interrupted is in doubt: {}", file, Reason.of(e));
    }
    return states;
  }

  /** Takes a place for an action, before its intent is written; returns -1 if none is free. */
  int take(String id) {
    if (freeCount == 0) {
      return -1;
    }
    int place = free[--freeCount];
    int at = HEADER + place * PLACE;
    UUID key = key(id);
    memory.putLong(at, key.getMostSignificantBits());
    memory.putLong(at + 8, key.getLeastSignificantBits());
    memory.putLongVolatile(at + STATE, HANDED_OVER);
    return place;
  }

  /**
   * Takes a place and marks it with the end of an action that an earlier process left; -1 if none
   * is free.
   */
  int keep(String id, ActionResult settled) {
    int place = take(id);
    if (settled.end() == ActionResult.End.IN_DOUBT) {
      begun(place);
    } else if (!settled.message().equals(NEVER_BEGUN)) {
      ended(place, settled.end());
    }
    return place;
  }

  /**
   * Marks that the handler is about to run; the mark is visible before all that the handler writes.
   */
  void begun(int place) {
    if (place >= 0) {
      memory.putLongRelease(HEADER + place * PLACE + STATE, BEGUN);
      VarHandle.storeStoreFence();
    }
  }

  /** Marks how the action ended; the mark is visible only after all writes of the handler. */
  void ended(int place, ActionResult.End end) {
    if (place >= 0) {
      memory.putLongRelease(
          HEADER + place * PLACE + STATE, end == ActionResult.End.APPLIED ? APPLIED : FAILED);
    }
  }

  /** Frees the place, once the result is in the ledger. */
  void give(int place) {
    if (place >= 0) {
      memory.putLongVolatile(HEADER + place * PLACE + STATE, 0);
      free[freeCount++] = place;
    }
  }

  /**
   * Restores the file's length if somebody has truncated it: marking past its end would throw an
   * error.
   */
  void keep() {
    try {
      if (file != null && Disk.size(file) < memory.capacity()) {
        try (DiskFile cut = PrivateFiles.writer(file)) {
          cut.setSize(memory.capacity());
        }
        log.error("somebody cut {}: a crash now leaves more actions in doubt", file);
      }
    } catch (IOException e) {
      log.trace("{} is gone", file);
    }
  }

  /** Deletes the file unless a place is still taken, since the next start needs that mark. */
  @Override
  public void close() {
    if (file == null || freeCount < free.length) {
      return;
    }
    try {
      Disk.deleteIfExists(file);
    } catch (IOException e) {
      log.debug("{} stays: {}", file, "" + e);
    }
  }

  private static UUID key(String id) {
    return UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8));
  }
}

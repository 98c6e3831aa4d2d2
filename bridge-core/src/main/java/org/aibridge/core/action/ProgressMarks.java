package org.aibridge.core.action;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.agrona.concurrent.UnsafeBuffer;
import org.aibridge.core.files.Disk;
import org.aibridge.core.files.DiskFile;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.files.Standing;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.Reason;
import org.slf4j.Logger;

/**
 * How far each action has come, in shared memory that outlives {@code kill -9}: what tells an
 * action that was never begun, or whose outcome was not written yet, from one that is truly in
 * doubt.
 *
 * <pre>
 *   0  magic  8
 *   8  places 8
 *  16  place: the action's key 16, how far it has come 8; as many as there are places
 * </pre>
 *
 * <p>{@link #begun} and {@link #ended} are one store into mapped memory, for the server's threads;
 * the rest is the actions thread's. A store needs no fence behind it to outlive the process: what a
 * thread stored before it was killed is in the memory, in the order it was stored. The memory is
 * gone after a crash of the machine, and with it what it says: then everything interrupted is in
 * doubt. So it is where there is no shared memory. The mapping is never undone by hand.
 */
final class ProgressMarks implements AutoCloseable {
  /** Marks nothing, knows nothing. */
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

  /** Where marks lie in a folder of ours in shared memory; null where there is none. */
  static Path fileIn(Path memory) {
    return memory == null ? null : memory.resolve(NAME);
  }

  /** New marks at {@code file} in place of what lies there; none if that cannot be. */
  static ProgressMarks create(Path file, int places) {
    if (file == null) {
      return NONE;
    }
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Disk.deleteIfExists(fresh);
      try (FileChannel channel =
          PrivateFiles.open(
              fresh,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE)) {
        // Written before it is mapped: a full memory is an exception here and not a crash later.
        ByteBuffer zeros = ByteBuffer.allocate(HEADER + places * PLACE);
        while (zeros.hasRemaining()) {
          channel.write(zeros);
        }
        var mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, zeros.capacity());
        mapped.load();
        UnsafeBuffer memory = new UnsafeBuffer(mapped);
        memory.putLong(0, MAGIC);
        memory.putLong(8, places);
        Disk.replace(fresh, file);
        return new ProgressMarks(file, memory, places);
      }
    } catch (IOException e) {
      log.warn(
          "{} cannot be used, a crash will leave more actions in doubt: {}", file, Reason.of(e));
      return NONE;
    }
  }

  /** Marks that end with the process. */
  static ProgressMarks ofThisProcess(int places) {
    return new ProgressMarks(
        null, new UnsafeBuffer(ByteBuffer.allocateDirect(HEADER + places * PLACE)), places);
  }

  /** What an earlier process has left at {@code file}. */
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
      Standing now = file == null ? null : Standing.of(file);
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
      for (int at = HEADER; at < length; at += PLACE) {
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

  /** A place for the action, before its intent is written; -1 when there is none. */
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

  /** A place for an action of an earlier process, as that has left it; -1 when there is none. */
  int keep(String id, ActionResult settled) {
    int place = take(id);
    if (settled.end() == ActionResult.End.IN_DOUBT) {
      begun(place);
    } else if (!settled.message().equals(NEVER_BEGUN)) {
      ended(place, settled.end());
    }
    return place;
  }

  /** Notes that the handler is about to run; whatever that does comes after it. */
  void begun(int place) {
    if (place >= 0) {
      memory.putLongRelease(HEADER + place * PLACE + STATE, BEGUN);
      VarHandle.storeStoreFence();
    }
  }

  /** Notes how the action ended, after whatever its handler has done. */
  void ended(int place, ActionResult.End end) {
    if (place >= 0) {
      memory.putLongRelease(
          HEADER + place * PLACE + STATE, end == ActionResult.End.APPLIED ? APPLIED : FAILED);
    }
  }

  /** Gives the place back, once the result is in the ledger. */
  void give(int place) {
    if (place >= 0) {
      memory.putLongVolatile(HEADER + place * PLACE + STATE, 0);
      free[freeCount++] = place;
    }
  }

  /** Gives the file its length again if somebody cut it: a store behind its end is an error. */
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

  /** Removes the file, unless something in it is still of use to the next start. */
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

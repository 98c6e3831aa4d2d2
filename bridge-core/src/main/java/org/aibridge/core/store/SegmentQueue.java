package org.aibridge.core.store;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import net.openhft.chronicle.bytes.MappedBytes;
import net.openhft.chronicle.bytes.MappedFile;
import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.core.values.LongValue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.RollCycle;
import net.openhft.chronicle.queue.impl.TableStore;
import net.openhft.chronicle.queue.impl.single.SCQMeta;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.impl.table.TableStoreIterator;
import net.openhft.chronicle.queue.rollcycles.LegacyRollCycles;
import net.openhft.chronicle.wire.WireOut;
import net.openhft.chronicle.wire.WireType;

/**
 * A Chronicle Queue for one file and one writer, which opens that file and no other.
 *
 * <p>Chronicle keeps notes about a folder in a file, for all who share the folder. Nobody shares
 * this one, so the notes are in memory: that saves a file to open, lock and map each time, which
 * stayed open when one of these steps failed. For one thread.
 */
final class SegmentQueue {
  private static final RollCycle TIMELINE = LegacyRollCycles.MINUTELY;

  /** The number of bytes of a file that are mapped at once. */
  private static final int BLOCK_BYTES = 8 << 20;

  /**
   * The time in ms that Chronicle waits for a record, a header or a lock of another writer. There
   * is no other writer.
   */
  private static final int UNFINISHED_WAIT_MS = 5;

  private final SingleChronicleQueue queue;
  private final ExcerptAppender appender;

  private SegmentQueue(SingleChronicleQueue queue) {
    this.queue = queue;
    this.appender = queue.createAppender();
    appender.singleThreadedCheckDisabled(true);
  }

  /** Creates the queue without opening a file; the first record opens the file. */
  static SegmentQueue of(Path folder, int number) {
    SingleChronicleQueue queue =
        new NotedInMemory()
            .path(folder.toFile())
            .rollCycle(TIMELINE)
            .blockSize(BLOCK_BYTES)
            .timeoutMS(UNFINISHED_WAIT_MS)
            // Keeps Chronicle from calling msync, which needs native code, before it unmaps a file.
            .syncMode(SyncMode.NONE)
            .timeProvider(() -> (long) number * TIMELINE.lengthInMillis())
            .build();
    boolean whole = false;
    try {
      SegmentQueue made = new SegmentQueue(queue);
      whole = true;
      return made;
    } finally {
      if (!whole) {
        queue.close();
      }
    }
  }

  ExcerptAppender appender() {
    return appender;
  }

  /**
   * Closes everything, including a file that Chronicle no longer knows because it failed after it
   * had opened the file.
   */
  void close() throws IOException {
    List<MappedFile> files = List.copyOf(openFiles(queue).values());
    try (SingleChronicleQueue closed = queue;
        ExcerptAppender first = appender) {
      assert closed != null && first != null;
    } finally {
      for (MappedFile file : files) {
        file.raf().close();
      }
    }
  }

  /** Returns the open files by name. Uses reflection, since Chronicle has no method for this. */
  @SuppressWarnings("unchecked") // Chronicle itself declares the raw type.
  private static Map<File, MappedFile> openFiles(SingleChronicleQueue queue) {
    Object files = get(get(queue, "storeSupplier"), "mappedFileCache");
    return (Map<File, MappedFile>) get(files, "cache");
  }

  private static Object get(Object of, String name) {
    try {
      return field(of.getClass(), name).get(of);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Chronicle Queue is of another version", e);
    }
  }

  private static Field field(Class<?> type, String name) throws ReflectiveOperationException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  /** Builds a queue that keeps Chronicle's notes in memory. */
  private static final class NotedInMemory extends SingleChronicleQueueBuilder {
    @Override
    protected void initializeMetadata() {
      try {
        field(SingleChronicleQueueBuilder.class, "metaStore").set(this, new Notes());
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("Chronicle Queue is of another version", e);
      }
    }
  }

  /** Chronicle's notes on the folder: its writer, and the numbers of the first and last file. */
  private static final class Notes implements TableStore<SCQMeta> {
    private final Map<String, LongValue> values = new HashMap<>();

    @Override
    public LongValue acquireValueFor(CharSequence key, long initial) {
      return values.computeIfAbsent(key.toString(), name -> new Note(initial));
    }

    @Override
    public <R> R doWithExclusiveLock(Function<TableStore<SCQMeta>, ? extends R> work) {
      return work.apply(this);
    }

    @Override
    public <A> void forEachKey(A accumulator, TableStoreIterator<A> iterator) {
      // Nothing to do: nobody reads the keys.
    }

    @Override
    public SCQMeta metadata() {
      throw new UnsupportedOperationException();
    }

    @Override
    public File file() {
      return new File("memory");
    }

    @Override
    public MappedBytes bytes() {
      throw new UnsupportedOperationException();
    }

    @Override
    public String dump(WireType type) {
      return values.keySet().toString();
    }

    @Override
    public void writeMarshallable(WireOut wire) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      // Nothing to close.
    }

    @Override
    public boolean isClosed() {
      return false;
    }
  }

  private static final class Note implements LongValue {
    private final AtomicLong value;

    Note(long initial) {
      this.value = new AtomicLong(initial);
    }

    @Override
    public long getValue() {
      return value.get();
    }

    @Override
    public void setValue(long newValue) {
      value.set(newValue);
    }

    @Override
    public long getVolatileValue() {
      return value.get();
    }

    @Override
    public void setVolatileValue(long newValue) {
      value.set(newValue);
    }

    @Override
    public long getVolatileValue(long closedValue) {
      return value.get();
    }

    @Override
    public void setOrderedValue(long newValue) {
      value.set(newValue);
    }

    @Override
    public long addValue(long delta) {
      return value.addAndGet(delta);
    }

    @Override
    public long addAtomicValue(long delta) {
      return value.addAndGet(delta);
    }

    @Override
    public boolean compareAndSwapValue(long expected, long newValue) {
      return value.compareAndSet(expected, newValue);
    }
  }
}

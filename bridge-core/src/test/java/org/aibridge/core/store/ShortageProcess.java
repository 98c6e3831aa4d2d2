package org.aibridge.core.store;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.aibridge.core.run.Reason;
import org.aibridge.core.run.World;

/**
 * Appends to a small log and reads it while it has, for a time, no free file descriptor, or but one
 * to a few. Prints what it was refused, how many records it appended, and how many it read.
 *
 * <p>Arguments: folder, how many are free.
 */
final class ShortageProcess {
  private static final int RECORDS = 3000;
  private static final int BEGINS = 1000;
  private static final int ENDS = 2000;

  private ShortageProcess() {}

  /** Loaded when the shortage begins, so that the JVM's list of classes tells when that was. */
  private static final class Begins {}

  /** Loaded when it has ended. */
  private static final class Ends {}

  public static void main(String[] args) throws Exception {
    Reason.prepare(); // As a start does.
    Path folder = Path.of(args[0]);
    int free = Integer.parseInt(args[1]);
    List<Closeable> held = new ArrayList<>();
    List<Integer> appended = new ArrayList<>();
    List<Integer> read = new ArrayList<>();
    Set<String> refusals = new TreeSet<>();
    Set<String> unreadable = new TreeSet<>();
    int changes = 0;
    StoreLimits limits = new StoreLimits(20_000, 0, 0);
    try (SegmentLog log = SegmentLog.open(folder, limits, RecordSpan.NONE, World.ofJvm());
        SegmentTail tail = log.tail()) {
      boolean wellBefore = true;
      for (int i = 0; i < RECORDS; i++) {
        if (i == BEGINS) {
          new Begins();
          hold(held, free);
        } else if (i == ENDS) {
          close(held);
          new Ends();
        }
        boolean well = append(log, i, appended, refusals);
        changes += well == wellBefore ? 0 : 1;
        wellBefore = well;
        if (i % 7 == 0 || i > ENDS) {
          read(tail, read, unreadable);
        }
        if (!well && !log.problem().isEmpty()) {
          refusals.add(log.problem());
        }
      }
      read(tail, read, unreadable);
    }
    System.out.println(refusals);
    System.out.println(unreadable);
    System.out.println(changes);
    System.out.println(appended.size());
    System.out.println(read.equals(appended));
    System.out.println(appended.containsAll(List.of(BEGINS - 1, ENDS, RECORDS - 1)));
  }

  private static boolean append(
      SegmentLog log, int number, List<Integer> appended, Set<String> refusals) {
    try {
      log.append(ByteBuffer.allocate(300).putInt(0, number).array());
      appended.add(number);
      return true;
    } catch (StoreFullException e) {
      refusals.add(e.getMessage());
      return false;
    }
  }

  private static void read(SegmentTail tail, List<Integer> read, Set<String> unreadable) {
    try {
      while (tail.next()) {
        read.add(ByteBuffer.wrap(tail.bytes()).getInt(0));
      }
    } catch (UncheckedIOException e) {
      unreadable.add(e.getMessage());
    }
  }

  private static void hold(List<Closeable> held, int free) throws IOException {
    try {
      while (true) {
        held.add(new FileInputStream("/dev/null"));
      }
    } catch (IOException e) {
      for (int i = 0; i < free; i++) {
        held.remove(held.size() - 1).close();
      }
    }
  }

  private static void close(List<Closeable> held) throws IOException {
    for (Closeable one : held) {
      one.close();
    }
    held.clear();
  }
}

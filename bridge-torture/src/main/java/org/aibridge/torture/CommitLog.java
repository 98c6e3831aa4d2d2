package org.aibridge.torture;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The batches that the service took, in a text file that is only ever appended to.
 *
 * <p>A batch is one line, {@code order, time, key, sum}, then {@code id, number, player} of each
 * event, parted by tabs, and is written out before the service can answer. A last line that a dead
 * writer left unfinished had no answer and does not count. Any thread.
 */
public final class CommitLog implements AutoCloseable {
  private final BufferedWriter out;
  private final List<Commit> commits = new ArrayList<>();
  private long nextOrder;

  /** Opens or creates the log, and reads its batches. */
  public CommitLog(Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      if (Files.exists(file)) {
        commits.addAll(read(file));
        commits.forEach(commit -> nextOrder = Math.max(nextOrder, commit.order() + 1));
      }
      out = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the batches in {@code file} in the order in which they were written. */
  public static List<Commit> read(Path file) {
    try {
      String text = Files.readString(file);
      List<Commit> result = new ArrayList<>();
      text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach(l -> result.add(parse(l)));
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns all batches committed so far, in order. */
  public synchronized List<Commit> commits() {
    return commits.stream().sorted(Comparator.comparingLong(Commit::order)).toList();
  }

  @Override
  public synchronized void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reserves a place in the order for a batch that is acknowledged before it is read. */
  synchronized long reserve() {
    return nextOrder++;
  }

  void append(String key, int contentSum, List<CommittedEvent> events) {
    append(reserve(), key, contentSum, events);
  }

  synchronized void append(long order, String key, int contentSum, List<CommittedEvent> events) {
    Commit commit = new Commit(order, System.currentTimeMillis(), key, contentSum, events);
    commits.add(commit);
    try {
      out.write(format(commit));
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String format(Commit commit) {
    StringBuilder line = new StringBuilder(64 + 40 * commit.events().size());
    line.append(commit.order()).append('\t').append(commit.epochMs()).append('\t');
    line.append(commit.key()).append('\t').append(commit.contentSum());
    for (CommittedEvent event : commit.events()) {
      line.append('\t').append(event.id()).append('\t').append(event.number());
      line.append('\t').append(event.player());
    }
    return line.append('\n').toString();
  }

  private static Commit parse(String line) {
    String[] parts = line.split("\t", -1);
    List<CommittedEvent> events = new ArrayList<>();
    for (int i = 4; i + 2 < parts.length; i += 3) {
      events.add(
          new CommittedEvent(parts[i], Long.parseLong(parts[i + 1]), Long.parseLong(parts[i + 2])));
    }
    return new Commit(
        Long.parseLong(parts[0]),
        Long.parseLong(parts[1]),
        parts[2],
        Integer.parseInt(parts[3]),
        events);
  }
}

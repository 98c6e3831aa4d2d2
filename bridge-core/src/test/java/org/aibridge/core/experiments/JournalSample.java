package org.aibridge.core.experiments;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.journal.Journal;
import org.aibridge.core.run.World;
import org.aibridge.core.store.StoreLimits;

/** A journal of numbered events to spoil copies of, and where each of its records lies. */
final class JournalSample {
  static final int SEGMENT_BYTES = 512 << 10;
  private static final int FIRST_RECORD = 0x8110;
  private static final int RECORD_HEADER = 4 + 8;
  private static final int EVENTS_A_MOVE = 7;
  private static final int COUNT_AT = 4;
  private static final int SEQUENCE_AT = 8;
  private static final int MAGIC = 0x31474C41;

  /** A record of {@code file}: its bytes from {@code start} to {@code end}, and its events. */
  record Place(String file, long start, long end, int firstNumber, int count, long firstSequence) {
    void addTo(BitSet numbers) {
      numbers.set(firstNumber, firstNumber + count);
    }
  }

  private final Path folder;
  private final List<Place> places = new ArrayList<>();

  private JournalSample(Path folder) {
    this.folder = folder;
  }

  /** Writes a journal of {@code events} events to {@code folder}. */
  static JournalSample write(Path folder, int events) throws IOException {
    Path ring = folder.resolveSibling(folder.getFileName() + ".ring");
    Intake intake = Intake.create(ring, 1000, 65_536, new Refusals());
    RingDrain drain = intake.drain();
    try (Journal journal =
        Journal.open(folder, new StoreLimits(SEGMENT_BYTES, 0, 0), Conf.LANES, World.ofJvm())) {
      for (int i = 0; i < events; i++) {
        if (!intake.publish(Numbered.event(i))) {
          throw new IllegalStateException("not accepted");
        }
        if (i % EVENTS_A_MOVE == EVENTS_A_MOVE - 1 || i == events - 1) {
          journal.move(drain);
        }
      }
    }
    Files.delete(ring);
    JournalSample sample = new JournalSample(folder);
    for (Path file : sample.segments()) {
      sample.locate(file);
    }
    return sample;
  }

  List<Place> places() {
    return places;
  }

  List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".cq4")).sorted().toList();
    }
  }

  /** Where the last record of {@code file} ends. */
  long endOf(Path file) {
    return places.stream()
        .filter(place -> place.file().equals(file.getFileName().toString()))
        .mapToLong(Place::end)
        .max()
        .orElseThrow();
  }

  /** Puts a fresh copy of the journal to {@code target}; of each file no more than is used. */
  void copyTo(Path target) throws IOException {
    Folders.delete(target);
    Files.createDirectories(target);
    for (Path file : segments()) {
      byte[] bytes = Files.readAllBytes(file);
      int used = (int) Math.min(bytes.length, endOf(file) + (64 << 10));
      Files.write(
          target.resolve(file.getFileName().toString()), java.util.Arrays.copyOf(bytes, used));
    }
    Files.copy(folder.resolve("cursor"), target.resolve("cursor"));
  }

  private void locate(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int at = FIRST_RECORD;
    while (bytes.getInt(at) > 0) {
      int length = bytes.getInt(at) & 0x3FFF_FFFF;
      if (bytes.getInt(at + 4) == MAGIC) {
        int count = bytes.getInt(at + RECORD_HEADER + COUNT_AT);
        long sequence = bytes.getLong(at + RECORD_HEADER + SEQUENCE_AT);
        int number = places.isEmpty() ? 0 : nextNumber();
        places.add(
            new Place(
                file.getFileName().toString(), at, at + 4L + length, number, count, sequence));
      }
      at = at + 4 + length + 3 & ~3;
    }
  }

  private int nextNumber() {
    Place last = places.get(places.size() - 1);
    return last.firstNumber() + last.count();
  }
}

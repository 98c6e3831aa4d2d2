package org.aibridge.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.World;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder read by somebody who does not own it. */
class SegmentScanTest {
  private static final long SEGMENT = 1 << 20;

  @TempDir private Path folder;

  private final BridgeClock clock = BridgeClock.system();

  @Test
  void readsWhatAnotherAppendsAndGoesOnWhereItWas() throws IOException {
    try (SegmentLog log = open();
        SegmentScan scan = new SegmentScan(folder)) {
      log.append(record(0, 100));
      scan.open(log.segmentNumbers().get(0));
      assertThat(rest(scan)).containsExactly(0);
      assertThat(rest(scan)).isEmpty();
      log.append(record(1, 300_000));
      log.append(record(2, 100));
      assertThat(rest(scan)).containsExactly(1, 2);
      assertThat(scan.isSealed()).isFalse();
      assertThat(scan.damaged()).isZero();
    }
  }

  @Test
  void leavesEveryFileAsItIs() throws IOException {
    try (SegmentLog log = open()) {
      for (int i = 0; i < 40; i++) {
        log.append(record(i, 60_000));
      }
      Map<String, FileTime> before = files();
      assertThat(all()).hasSize(40);
      assertThat(files()).isEqualTo(before);
      log.append(record(40, 100));
      assertThat(all()).hasSize(41);
    }
  }

  @Test
  void missesNothingAndMakesNothingUpWhileAnotherThreadWrites() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    try (SegmentLog log = open()) {
      Thread writer =
          new Thread(
              () -> {
                for (int i = 0; i < 20_000; i++) {
                  log.append(record(i, 100 + i % 700));
                }
                done.set(true);
              });
      writer.start();
      List<Integer> seen = new ArrayList<>();
      int segment = -1;
      try (SegmentScan scan = new SegmentScan(folder)) {
        boolean last = false;
        while (!last) {
          last = done.get();
          for (int next : SegmentScan.segments(folder)) {
            seen.addAll(segment < 0 ? List.of() : rest(scan));
            if (next > segment) {
              scan.open(next);
              segment = next;
            }
          }
          seen.addAll(segment < 0 ? List.of() : rest(scan));
        }
        assertThat(scan.damaged()).isZero();
      }
      writer.join();
      assertThat(seen).isEqualTo(IntStream.range(0, 20_000).boxed().toList());
    }
  }

  @Test
  void readsASegmentToItsEndThoughItIsDeletedMeanwhile() throws IOException {
    try (SegmentLog log = open();
        SegmentScan scan = new SegmentScan(folder)) {
      for (int i = 0; i < 9; i++) {
        log.append(record(i, 300_000));
      }
      List<Integer> segments = log.segmentNumbers();
      scan.open(segments.get(0));
      assertThat(scan.next()).isTrue();
      log.deleteBefore(SegmentLog.firstPositionOf(segments.get(1)));
      assertThat(rest(scan)).containsExactly(1, 2);
      assertThat(scan.open(segments.get(0))).isFalse();
    }
  }

  @Test
  void stepsOverDamageAndTellsWhereItBegins() throws IOException {
    List<Long> places = new ArrayList<>();
    int segment;
    try (SegmentLog log = open();
        SegmentScan scan = new SegmentScan(folder)) {
      for (int i = 0; i < 10; i++) {
        log.append(record(i, 1000));
      }
      segment = log.segmentNumbers().get(0);
      scan.open(segment);
      while (scan.next()) {
        places.add(scan.at());
      }
    }
    spoil(segment, places.get(3) + 500, (byte) 0x55);
    spoil(segment, places.get(6), (byte) 0xFF);
    spoil(segment, places.get(6) + 3, (byte) 0x3F);
    try (SegmentScan scan = new SegmentScan(folder)) {
      scan.open(segment);
      assertThat(rest(scan)).containsExactly(0, 1, 2, 4, 5, 7, 8, 9);
      assertThat(scan.damaged()).isEqualTo(2);
      assertThat(scan.damagedAt()).isEqualTo(places.get(6));
    }
  }

  @Test
  void findsWhatLiesBehindABlockOfZeros() throws IOException {
    List<Long> places = new ArrayList<>();
    int segment;
    try (SegmentLog log = open();
        SegmentScan scan = new SegmentScan(folder)) {
      for (int i = 0; i < 20; i++) {
        log.append(record(i, 1000));
      }
      segment = log.segmentNumbers().get(0);
      scan.open(segment);
      while (scan.next()) {
        places.add(scan.at());
      }
    }
    for (long at = places.get(5); at < places.get(9); at++) {
      spoil(segment, at, (byte) 0);
    }
    try (SegmentScan scan = new SegmentScan(folder)) {
      scan.open(segment);
      assertThat(rest(scan)).hasSize(16).contains(4, 9).doesNotContain(5, 8);
      assertThat(scan.damaged()).isEqualTo(1);
    }
  }

  @Test
  void saysThatThereIsNoFolder() {
    assertThatThrownBy(() -> SegmentScan.segments(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void deletesAnySegmentAndForgetsThoseSomebodyElseHasDeleted() throws IOException {
    try (SegmentLog log = open()) {
      for (int i = 0; i < 9; i++) {
        log.append(record(i, 300_000));
      }
      List<Integer> segments = log.segmentNumbers();
      assertThat(segments).hasSize(3);
      log.deleteSegment(segments.get(2));
      log.append(record(9, 100));
      assertThat(all()).containsExactly(0, 1, 2, 3, 4, 5, 9);
      Files.delete(SegmentScan.file(folder, segments.get(0)));
      long before = log.diskBytes();
      assertThat(log.forgetMissing()).containsExactly(segments.get(0));
      assertThat(log.forgetMissing()).isEmpty();
      assertThat(log.diskBytes()).isLessThan(before);
      log.append(record(10, 100));
      assertThat(all()).containsExactly(3, 4, 5, 9, 10);
    }
  }

  private SegmentLog open() throws IOException {
    return SegmentLog.open(folder, SEGMENT, 0, World.of(clock));
  }

  private List<Integer> all() throws IOException {
    List<Integer> all = new ArrayList<>();
    try (SegmentScan scan = new SegmentScan(folder)) {
      for (int segment : SegmentScan.segments(folder)) {
        scan.open(segment);
        all.addAll(rest(scan));
      }
    }
    return all;
  }

  private static List<Integer> rest(SegmentScan scan) throws IOException {
    List<Integer> numbers = new ArrayList<>();
    while (scan.next()) {
      numbers.add(ByteBuffer.wrap(scan.bytes()).getInt(scan.offset()));
    }
    return numbers;
  }

  private static byte[] record(int number, int length) {
    return ByteBuffer.allocate(length).putInt(0, number).array();
  }

  private Map<String, FileTime> files() throws IOException {
    Map<String, FileTime> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.toList()) {
        files.put(file.getFileName().toString(), Files.getLastModifiedTime(file));
      }
    }
    return files;
  }

  private void spoil(int segment, long at, byte value) throws IOException {
    try (RandomAccessFile file =
        new RandomAccessFile(SegmentScan.file(folder, segment).toFile(), "rw")) {
      file.seek(at);
      file.write(value);
    }
  }
}

package org.aibridge.core.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.aibridge.api.event.GameEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CursorTest {
  private static final int SLOT = 4096;

  @TempDir Path folder;

  @Property(tries = 300)
  void loadsTheStateBeforeOrAfterATornSave(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 64) int lanes,
      @ForAll @IntRange(min = 1, max = 12) int saves)
      throws Exception {
    Path path = Files.createTempDirectory("cursor").resolve("c");
    Random random = new Random(seed);
    Cursor cursor = Cursor.open(path, lanes);
    String before = state(cursor);
    byte[] fileBefore = Files.readAllBytes(path);
    String after = before;
    byte[] fileAfter = fileBefore;
    for (int i = 0; i < saves; i++) {
      before = after;
      fileBefore = fileAfter;
      change(cursor, random);
      cursor.save();
      after = state(cursor);
      fileAfter = Files.readAllBytes(path);
    }

    for (int cut : new int[] {0, 1, 4, 12, 32, random.nextInt(SLOT), SLOT - 1, SLOT}) {
      Path torn = path.resolveSibling("torn" + cut);
      Files.write(torn, torn(fileBefore, fileAfter, cut, random));
      try (Cursor read = Cursor.open(torn, lanes)) {
        assertThat(state(read)).isIn(before, after);
      }
      Files.delete(torn);
    }
    cursor.close();
    Files.delete(path);
    Files.delete(path.getParent());
  }

  /** The file with the first bytes of the slot that was written, and some of the rest. */
  private static byte[] torn(byte[] before, byte[] after, int cut, Random random) {
    byte[] torn = before.clone();
    int slot = java.util.Arrays.mismatch(before, after) < SLOT ? 0 : SLOT;
    System.arraycopy(after, slot, torn, slot, cut);
    for (int i = cut; i + 64 < SLOT; i += 64) {
      if (random.nextInt(4) == 0) {
        System.arraycopy(after, slot + i, torn, slot + i, 64);
      }
    }
    return torn;
  }

  private static void change(Cursor cursor, Random random) {
    for (int i = 0; i < 5; i++) {
      int lane = random.nextInt(cursor.lanes());
      switch (random.nextInt(4)) {
        case 0 -> cursor.acknowledge(lane, random.nextLong() >>> 1);
        case 1 -> cursor.beginBatch(lane, random.nextLong(), random.nextLong() >>> 1, 5, 0);
        case 2 -> cursor.readFrom(random.nextLong() >>> 1);
        default -> cursor.notBeforeMs(random.nextLong() >>> 1);
      }
    }
  }

  private static String state(Cursor cursor) {
    List<Object> all =
        new ArrayList<>(
            List.of(cursor.readFrom(), cursor.notBeforeMs(), cursor.lastAcknowledged()));
    for (int lane = 0; lane < cursor.lanes(); lane++) {
      all.add(cursor.batchLast(lane));
    }
    for (long player = -1; player < 200; player++) {
      all.add(cursor.isAcknowledged(player, 1L << 62));
    }
    return all.toString();
  }

  @Test
  void keepsWhereToReadFromWhenTheNumberOfLanesChanges() throws Exception {
    Path path = folder.resolve("c");
    Cursor four = Cursor.open(path, 4);
    four.readFrom(77);
    four.notBeforeMs(5);
    four.acknowledge(2, 1000);
    four.close();

    Cursor eight = Cursor.open(path, 8);
    assertThat(eight.readFrom()).isEqualTo(77);
    assertThat(eight.notBeforeMs()).isEqualTo(5);
    assertThat(eight.lastAcknowledged()).isZero();
    eight.acknowledge(7, 2000);
    eight.close();
    Cursor back = Cursor.open(path, 8);
    assertThat(back.lastAcknowledged()).isEqualTo(2000);
  }

  @Test
  void startsFromNothingWhenTheFileIsShortOrNoise() throws Exception {
    Random random = new Random(3);
    for (int size : new int[] {0, 1, 100, SLOT, 2 * SLOT - 1, 2 * SLOT, 3 * SLOT}) {
      Path path = folder.resolve("noise" + size);
      byte[] noise = new byte[size];
      random.nextBytes(noise);
      Files.write(path, noise);
      Cursor cursor = Cursor.open(path, 4);
      assertThat(cursor.readFrom()).isZero();
      cursor.readFrom(9);
      cursor.save();
      assertThat(Cursor.open(path, 4).readFrom()).isEqualTo(9);
    }
  }

  @Test
  void spreadsPlayersEvenlyOverLanes() throws Exception {
    for (int lanes : new int[] {1, 2, 3, 4, 7, 16, 64}) {
      Cursor cursor = Cursor.open(folder.resolve("c" + lanes), lanes);
      for (long step : new long[] {1, 2, 64, 1000}) {
        int[] counts = new int[lanes];
        int players = 2000 * lanes;
        for (int i = 0; i < players; i++) {
          counts[cursor.laneOf(150_000 + i * step)]++;
        }
        for (int count : counts) {
          assertThat(count).as("lanes %d step %d", lanes, step).isBetween(1600, 2400);
        }
      }
      assertThat(cursor.laneOf(GameEvent.NO_PLAYER)).isBetween(0, lanes - 1);
    }
  }

  @Test
  void writesItselfAnewWhenSomebodyCutsDeletesOrReplacesItsFile() throws Exception {
    Path path = folder.resolve("cursor");
    byte[] old;
    try (Cursor cursor = Cursor.open(path, 2)) {
      cursor.acknowledge(0, 7);
      cursor.save();
      old = Files.readAllBytes(path);
      cursor.acknowledge(0, 9);
      for (int way = 0; way < 3; way++) {
        switch (way) {
          case 0 -> {
            try (var channel =
                java.nio.channels.FileChannel.open(path, java.nio.file.StandardOpenOption.WRITE)) {
              channel.truncate(0);
            }
            cursor.save();
          }
          case 1 -> Files.delete(path);
          default -> {
            Path other = Files.write(folder.resolve("old"), old);
            Files.move(other, path, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
          }
        }
        cursor.keep();
        Path copy = Files.copy(path, folder.resolve("copy" + way));
        try (Cursor next = Cursor.open(copy, 2)) {
          assertThat(next.lastAcknowledged()).as("way %d", way).isEqualTo(9);
        }
      }
    }
  }
}

package org.aibridge.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.aibridge.core.run.World;
import org.aibridge.testlib.ChildClasses;
import org.aibridge.testlib.ChildJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that has no file descriptors left for a time, or only so few. */
@Tag("slow")
class ShortageTest {
  private static final int OVERFLOWS = 100;

  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void refusesWhatItCannotWriteAndLosesNothing(int free) throws Exception {
    Path folder = temp.resolve("segments");
    Path classes = temp.resolve("classes");
    List<String> flags = new ArrayList<>(ChildClasses.plain());
    flags.add("-Xlog:class+load:file=" + classes);
    Process child =
        ChildJvm.process(
            temp,
            List.of("sh", "-c", "ulimit -n 300; exec \"$@\"", "sh"),
            flags,
            ShortageProcess.class,
            folder,
            free);
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(temp.resolve("err")).hasContent("");
    List<String> out = Files.readAllLines(temp.resolve("out"));
    if (free == 0) {
      assertThat(out.get(0))
          .isEqualTo("[" + folder + " cannot be written: too many open files (300)]");
      assertThat(out.get(1)).isEqualTo("[]");
    }
    assertThat(Integer.parseInt(out.get(2))).as("changes of state").isLessThanOrEqualTo(2);
    assertThat(out.get(4)).as("read is what was appended").isEqualTo("true");
    assertThat(out.get(5)).as("before and after all is appended").isEqualTo("true");
    assertThat(loadedMeanwhile(classes)).isEmpty();

    int appended = Integer.parseInt(out.get(3));
    try (SegmentLog log = SegmentLog.open(folder, 20_000, 0, World.ofJvm());
        SegmentTail tail = log.tail()) {
      for (int i = 0; i < appended; i++) {
        assertThat(tail.next()).isTrue();
      }
      assertThat(tail.next()).isFalse();
      assertThat(log.damagedRecords()).isZero();
    }
    assertThat(folder.resolve("quarantine")).doesNotExist();
  }

  /** The stack ends at each depth once, so somewhere else in the append each time. */
  @Test
  void hasExactlyWhatItSaysItHasWhereverAnErrorEndsAnAppend() throws Exception {
    Path folder = temp.resolve("segments");
    List<Integer> appended = new ArrayList<>();
    List<Integer> read = new ArrayList<>();
    try (SegmentLog log = SegmentLog.open(folder, 100_000, 0, World.ofJvm());
        SegmentTail tail = log.tail()) {
      Thread deep = new Thread(null, () -> overflow(log, appended), "deep", 512 << 10);
      deep.start();
      deep.join();
      append(log, Integer.MAX_VALUE, appended);
      drain(tail, read);
      assertThat(read.equals(appended)).isTrue();
      assertThat(read.get(read.size() - 1)).isEqualTo(Integer.MAX_VALUE);
    }
    read.clear();
    try (SegmentLog log = SegmentLog.open(folder, 100_000, 0, World.ofJvm());
        SegmentTail tail = log.tail()) {
      drain(tail, read);
    }
    assertThat(read.equals(appended)).isTrue();
  }

  /** Appends near the end of the stack, a little less near after each failure. */
  private static void overflow(SegmentLog log, List<Integer> appended) {
    int depth = depth(0);
    int failed = 0;
    for (int i = 0; i < 4000 && failed < OVERFLOWS; i++) {
      int number = i;
      int before = appended.size();
      try {
        down(depth, () -> append(log, number, appended));
      } catch (StackOverflowError e) {
        failed++;
      }
      depth += appended.size() > before ? 9 : -1;
    }
    assertThat(failed).isEqualTo(OVERFLOWS);
  }

  private static void append(SegmentLog log, int number, List<Integer> appended) {
    byte[] record = ByteBuffer.allocate(300).putInt(0, number).array();
    try {
      log.append(record);
    } catch (StoreFullException e) {
      return;
    }
    appended.add(number);
  }

  private static void drain(SegmentTail tail, List<Integer> read) {
    while (tail.next()) {
      read.add(ByteBuffer.wrap(tail.bytes()).getInt(0));
    }
  }

  private static int depth(int sofar) {
    try {
      return depth(sofar + 1);
    } catch (StackOverflowError e) {
      return sofar;
    }
  }

  private static void down(int left, Runnable then) {
    if (left > 0) {
      down(left - 1, then);
    } else {
      then.run();
    }
  }

  /** The classes, not of the JVM itself, that were loaded while there was no descriptor for it. */
  private static List<String> loadedMeanwhile(Path classes) throws Exception {
    List<String> loaded = new ArrayList<>();
    boolean meanwhile = false;
    for (String line : Files.readAllLines(classes)) {
      meanwhile |= line.contains("ShortageProcess$Begins");
      meanwhile &= !line.contains("ShortageProcess$Ends");
      if (meanwhile && line.contains("source: file:") && !line.contains("ShortageProcess")) {
        loaded.add(line);
      }
    }
    return loaded;
  }
}

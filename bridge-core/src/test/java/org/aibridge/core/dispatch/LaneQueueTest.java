package org.aibridge.core.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class LaneQueueTest {
  private static final long SEED = 20261120;

  private final LaneQueue queue = new LaneQueue();
  private final List<byte[]> expected = new ArrayList<>();
  private final Random random = new Random(SEED);
  private long sequence;

  @Test
  void keepsEveryEventWholeAndInOrderHoweverItGrowsAndShrinks() {
    for (int round = 0; round < 2000; round++) {
      add(random.nextInt(20), round % 100 == 0 ? 50_000 : 200);
      remove(random.nextInt(20));
      if (round % 250 == 0) {
        remove(expected.size());
      }
      queue.shrink();
      check();
    }
  }

  @Test
  void givesTheMemoryOfLargeEventsBackWhenThereAreNone() {
    add(100, 60_000);
    int grown = queue.buffer().capacity();
    queue.shrink();
    assertThat(queue.buffer().capacity()).isEqualTo(grown);
    remove(expected.size());
    queue.shrink();
    assertThat(queue.buffer().capacity()).isLessThan(grown / 50);
    add(3, 60_000);
    check();
  }

  @Test
  void takesLittleMoreMemoryThanItsEventsNeed() {
    int bytes = 0;
    while (bytes < 4 << 20) {
      add(1, 60_000);
      bytes = queue.bytes();
    }
    assertThat(queue.buffer().capacity()).isLessThan(bytes * 3 / 2 + 1);
  }

  private void add(int count, int maxLength) {
    for (int i = 0; i < count; i++) {
      byte[] event = new byte[1 + random.nextInt(maxLength)];
      random.nextBytes(event);
      expected.add(event);
      sequence++;
      queue.add(new UnsafeBuffer(event), 0, event.length, sequence, sequence * 2, sequence * 3);
    }
  }

  private void remove(int count) {
    int some = Math.min(count, expected.size());
    queue.remove(some);
    expected.subList(0, some).clear();
  }

  private void check() {
    assertThat(queue.count()).isEqualTo(expected.size());
    assertThat(queue.bytes()).isEqualTo(expected.stream().mapToInt(event -> event.length).sum());
    long first = sequence - expected.size() + 1;
    for (int i = 0; i < expected.size(); i++) {
      byte[] event = new byte[expected.get(i).length];
      queue.buffer().getBytes(queue.start(i), event);
      assertThat(event).isEqualTo(expected.get(i));
      assertThat(queue.sequence(i)).isEqualTo(first + i);
      assertThat(queue.position(i)).isEqualTo((first + i) * 2);
      assertThat(queue.journaledAtMs(i)).isEqualTo((first + i) * 3);
    }
  }
}

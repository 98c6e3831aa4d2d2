package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LedgerIndexTest {
  @Test
  void takesAtMostFortyBytesAnIdHoweverManyThereAre() {
    LedgerIndex table = new LedgerIndex();
    double most = 0;
    for (int i = 1; i <= 300_000; i++) {
      table.put("uuid-" + i, i);
      if (i >= 1000) {
        most = Math.max(most, (double) table.bytes() / i);
      }
    }
    assertThat(table.size()).isEqualTo(300_000);
    assertThat(most).isLessThanOrEqualTo(LedgerIndex.MAX_BYTES_EACH);
    for (int i = 1; i <= 300_000; i++) {
      assertThat(table.get("uuid-" + i)).isEqualTo(i);
    }
    assertThat(table.get("uuid-0")).isZero();
  }

  /** An answer of 8 MB has millions of actions, and each asks. */
  @Test
  void makesNoGarbageToTellItsSize() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    LedgerIndex table = new LedgerIndex();
    table.put("id", 1);
    long sizes = table.size();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 1; i < 1000; i++) {
      sizes += table.size();
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1000);
    assertThat(sizes).isEqualTo(1000);
  }

  @Test
  void knowsWhatAMapKnows() {
    Random random = new Random(5);
    LedgerIndex table = new LedgerIndex();
    Map<String, Long> map = new HashMap<>();
    for (int i = 0; i < 200_000; i++) {
      String id = "id" + random.nextInt(20_000);
      if (random.nextInt(20_000) == 0) {
        long old = random.nextInt(i + 1);
        table.removeIf(position -> position < old);
        map.values().removeIf(position -> position < old);
      }
      table.put(id, i + 1);
      map.put(id, i + 1L);
      String asked = "id" + random.nextInt(20_000);
      assertThat(table.get(asked)).isEqualTo(map.getOrDefault(asked, 0L));
    }
    assertThat(table.size()).isEqualTo(map.size());
    map.forEach((id, position) -> assertThat(table.get(id)).isEqualTo(position));
  }

  @Test
  void givesMemoryBackWhenIdsAreForgotten() {
    LedgerIndex table = new LedgerIndex();
    for (int i = 1; i <= 100_000; i++) {
      table.put("id" + i, i);
    }
    table.removeIf(position -> position <= 99_000);
    assertThat(table.size()).isEqualTo(1000);
    assertThat(table.bytes()).isLessThan(64_000);
    assertThat(table.get("id99001")).isEqualTo(99_001);
    assertThat(table.get("id1")).isZero();
  }
}

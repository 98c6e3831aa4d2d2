package org.aibridge.benchmarks.sim;

/** Simulates a server's own work in a tick: a fixed amount, without allocation or waiting. */
final class TickWork {
  private final long[] cells = new long[4096];
  private final int rounds;

  TickWork(int rounds) {
    this.rounds = rounds;
    for (int i = 0; i < cells.length; i++) {
      cells[i] = i * 0x9E37_79B9_7F4A_7C15L;
    }
  }

  /** Does the work of one tick. */
  long step() {
    long sum = 0;
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < cells.length; i++) {
        long cell = cells[i] ^ cells[i] << 13;
        cell ^= cell >>> 7;
        cells[i] = cell ^ cell << 17;
        sum += cell;
      }
    }
    return sum;
  }
}

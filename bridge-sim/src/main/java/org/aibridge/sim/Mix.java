package org.aibridge.sim;

/** Pseudo-random numbers that depend only on a seed. */
final class Mix {
  private long state;

  Mix(long seed) {
    this.state = seed;
  }

  /** Returns a pseudo-random number that depends only on the two given numbers. */
  static long of(long a, long b) {
    long z = a * 0x9E3779B97F4A7C15L + b + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  long next() {
    state += 0x9E3779B97F4A7C15L;
    return of(state, 0);
  }

  /** Returns a number from 0 (included) to 1 (excluded). */
  double fraction() {
    return (next() >>> 11) * 0x1p-53;
  }

  boolean chance(double share) {
    return fraction() < share;
  }

  /** A number from {@code low} to {@code high}, both included. */
  long between(long low, long high) {
    return low + Math.floorMod(next(), high - low + 1);
  }

  /** Returns a number from {@code low} to {@code high}; 1 to 10 is as likely as 10 to 100. */
  long log(long low, long high) {
    double span = Math.log(high + 1.0) - Math.log(low);
    return Math.min(high, (long) Math.exp(Math.log(low) + fraction() * span));
  }

  @SafeVarargs
  final <T> T one(T... of) {
    return of[(int) between(0, of.length - 1)];
  }
}

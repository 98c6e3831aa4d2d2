package org.aibridge.core.run;

import java.security.SecureRandom;

/** A source of random numbers. */
@FunctionalInterface
public interface Chance {
  /** Secure random numbers that nobody can guess. */
  Chance OF_JVM = new SecureRandom()::nextLong;

  /** Returns 64 random bits. May be called from any thread except the game thread. */
  long bits();

  /** Returns a number of at least 0 and below 1. */
  default double fraction() {
    return (bits() >>> 11) * 0x1.0p-53;
  }
}

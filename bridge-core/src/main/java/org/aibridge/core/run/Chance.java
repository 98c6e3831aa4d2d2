package org.aibridge.core.run;

import java.security.SecureRandom;

/** Random numbers. */
@FunctionalInterface
public interface Chance {
  /** Numbers that nobody can guess. */
  Chance OF_JVM = () -> new SecureRandom().nextLong();

  /** 64 random bits. Any thread but the game thread. */
  long bits();

  /** At least 0 and below 1. */
  default double fraction() {
    return (bits() >>> 11) * 0x1.0p-53;
  }
}

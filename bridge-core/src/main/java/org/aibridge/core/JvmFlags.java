package org.aibridge.core;

/** Placeholder until merged. */
final class JvmFlags {
  private JvmFlags() {}

  static String sentence() {
    return "";
  }
}

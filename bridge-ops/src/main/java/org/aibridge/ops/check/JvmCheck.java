package org.aibridge.ops.check;

import org.aibridge.core.JvmFlags;

/** Checks whether this JVM has the options that the bridge needs. */
final class JvmCheck {
  private static final String NAME = "java";

  private JvmCheck() {}

  static Finding run() {
    String java =
        "Java " + System.getProperty("java.version") + ", " + System.getProperty("java.vendor");
    String missing = JvmFlags.sentence();
    return missing.isEmpty()
        ? Finding.ok(NAME, java + ", the options of conf/jvm.options are in force")
        : Finding.failure(NAME, java + ", without options the bridge needs", missing);
  }
}

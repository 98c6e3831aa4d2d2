package org.aibridge.ops.check;

import org.aibridge.core.JvmFlags;

/** Checks that the server's JVM has the required options; if no server runs, checks this JVM. */
final class JvmCheck {
  private static final String NAME = "java";

  private JvmCheck() {}

  /**
   * Checks the JVM.
   *
   * @param server the process of the server, whose bridge runs and so has the options; empty if
   *     none runs here
   */
  static Finding run(String server) {
    if (!server.isEmpty()) {
      return Finding.ok(
          NAME, "the server's, " + server + ": its bridge runs, so it has its options");
    }
    String java =
        "of this command, no server runs here: Java "
            + System.getProperty("java.version")
            + ", "
            + System.getProperty("java.vendor");
    String missing = JvmFlags.sentence();
    return missing.isEmpty()
        ? Finding.ok(NAME, java + ", the options of conf/jvm.options are in force")
        : Finding.failure(NAME, java + ", without options the bridge needs", missing);
  }
}

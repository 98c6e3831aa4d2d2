package org.aibridge.ops.check;

import java.util.Optional;
import org.aibridge.core.JvmFlags;

/** Checks that the server's JVM has the required options; if no server runs, checks this JVM. */
final class JvmCheck {
  private static final String NAME = "java";

  private JvmCheck() {}

  /**
   * Checks the JVM.
   *
   * @param server the process of the server, whose bridge runs and so has the options; blank if
   *     none runs here, and nothing if no configuration tells where to look
   */
  static Finding run(Optional<String> server) {
    if (server.isPresent() && !server.get().isEmpty()) {
      return Finding.ok(
          NAME, "the server's, " + server.get() + ": its bridge runs, so it has its options");
    }
    String java =
        "of this command"
            + (server.isPresent() ? ", no server runs here" : "")
            + ": Java "
            + System.getProperty("java.version")
            + ", "
            + System.getProperty("java.vendor");
    String missing = JvmFlags.sentence();
    return missing.isEmpty()
        ? Finding.ok(NAME, java + ", the options of conf/jvm.options are in force")
        : Finding.failure(NAME, java + ", without options the bridge needs", missing);
  }
}

package org.aibridge.core;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The jars that must be there when the bridge runs. One that is missing would be met only by the
 * first event that needs it, when it is too late to be off. Needs nothing but the JDK.
 */
final class Libraries {
  /** A jar, by its name in Maven, and a class that it contains. */
  record Library(String artifact, String type) {
    /** True if the jar's class can be found; does not load the class. */
    boolean isThere() {
      String file = type.replace('.', '/') + ".class";
      return Libraries.class.getClassLoader().getResource(file) != null;
    }
  }

  static final List<Library> ALL =
      List.of(
          new Library("slf4j-api", "org.slf4j.Logger"),
          new Library("jackson-core", "com.fasterxml.jackson.core.JsonFactory"),
          new Library("jackson-annotations", "com.fasterxml.jackson.annotation.JsonFormat"),
          new Library("jackson-databind", "com.fasterxml.jackson.databind.JsonNode"),
          new Library("okhttp-jvm", "okhttp3.OkHttpClient"),
          new Library("okio-jvm", "okio.Buffer"),
          new Library("kotlin-stdlib", "kotlin.Unit"),
          new Library(
              "resilience4j-circuitbreaker",
              "io.github.resilience4j.circuitbreaker.CircuitBreakerConfig"),
          new Library("resilience4j-retry", "io.github.resilience4j.retry.RetryConfig"),
          new Library("resilience4j-core", "io.github.resilience4j.core.IntervalFunction"),
          new Library("agrona", "org.agrona.DirectBuffer"),
          new Library("chronicle-queue", "net.openhft.chronicle.queue.RollCycle"),
          new Library("chronicle-wire", "net.openhft.chronicle.wire.WireKey"),
          new Library("chronicle-bytes", "net.openhft.chronicle.bytes.SyncMode"),
          new Library("chronicle-core", "net.openhft.chronicle.core.Jvm"),
          new Library("chronicle-threads", "net.openhft.chronicle.threads.Pauser"),
          new Library("posix", "net.openhft.posix.PosixAPI"));

  private Libraries() {}

  /**
   * Checks that all are there.
   *
   * @throws IOException if not, with {@link #sentence}
   */
  static void require() throws IOException {
    String sentence = sentence();
    if (!sentence.isEmpty()) {
      throw new IOException(sentence);
    }
  }

  /** Returns one sentence that names the missing jars; empty if none is missing. */
  static String sentence() {
    String missing =
        ALL.stream()
            .filter(library -> !library.isThere())
            .map(Library::artifact)
            .collect(Collectors.joining(", "));
    if (missing.isEmpty()) {
      return "";
    }
    boolean module = Libraries.class.getModule().isNamed();
    return "the server runs without jars that bridge-core needs: "
        + missing
        + "; put what Maven or Gradle resolve for bridge-core "
        + (module
            ? "on the module path, and start the JVM with --add-modules=ALL-MODULE-PATH"
            : "on the class path");
  }
}

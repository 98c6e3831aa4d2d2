package org.aibridge.testlib;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a test needs from the system; without it, the test is skipped, or fails in CI. */
public final class Needs {
  private Needs() {}

  /** Needs a program from a Debian package, which {@code .ci/packages} must list. */
  public static void program(String name, String debianPackage) {
    String missing = name + " is not there: install " + debianPackage;
    boolean there =
        Stream.of((System.getenv("PATH") + File.pathSeparator + "/usr/sbin").split(":"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    if ("true".equals(System.getenv("CI"))) {
      assertTrue(there, missing);
    }
    assumeTrue(there, missing);
  }
}

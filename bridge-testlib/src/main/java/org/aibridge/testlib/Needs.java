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
    if ("true".equals(System.getenv("CI"))) {
      assertTrue(isThere(name), missing(name, debianPackage));
    }
    largeProgram(name, debianPackage);
  }

  /** Needs a program whose installation takes longer than CI has time: skipped there too. */
  public static void largeProgram(String name, String debianPackage) {
    assumeTrue(isThere(name), missing(name, debianPackage));
  }

  private static boolean isThere(String name) {
    return Stream.of((System.getenv("PATH") + File.pathSeparator + "/usr/sbin").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
  }

  private static String missing(String name, String debianPackage) {
    return name + " is not there: install " + debianPackage;
  }
}

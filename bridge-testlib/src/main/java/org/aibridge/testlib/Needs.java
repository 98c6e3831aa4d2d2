package org.aibridge.testlib;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The programs that a test needs; if one is missing, the test is skipped or, in CI, fails. */
public final class Needs {
  private Needs() {}

  /** Requires a program from a Debian package, which {@code .ci/packages} must list. */
  public static void program(String name, String debianPackage) {
    if ("true".equals(System.getenv("CI"))) {
      assertTrue(isThere(name), missing(name, debianPackage));
    }
    largeProgram(name, debianPackage);
  }

  /** Requires a program that takes too long to install in CI; tests without it are skipped. */
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

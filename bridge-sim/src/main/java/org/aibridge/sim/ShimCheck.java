package org.aibridge.sim;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/** Whether the shim sees every call it must: a JVM or a libc that goes past it is told. */
final class ShimCheck {
  private final Shim shim;
  private final Path root;
  private final PrintStream out;

  ShimCheck(Shim shim, Path root, PrintStream out) {
    this.shim = shim;
    this.root = root;
    this.out = out;
  }

  void run() throws IOException {
    out.println("check " + root);
  }
}

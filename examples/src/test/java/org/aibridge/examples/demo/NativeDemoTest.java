package org.aibridge.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.aibridge.api.AiBridge;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code demo --native} needs; the demo itself is one of the gate's. */
class NativeDemoTest {
  @TempDir Path temp;

  @Test
  void theCppServerNeedsTheProjectsSourcesAndItsOwnService() {
    assertThat(DemoMain.execute(AiBridge::start, "--native", "--base-url", "http://127.0.0.1:1"))
        .isEqualTo(2);
    assertThat(
            DemoMain.execute(AiBridge::start, "--native", "--data", temp.resolve("run").toString()))
        .isEqualTo(1); // The tests run in a folder without bridge-native.
  }
}

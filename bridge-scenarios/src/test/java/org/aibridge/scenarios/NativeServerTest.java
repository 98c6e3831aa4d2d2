package org.aibridge.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.aibridge.testlib.ChildJvm;
import org.aibridge.testlib.Needs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scenarios against the map-server in C++ and its companion, as real processes. */
@Tag("long")
class NativeServerTest {
  private static final String HOME = "aibridge.home";

  @TempDir Path folder;

  @BeforeEach
  void begin() {
    Needs.program("c++", "g++");
    System.setProperty(HOME, ChildJvm.projectFile("conf/jvm.options").getParent().getParent() + "");
  }

  @AfterEach
  void end() {
    System.clearProperty(HOME);
  }

  @Test
  void losesNothingAndAppliesOnceInAnOutageAndBehindABadCertificate() {
    String report = folder.toString();
    Run run = Run.of("scenarios", "down", "tls-expired", "--native", "--report", report);
    assertThat(run.out()).contains("2 of 2 as expected").containsPattern("down .* 2/2 ");
    assertThat(run.status()).isZero();
  }
}

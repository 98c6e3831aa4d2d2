package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.aibridge.testlib.ChildJvm;
import org.aibridge.testlib.Needs;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
@Timeout(300)
class ThreadShortageTest {
  @TempDir Path folder;

  @Test
  void isOffAndLeavesNothingWhicheverThreadOfItsStartCannotBeMade(@AiService FakeAiService service)
      throws Exception {
    Needs.program("prlimit", "util-linux");
    Path conf =
        new ConfFile(folder, service.baseUrl())
            .set("journal", "durability", "os")
            .set("bridge", "shutdown_timeout", 60000)
            .write();
    int off = 0;
    try (ChildJvm child =
        ChildJvm.start(
            folder,
            List.of(),
            List.of("-Xss" + ThreadShortageChild.STACK_MB + "m", "-Xlog:os+thread=off"),
            ThreadShortageChild.class,
            conf.toString())) {
      assertThat(child.line()).as("the limit is one of threads").matches("threads at most [1-9]");
      for (int threads = 0; threads <= ThreadShortageChild.MOST; threads++) {
        String said = child.line();
        assertThat(said).startsWith(threads + ": ").endsWith("| left [] | then well");
        if (said.contains(": OFF")) {
          assertThat(said).contains("memory or threads ran out at the start");
          off++;
        }
      }
    }
    assertThat(off).as("rounds with too few threads").isBetween(3, ThreadShortageChild.MOST);
  }
}

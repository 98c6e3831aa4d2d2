package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.aibridge.testlib.ChildClasses;
import org.aibridge.testlib.ChildJvm;
import org.aibridge.testlib.Needs;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
@Timeout(300)
@EnabledOnOs(OS.LINUX)
class ShortAtStartTest {
  @TempDir Path folder;

  @Test
  void leavesNothingBrokenThatTheNextStartNeeds() throws Exception {
    Needs.program("prlimit", "util-linux");
    try (SteadyService service = new SteadyService(0)) {
      Path conf = new ConfFile(folder, service.baseUrl()).write();
      List<String> limited = List.of("prlimit", "--nofile=300:300");
      List<String> said = new ArrayList<>();
      try (ChildJvm child =
          ChildJvm.start(folder, limited, ChildClasses.plain(), ShortAtStartChild.class, conf)) {
        do {
          said.add(child.line());
        } while (!said.get(said.size() - 1).startsWith("problem"));
      }
      assertThat(said).containsExactly("delivered 10", "problem ");
    }
  }
}

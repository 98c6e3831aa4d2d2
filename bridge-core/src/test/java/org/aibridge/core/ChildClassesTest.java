package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.aibridge.testlib.ChildClasses;
import org.aibridge.testlib.ChildJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That the JVMs of these tests do start as soon as they can: nobody would see it otherwise. */
@Tag("slow")
class ChildClassesTest {
  @TempDir Path folder;

  static final class Child {
    public static void main(String[] args) throws Exception {
      Class.forName("org.aibridge.core.Stages");
    }
  }

  @Test
  void comeFromAnArchive() throws Exception {
    assumeTrue(ChildClasses.file().isPresent(), "not started by Maven");
    Path log = folder.resolve("classes.log");
    Process child =
        ChildJvm.process(folder, List.of(), List.of("-Xlog:class+load:file=" + log), Child.class);
    assertThat(child.waitFor()).isZero();
    assertThat(Files.readAllLines(log))
        .as("%s", ChildClasses.log())
        .anyMatch(line -> line.matches(".*core\\.Stages source: shared objects file.*"));
  }
}

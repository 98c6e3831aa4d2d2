package org.aibridge.testlib;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The versions of {@link ChildClasses} in a folder, which two builds may use at a time. */
@Tag("slow")
class KeptClassesTest {
  @TempDir Path folder;

  static final class User {
    public static void main(String[] args) throws Exception {
      ChildClasses.keep(Path.of(args[0]));
      System.out.println("kept");
      System.in.read();
    }
  }

  @Test
  void areDeletedOnceNoJvmUsesThem() throws Exception {
    Path home = Files.createDirectory(folder.resolve("home"));
    Path used = Files.createDirectory(home.resolve("used"));
    Files.writeString(used.resolve("java.options"), "");
    Path old = Files.createDirectory(home.resolve("old"));
    Files.writeString(home.resolve("lock"), "");
    try (ChildJvm user =
        ChildJvm.start(folder, List.of(), ChildClasses.plain(), User.class, used)) {
      assertThat(user.line()).isEqualTo("kept");
      ChildClasses.clear(home);
      assertThat(used.resolve("java.options")).exists();
      assertThat(old).doesNotExist();
    }
    ChildClasses.clear(home);
    assertThat(home).isDirectoryContaining("glob:**/lock").isDirectoryNotContaining("glob:**/used");
  }
}

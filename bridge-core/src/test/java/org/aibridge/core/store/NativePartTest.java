package org.aibridge.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.aibridge.core.run.World;
import org.aibridge.testlib.ChildJvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@EnabledOnOs(OS.LINUX)
class NativePartTest {
  @TempDir Path temp;

  /**
   * Writes into a log, and says which native libraries of Chronicle's are loaded then, and whether
   * other users of Chronicle in this JVM would unmap their files in another way.
   */
  static final class Opens {
    public static void main(String[] arguments) throws Exception {
      try (SegmentLog log = SegmentLog.open(Path.of(arguments[0]), 20_000, 0, World.ofJvm())) {
        log.append(new byte[100]);
      }
      if (System.getProperty("mappedFile.defaultSyncMode") != null) {
        System.out.println("unmaps without a sync, for all");
      }
      Files.readAllLines(Path.of("/proc/self/maps")).stream()
          .filter(line -> line.contains(".so") && line.contains("jffi"))
          .forEach(System.out::println);
    }
  }

  @Test
  void isNotNeeded() throws Exception {
    assertThat(said(List.of())).isEmpty();
  }

  /** In place of the library, a class that says where its native part would be unpacked. */
  @Test
  void isUnpackedWhereNobodyElseMayWriteIfTheHostBringsIt() throws Exception {
    Path library = Files.createDirectories(temp.resolve("library"));
    Path source = library.resolve("Platform.java");
    Files.writeString(
        source,
        """
        package jnr.ffi;

        import java.nio.file.*;
        import java.nio.file.attribute.*;

        public class Platform {
          public static Platform getNativePlatform() throws Exception {
            Path folder = Path.of(System.getProperty("jffi.extract.dir"));
            System.out.println(folder);
            System.out.println(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)));
            throw new UnsupportedOperationException();
          }
        }
        """);
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", library.toString(), source.toString());
    assertThat(compiled).isZero();
    List<String> said = said(List.of("-Xbootclasspath/a:" + library));
    assertThat(said).hasSize(2);
    assertThat(said.get(0)).startsWith(temp.resolve("unpacked") + "/aibridge-native");
    assertThat(said.get(1)).isEqualTo("rwx------");
  }

  private List<String> said(List<String> flags) throws Exception {
    Path unpacked = Files.createDirectory(temp.resolve("unpacked"));
    Process child =
        ChildJvm.process(
            temp,
            List.of("sh", "-c", "umask 000; exec \"$@\"", "sh"),
            Stream.concat(flags.stream(), Stream.of("-Djava.io.tmpdir=" + unpacked)).toList(),
            Opens.class,
            temp.resolve("segments").toString());
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(temp.resolve("err")).content().doesNotContain("Exception");
    try (Stream<Path> left = Files.list(unpacked)) {
      assertThat(left).noneMatch(path -> !path.toString().contains("hsperfdata"));
    }
    return Files.readAllLines(temp.resolve("out"));
  }
}

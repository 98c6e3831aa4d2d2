package org.aibridge.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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

  /** Opens a log, and says from where libraries were loaded. */
  static final class Opens {
    public static void main(String[] arguments) throws Exception {
      SegmentLog.open(Path.of(arguments[0]), 20_000, 0, World.ofJvm()).close();
      Files.readAllLines(Path.of("/proc/self/maps")).stream()
          .filter(line -> line.contains(".so") && line.contains("jffi"))
          .forEach(System.out::println);
    }
  }

  @Test
  void isUnpackedWhereNobodyElseMayWriteAndNothingIsLeft() throws Exception {
    Path unpacked = Files.createDirectory(temp.resolve("unpacked"));
    Process child =
        ChildJvm.process(
            temp,
            List.of("sh", "-c", "umask 000; exec \"$@\"", "sh"),
            List.of("-Djava.io.tmpdir=" + unpacked),
            Opens.class,
            temp.resolve("segments").toString());
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(temp.resolve("err")).content().doesNotContain("Exception");
    assertThat(Files.readAllLines(temp.resolve("out")))
        .isNotEmpty()
        .allMatch(line -> line.contains(unpacked + "/aibridge-native"));
    try (Stream<Path> left = Files.list(unpacked)) {
      assertThat(left).noneMatch(path -> !path.toString().contains("hsperfdata"));
    }
  }
}

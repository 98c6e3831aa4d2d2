package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a JVM is told that was started with some of the options, or with none. */
class JvmFlagsTest {
  @Test
  void missesNothingUnderTheOptionsOfConf() {
    assertThat(JvmFlags.missing()).isEmpty();
    assertThat(JvmFlags.sentence()).isEmpty();
  }

  @Test
  void needsWhatTheFileOfOptionsSays() throws Exception {
    List<String> lines = Files.readAllLines(Path.of("../conf/jvm.options"));
    assertThat(JvmFlags.needed())
        .isNotEmpty()
        .isEqualTo(lines.stream().filter(line -> line.startsWith("--add-")).toList());
  }

  @Test
  void namesEveryOptionOfAJvmStartedWithoutAny() throws Exception {
    String answer = inAJvmWith(List.of());
    assertThat(answer).contains("@conf/jvm.options");
    // sun.misc is exported to everybody
    JvmFlags.needed().stream()
        .filter(flag -> !flag.contains("jdk.unsupported"))
        .forEach(flag -> assertThat(answer).contains(flag));
  }

  @Test
  void namesTheOneThatWasLeftOut() throws Exception {
    List<String> most = new ArrayList<>(JvmFlags.needed());
    String left = "--add-opens=java.base/java.nio=ALL-UNNAMED";
    assertThat(most.remove(left)).isTrue();
    String answer = inAJvmWith(most);
    assertThat(answer).endsWith("or: " + left);
  }

  @Test
  void doesNotTakeAnExportForAnOpenPackage() throws Exception {
    List<String> all = new ArrayList<>(JvmFlags.needed());
    all.replaceAll(f -> f.equals("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED") ? "-Dx=y" : f);
    assertThat(inAJvmWith(all)).endsWith("or: --add-opens=java.base/sun.nio.ch=ALL-UNNAMED");
  }

  private static String inAJvmWith(List<String> options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Sentence.class.getName()));
    Process java = new ProcessBuilder(command).redirectErrorStream(true).start();
    byte[] said = java.getInputStream().readAllBytes();
    assertThat(java.waitFor()).isZero();
    return new String(said, StandardCharsets.UTF_8).strip();
  }

  /** Prints the sentence of the JVM it runs in. */
  static final class Sentence {
    public static void main(String[] args) {
      System.out.println(JvmFlags.sentence());
    }
  }
}

package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.aibridge.core.run.Foreign;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.aibridge.testlib.ChildJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The host's logger throws from the first line on, in a JVM where Chronicle is not loaded yet. */
@Tag("slow")
@Tag("jdk")
@Timeout(120)
class LoggerAtStartTest {
  /** What Chronicle asks while its first class loads, and each time it maps a piece of a file. */
  private static final String ASKED_BY_CHRONICLE =
      "net\\.openhft\\.chronicle\\.(core\\.Jvm|bytes\\.internal\\.ChunkedMappedBytes)";

  @TempDir Path folder;

  /** An exception nobody can print, an error of the JVM's, and one that nobody declares. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8})
  void startsAndSendsAllTheSame(int thrown, @AiService FakeAiService service) throws Exception {
    for (String said : said(service, thrown, ASKED_BY_CHRONICLE)) {
      assertThat(said).isEqualTo("RUNNING ");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8})
  void saysWhoHasBrokenChronicleWhereThatCannotBeLoaded(
      int thrown, @AiService FakeAiService service) throws Exception {
    for (String said : said(service, thrown, "none")) {
      assertThat(said)
          .startsWith(
              "OFF Chronicle Queue cannot be loaded until this process is started again: "
                  + Foreign.THROWABLES.get(thrown).getClass().getName());
    }
  }

  private List<String> said(FakeAiService service, int thrown, String spared) throws Exception {
    Path conf = new ConfFile(folder, service.baseUrl()).write();
    List<String> flags =
        List.of(
            "-Dslf4j.provider=" + ThrowingLoggers.class.getName(),
            "-D" + ThrowingLoggers.SPARED + "=" + spared,
            "-D" + ThrowingLoggers.THROWN + "=" + thrown);
    try (ChildJvm child =
        ChildJvm.start(folder, List.of(), flags, LoggerAtStartChild.class, conf.toString())) {
      return List.of(child.line(), child.line());
    }
  }
}

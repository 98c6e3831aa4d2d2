package org.aibridge.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.openhft.chronicle.core.Jvm;
import net.openhft.chronicle.core.onoes.ExceptionHandler;
import org.aibridge.core.run.Foreign;
import org.aibridge.core.run.World;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuietHandlerTest {
  @TempDir Path folder;

  @Test
  void keepsFromChronicleWhatTheLoggerThrows() throws Exception {
    SegmentLog.open(folder, 1 << 20, 0, World.ofJvm()).close();
    AtomicInteger thrown = new AtomicInteger();
    PrintStream before = System.err;
    System.setErr(
        new PrintStream(OutputStream.nullOutputStream()) {
          @Override
          public void println(String line) {
            Foreign.sneak(
                Foreign.THROWABLES.get(thrown.getAndIncrement() % Foreign.THROWABLES.size()));
          }
        });
    try {
      for (ExceptionHandler handler : List.of(Jvm.error(), Jvm.warn(), Jvm.perf())) {
        for (int i = 0; i < Foreign.THROWABLES.size(); i++) {
          assertThatCode(() -> handler.on(getClass(), "made by a test")).doesNotThrowAnyException();
        }
      }
    } finally {
      System.setErr(before);
    }
    assertThat(thrown).hasValueGreaterThan(2 * Foreign.THROWABLES.size() - 1);
  }
}

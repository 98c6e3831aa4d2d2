package org.aibridge.core.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.aibridge.core.run.Threads;
import org.aibridge.core.run.Worker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class OwnProgramTest {
  /** What a real wait of ten seconds would be; a test waits for less. */
  private static final long SHORT_NANOS = 500_000_000;

  @TempDir Path folder;
  private int pauses;
  private final OwnProgram program = new OwnProgram(Threads.OF_JVM, () -> false);

  @Test
  void readsTheMessageOnItsStandardInput() throws Exception {
    Path got = folder.resolve("got");
    assertThat(program.run(List.of(script("cat > " + got)), "{\"text\":\"\u00e9 $(id) `id`\"}"))
        .isEmpty();
    assertThat(got).hasContent("{\"text\":\"\u00e9 $(id) `id`\"}");
  }

  @Test
  void isGivenItsArgumentsAsTheyAreSinceNoShellReadsThem() throws Exception {
    Path got = folder.resolve("got");
    assertThat(program.run(List.of(script("echo \"$1\" > " + got), "$(id);*"), "{}")).isEmpty();
    assertThat(got).hasContent("$(id);*");
  }

  @Test
  void mayEndWithoutReading() throws Exception {
    assertThat(program.run(List.of(script("exec 0<&-; exit 0")), "{}")).isEmpty();
  }

  @Test
  void mayPrintWithoutEnd() throws Exception {
    assertThat(program.run(List.of(script("head -c 5000000 /dev/zero; cat >/dev/null")), "{}"))
        .isEmpty();
  }

  @Test
  void isToldWhenItFails() throws Exception {
    assertThat(program.run(List.of(script("exit 7")), "{}")).isEqualTo("it ended with 7");
    OwnProgram program = new OwnProgram(new Impatient(), () -> false);
    assertThat(program.run(List.of(folder + "/none"), "{}")).contains("No such file");
    Path closed = Files.writeString(folder.resolve("closed"), "#!/bin/sh\n");
    assertThat(program.run(List.of(closed.toString()), "{}")).contains("Permission denied");
  }

  @Test
  void isTriedAgainWhereItCannotBeStarted() throws Exception {
    Path late = folder.resolve("script");
    OwnProgram patient =
        new OwnProgram(
            new Shorter() {
              @Override
              public boolean await(BooleanSupplier done, long nanos, long lookNanos) {
                if (nanos != OwnProgram.AGAIN_NANOS) {
                  return super.await(done, nanos, lookNanos);
                }
                pauses++;
                try {
                  script("cat >/dev/null");
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
                return false;
              }
            },
            () -> false);
    assertThat(patient.run(List.of(late.toString()), "{}")).isEmpty();
    assertThat(pauses).isEqualTo(1);
  }

  @Test
  void isKilledWithItsChildrenWhenItHangs() throws Exception {
    OwnProgram hurried = new OwnProgram(new Shorter(), () -> false);
    Path pids = folder.resolve("pids");
    String hanging = script("sleep 1000 & echo $! > " + pids + "; echo $$ >> " + pids + "; wait");
    assertThat(hurried.run(List.of(hanging), "{}"))
        .isEqualTo("it had not ended after 10 s and was killed");
    for (String pid : Files.readAllLines(pids)) {
      ProcessHandle.of(Long.parseLong(pid))
          .ifPresent(left -> left.onExit().orTimeout(20, TimeUnit.SECONDS).join());
    }
  }

  @Test
  void isWaitedForNoLongerWhenTheBridgeCloses() throws Exception {
    OwnProgram closing = new OwnProgram(Threads.OF_JVM, () -> true);
    long begin = System.nanoTime();
    closing.run(List.of(script("sleep 1000")), "{}");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(9));
  }

  private String script(String text) throws Exception {
    Path script = folder.resolve("script");
    Files.writeString(script, "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script.toString();
  }

  /** Waits for half a second where it is to wait for ten. */
  private static class Shorter implements Threads {
    @Override
    public Worker worker(String name, long maxIdleNanos, long restNanos) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <T> T apart(String name, Supplier<T> work, Runnable onInterrupt) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean await(BooleanSupplier done, long nanos, long lookNanos) {
      assertThat(nanos).isEqualTo(OwnProgram.MAX_NANOS);
      return Threads.OF_JVM.await(done, SHORT_NANOS, lookNanos);
    }
  }

  /** Pauses for no time. */
  private static final class Impatient extends Shorter {
    @Override
    public boolean await(BooleanSupplier done, long nanos, long lookNanos) {
      return nanos == OwnProgram.AGAIN_NANOS
          ? done.getAsBoolean()
          : super.await(done, nanos, lookNanos);
    }
  }
}

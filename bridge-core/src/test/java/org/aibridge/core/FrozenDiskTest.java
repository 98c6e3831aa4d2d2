package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.aibridge.api.AiBridge;
import org.aibridge.api.status.BridgeState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A file system that stands still, as under a snapshot. It is one of its own in a file, for which
 * the test must be root on Linux.
 */
@Tag("long")
class FrozenDiskTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int FROZEN_S = 4;

  @TempDir Path dir;
  private Path mount;
  private boolean mounted;

  @BeforeEach
  void mount() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root mounts");
    Path image = dir.resolve("image");
    mount = Files.createDirectory(dir.resolve("mount"));
    mounted =
        isDone("truncate", "-s", "256M", image)
            && isDone("mkfs.ext4", "-q", "-F", image)
            && isDone("mount", "-o", "loop", image, mount);
    assumeTrue(mounted, "this machine mounts no file");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      isDone("fsfreeze", "-u", mount);
      assertThat(isDone("umount", mount)).isTrue();
    }
  }

  /** A collection is a pause of the JVM, for which every thread that is in Java must stop. */
  @ParameterizedTest
  @ValueSource(strings = {"process", "os"})
  void doesNotStopTheGameThreadWithTheNextCollection(String durability) throws Exception {
    try (AiBridge bridge =
        AiBridge.withoutFile()
            .set("bridge.server_id", "frozen")
            .set("bridge.shutdown_timeout", "100")
            .set("ai_service.base_url", "http://127.0.0.1:9")
            .set("journal.path", mount.resolve("journal").toString())
            .set("journal.durability", durability)
            .set("journal.reserve_mb", "1")
            .set("event_dispatcher.dlq_path", mount.resolve("letters").toString())
            .set("action_executor.ledger_path", mount.resolve("ledger").toString())
            .start()) {
      assertThat(bridge.status().state()).isEqualTo(BridgeState.RUNNING);
      long free = worstGap(bridge, 2 * SECOND);
      Process frozen =
          new ProcessBuilder(
                  "sh",
                  "-c",
                  "fsfreeze -f '"
                      + mount
                      + "' && sleep "
                      + FROZEN_S
                      + " && fsfreeze -u '"
                      + mount
                      + "'")
              .start();
      long worst = worstGap(bridge, (FROZEN_S + 1) * SECOND);
      assertThat(frozen.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(frozen.exitValue()).as("frozen").isZero();
      assertThat(worst).as("before: %d ns", free).isLessThan(FROZEN_S / 2 * SECOND);
    }
  }

  /** Returns the longest time between two ticks of a game that publishes. */
  private static long worstGap(AiBridge bridge, long nanos) throws Exception {
    long begin = System.nanoTime();
    long last = begin;
    long collected = begin;
    long worst = 0;
    while (last - begin < nanos) {
      bridge.tick();
      for (int player = 1; player <= 20; player++) {
        assertThat(bridge.events().monsterKill(player, "prontera", 1002)).isTrue();
      }
      if (last - collected > SECOND / 2) {
        collected = last;
        System.gc();
      }
      Thread.sleep(10);
      long now = System.nanoTime();
      worst = Math.max(worst, now - last);
      last = now;
    }
    return worst;
  }

  private static boolean isDone(Object... command) throws Exception {
    List<String> words = List.of(command).stream().map(Object::toString).toList();
    try {
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (java.io.IOException missing) {
      return false;
    }
  }
}

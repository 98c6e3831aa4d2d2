package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.api.status.BridgeState;
import org.aibridge.testlib.ChildJvm;
import org.aibridge.torture.Behaviours;
import org.aibridge.torture.Script;
import org.aibridge.torture.ScriptedService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every file that a bridge leaves and a later start reads, and what a strange one does to it. */
@Tag("slow")
@Timeout(180)
class LaterVersionSweepTest {
  /**
   * The files a killed bridge leaves, and where it is shown what a later version may have in them.
   */
  private static final Map<String, String> LEFT =
      Map.ofEntries(
          Map.entry("intake\\.ring", "RingLaterVersionTest, EventCodecTest"),
          Map.entry("journal/.*\\.cq4", "dispatch.LaterVersionTest"),
          Map.entry("journal/cursor", "its layout never changes: CursorTest; any bytes: here"),
          Map.entry("journal/ring\\.place", "any bytes: here"),
          Map.entry("journal/memory\\.place", "any bytes: here"),
          Map.entry("journal/actions-ledger\\.note", "LedgerLaterVersionTest"),
          Map.entry(
              "journal/actions-audit\\.jsonl(\\.[0-9])?", "only its last byte is read again: here"),
          Map.entry("actions/.*\\.cq4", "LedgerLaterVersionTest"),
          Map.entry("dead-letters/.*\\.cq4", "LetterLaterVersionTest"),
          Map.entry("dead-letters/format", "LetterLaterVersionTest"),
          Map.entry("dead-letters/removed\\.counts", "LetterLaterVersionTest"),
          Map.entry("dead-letters/spare\\.room", "nothing in it is read: here"),
          Map.entry("journal-status/status\\.json(\\.[0-9]+)?", "is for others to read: here"),
          Map.entry("(.*/)?[a-z.]+\\.lock", "who owns it, for a sentence: here"));

  @TempDir Path folder;

  private Path server() {
    return folder.resolve("server");
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(server())) {
      return all.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
          .filter(path -> !path.toString().endsWith(".conf"))
          .sorted()
          .toList();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    if (Files.exists(to)) {
      try (Stream<Path> old = Files.walk(to)) {
        for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        if (Files.isDirectory(path) || Files.isRegularFile(path)) {
          Files.copy(path, to.resolve(from.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }

  @Test
  void isNeverOffWhateverLiesInAFileThatAnEarlierStartLeft() throws Exception {
    Files.createDirectory(server());
    Path backup = folder.resolve("backup");
    try (ScriptedService service = new ScriptedService(folder.resolve("commits"), 0)) {
      service.script(Script.always(Behaviours.refuse(n -> n % 50 == 5, 422, "bad")));
      service.offer("action", "broadcast", "{\"message\":\"hi\"}");
      Path conf = new ConfFile(server(), service.baseUrl()).write();
      try (ChildJvm child =
          ChildJvm.start(folder, List.of(), List.of(), BridgeChild.class, conf.toString())) {
        child.ask("publish 500");
        Waits.until("a result", () -> !service.results().isEmpty());
        Waits.until("letters", () -> Files.exists(server().resolve("dead-letters/removed.counts")));
        Waits.until("a status", () -> Files.exists(server().resolve("journal-status/status.json")));
        child.kill();
      }
      copy(server(), backup);
      List<String> strange = new ArrayList<>();
      for (Path file : files()) {
        String name = server().relativize(file).toString();
        assertThat(LEFT.keySet())
            .as("%s is written and not in the list", name)
            .anyMatch(name::matches);
        if (name.endsWith(".cq4") || name.endsWith("format")) {
          continue; // The frame of records stays; of another format the letters' test tells.
        }
        for (byte[] later : strangers(Files.size(file))) {
          Files.write(file, later);
          try (AiBridge bridge = AiBridge.start(conf)) {
            BridgeState state = bridge.status().state();
            if (state == BridgeState.OFF || !bridge.publish(GameEvent.dailyReset())) {
              strange.add(name + " " + later.length + ": " + bridge.status().problem());
            }
          }
          copy(backup, server());
        }
      }
      assertThat(strange).isEmpty();
    }
  }

  /** What nobody of this version would write: as long as before, in words, and none. */
  private static List<byte[]> strangers(long size) {
    byte[] noise = new byte[(int) Math.min(size, 64 << 10)];
    new Random(size).nextBytes(noise);
    return List.of(noise, "version 99\n".getBytes(StandardCharsets.US_ASCII), new byte[0]);
  }
}

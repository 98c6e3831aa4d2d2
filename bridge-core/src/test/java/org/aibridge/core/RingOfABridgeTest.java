package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.aibridge.api.AiBridge;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.run.World;
import org.aibridge.core.store.SharedMemory;
import org.aibridge.testkit.AiService;
import org.aibridge.testkit.FakeAiService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RingOfABridgeTest {
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  @TempDir Path folder;

  @Test
  void takesSharedMemoryWhileItRunsAndGivesItBack(@AiService FakeAiService service)
      throws IOException {
    assumeTrue(Files.isWritable(SHARED_MEMORY), "no shared memory here");
    ConfFile conf = new ConfFile(folder, service.baseUrl()).remove("journal", "ring_path");
    Set<Path> before = ringsInSharedMemory();
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      bridge.publish(GameEvent.dailyReset());
      Set<Path> during = ringsInSharedMemory();
      during.removeAll(before);
      // Bridges of other processes may come and go; ours is the one mapped here.
      assertThat(during.stream().filter(RingOfABridgeTest::isMappedHere)).hasSize(1);
    }
    Set<Path> after = ringsInSharedMemory();
    after.removeAll(before);
    assertThat(after.stream().filter(RingOfABridgeTest::isMappedHere)).isEmpty();
    assertThat(service.receivedEventIds()).hasSize(1);
  }

  @Test
  void findsTheEventsOfADeadProcessThoughTheRingHasMoved(@AiService FakeAiService service)
      throws IOException {
    Path first = folder.resolve("first/a.ring");
    Path second = folder.resolve("second/b.ring");
    ConfFile conf = new ConfFile(folder, service.baseUrl()).set("journal", "ring_path", first);
    AiBridge.start(conf.write()).close();
    assertThat(first).doesNotExist();
    // What a process leaves that is killed before its journal thread looks again.
    Intake dead = Intake.create(first, 1000, 65536, new Refusals());
    assertThat(dead.publish(GameEvent.questComplete(7, "payon", 60100))).isTrue();
    conf.set("journal", "ring_path", second);
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      assertThat(bridge.status().events().carriedOver()).isEqualTo(1);
      assertThat(first).doesNotExist();
      assertThat(second).exists();
      Waits.untilNothingWaits(bridge);
    }
    assertThat(second).doesNotExist();
    assertThat(service.receivedEvents())
        .singleElement()
        .matches(event -> event.json().at("/payload/quest_id").asLong() == 60100);
  }

  /** As for a copy of the journal's folder, whose notes lead to what the other one uses. */
  @Test
  void leavesAloneWhatAnotherBridgeHasInSharedMemory(@AiService FakeAiService service)
      throws IOException {
    assumeTrue(Files.isWritable(SHARED_MEMORY), "no shared memory here");
    ConfFile conf = new ConfFile(folder, service.baseUrl()).remove("journal", "ring_path");
    Path journal = folder.resolve("journal");
    Path shared;
    try (SharedMemory other =
        SharedMemory.open(World.ofJvm(), PrivateFiles.makeFolder(journal), List.of())) {
      shared = other.folder().resolve("intake.ring");
      Intake others = Intake.create(shared, 1000, 65536, new Refusals());
      assertThat(others.publish(GameEvent.questComplete(7, "payon", 60100))).isTrue();
      try (AiBridge bridge = AiBridge.start(conf.write())) {
        assertThat(bridge.status().events().carriedOver()).isZero();
        assertThat(Path.of(Files.readString(journal.resolve("ring.place"))))
            .hasFileName("intake.ring")
            .matches(ring -> ring.getParent().getParent().equals(SHARED_MEMORY))
            .isNotEqualTo(shared);
        assertThat(bridge.publish(GameEvent.dailyReset())).isTrue();
        Waits.untilNothingWaits(bridge);
      }
      assertThat(Intake.leftovers(shared)).get().matches(RingDrain::hasMore);
    }
    // Once the other is gone, what it left is found.
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      assertThat(bridge.status().events().carriedOver()).isEqualTo(1);
      Waits.untilNothingWaits(bridge);
    }
    assertThat(shared.getParent()).doesNotExist();
  }

  /** As of a process that was killed, whose place was another. */
  @Test
  void takesOverARingThatTheNoteNamesInSharedMemory(@AiService FakeAiService service)
      throws IOException {
    assumeTrue(Files.isWritable(SHARED_MEMORY), "no shared memory here");
    ConfFile conf = new ConfFile(folder, service.baseUrl()).remove("journal", "ring_path");
    Path journal = PrivateFiles.makeFolder(folder.resolve("journal"));
    Path old = SHARED_MEMORY.resolve("noted-" + ProcessHandle.current().pid() + ".ring");
    Intake dead = Intake.create(old, 1000, 65536, new Refusals());
    assertThat(dead.publish(GameEvent.questComplete(7, "payon", 60100))).isTrue();
    Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(journal.resolve("ring.place"), old.toString());
    try (AiBridge bridge = AiBridge.start(conf.write())) {
      assertThat(bridge.status().events().carriedOver()).isEqualTo(1);
      assertThat(old).doesNotExist();
      Waits.untilNothingWaits(bridge);
    }
    assertThat(service.receivedEventIds()).hasSize(1);
  }

  private static Set<Path> ringsInSharedMemory() throws IOException {
    try (Stream<Path> all = Files.walk(SHARED_MEMORY, 2)) {
      return all.filter(file -> file.toString().endsWith(".ring")).collect(Collectors.toSet());
    }
  }

  private static boolean isMappedHere(Path ring) {
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      return maps.anyMatch(line -> line.endsWith(ring.toString()));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}

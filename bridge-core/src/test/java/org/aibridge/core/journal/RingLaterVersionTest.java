package org.aibridge.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.ErrorOutput;
import org.aibridge.core.event.Events;
import org.aibridge.core.files.PrivateFiles;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.run.World;
import org.aibridge.core.store.SharedMemory;
import org.aibridge.core.store.StoreLimits;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A ring that a later version left when it was killed: it is there when that version is back. */
class RingLaterVersionTest {
  private static final int VERSION_AT = 8;

  @TempDir Path temp;
  private Path journal;
  private Path kept;

  @BeforeEach
  void makeFolder() throws IOException {
    journal = PrivateFiles.makeFolder(temp.resolve("journal"));
    kept = journal.resolve("intake.ring.left");
  }

  private JournalStage start(Path ring) throws IOException {
    return new JournalStage(
        new JournalStage.Settings(
            journal,
            new StoreLimits(1 << 20, 0, 0),
            4,
            new JournalStage.Ring(ring, 1000, 65_536),
            null,
            List.of()),
        World.ofJvm(),
        () -> {});
  }

  /** Makes a ring with three events at {@code ring} that has this version. */
  private static byte[] leave(Path ring, int version) throws IOException {
    Intake dead = Intake.create(ring, 1000, 65_536, new Refusals());
    for (int i = 0; i < 3; i++) {
      assertThat(dead.publish(Events.numbered(i, 1, 10))).isTrue();
    }
    return withVersion(ring, version);
  }

  private static byte[] withVersion(Path ring, int version) throws IOException {
    byte[] bytes = Files.readAllBytes(ring);
    bytes[VERSION_AT] = (byte) version;
    Files.write(ring, bytes);
    return bytes;
  }

  private void keepsItAndGivesItBack(Path configured, byte[] later) throws IOException {
    for (int start = 0; start < 2; start++) {
      try (ErrorOutput output = new ErrorOutput();
          JournalStage older = start(configured)) {
        assertThat(older.journal().recovered()).isZero();
        assertThat(older.intake().publish(GameEvent.dailyReset())).isTrue();
        older.duty().runOnce();
        assertThat(output.errors())
            .singleElement()
            .asString()
            .contains("of a later version", kept.toString());
      }
      assertThat(kept).hasBinaryContent(later);
    }
    withVersion(kept, 1); // As the later version knows it.
    try (JournalStage newer = start(configured)) {
      assertThat(newer.journal().recovered()).isEqualTo(3);
    }
    assertThat(kept).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 100, 255})
  void waitsForThatVersionWhereAnOperatorHasPutIt(int version) throws IOException {
    Path ring = PrivateFiles.makeFolder(temp.resolve("rings")).resolve("mine");
    keepsItAndGivesItBack(ring, leave(ring, version));
  }

  @Test
  void waitsForThatVersionOnTheDiskThoughItLayInMemory() throws IOException {
    assumeTrue(SharedMemory.lack().isEmpty(), SharedMemory.lack());
    Path ring;
    byte[] later;
    try (SharedMemory memory = SharedMemory.open(World.ofJvm(), journal, java.util.List.of())) {
      ring = memory.folder().resolve("intake.ring");
      later = leave(ring, 2);
    }
    assertThat(ring).exists();
    keepsItAndGivesItBack(null, later);
    assertThat(ring.getParent()).doesNotExist();
  }

  @Test
  void waitsForThatVersionInTheJournalsFolder() throws IOException {
    keepsItAndGivesItBack(null, leave(journal.resolve("intake.ring"), 2));
  }

  @Test
  void findsItWhereNoRingIsConfiguredAnyMore() throws IOException {
    Path ring = PrivateFiles.makeFolder(temp.resolve("rings")).resolve("mine.ring");
    start(ring).close();
    byte[] later = leave(ring, 2);
    keepsItAndGivesItBack(null, later);
  }
}

package org.aibridge.core.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.aibridge.api.event.EventType;
import org.aibridge.api.event.GameEvent;
import org.aibridge.core.event.EventKinds;
import org.aibridge.core.event.Events;
import org.aibridge.core.intake.Intake;
import org.aibridge.core.intake.Refusals;
import org.aibridge.core.intake.RingDrain;
import org.aibridge.core.run.FailPoint;
import org.aibridge.core.run.Moments;
import org.aibridge.core.run.World;
import org.aibridge.core.store.StoreLimits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changed routes over a ring that outlives the process, as that of a server in C does. */
class RouteChangeTest {
  private static final StoreLimits LIMITS = new StoreLimits(1 << 20, 0, 0);

  /** Ends a process between the append to one journal and that to the next. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  @TempDir Path temp;
  private Moments moments = (point, folder) -> {};
  private Journal journal;
  private Branch branch;

  @AfterEach
  void close() {
    branch.journal.close();
    journal.close();
  }

  private void start(EventType... routed) throws IOException {
    World jvm = World.ofJvm();
    World world =
        new World(
            jvm.clock(),
            jvm.wallMs(),
            jvm.threads(),
            jvm.chance(),
            (point, folder) -> moments.reached(point, folder),
            jvm.once());
    journal = Journal.open(temp.resolve("journal"), LIMITS, 1, world);
    Journal its = Journal.open(temp.resolve("journal/kafka"), LIMITS, 1, 1, world);
    branch = new Branch("kafka", its, EventKinds.routed(List.of(routed)));
    journal.branchInto(List.of(branch));
  }

  private static List<Long> numbersIn(Journal journal) {
    List<Long> numbers = new ArrayList<>();
    try (JournalReader reader = journal.reader()) {
      while (reader.next()) {
        numbers.add(Events.numberIn(reader.buffer(), reader.index()));
      }
    }
    return numbers;
  }

  @Test
  void waitsUntilWhatAKilledProcessHasHalfMovedIsWhole() throws IOException {
    Intake host = Intake.create(temp.resolve("ring"), 1000, 65_536, new Refusals());
    start(EventType.MONSTER_KILL);
    host.publish(GameEvent.monsterKill(1, "prontera", 1).at(1));
    host.publish(GameEvent.mapChange(1, "prontera", "payon").at(2));
    endIn("kafka");
    assertThatThrownBy(() -> journal.move(host.drain())).isInstanceOf(Killed.class);
    close();
    moments = (point, folder) -> {};

    start(EventType.MAP_CHANGE);
    host.publish(GameEvent.monsterKill(1, "prontera", 1).at(3)); // Before the new process looked.
    RingDrain ring = host.drain();
    journal.resume(ring);
    RouteChange change = new RouteChange(journal, ring, World.ofJvm().clock());
    change.look(ring);
    assertThat(branch.isChanging()).isTrue();
    journal.move(ring);
    change.look(ring);
    assertThat(branch.isChanging()).isFalse();
    host.publish(GameEvent.monsterKill(1, "prontera", 1).at(4));
    host.publish(GameEvent.mapChange(1, "prontera", "payon").at(5));
    journal.move(ring);
    assertThat(numbersIn(branch.journal)).containsExactly(1L, 3L, 5L);
    assertThat(numbersIn(journal)).containsExactly(2L, 4L);
  }

  /** Else a routed event that the ring shows again would be taken for one the branch has. */
  @Test
  void waitsWhileTheRingShowsAgainWhatTheBranchHasAndTheMainJournalHasNot() throws IOException {
    Intake host = Intake.create(temp.resolve("ring"), 1000, 65_536, new Refusals());
    start(EventType.MONSTER_KILL);
    close();
    start(EventType.MAP_CHANGE);
    RingDrain ring = host.drain();
    RouteChange change = new RouteChange(journal, ring, World.ofJvm().clock());
    host.publish(GameEvent.monsterKill(1, "prontera", 1).at(1));
    host.publish(GameEvent.mapChange(1, "prontera", "payon").at(2));
    endIn("journal");
    assertThatThrownBy(() -> journal.move(ring)).isInstanceOf(Killed.class);
    moments = (point, folder) -> {};
    change.look(ring);
    assertThat(branch.isChanging()).isTrue();
    journal.move(ring);
    change.look(ring);
    assertThat(branch.isChanging()).isFalse();
    assertThat(numbersIn(branch.journal)).containsExactly(1L);
    assertThat(numbersIn(journal)).contains(2L);
  }

  /** What a ring in another process shows again was carried over, and does not wait twice. */
  @Test
  void countsNoEventOfTheRingTwiceThatAKilledProcessHadBroughtIntoABranch() throws IOException {
    Intake host = Intake.create(temp.resolve("ring"), 1000, 65_536, new Refusals());
    start(EventType.MONSTER_KILL);
    host.publish(GameEvent.monsterKill(1, "prontera", 1).at(1));
    host.publish(GameEvent.monsterKill(1, "prontera", 2).at(2));
    host.publish(GameEvent.mapChange(1, "prontera", "payon").at(3));
    endIn("kafka");
    assertThatThrownBy(() -> journal.move(host.drain())).isInstanceOf(Killed.class);
    close();
    moments = (point, folder) -> {};

    start(EventType.MONSTER_KILL);
    RingDrain ring = host.drain();
    journal.resume(ring);
    host.publish(GameEvent.monsterKill(1, "prontera", 4).at(4));
    endIn("journal");
    assertThatThrownBy(() -> journal.move(ring)).isInstanceOf(Killed.class);
    moments = (point, folder) -> {};
    journal.move(ring); // The ring shows all of it once more.
    assertThat(journal.ofAll(Journal::carriedOver)).isEqualTo(2);
    assertThat(journal.carriedInRing()).isEqualTo(2);
    assertThat(numbersIn(branch.journal)).containsExactly(1L, 2L, 4L);
  }

  @Test
  void countsByTypeWhatABranchHasThoughTheMainJournalFails() throws IOException {
    Intake host = Intake.create(temp.resolve("ring"), 1000, 65_536, new Refusals());
    start(EventType.MONSTER_KILL);
    RingDrain ring = host.drain();
    host.publish(GameEvent.monsterKill(1, "prontera", 1).at(1));
    host.publish(GameEvent.mapChange(1, "prontera", "payon").at(2));
    endIn("journal");
    assertThatThrownBy(() -> journal.move(ring)).isInstanceOf(Killed.class);
    assertThat(journal.movedByType()).containsEntry("monster_kill", 1L);
    moments = (point, folder) -> {};
    journal.move(ring);
    assertThat(journal.movedByType()).containsEntry("monster_kill", 1L);
  }

  private void endIn(String journalsFolder) {
    moments =
        (point, folder) -> {
          if (point == FailPoint.JOURNAL_APPENDED && folder.equals(journalsFolder)) {
            throw new Killed();
          }
        };
  }

  @Test
  void writesANoteAgainThatMakesNoSense() throws IOException {
    start(EventType.MONSTER_KILL);
    Path note = temp.resolve("journal/kafka/routes");
    byte[] good = Files.readAllBytes(note);
    close();
    Files.writeString(note, "version 99");
    start(EventType.MONSTER_KILL);
    assertThat(Files.readAllBytes(note)).isEqualTo(good);
    assertThat(branch.isChanging()).isFalse();
  }
}

package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.aibridge.core.store.LogSync;
import org.aibridge.core.store.SegmentLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger that somebody else deletes, cuts or replaces. */
@Tag("slow")
final class LedgerNoteTest {
  @TempDir Path folder;
  private Rig rig;

  @AfterEach
  void close() {
    if (rig != null) {
      rig.close();
    }
  }

  private Path ledger() {
    return folder.resolve("ledger");
  }

  private Path note() {
    return folder.resolve("ledger-journal").resolve(LedgerNote.NAME);
  }

  private void open() {
    rig = rig == null ? new Rig(ledger()) : new Rig(rig.limits, rig.clock);
  }

  /** One life that applies these ids and ends in order. */
  private void live(String... ids) {
    open();
    offer(ids);
    assertThat(rig.applied).containsExactlyInAnyOrder(ids);
    rig.acknowledgeResults();
    end();
  }

  private void end() {
    rig.close();
  }

  private void offer(String... ids) {
    rig.offer(Stream.of(ids).map(Rig::broadcast).toArray(String[]::new));
    rig.service.tick();
    rig.service.runOnce();
  }

  private JsonNode ask(String json) throws Exception {
    var answer = rig.service.command(new ObjectMapper().readTree(json)).toCompletableFuture();
    rig.service.runOnce();
    return answer.getNow(null);
  }

  private JsonNode pending() throws Exception {
    return ask("{\"do\":\"pending\"}").path("actions");
  }

  private List<Path> segments() {
    try (Stream<Path> files = Files.list(ledger())) {
      return new ArrayList<>(
          files.filter(file -> file.toString().endsWith(".cq4")).sorted().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void cut(Path file, long size) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(size);
    }
  }

  /** Behind it the file is zeros. */
  private static int endOfRecords(Path segment) throws IOException {
    byte[] bytes = Files.readAllBytes(segment);
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    return end;
  }

  /** Each action waits, applied ones and others, until the operator ends it. */
  private void holdsAll(String... offered) throws Exception {
    open();
    assertThat(rig.service.problem()).contains("lacks at least", "ai-bridge actions resume");
    assertThat(rig.service.stats().damaged()).isPositive();
    offer(offered);
    assertThat(rig.applied).as("applied again").isEmpty();
    assertThat(rig.service.stats().held()).as("waiting").isPositive();
  }

  @Test
  void holdsEveryActionWhenTheLedgerIsDeleted() throws Exception {
    live("a", "b");
    delete(ledger());
    holdsAll("a", "b", "new");
    assertThat(pending()).hasSize(3);
  }

  @Test
  void holdsEveryActionWhenAnOldCopyOfTheLedgerIsPutBack() throws Exception {
    live("a");
    copy(ledger(), folder.resolve("backup"));
    live("b");
    delete(ledger());
    copy(folder.resolve("backup"), ledger());
    holdsAll("a", "b");
    assertThat(pending()).as("what the copy knows needs nobody").hasSize(1);
  }

  @Test
  void holdsEveryActionWhenOneSegmentIsGoneCutOrAnothers() throws Exception {
    live("a");
    live("b");
    live("c");
    copy(ledger(), folder.resolve("whole"));
    for (String damage : List.of("gone", "empty", "cut", "anothers")) {
      for (int i = 0; i < 3; i++) {
        delete(ledger());
        copy(folder.resolve("whole"), ledger());
        Path segment = segments().get(i);
        switch (damage) {
          case "gone" -> Files.delete(segment);
          case "empty" -> cut(segment, 0);
          case "cut" -> cut(segment, endOfRecords(segment) - 40);
          default ->
              Files.copy(segments().get((i + 1) % 3), segment, StandardCopyOption.REPLACE_EXISTING);
        }
        holdsAll("a", "b", "c", "new" + damage + i);
        assertThat(ask("{\"do\":\"resume\"}").path("ok").asBoolean()).isTrue();
        end();
        Files.delete(note());
        delete(ledger());
        copy(folder.resolve("whole"), ledger());
        live();
        live("d" + damage + i);
        copy(ledger(), folder.resolve("whole"));
      }
    }
  }

  @Test
  void holdsThroughRestartsUntilTheOperatorResumes() throws Exception {
    live("a");
    delete(ledger());
    holdsAll("a");
    end();
    holdsAll("b");
    end();
    holdsAll("c");
    assertThat(ask("{\"do\":\"resume\",\"by\":\"gm\"}").path("message").asText())
        .isEqualTo("actions are applied again; 3 still wait: see 'ai-bridge actions pending'");
    rig.clock.advanceMs(2000);
    offer("d");
    assertThat(rig.service.problem()).isEmpty();
    assertThat(rig.applied).containsExactly("d");
    assertThat(ask("{\"do\":\"approve\",\"id\":\"b\"}").path("ok").asBoolean()).isTrue();
    rig.service.runOnce();
    rig.service.tick();
    assertThat(rig.applied).containsExactly("d", "b");
    assertThat(ask("{\"do\":\"resume\"}").path("problem").asText())
        .isEqualTo("no action waits for that");
    end();
    assertThat(Files.readString(rig.audit())).contains("\"event\":\"resumed\"", "operator gm");
    live("e");
  }

  @Test
  void leavesWhatThereIsNoRoomForWithTheService() throws Exception {
    live("a");
    delete(ledger());
    open();
    String[] many =
        Stream.iterate(0, i -> i + 1).limit(1200).map(i -> "m" + i).toArray(String[]::new);
    offer(many);
    assertThat(rig.service.stats().held()).isEqualTo(1000);
    assertThat(rig.service.stats().refused()).as("refused").isZero();
    assertThat(rig.applied).isEmpty();
  }

  @Test
  void missesNothingAfterAKillAtAnyMoment() throws Exception {
    // A kill leaves the ledger as it was at any moment: never behind what the note says.
    open();
    for (int i = 0; i < 5; i++) {
      rig.offer(Rig.broadcast("a" + i));
      lookAtACopy();
      rig.service.tick();
      lookAtACopy();
      rig.service.runOnce();
      lookAtACopy();
      rig.acknowledgeResults();
      lookAtACopy();
    }
  }

  private void lookAtACopy() throws IOException {
    Path copy = folder.resolve("copy");
    copy(ledger(), copy);
    copy(note().getParent(), folder.resolve("copy-journal"));
    try (Rig second = new Rig(new Limits(copy), rig.clock)) {
      assertThat(second.service.problem()).isEmpty();
      assertThat(second.service.stats().damaged()).isZero();
    }
    delete(copy);
  }

  @Test
  void missesNothingWhenTheNoteIsOlderMissingOrTheFirst() throws Exception {
    live("a");
    Path old = Files.copy(note(), folder.resolve("old-note"));
    live("b");
    Files.copy(old, note(), StandardCopyOption.REPLACE_EXISTING);
    live("c");
    Files.delete(note());
    live("d");
    Files.writeString(note(), "garbage");
    live("e");
    Files.delete(note());
    Files.createDirectory(note());
    live("f");
    Files.delete(note());
    delete(ledger());
    live("a");
  }

  @Test
  void holdsEveryActionWhenThereIsNoLedgerAndItsNoteCannotBeRead() throws Exception {
    live("a");
    Files.writeString(note(), "garbage");
    delete(ledger());
    holdsAll("a");
  }

  @Test
  void noticesALedgerThatWasConfiguredElsewhereAndNotMoved() throws Exception {
    live("a");
    Limits elsewhere = new Limits(folder.resolve("moved/ledger"));
    Files.createDirectories(folder.resolve("moved/ledger-journal"));
    Files.copy(note(), folder.resolve("moved/ledger-journal").resolve(LedgerNote.NAME));
    rig = new Rig(elsewhere, rig.clock);
    assertThat(rig.service.problem()).contains("lacks at least");
    rig.close();
    delete(elsewhere.ledger);
    Files.move(ledger(), elsewhere.ledger);
    Files.copy(
        note(),
        folder.resolve("moved/ledger-journal").resolve(LedgerNote.NAME),
        StandardCopyOption.REPLACE_EXISTING);
    rig = new Rig(elsewhere, rig.clock);
    assertThat(rig.service.problem()).isEmpty();
  }

  @Test
  void missesNothingThatTheLedgerItselfForgot() throws Exception {
    Duration memory = Duration.ofHours(30);
    ManualClock clock = new ManualClock();
    Path notes = folder.resolve("notes");
    for (int life = 0; life < 20; life++) {
      SegmentLog log = SegmentLog.open(ledger(), 600, 0, World.of(clock));
      try (ActionLedger ledger =
          ActionLedger.open(
              new LedgerLog(LedgerNote.in(notes), log, log::append, LogSync.NONE, clock),
              memory,
              clock,
              ActionLedger::doubt,
              1_000_000)) {
        assertThat(ledger.isShort()).as("life %d", life).isFalse();
        for (int i = 0; i < 10; i++) {
          ActionLedgerTest.refused(ledger, "r" + life + "-" + i, "", 1, "why");
          ledger.reported(ledger.find("r" + life + "-" + i));
          ledger.sync();
          clock.advance(Duration.ofMinutes(90));
        }
        ledger.forgetOld();
      }
    }
    assertThat(segments().get(0).getFileName().toString())
        .as("oldest")
        .isGreaterThan("19700101-0010");
    Files.delete(segments().get(segments().size() / 2));
    SegmentLog log = SegmentLog.open(ledger(), 600, 0, World.of(clock));
    try (ActionLedger ledger =
        ActionLedger.open(
            new LedgerLog(LedgerNote.in(notes), log, log::append, LogSync.NONE, clock),
            memory,
            clock,
            ActionLedger::doubt,
            1_000_000)) {
      assertThat(ledger.isShort()).isTrue();
    }
  }

  @Test
  void knowsWhatItAppliedThoughTheFilesGoWhileItRuns() throws Exception {
    live("a", "b");
    open();
    offer("c");
    rig.acknowledgeResults();
    for (Path segment : segments()) {
      Files.delete(segment);
    }
    rig.clock.advanceMs(2000);
    offer("a", "b", "c", "d");
    assertThat(rig.applied).containsExactly("c", "d");
    assertThat(rig.service.stats().mismatches()).as("mismatches").isZero();
    end();
    holdsAll("a", "b", "c", "e");
  }
}

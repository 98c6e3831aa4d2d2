package org.aibridge.core.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.aibridge.core.store.SegmentLog;
import org.aibridge.core.store.SegmentScan;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What operators do to letters, and what the store makes of it. */
@Tag("slow")
@Timeout(60)
class LetterCommandsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long MB = 1 << 20;

  @TempDir private Path temp;
  private final ManualClock clock = new ManualClock();
  private Path folder;
  private DeadLetterStore store;
  private LetterCommands commands;
  private final List<byte[]> journal = new ArrayList<>();

  /** How many events the journal takes; the others meet a full disk. */
  private int room = Integer.MAX_VALUE;

  @BeforeEach
  void begin() throws IOException {
    folder = temp.resolve("letters");
    open(Duration.ZERO);
    for (int i = 0; i < 5; i++) {
      store.append(letter(i, 0));
    }
  }

  @AfterEach
  void end() {
    store.close();
  }

  @Test
  void putsLettersOnTheirWayOnceAndLetsThemGoWhenTheyAreDelivered() throws IOException {
    List<LetterRef> all = refs();
    assertThat(replay(all, 0).path("queued").asInt()).isEqualTo(5);
    assertThat(journal).hasSize(5);
    ObjectNode again = replay(all, 0);
    assertThat(again.path("queued").asInt()).isZero();
    assertThat(again.path("passed").path("not_there").asInt()).isEqualTo(5);
    assertThat(journal).hasSize(5);
    assertThat(store.mark(Mark.DELIVERED, all.subList(0, 2), 0)).hasSize(2);
    assertThat(marks())
        .containsExactly(Mark.DELIVERED, Mark.DELIVERED, Mark.QUEUED, Mark.QUEUED, Mark.QUEUED);
    assertThat(store.removed(Removals.Why.REPLAYED)).isEqualTo(2);
    assertThat(store.queued()).containsExactlyInAnyOrderElementsOf(all.subList(2, 5));
  }

  @Test
  void releasesWhatTheJournalDidNotTake() throws IOException {
    room = 2;
    ObjectNode answer = replay(refs(), 0);
    assertThat(answer.path("ok").asBoolean()).isFalse();
    assertThat(answer.path("problem").asText()).isEqualTo("full");
    assertThat(answer.path("queued").asInt()).isEqualTo(2);
    assertThat(marks()).containsExactly(Mark.QUEUED, Mark.QUEUED, Mark.NONE, Mark.NONE, Mark.NONE);
  }

  @Test
  void doesNotReleaseWhatIsOnItsWayWhenMoreCannotBeQueued() throws IOException {
    List<LetterRef> first = refs();
    store.close();
    open(Duration.ZERO);
    store.append(letter(8, 0));
    LetterRef other = refs().get(5);
    replay(List.of(first.get(0)), 0);
    replay(List.of(other), 0);
    Path unwritable = LetterMarks.fileOf(SegmentScan.file(folder, other.segment()));
    Files.delete(unwritable);
    Files.createDirectory(unwritable);
    LetterRef late = new LetterRef(other.segment(), 77);
    ObjectNode answer = replay(List.of(first.get(0), first.get(1), late), 0);
    assertThat(answer.path("problem").asText()).contains("cannot be written");
    LetterMarks marks = LetterMarks.read(folder, first.get(0).segment());
    assertThat(marks.of(first.get(0).key())).as("on its way").isEqualTo(Mark.QUEUED);
    assertThat(marks.of(first.get(1).key())).as("not sent").isEqualTo(Mark.NONE);
    Files.delete(unwritable);
  }

  @Test
  void answersAlsoWhenAnErrorEndsTheWork() throws IOException {
    commands =
        new LetterCommands(
            store,
            Runnable::run,
            events -> {
              throw new OutOfMemoryError("as a large event may bring about");
            },
            () -> 3);
    assertThat(replay(refs(), 0).path("problem").asText()).contains("no memory");
  }

  @Test
  void leavesAloneWhatWasReplayedTooOftenUnlessForced() throws IOException {
    store.append(letter(9, 3));
    List<LetterRef> tired = refs().subList(5, 6);
    assertThat(replay(tired, 3).path("passed").path("max_replays").asInt()).isEqualTo(1);
    assertThat(journal).isEmpty();
    assertThat(ask(about(tired, 3).put("do", "replay").put("force", true)).path("queued").asInt())
        .isEqualTo(1);
  }

  /** Whoever asks through the socket, and with whatever event. */
  @Test
  void neverReplaysWhatALaterVersionWrote() throws IOException {
    DeadLetter whole = letter(9, 0);
    store.append(
        new DeadLetter(
            whole.eventId(),
            whole.eventJson(),
            DeadLetter.Reason.LATER_VERSION,
            0,
            "a later version of the bridge wrote it",
            "",
            0,
            0,
            0,
            "",
            "",
            0,
            List.of(),
            0));
    List<LetterRef> last = refs().subList(4, 6);
    for (boolean force : List.of(false, true)) {
      ObjectNode answer = ask(about(last, 0).put("do", "replay").put("force", force));
      assertThat(answer.path("passed").path("later_version").asInt()).isEqualTo(1);
    }
    assertThat(journal).as("the other").hasSize(1);
    assertThat(marks()).endsWith(Mark.QUEUED, Mark.NONE);
    LetterRef nowhere = new LetterRef(4711, last.get(1).key());
    assertThat(replay(List.of(nowhere), 0).path("passed").path("not_there").asInt()).isEqualTo(1);
  }

  @Test
  void purgesAndBringsBackAndForgetsWhenTheTrashIsEmptied() throws IOException {
    List<LetterRef> all = refs();
    assertThat(purge(all.subList(0, 2), 100)).isEqualTo(2);
    assertThat(purge(all.subList(1, 4), 200)).isEqualTo(2);
    assertThat(there()).isEqualTo(1);
    assertThat(undo(200)).isEqualTo(2);
    assertThat(undo(200)).isZero();
    assertThat(there()).isEqualTo(3);
    clock.advance(Duration.ofHours(23));
    store.trim();
    assertThat(purge(all.subList(2, 3), clock.epochMs())).isEqualTo(1);
    clock.advance(Duration.ofHours(2));
    store.trim();
    assertThat(marks())
        .containsExactly(Mark.FORGOTTEN, Mark.FORGOTTEN, Mark.PURGED, Mark.NONE, Mark.NONE);
    assertThat(store.removed(Removals.Why.PURGED)).isEqualTo(2);
    assertThat(store.summary().letters()).isEqualTo(2);
    assertThat(store.summary().trash()).isEqualTo(1);
  }

  @Test
  void deletesTheFileWhenNothingInItIsNeededAnyMoreAndGoesOnInAnother() throws IOException {
    store.mark(Mark.DELIVERED, refs(), 0);
    store.trim();
    assertThat(SegmentScan.segments(folder)).as("whoever watches can still read").hasSize(1);
    store.trim();
    assertThat(SegmentScan.segments(folder)).isEmpty();
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.endsWith(".marks"));
    }
    store.append(letter(7, 0));
    assertThat(there()).isEqualTo(1);
    store.close();
    open(Duration.ZERO);
    assertThat(there()).isEqualTo(1);
    assertThat(store.removed(Removals.Why.REPLAYED)).isEqualTo(5);
  }

  @Test
  void keepsWhatIsNeededThoughDamageMakesTheCountsMatch() throws IOException {
    List<LetterRef> all = refs();
    store.mark(Mark.DELIVERED, all.subList(0, 3), 0);
    store.close();
    spoil("s1:0");
    spoil("s1:1");
    open(Duration.ZERO);
    for (int i = 0; i < 4; i++) {
      store.trim();
    }
    assertThat(there()).isEqualTo(2);
    store.mark(Mark.DELIVERED, all.subList(3, 5), 0);
    store.trim();
    store.trim();
    assertThat(SegmentScan.segments(folder)).as("none is needed").isEmpty();
  }

  /** The number of a segment that was the last comes back after a restart. */
  @Test
  void doesNotTakeTheMarksOfASegmentThatIsGoneForThoseOfTheNextOne() throws IOException {
    store.mark(Mark.DELIVERED, refs(), 0);
    int segment = SegmentScan.segments(folder).get(0);
    store.close();
    Files.delete(SegmentScan.file(folder, segment));
    open(Duration.ZERO);
    for (int i = 0; i < 5; i++) {
      store.append(letter(10 + i, 0));
    }
    assertThat(SegmentScan.segments(folder)).containsExactly(segment);
    for (int i = 0; i < 4; i++) {
      store.trim();
    }
    assertThat(there()).isEqualTo(5);
    assertThat(store.summary().letters()).isEqualTo(5);
  }

  @Test
  void removesOldLettersThoughNoNewOnesCome() throws IOException {
    store.close();
    open(Duration.ofDays(2));
    store.append(letter(8, 0));
    clock.advance(Duration.ofDays(1));
    store.append(letter(9, 0));
    clock.advance(Duration.ofDays(1).plusMinutes(1));
    store.trim();
    assertThat(there()).isEqualTo(1);
    assertThat(store.removed(Removals.Why.AGE)).isEqualTo(6);
  }

  @Test
  void removesOldLettersThatWereInTheTrashWhenTheyWereCounted() throws IOException {
    assertThat(purge(refs(), clock.epochMs())).isEqualTo(5);
    store.close();
    open(Duration.ofDays(2));
    store.trim();
    assertThat(undo(clock.epochMs())).isEqualTo(5);
    clock.advance(Duration.ofDays(3));
    store.trim();
    assertThat(there()).isZero();
    assertThat(store.removed(Removals.Why.AGE)).isEqualTo(5);
  }

  @Test
  void removesOldLettersOnceTheyAreNotOnTheirWayAnyMore() throws IOException {
    store.close();
    open(Duration.ofDays(2));
    LetterRef first = refs().get(0);
    clock.advance(Duration.ofDays(1));
    store.append(letter(8, 0));
    replay(List.of(first), 0);
    clock.advance(Duration.ofHours(25));
    for (int i = 0; i < 3; i++) {
      store.trim();
      assertThat(marks()).filteredOn(Mark::isThere).containsExactly(Mark.QUEUED, Mark.NONE);
    }
    store.mark(Mark.RELEASED, List.of(first), 0);
    store.trim();
    assertThat(there()).isEqualTo(1);
    store.append(letter(9, 0));
    clock.advance(Duration.ofHours(24));
    store.trim();
    assertThat(there()).isEqualTo(1);
  }

  @Test
  void countsWhatWentWithAFileThatSomebodyDeleted() throws IOException {
    store.trim();
    assertThat(store.summary().letters()).isEqualTo(5);
    Files.delete(SegmentScan.file(folder, SegmentScan.segments(folder).get(0)));
    store.trim();
    assertThat(store.removed(Removals.Why.FILE_DELETED)).isEqualTo(5);
    assertThat(store.summary().letters()).isZero();
    assertThat(store.summary().bytes()).isZero();
    store.append(letter(6, 0));
    assertThat(there()).isEqualTo(1);
  }

  @Test
  void readsLettersOfBeforeThereWereHeads() throws IOException {
    store.close();
    Path old = temp.resolve("old");
    String json =
        "{\"event_id\":\"s1:5\",\"reason\":\"refused\",\"status\":422,\"problem\":\"HTTP 422\","
            + "\"answer\":\"no\",\"dead_at_ms\":77,\"replay_count\":1,"
            + "\"event\":{\"event_type\":\"test\",\"player_id\":9,\"map\":\"m\"}}";
    try (SegmentLog log = SegmentLog.open(old, MB, 0, World.of(clock))) {
      log.append(json.getBytes(StandardCharsets.UTF_8));
    }
    try (LetterScan scan = new LetterScan(old)) {
      assertThat(scan.next()).isTrue();
      LetterView letter = scan.letter();
      assertThat(letter.eventId()).isEqualTo("s1:5");
      assertThat(letter.type()).isEqualTo("test");
      assertThat(letter.player()).isEqualTo(9);
      assertThat(letter.map()).isEqualTo("m");
      assertThat(letter.deadAtMs()).isEqualTo(77);
      assertThat(letter.replayCount()).isEqualTo(1);
      assertThat(letter.fingerprintText()).isEqualTo("422 no");
      assertThat(scan.next()).isFalse();
    }
    folder = old;
    open(Duration.ZERO);
    assertThat(store.mark(Mark.DELIVERED, refs(), 0)).hasSize(1);
    assertThat(there()).isZero();
  }

  @Test
  void tellsHowFarAnImportCameThatStopsHalfWay() throws IOException {
    String line =
        "{\"event_id\":\"x:%d\",\"reason\":\"imported\",\"event\":{\"event_type\":\"%s\"}}%n";
    String tooLarge = "a".repeat(SegmentLog.MAX_PAYLOAD);
    ObjectNode command =
        about(line.formatted(1, "a") + line.formatted(2, tooLarge) + line.formatted(3, "a"));
    ObjectNode answer = ask(command.put("do", "import"));
    assertThat(answer.path("ok").asBoolean()).isFalse();
    assertThat(answer.path("imported").asInt()).isEqualTo(1);
    assertThat(there()).isEqualTo(6);
  }

  @Test
  void bringsToTheDiskWhatWasImportedBeforeItStopped() throws IOException {
    String line =
        "{\"event_id\":\"x:1\",\"reason\":\"imported\",\"event\":{\"event_type\":\"%s\"}}%n";
    ObjectNode command =
        about(line.formatted("a") + line.formatted("a".repeat(SegmentLog.MAX_PAYLOAD)));
    // What cannot be brought to the disk shows that somebody tried.
    int first = SegmentScan.segments(folder).get(0);
    Files.createDirectory(SegmentScan.file(folder, first - 1));
    ObjectNode answer = ask(command.put("do", "import"));
    assertThat(answer.path("imported").asInt()).isEqualTo(1);
    assertThat(answer.path("problem").asText())
        .contains("cannot be written", "may not survive a power failure");
  }

  @Test
  void takesLettersInAndRefusesWhatIsNone() throws IOException {
    ObjectNode command =
        about(
            "{\"event_id\":\"x:1\",\"reason\":\"imported\",\"dead_at_ms\":5,\"event\":{\"event_type\":\"a\"}}\n");
    assertThat(ask(command.put("do", "import")).path("imported").asInt()).isEqualTo(1);
    assertThat(there()).isEqualTo(6);
    assertThat(ask(about("{\"event_id\":\"x:2\"}\n").put("do", "import")).path("problem").asText())
        .contains("no event in it");
    assertThat(ask(JSON.createObjectNode().put("do", "import")).path("problem").asText())
        .contains("no letters");
    assertThat(ask(JSON.createObjectNode().put("do", "dance")).path("problem").asText())
        .contains("no such command");
    assertThat(there()).isEqualTo(6);
  }

  @Test
  void stepsOverAMarkThatWasHalfWritten() throws IOException {
    store.mark(Mark.DELIVERED, refs().subList(0, 1), 0);
    Path marks = LetterMarks.fileOf(SegmentScan.file(folder, SegmentScan.segments(folder).get(0)));
    Files.write(marks, new byte[17], java.nio.file.StandardOpenOption.APPEND);
    store.close();
    open(Duration.ZERO);
    assertThat(there()).isEqualTo(4);
    store.mark(Mark.DELIVERED, refs().subList(1, 2), 0);
    assertThat(there()).isEqualTo(3);
  }

  private void open(Duration retention) throws IOException {
    store =
        DeadLetterStore.open(
            folder,
            new DeadLetterStore.Limits(64 * MB, 0, retention, Duration.ofHours(24), true),
            World.of(clock));
    commands =
        new LetterCommands(
            store,
            Runnable::run,
            events -> {
              List<byte[]> taken = events.subList(0, Math.min(room, events.size()));
              journal.addAll(taken);
              return CompletableFuture.completedFuture(
                  new LetterCommands.Sent(
                      taken.size(), taken.size() < events.size() ? "full" : ""));
            },
            () -> 3);
  }

  private void spoil(String text) throws IOException {
    Path file = SegmentScan.file(folder, SegmentScan.segments(folder).get(0));
    int at = Files.readString(file, StandardCharsets.ISO_8859_1).indexOf(text);
    assertThat(at).isPositive();
    try (FileChannel bytes = FileChannel.open(file, StandardOpenOption.WRITE)) {
      bytes.write(ByteBuffer.wrap(new byte[] {'?'}), at);
    }
  }

  private List<LetterRef> refs() throws IOException {
    List<LetterRef> refs = new ArrayList<>();
    try (LetterScan scan = new LetterScan(folder)) {
      while (scan.next()) {
        refs.add(scan.letter().ref());
      }
    }
    return refs;
  }

  private List<Mark> marks() throws IOException {
    List<Mark> marks = new ArrayList<>();
    try (LetterScan scan = new LetterScan(folder)) {
      while (scan.next()) {
        marks.add(scan.mark());
      }
    }
    return marks;
  }

  private long there() throws IOException {
    return marks().stream().filter(Mark::isThere).count();
  }

  private ObjectNode replay(List<LetterRef> letters, int replays) throws IOException {
    return ask(about(letters, replays).put("do", "replay"));
  }

  private long purge(List<LetterRef> letters, long number) throws IOException {
    return ask(about(letters, 0).put("do", "purge").put("number", number)).path("purged").asLong();
  }

  private long undo(long number) {
    return ask(JSON.createObjectNode().put("do", "undo").put("number", number))
        .path("restored")
        .asLong();
  }

  private static ObjectNode about(List<LetterRef> letters, int replays) throws IOException {
    StringBuilder text = new StringBuilder();
    for (LetterRef letter : letters) {
      text.append(
          "{\"segment\":%d,\"key\":%d,\"replays\":%d,\"event\":{\"event_id\":\"a\"}}%n"
              .formatted(letter.segment(), letter.key(), replays));
    }
    return about(text.toString());
  }

  /** A command about the letters that are the lines of {@code text}. */
  private static ObjectNode about(String text) throws IOException {
    ObjectNode command = JSON.createObjectNode();
    for (String line : text.lines().toList()) {
      command.withArray(LetterCommands.LETTERS).add(JSON.readTree(line));
    }
    return command;
  }

  private ObjectNode ask(ObjectNode command) {
    return commands.answer(command).toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }

  private static DeadLetter letter(int sequence, int replays) {
    String json = "{\"event_id\":\"s1:%d\",\"event_type\":\"test\"}".formatted(sequence);
    return new DeadLetter(
        "s1:" + sequence,
        json.getBytes(StandardCharsets.UTF_8),
        DeadLetter.Reason.REFUSED,
        422,
        "HTTP 422",
        "no",
        1,
        11,
        12,
        "b",
        "k",
        replays,
        List.of(),
        0);
  }
}

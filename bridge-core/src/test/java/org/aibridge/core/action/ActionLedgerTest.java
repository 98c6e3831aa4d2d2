package org.aibridge.core.action;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.aibridge.core.store.LogSync;
import org.aibridge.core.store.SegmentLog;
import org.aibridge.core.store.StoreFullException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ActionLedgerTest {
  private static final Duration MEMORY = Duration.ofHours(72);

  private final ManualClock clock = new ManualClock();
  @TempDir Path folder;
  @TempDir Path notes;

  private ActionLedger open() throws IOException {
    return ActionLedger.open(notes, folder, MEMORY, 0, false, World.of(clock), ActionLedger::doubt);
  }

  /** A ledger of segments that hold a handful of records. */
  private ActionLedger openWithSmallSegments() throws IOException {
    SegmentLog log = SegmentLog.open(folder, 600, 0, World.of(clock));
    return ActionLedger.open(
        new LedgerLog(LedgerNote.none(), log, log::append, LogSync.NONE, clock),
        MEMORY,
        clock,
        ActionLedger::doubt,
        1_000_000);
  }

  private List<Integer> segments() throws IOException {
    try (SegmentLog log = SegmentLog.open(folder, 600, 0, World.of(clock))) {
      return log.segmentNumbers();
    }
  }

  /** An action that was handed over, and is refused when its turn comes. */
  static LedgerEntry refused(
      ActionLedger ledger, String id, String type, int fingerprint, String why) {
    LedgerEntry entry = ledger.intend(new LedgerEntry(id, type, fingerprint), null);
    ledger.end(entry, ActionResult.End.REFUSED, why);
    return entry;
  }

  private ActionResult applied(String message) {
    return new ActionResult(ActionResult.End.APPLIED, message, clock.epochMs());
  }

  @Test
  void knowsEverythingAgainAfterARestart() throws Exception {
    ActionResult result;
    try (ActionLedger ledger = open()) {
      LedgerEntry entry = ledger.intend(new LedgerEntry("é🐉", "broadcast", 42), null);
      clock.advanceMs(5);
      result = applied("sät");
      clock.advanceMs(5);
      ledger.end(entry, result);
      refused(ledger, "bad", "", 7, "why");
      ledger.reported(ledger.find("bad"));
    }
    clock.advanceMs(1000);
    try (ActionLedger ledger = open()) {
      assertThat(ledger.inDoubt()).isZero();
      assertThat(ledger.find("é🐉").type).isEqualTo("broadcast");
      assertThat(ledger.find("é🐉").fingerprint).isEqualTo(42);
      assertThat(ledger.find("é🐉").result()).isEqualTo(result);
      assertThat(ledger.find("é🐉").isReported()).isFalse();
      assertThat(ledger.find("bad").result().end()).isEqualTo(ActionResult.End.REFUSED);
      assertThat(ledger.find("bad").isReported()).isTrue();
      assertThat(ledger.unreported()).extracting(e -> e.id).containsExactly("é🐉");
    }
  }

  @Test
  void takesNothingMoreWhenItKnowsAsMuchAsThereIsRoomForAndForgetsNothingForIt() throws Exception {
    LedgerLog log = LedgerLog.open(notes, folder, 0, false, World.of(clock));
    try (ActionLedger ledger = ActionLedger.open(log, MEMORY, clock, ActionLedger::doubt, 3)) {
      for (String id : List.of("a", "b")) {
        ledger.reported(refused(ledger, id, "", 1, "why"));
      }
      assertThat(ledger.isFull()).isFalse();
      ledger.intend(new LedgerEntry("c", "", 1), null);
      assertThat(ledger.isFull()).isTrue();
      assertThat(ledger.problem()).contains(folder.toString(), "3 actions", "-Xmx");
      assertThat(List.of("a", "b", "c")).allMatch(id -> ledger.find(id) != null);
      clock.advance(MEMORY.plusMillis(1));
      ledger.forgetOld();
      assertThat(ledger.isFull()).isFalse();
      assertThat(ledger.problem()).isEmpty();
    }
  }

  @Test
  void goesOnByTheTimeItWasOpenThoughNothingWasWritten() throws Exception {
    try (ActionLedger ledger = open()) {
      ledger.hold(new LedgerEntry("a", "broadcast", 1), "{}");
    }
    for (int life = 1; life <= 3; life++) {
      clock.advance(Duration.ofDays(30)); // while none is open
      ActionLedger ledger = open();
      clock.advance(Duration.ofHours(9));
      ledger.close();
    }
    try (ActionLedger ledger = open()) {
      assertThat(ledger.heldForMs(ledger.find("a"))).isEqualTo(Duration.ofHours(27).toMillis());
    }
  }

  @Test
  void leavesItsNoteAsItWasWhereAStartFailsWhileItReads() throws Exception {
    try (ActionLedger ledger = open()) {
      ledger.hold(new LedgerEntry("a", "broadcast", 1), "{}");
      ledger.hold(new LedgerEntry("b", "broadcast", 1), "{}");
    }
    Path note = notes.resolve(LedgerNote.NAME);
    byte[] before = Files.readAllBytes(note);
    LedgerLog log = LedgerLog.open(notes, folder, 0, false, World.of(clock));
    assertThatThrownBy(
            () -> {
              try (log) {
                log.read(
                    (entry, position) -> {
                      throw new OutOfMemoryError("in the middle of the load");
                    });
              }
            })
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(Files.readAllBytes(note)).isEqualTo(before);
  }

  @Test
  void losesAtMostAMinuteOfItsTimeToAKill() throws Exception {
    Path copy = notes.resolve("killed");
    try (ActionLedger ledger = open()) {
      ledger.hold(new LedgerEntry("a", "broadcast", 1), "{}");
      for (int second = 0; second < 3600; second++) {
        clock.advanceMs(1000);
        ledger.keepTime();
      }
      Files.createDirectories(copy);
      Files.copy(notes.resolve(LedgerNote.NAME), copy.resolve(LedgerNote.NAME));
    }
    try (ActionLedger ledger =
        ActionLedger.open(copy, folder, MEMORY, 0, false, World.of(clock), ActionLedger::doubt)) {
      assertThat(ledger.heldForMs(ledger.find("a")))
          .isBetween(Duration.ofMinutes(59).toMillis(), Duration.ofMinutes(60).toMillis());
    }
  }

  @Test
  void settlesAnIntentWithoutResultOnce() throws Exception {
    try (ActionLedger ledger = open()) {
      ledger.intend(new LedgerEntry("a", "broadcast", 1), null);
    }
    ActionResult doubt;
    try (ActionLedger ledger = open()) {
      assertThat(ledger.inDoubt()).isEqualTo(1);
      doubt = ledger.find("a").result();
      assertThat(doubt.end()).isEqualTo(ActionResult.End.IN_DOUBT);
      assertThat(doubt.status()).isEqualTo("failed");
      assertThat(doubt.message()).isEqualTo("interrupted; outcome unknown");
    }
    clock.advanceMs(1000);
    try (ActionLedger ledger = open()) {
      assertThat(ledger.inDoubt()).isZero();
      assertThat(ledger.find("a").result()).isEqualTo(doubt);
      assertThat(ledger.unreported()).hasSize(1);
    }
  }

  @Test
  void forgetsOnlyWhatIsReportedAndOlderThanTheMemory() throws Exception {
    try (ActionLedger ledger = open()) {
      refused(ledger, "reported", "", 1, "why");
      ledger.reported(ledger.find("reported"));
      refused(ledger, "unreported", "", 1, "why");
      ledger.intend(new LedgerEntry("open", "broadcast", 1), null);
      clock.advance(MEMORY);
      ledger.forgetOld();
      assertThat(ledger.find("reported")).isNotNull();
      clock.advanceMs(1);
      ledger.forgetOld();
      assertThat(ledger.find("reported")).isNull();
      assertThat(ledger.find("unreported")).isNotNull();
      assertThat(ledger.find("open")).isNotNull();
    }
  }

  @Test
  void countsTheMemoryFromTheAcknowledgementThroughARestart() throws Exception {
    // The records of an action lie in two segments, and the first is long behind the horizon when
    // the second is not: deleting it would make the action unknown, and let it be applied again.
    try (ActionLedger ledger = openWithSmallSegments()) {
      ledger.end(ledger.intend(new LedgerEntry("a", "broadcast", 1), null), applied("said"));
      for (int i = 0; i < 20; i++) {
        refused(ledger, "filler" + i, "", 1, "why");
        ledger.reported(ledger.find("filler" + i));
      }
      clock.advance(MEMORY.minusHours(1));
      ledger.reported(ledger.find("a"));
      clock.advance(Duration.ofHours(2));
      ledger.forgetOld();
      assertThat(ledger.find("filler0")).isNull();
      assertThat(ledger.find("a").isReported()).isTrue();
    }
    try (ActionLedger ledger = openWithSmallSegments()) {
      assertThat(ledger.find("a")).isNotNull();
      assertThat(ledger.find("a").result().message()).isEqualTo("said");
      assertThat(ledger.find("a").isReported()).isTrue();
      clock.advance(MEMORY.plusMillis(1));
      ledger.forgetOld();
      assertThat(ledger.find("a")).isNull();
    }
  }

  @Test
  @Tag("slow")
  void deletesSegmentsBehindTheMemoryThoughOneActionIsNeverReported() throws Exception {
    try (ActionLedger ledger = openWithSmallSegments()) {
      refused(ledger, "stuck", "", 9, "why");
      ledger.intend(new LedgerEntry("open", "broadcast", 9), null);
      for (int day = 0; day < 40; day++) {
        clock.advance(Duration.ofHours(24));
        for (int i = 0; i < 10; i++) {
          refused(ledger, day + "-" + i, "", 1, "why");
          ledger.reported(ledger.find(day + "-" + i));
        }
        ledger.forgetOld();
      }
      assertThat(ledger.find("34-9")).as("forgotten").isNull();
      assertThat(ledger.find("39-9")).isNotNull();
    }
    assertThat(segments()).hasSizeLessThan(50);
    try (ActionLedger ledger = openWithSmallSegments()) {
      assertThat(ledger.find("stuck").result().message()).isEqualTo("why");
      assertThat(ledger.find("stuck").fingerprint).isEqualTo(9);
      assertThat(ledger.find("open").result().end()).isEqualTo(ActionResult.End.IN_DOUBT);
      assertThat(ledger.unreported()).hasSize(2);
    }
  }

  @Test
  void remembersAnewWhatIsStillOffered() throws Exception {
    try (ActionLedger ledger = open()) {
      ledger.end(ledger.intend(new LedgerEntry("a", "broadcast", 1), null), applied("said"));
      ledger.reported(ledger.find("a"));
      for (int i = 0; i < 10; i++) {
        clock.advance(MEMORY.dividedBy(2));
        ledger.offeredAgain(ledger.find("a"));
        ledger.forgetOld();
      }
    }
    try (ActionLedger ledger = open()) {
      assertThat(ledger.find("a").result().message()).isEqualTo("said");
      assertThat(ledger.unreported()).isEmpty();
    }
  }

  @Test
  void saysNoOtherStatusThanBeforeOnceSomebodyHasDeletedTheRecord() throws Exception {
    try (ActionLedger ledger = openWithSmallSegments()) {
      ledger.end(ledger.intend(new LedgerEntry("a", "broadcast", 1), null), applied("said"));
      ledger.reported(ledger.find("a"));
      refuseMany(ledger, "b");
      List<Path> files;
      try (Stream<Path> all = Files.list(folder)) {
        files = all.filter(file -> file.toString().endsWith(".cq4")).sorted().toList();
      }
      for (Path file : files.subList(0, files.size() - 1)) {
        Files.delete(file);
      }
      assertThat(ledger.find("a").isLost()).isTrue();
      assertThat(ledger.find("a").result().status()).isEqualTo("completed");
      assertThat(ledger.find("b0").isLost()).isTrue();
      assertThat(ledger.find("b0").result().status()).isEqualTo("failed");
      clock.advance(MEMORY.dividedBy(2));
      ledger.offeredAgain(ledger.find("a")); // Written anew, of what is still known.
      assertThat(ledger.find("a").result().status()).isEqualTo("completed");
    }
  }

  @Test
  void writesNothingForWhatIsOfferedOrAcknowledgedAgainAndAgain() throws Exception {
    try (ActionLedger ledger = openWithSmallSegments()) {
      refused(ledger, "a", "", 1, "why");
      for (int i = 0; i < 10_000; i++) {
        ledger.reported(ledger.find("a"));
        ledger.offeredAgain(ledger.find("a"));
      }
    }
    assertThat(segments()).hasSize(1);
  }

  @Test
  void opensBelowTheReserveAndSaysWhyItTakesNothing() throws Exception {
    try (ActionLedger ledger =
        ActionLedger.open(
            notes,
            folder,
            MEMORY,
            Long.MAX_VALUE / 2,
            false,
            World.of(clock),
            ActionLedger::doubt)) {
      assertThat(ledger.problem()).contains(folder.toString(), "in reserve");
      assertThatThrownBy(() -> ledger.intend(new LedgerEntry("a", "broadcast", 1), null))
          .isInstanceOf(StoreFullException.class);
    }
  }

  @Test
  void changesNothingWhenTheDiskIsFull() throws Exception {
    Disk disk = new Disk(folder, clock);
    try (ActionLedger ledger =
        ActionLedger.open(
            new LedgerLog(LedgerNote.none(), disk.log, disk, LogSync.NONE, clock),
            MEMORY,
            clock,
            ActionLedger::doubt,
            1_000_000)) {
      LedgerEntry entry = ledger.intend(new LedgerEntry("a", "broadcast", 1), null);
      disk.full = true;
      assertThatThrownBy(() -> ledger.end(entry, applied("")))
          .isInstanceOf(StoreFullException.class);
      assertThat(entry.result()).isNull();
      assertThatThrownBy(() -> ledger.intend(new LedgerEntry("b", "broadcast", 1), null))
          .isInstanceOf(StoreFullException.class);
      assertThat(ledger.find("b")).isNull();
      disk.full = false;
      ledger.end(entry, applied("late"));
    }
    try (ActionLedger ledger = open()) {
      assertThat(ledger.find("a").result().message()).isEqualTo("late");
      assertThat(ledger.find("b")).isNull();
    }
  }

  @Test
  void settlesDoubtsInMemoryWhenTheDiskIsFull() throws Exception {
    try (ActionLedger ledger = open()) {
      ledger.intend(new LedgerEntry("a", "broadcast", 1), null);
    }
    for (int start = 0; start < 2; start++) {
      Disk disk = new Disk(folder, clock);
      disk.full = true;
      try (ActionLedger ledger =
          ActionLedger.open(
              new LedgerLog(LedgerNote.none(), disk.log, disk, LogSync.NONE, clock),
              MEMORY,
              clock,
              ActionLedger::doubt,
              1_000_000)) {
        assertThat(ledger.find("a").result().end()).isEqualTo(ActionResult.End.IN_DOUBT);
        assertThat(ledger.unreported()).hasSize(1);
      }
    }
  }

  @Test
  void writesWhatItSettledAsSoonAsTheDiskTakesIt() throws Exception {
    try (ActionLedger ledger = open()) {
      ledger.intend(new LedgerEntry("a", "broadcast", 7), null);
      ledger.intend(new LedgerEntry("b", "broadcast", 8), null);
    }
    Disk disk = new Disk(folder, clock);
    disk.full = true;
    try (ActionLedger ledger =
        ActionLedger.open(
            new LedgerLog(LedgerNote.none(), disk.log, disk, LogSync.NONE, clock),
            MEMORY,
            clock,
            ActionLedger::doubt,
            1_000_000)) {
      assertThat(ledger.find("a").isWritten()).isFalse();
      assertThat(ledger.writeSettled()).isEmpty();
      disk.full = false;
      ledger.end(ledger.find("b"), applied("the operator found it applied"));
      assertThat(ledger.writeSettled()).containsExactly(ledger.find("a"), ledger.find("b"));
      assertThat(ledger.writeSettled()).isEmpty();
    }
    try (ActionLedger ledger = open()) {
      assertThat(ledger.inDoubt()).as("found again").isZero();
      assertThat(ledger.doubts()).containsExactly(ledger.find("a"));
      assertThat(ledger.find("b").result().end()).isEqualTo(ActionResult.End.APPLIED);
    }
  }

  @Test
  void deletesNothingWhenTheDiskIsTooFullToCarryForward() throws Exception {
    Disk disk = new Disk(folder, clock);
    try (ActionLedger ledger =
        ActionLedger.open(
            new LedgerLog(LedgerNote.none(), disk.log, disk, LogSync.NONE, clock),
            MEMORY,
            clock,
            ActionLedger::doubt,
            1_000_000)) {
      refused(ledger, "stuck", "", 9, "why");
      for (int i = 0; i < 20; i++) {
        refused(ledger, "filler" + i, "", 1, "why");
        ledger.reported(ledger.find("filler" + i));
      }
      clock.advance(MEMORY.multipliedBy(2));
      refused(ledger, "new", "", 1, "why");
      disk.full = true;
      ledger.forgetOld();
    }
    try (ActionLedger ledger = open()) {
      assertThat(ledger.find("stuck")).isNotNull();
    }
  }

  @Test
  void remembersAsLongAsEverAfterAStartWithTheWallClockSetBackTenYears() throws Exception {
    ManualClock ahead = new ManualClock();
    ahead.advance(Duration.ofDays(3650));
    try (ActionLedger ledger =
        ActionLedger.open(notes, folder, MEMORY, 0, false, World.of(ahead), ActionLedger::doubt)) {
      LedgerEntry entry = ledger.intend(new LedgerEntry("a", "broadcast", 1), null);
      ledger.end(entry, new ActionResult(ActionResult.End.APPLIED, "", ahead.epochMs()));
      ledger.reported(entry);
    }
    try (ActionLedger ledger = open()) {
      assertThat(ledger.find("a")).as("known, so never applied again").isNotNull();
      assertThat(ledger.find("a").isReported()).isTrue();
      clock.advance(MEMORY);
      ledger.forgetOld();
      assertThat(ledger.find("a")).isNotNull();
      clock.advanceMs(1);
      ledger.forgetOld();
      assertThat(ledger.find("a")).as("not for ten years").isNull();
    }
  }

  /** The clock of a process whose wall clock is off by {@code wrong}. */
  private BridgeClock off(Duration wrong) {
    return new BridgeClock() {
      @Override
      public long nanos() {
        return clock.nanos();
      }

      @Override
      public long epochMs() {
        return clock.epochMs() + wrong.toMillis();
      }
    };
  }

  private ActionLedger openOff(Duration wrong) throws IOException {
    BridgeClock theirs = off(wrong);
    SegmentLog log = SegmentLog.open(folder, 600, 0, World.of(theirs));
    return ActionLedger.open(
        new LedgerLog(LedgerNote.none(), log, log::append, LogSync.NONE, theirs),
        MEMORY,
        theirs,
        ActionLedger::doubt,
        1_000_000);
  }

  private void refuseMany(ActionLedger ledger, String prefix) {
    for (int i = 0; i < 20; i++) {
      ledger.reported(refused(ledger, prefix + i, "broadcast", i, "no"));
    }
  }

  @Test
  void forgetsNothingAtAStartWhoseClockIsAheadOfTheMemory() throws Exception {
    Duration ahead = MEMORY.plusHours(1);
    try (ActionLedger ledger = openWithSmallSegments()) {
      refuseMany(ledger, "a");
    }
    for (int start = 0; start < 3; start++) {
      try (ActionLedger ledger = openOff(ahead)) {
        assertThat(ledger.find("a0")).isNotNull();
        refuseMany(ledger, "ahead" + start + "-");
        ledger.forgetOld();
      }
    }
    try (ActionLedger ledger = openWithSmallSegments()) {
      assertThat(ledger.find("a0").isReported()).isTrue();
      clock.advance(MEMORY);
      ledger.forgetOld();
      assertThat(ledger.find("a0")).isNotNull();
      clock.advanceMs(1);
      ledger.forgetOld();
      assertThat(List.of("a0", "ahead0-0", "ahead2-0"))
          .as("after so much time with the bridge open")
          .allMatch(id -> ledger.find(id) == null);
    }
  }

  @Test
  void remembersWhatWasWrittenWhileTheClockWasFarBehind() throws Exception {
    try (ActionLedger ledger = openWithSmallSegments()) {
      refuseMany(ledger, "before");
    }
    try (ActionLedger ledger = openOff(Duration.ofDays(-3650))) {
      refuseMany(ledger, "behind");
    }
    try (ActionLedger ledger = openWithSmallSegments()) {
      assertThat(ledger.find("before0")).isNotNull();
      assertThat(ledger.find("behind0")).isNotNull();
    }
  }

  @Test
  void deletesNoSegmentBeforeWhatMustOutliveItIsSynced() throws Exception {
    SegmentLog log = SegmentLog.open(folder, 600, 0, World.of(clock));
    boolean[] broken = {true};
    LogSync disk =
        () -> {
          if (broken[0]) {
            throw new IOException("Input/output error");
          }
        };
    try (ActionLedger ledger =
        ActionLedger.open(
            new LedgerLog(LedgerNote.none(), log, log::append, disk, clock),
            MEMORY,
            clock,
            ActionLedger::doubt,
            1_000_000)) {
      ledger.end(
          ledger.intend(new LedgerEntry("open", "broadcast", 1), null), applied("not reported"));
      for (int i = 0; i < 30; i++) {
        ledger.reported(refused(ledger, "id" + i, "broadcast", i, "no"));
      }
      clock.advance(MEMORY.plusMillis(1));
      refused(ledger, "new", "broadcast", 2, "no");
      List<Integer> before = log.segmentNumbers();
      ledger.forgetOld();
      assertThat(log.segmentNumbers()).containsAll(before);
      broken[0] = false;
      ledger.forgetOld();
      assertThat(log.segmentNumbers()).hasSizeLessThan(before.size());
    }
    try (ActionLedger ledger = open()) {
      assertThat(ledger.unreported()).extracting(e -> e.id).contains("open");
    }
  }
}

package org.aibridge.core.action;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.aibridge.core.config.ActionType;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.aibridge.core.store.Records;
import org.aibridge.core.store.SegmentScan;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A ledger, its note and its marks as a later version may leave them: nothing is applied twice. */
final class LedgerLaterVersionTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration MEMORY = Duration.ofHours(72);
  private static final List<String> IDS = List.of("held", "taken", "ended", "told");

  private final ManualClock clock = new ManualClock();
  private Path temp;
  private Path folder;
  private int copies;

  /** The records of an action in each state, as this version writes them. */
  private List<byte[]> records;

  @BeforeEach
  @BeforeTry
  void writeOneOfEach() throws IOException {
    temp = Files.createTempDirectory("later");
    folder = temp.resolve("ledger");
    Tally tally =
        new Tally(
            ActionType.BROADCAST,
            List.of(SubjectName.named(ActionType.Subject.MAP, "prontera")),
            null);
    try (ActionLedger ledger = open()) {
      ledger.hold(new LedgerEntry("held", "broadcast", 1), "{}");
      for (String id : IDS.subList(2, 4)) {
        ledger.end(
            ledger.intend(new LedgerEntry(id, "broadcast", 1), tally),
            ActionResult.End.APPLIED,
            "done");
      }
      ledger.reported(ledger.find("told"));
      ledger.intend(new LedgerEntry("taken", "broadcast", 1), tally);
    }
    records = Records.read(folder);
  }

  @AfterEach
  @AfterTry
  void delete() throws IOException {
    try (Stream<Path> files = Files.walk(temp)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private ActionLedger open() throws IOException {
    return ActionLedger.open(
        folder.resolveSibling(folder.getFileName() + "-notes"),
        folder,
        MEMORY,
        0,
        false,
        World.of(clock),
        (entry, ms) -> new ActionResult(ActionResult.End.FAILED, "never begun", ms));
  }

  /** Goes on with a ledger that has the records, but for {@code changed} in place of one. */
  private void replace(int record, byte[] changed) throws IOException {
    List<byte[]> all = new ArrayList<>(records);
    all.set(record, changed);
    folder = temp.resolve("ledger" + ++copies);
    Records.write(folder, all);
  }

  /** What the ledger knows of each action. */
  private static Map<String, String> known(ActionLedger ledger) {
    return IDS.stream()
        .collect(
            Collectors.toMap(
                id -> id,
                id -> {
                  LedgerEntry entry = ledger.find(id);
                  return entry.state() + (entry.hasEnded() ? " " + entry.result().end() : "");
                },
                (a, b) -> a,
                TreeMap::new));
  }

  private static final Map<String, String> UNCHANGED =
      Map.of(
          "held",
          "HELD",
          "taken",
          "ENDED FAILED",
          "ended",
          "ENDED APPLIED",
          "told",
          "REPORTED APPLIED");

  /** The records with each code in them changed in turn, and with all of them. */
  private static List<ObjectNode> changed(byte[] record) throws IOException {
    List<ObjectNode> result = new ArrayList<>();
    ObjectNode all = (ObjectNode) JSON.readTree(record);
    for (String code : List.of("kind", "end")) {
      if (all.has(code)) {
        ObjectNode one = (ObjectNode) JSON.readTree(record);
        one.put(code, "later");
        all.put(code, "later");
        result.add(one);
      }
    }
    result.add(all);
    return result;
  }

  /** What becomes of an action when a later version wrote its record, in the records' order. */
  private static final List<String> IF_LATER =
      List.of(
          "ENDED IN_DOUBT",
          "ENDED APPLIED",
          "ENDED IN_DOUBT",
          "REPORTED APPLIED",
          "REPORTED IN_DOUBT",
          "ENDED APPLIED",
          "ENDED IN_DOUBT");

  @Test
  void neverAppliesAgainWhatALaterVersionTookUpAndLosesNoNeighbour() throws Exception {
    for (int i = 0; i < records.size(); i++) {
      String id = JSON.readTree(records.get(i)).path("id").asText();
      Map<String, String> expected = new TreeMap<>(UNCHANGED);
      expected.put(id, IF_LATER.get(i));
      for (ObjectNode later : changed(records.get(i))) {
        replace(i, JSON.writeValueAsBytes(later));
        try (ActionLedger ledger = open()) {
          assertThat(known(ledger)).as("with %s", later).isEqualTo(expected);
          assertThat(ledger.inDoubt()).isEqualTo(IF_LATER.get(i).equals("ENDED IN_DOUBT") ? 1 : 0);
          assertThat(ledger.problem()).isEmpty();
        }
        try (ActionLedger again = open()) {
          assertThat(known(again)).as("the next start, with %s", later).isEqualTo(expected);
          assertThat(again.inDoubt()).isZero();
        }
      }
    }
  }

  @Test
  void keepsTheTypeThatItReadBeforeSoThatTheSameOfferIsTheSame() throws Exception {
    ObjectNode later = JSON.createObjectNode().put("kind", "later").put("id", "held").put("ms", 1);
    List<byte[]> all = new ArrayList<>(records);
    all.add(JSON.writeValueAsBytes(later));
    folder = temp.resolve("more");
    Records.write(folder, all);
    try (ActionLedger ledger = open()) {
      assertThat(ledger.find("held").isInDoubt()).isTrue();
      assertThat(ledger.find("held").type).isEqualTo("broadcast");
      assertThat(ledger.find("held").fingerprint).isEqualTo(1);
      assertThat(ledger.held()).isEmpty();
    }
  }

  @Test
  void doesNotReportAgainWhatWasAcknowledgedThoughItCannotReadTheEnd() throws Exception {
    int result = 4;
    ObjectNode later = (ObjectNode) JSON.readTree(records.get(result));
    assertThat(later.path("id").asText() + later.path("kind").asText()).isEqualTo("toldresult");
    replace(result, JSON.writeValueAsBytes(later.put("end", "PARTLY")));
    try (ActionLedger ledger = open()) {
      assertThat(known(ledger)).containsEntry("told", "REPORTED IN_DOUBT");
      assertThat(ledger.unreported()).extracting(entry -> entry.id).doesNotContain("told");
      assertThat(ledger.inDoubt()).as("came into doubt now").isZero();
    }
  }

  @Test
  void countsTowardsTheLimitsThatItKnowsAndStepsOverOthers() throws Exception {
    int intent = 1;
    ObjectNode later = (ObjectNode) JSON.readTree(records.get(intent));
    ArrayNode counts = (ArrayNode) later.path("counts");
    counts.insert(0, "guild 7").add("noblank").add(TextNode.valueOf("")).addObject();
    assertThat(LedgerRecord.tally(later).subjects()).hasToString("[map prontera]");
    replace(intent, JSON.writeValueAsBytes(later));
    try (ActionLedger ledger = open()) {
      assertThat(known(ledger)).isEqualTo(UNCHANGED);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\u0002binary", "[]", "null", "{\"kind\":\"result\"}", "{\"id\":{}}"})
  void holdsEveryActionWhenItCannotReadWhoseARecordIs(String record) throws Exception {
    for (int i = 0; i < records.size(); i++) {
      replace(i, record.getBytes(UTF_8));
      try (ActionLedger ledger = open()) {
        assertThat(ledger.isShort()).isTrue();
        assertThat(ledger.damaged()).isEqualTo(1);
        assertThat(ledger.problem())
            .contains("has 1 records of a later version", "waits for approval");
        ledger.trust();
        assertThat(ledger.isShort()).isFalse();
        assertThat(ledger.problem()).isEmpty();
      }
      try (ActionLedger ledger = open()) {
        assertThat(ledger.isShort()).as("after the operator's yes").isFalse();
      }
    }
  }

  @Test
  void missesNothingThatALaterVersionCountedInItsNote() throws Exception {
    Path notes = temp.resolve("ledger-notes");
    try (LedgerLog newer = LedgerLog.open(notes, folder, 0, false, World.of(clock))) {
      newer.read((record, position) -> {});
      newer.append(JSON.createObjectNode().put("name", "of another form"));
      newer.sync();
    }
    try (ActionLedger older = open()) {
      assertThat(older.problem()).contains("has 1 records of a later version");
      older.trust();
    }
    try (LedgerLog newer = LedgerLog.open(notes, folder, 0, false, World.of(clock))) {
      newer.read((record, position) -> {});
      assertThat(newer.isShort()).as("forward again").isFalse();
    }
  }

  @Test
  void keepsSegmentsWithRecordsOfWhichItCannotReadTheTime() throws Exception {
    folder = temp.resolve("small");
    Records.write(folder, List.of("unreadable".getBytes(UTF_8)));
    Records.write(
        folder, List.of("{\"kind\":\"later\",\"id\":\"x\",\"ms\":\"soon\"}".getBytes(UTF_8)));
    List<Integer> before = segments();
    try (ActionLedger ledger = open()) {
      ledger.hold(new LedgerEntry("y", "broadcast", 1), "{}");
      clock.advance(MEMORY.minusHours(1));
      ledger.forgetOld();
      assertThat(segments()).containsAll(before);
      clock.advance(Duration.ofHours(2));
      ledger.forgetOld();
      assertThat(segments()).doesNotContainAnyElementsOf(before);
      assertThat(ledger.find("x").isInDoubt()).as("not reported yet").isTrue();
    }
  }

  private List<Integer> segments() throws IOException {
    return SegmentScan.segments(folder);
  }

  /** Whatever the record says, as long as its checksum is right. */
  @Property(tries = 25)
  void opensWhateverALaterVersionWrote(
      @ForAll byte[] bytes, @ForAll String kind, @ForAll String end, @ForAll boolean json)
      throws Exception {
    ObjectNode later =
        JSON.createObjectNode().put("kind", kind).put("id", "new").put("end", end).put("ms", 5);
    later.putArray("counts").add(kind).add(end);
    List<byte[]> all = new ArrayList<>(records);
    all.add(all.size() / 2, json ? JSON.writeValueAsBytes(later) : bytes);
    folder = temp.resolve("any");
    Records.write(folder, all);
    try (ActionLedger ledger = open()) {
      assertThat(known(ledger)).isEqualTo(UNCHANGED);
      assertThat(ledger.isShort() || ledger.find("new") != null).as("held, or known").isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "7", "{}", "{\"records\":\"many\",\"sums\":1}", "no json"})
  void opensWithANoteThatItCannotRead(String said) throws Exception {
    Path note = temp.resolve("ledger-notes").resolve(LedgerNote.NAME);
    byte[] block = new byte[512];
    Arrays.fill(block, (byte) ' ');
    byte[] text = said.getBytes(UTF_8);
    System.arraycopy(text, 0, block, 9, text.length);
    java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
    crc.update(block, 8, 504);
    System.arraycopy("%08x".formatted(crc.getValue()).getBytes(UTF_8), 0, block, 0, 8);
    Files.write(note, block);
    try (ActionLedger ledger = open()) {
      assertThat(known(ledger)).isEqualTo(UNCHANGED);
    }
  }

  @Test
  void keepsTheWordsThatRecordsWereWrittenWith() throws Exception {
    assertThat(Stream.of(ActionResult.End.values()).map(ActionResult.End::code))
        .containsExactly("APPLIED", "FAILED", "REFUSED", "IN_DOUBT");
    assertThat(ActionResult.End.of("PARTLY")).isNull();
    List<String> kinds = new ArrayList<>();
    for (byte[] record : records) {
      kinds.add(JSON.readTree(record).path("kind").asText());
    }
    assertThat(kinds)
        .containsExactly("held", "intent", "result", "intent", "result", "reported", "intent");
    assertThat(Stream.of(ActionType.Subject.values()).map(ActionType.Subject::key))
        .containsExactly("player", "npc", "map");
  }

  @Test
  void doubtsWhatHasAMarkThatItDoesNotKnow() throws Exception {
    Path file = temp.resolve("marks");
    ProgressMarks marks = ProgressMarks.create(file, 2);
    marks.take("taken");
    byte[] written = Files.readAllBytes(file);
    LedgerEntry entry = new LedgerEntry("taken", "broadcast", 1);
    assertThat(ProgressMarks.settler(file).settle(entry, 1).message())
        .isEqualTo(ProgressMarks.NEVER_BEGUN);
    for (int at = 0; at < written.length; at++) {
      byte[] later = written.clone();
      later[at] ^= 0x40;
      Files.write(file, later);
      ActionResult.End end = ProgressMarks.settler(file).settle(entry, 1).end();
      boolean isKey = at >= 16 && (at - 16) % 24 < 16;
      if (!isKey && (at < 16 || (at - 16) / 24 == 0)) {
        assertThat(end).as("byte %d", at).isEqualTo(ActionResult.End.IN_DOUBT);
      }
    }
    Files.write(file, Arrays.copyOf(written, written.length + 7));
    assertThat(ProgressMarks.settler(file).settle(entry, 1).message())
        .as("more behind the places")
        .isEqualTo(ProgressMarks.NEVER_BEGUN);
    assertThat(ByteBuffer.wrap(written).order(ByteOrder.LITTLE_ENDIAN).getLong(8)).isEqualTo(2);
  }

  @Test
  void offersOfWhatALaterVersionTookUpReachNoHandler() throws Exception {
    ObjectNode later = JSON.createObjectNode().put("kind", "queued").put("id", "x").put("ms", 1);
    Path place = temp.resolve("rig");
    Records.write(place, List.of(JSON.writeValueAsBytes(later)));
    try (Rig rig = new Rig(place)) {
      rig.offer(Rig.broadcast("x"), Rig.broadcast("y"));
      rig.service.tick();
      assertThat(rig.applied).containsExactly("y");
      assertThat(rig.acknowledgeResults())
          .contains("x failed " + LedgerReading.LATER, "y completed said");
      assertThat(rig.service.stats().inDoubt()).isEqualTo(1);
    }
  }
}

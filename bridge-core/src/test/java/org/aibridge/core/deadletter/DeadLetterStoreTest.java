package org.aibridge.core.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.aibridge.core.run.ManualClock;
import org.aibridge.core.run.World;
import org.aibridge.core.store.SegmentLog;
import org.aibridge.core.store.SegmentScan;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("slow")
class DeadLetterStoreTest {
  private static final long MB = 1 << 20;

  @TempDir private Path folder;

  private final ManualClock clock = new ManualClock();

  @Test
  void keepsAllOfALetterAcrossARestart() throws IOException {
    DeadLetter letter = letter(7, "no", "{\"detail\":\"no\"}");
    try (DeadLetterStore store = open(16 * MB, Duration.ZERO)) {
      store.append(letter);
    }
    try (DeadLetterStore store = open(16 * MB, Duration.ZERO)) {
      JsonNode json = all(store).get(0);
      assertThat(json.path("event_id").asText()).isEqualTo("s1:7");
      assertThat(json.path("event").path("event_type").asText()).isEqualTo("test");
      assertThat(json.path("reason").asText()).isEqualTo("refused");
      assertThat(json.path("status").asInt()).isEqualTo(422);
      assertThat(json.path("problem").asText()).isEqualTo("no");
      assertThat(json.path("answer").asText()).isEqualTo("{\"detail\":\"no\"}");
      assertThat(json.path("attempts").asInt()).isEqualTo(4);
      assertThat(json.path("first_attempt_ms").asLong()).isEqualTo(11);
      assertThat(json.path("last_attempt_ms").asLong()).isEqualTo(12);
      assertThat(json.path("dead_at_ms").asLong()).isEqualTo(clock.epochMs());
      assertThat(json.path("batch").asText()).isEqualTo("batch-1");
      assertThat(json.path("idempotency_key").asText()).isEqualTo("key-1");
      assertThat(json.path("replay_count").asInt()).isZero();
    }
  }

  @Test
  void keepsTheBeginningOfAnAnswerWhateverItIs() throws IOException {
    byte[] bytes = new byte[100_000];
    new java.util.Random(1).nextBytes(bytes);
    List<String> answers =
        List.of(
            "x".repeat(1 << 20),
            new String(bytes, StandardCharsets.UTF_8),
            "\uD83D\uDE00".repeat(5000),
            "x" + "\uD83D\uDE00".repeat(5000),
            "\u0000\u0001\u001F".repeat(2000),
            "half a pair: \uD83D",
            "");
    try (DeadLetterStore store = open(16 * MB, Duration.ZERO)) {
      answers.forEach(answer -> store.append(letter(1, "no", answer)));
      List<JsonNode> all = all(store);
      assertThat(all).hasSize(answers.size());
      assertThat(all).allMatch(l -> l.path("answer").asText().length() <= 2048);
      assertThat(all.get(0).path("answer").asText()).isEqualTo("x".repeat(2048));
      assertThat(all.get(5).path("answer").asText()).startsWith("half a pair: ");
    }
  }

  @Test
  void keepsALetterWhoseReasonIsHalfASurrogatePairOrHuge() throws IOException {
    try (DeadLetterStore store = open(16 * MB, Duration.ZERO)) {
      store.append(letter(1, "\uD800", ""));
      store.append(letter(2, "\uDC00\uD800" + "x".repeat(1 << 20), ""));
      assertThat(all(store)).hasSize(2);
      assertThat(all(store).get(1).path("problem").asText()).hasSizeLessThanOrEqualTo(512);
    }
  }

  @Test
  void removesTheOldestAboveItsCapAndCountsThem() throws IOException {
    int appended = 0;
    try (DeadLetterStore store = open(16 * MB, Duration.ZERO)) {
      for (int i = 0; i < 60; i++) {
        store.append(letter(i, "no", "", 1 << 20));
        appended++;
        store.trim();
      }
      List<JsonNode> left = all(store);
      assertThat(store.removed(Removals.Why.SIZE)).isEqualTo(appended - left.size());
      assertThat(store.removed(Removals.Why.AGE)).isZero();
      assertThat(left).hasSizeBetween(10, 16);
      assertThat(left.get(left.size() - 1).path("event_id").asText()).isEqualTo("s1:59");
      assertThat(left.get(0).path("event_id").asText()).isEqualTo("s1:" + (60 - left.size()));
    }
    try (DeadLetterStore store = open(16 * MB, Duration.ZERO)) {
      store.trim();
      assertThat(store.removed(Removals.Why.FILE_DELETED)).as("nobody else did it").isZero();
    }
  }

  @Test
  void keepsTheMarksOfAFileThatCannotBeDeleted() throws IOException {
    try (DeadLetterStore store = open(16 * MB, Duration.ZERO)) {
      for (int i = 0; i < 20; i++) {
        store.append(letter(i, "no", "", 1 << 20));
      }
      int oldest = SegmentScan.segments(folder).get(0);
      try (LetterScan scan = new LetterScan(folder)) {
        assertThat(scan.next()).isTrue();
        store.mark(Mark.PURGED, List.of(scan.letter().ref()), clock.epochMs());
      }
      while (store.countSome()) {
        assertThat(folder).exists();
      }
      Path file = SegmentScan.file(folder, oldest);
      Files.delete(file);
      Files.createDirectories(file.resolve("cannot be deleted"));
      store.trim();
      assertThat(LetterMarks.fileOf(file)).exists();
      assertThat(store.removed(Removals.Why.SIZE)).isZero();
    }
  }

  @Test
  void keepsItsCapAndItsAgeThoughOneFileCannotBeRead() throws IOException {
    for (int i = 0; i < 2; i++) {
      try (DeadLetterStore store = open(64 * MB, Duration.ZERO)) {
        store.append(letter(i, "no", ""));
      }
    }
    Path unreadable = SegmentScan.file(folder, SegmentScan.segments(folder).get(0));
    clock.advance(Duration.ofDays(2));
    try (DeadLetterStore store = open(16 * MB, Duration.ofDays(1))) {
      Files.delete(unreadable);
      Files.createDirectory(unreadable);
      store.trim();
      assertThat(store.removed(Removals.Why.AGE)).isEqualTo(1);
      for (int i = 0; i < 40; i++) {
        store.append(letter(i, "no", "", 1 << 20));
      }
      store.trim();
      assertThat(store.removed(Removals.Why.SIZE)).isPositive();
      assertThat(store.summary().letters()).isBetween(10L, 16L);
      assertThat(unreadable).exists();
    }
  }

  @Test
  void removesNothingForItsSizeBecauseItWasOftenStarted() throws IOException {
    for (int i = 0; i < 10; i++) {
      try (DeadLetterStore store = open(16 * MB, Duration.ZERO)) {
        store.append(letter(i, "no", ""));
        store.trim();
        assertThat(store.removed(Removals.Why.SIZE)).isZero();
        assertThat(all(store)).hasSize(i + 1);
      }
    }
  }

  @Test
  void removesWhatIsOlderThanTheRetentionAndCountsIt() throws IOException {
    for (int day = 0; day < 10; day++) {
      try (DeadLetterStore store = open(16 * MB, Duration.ofDays(3))) {
        store.append(letter(day, "no", ""));
        store.append(letter(day, "no", ""));
        store.trim();
        clock.advance(Duration.ofDays(1));
        if (day == 9) {
          assertThat(all(store)).hasSize(8);
          assertThat(store.removed(Removals.Why.AGE)).isEqualTo(12);
          assertThat(store.removed(Removals.Why.SIZE)).isZero();
        }
      }
    }
  }

  @Test
  void countsAFileThatWasPutBackOnce() throws IOException {
    try (DeadLetterStore store = open(16 * MB, Duration.ZERO)) {
      store.append(letter(1, "no", ""));
    }
    try (DeadLetterStore store = open(16 * MB, Duration.ZERO)) {
      store.append(letter(2, "no", ""));
      store.trim();
      Path file = SegmentScan.file(folder, SegmentScan.segments(folder).get(0));
      Path elsewhere = Files.move(file, folder.resolve("elsewhere"));
      store.trim();
      assertThat(store.summary().letters()).isEqualTo(1);
      Files.move(elsewhere, file);
      assertThat(store.countSome()).isTrue();
      assertThat(store.countSome()).as("nothing is left to count").isFalse();
      store.trim();
      assertThat(store.summary().letters()).isEqualTo(2);
    }
  }

  @Test
  void removesWhatIsTooOldAsSoonAsThereIsRoomToSaySo() throws IOException {
    try (DeadLetterStore store = open(16 * MB, Duration.ofDays(3))) {
      store.append(letter(1, "no", ""));
      clock.advance(Duration.ofDays(4));
      Path marks =
          LetterMarks.fileOf(SegmentScan.file(folder, SegmentScan.segments(folder).get(0)));
      Files.createSymbolicLink(marks, folder.resolve("no such folder").resolve("marks"));
      store.trim();
      assertThat(store.removed(Removals.Why.AGE)).isZero();
      Files.delete(marks);
      store.trim();
      assertThat(store.removed(Removals.Why.AGE)).isEqualTo(1);
    }
  }

  @Test
  void stepsOverRecordsThatAreNoLetters() throws IOException {
    try (DeadLetterStore store = open(16 * MB, Duration.ZERO)) {
      store.append(letter(1, "no", ""));
    }
    try (SegmentLog log = SegmentLog.open(folder, 16 * MB, 0, World.of(clock))) {
      log.append("this is not JSON".getBytes(StandardCharsets.UTF_8));
      log.append(new byte[0]);
      log.append("[1, 2]".getBytes(StandardCharsets.UTF_8));
      log.append(LetterRecord.encode(letter(3, "no", ""), clock.epochMs()));
    }
    try (DeadLetterStore store = open(16 * MB, Duration.ofDays(1))) {
      store.append(letter(2, "no", ""));
      store.trim();
      assertThat(ids(store)).containsExactly("s1:1", "s1:3", "s1:2");
      while (store.countSome()) {
        assertThat(folder).exists();
      }
      assertThat(store.unreadable()).isEqualTo(3);
      clock.advance(Duration.ofDays(2));
      for (int i = 0; i < 3; i++) {
        store.trim();
        while (store.countSome()) {
          assertThat(folder).exists();
        }
      }
      assertThat(store.unreadable()).as("read again, and counted once").isEqualTo(3);
    }
  }

  @Test
  void stepsOverARecordThatTheDiskHasSpoilt() throws IOException {
    try (DeadLetterStore store = open(16 * MB, Duration.ZERO)) {
      for (int i = 0; i < 3; i++) {
        store.append(letter(i, "problem-" + i, ""));
      }
    }
    spoil("problem-1");
    try (DeadLetterStore store = open(16 * MB, Duration.ZERO)) {
      assertThat(ids(store)).containsExactly("s1:0", "s1:2");
      assertThat(store.unreadable()).isEqualTo(1);
    }
  }

  /** What a script, a clean-up job or a backup does to the file of the first three letters. */
  private enum Taken {
    DELETED {
      @Override
      void from(Path file, byte[] older) throws IOException {
        Files.delete(file);
      }
    },
    REPLACED_BY_AN_OLDER_COPY {
      @Override
      void from(Path file, byte[] older) throws IOException {
        Files.write(file, older);
      }
    },
    CUT_TO_NOTHING {
      @Override
      void from(Path file, byte[] older) throws IOException {
        Files.write(file, new byte[0]);
      }
    };

    abstract void from(Path file, byte[] older) throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  void missesOnceWhatSomebodyTookWhileNoBridgeRan(Taken taken) throws IOException {
    Path file;
    byte[] older;
    try (DeadLetterStore store = open(16 * MB, Duration.ZERO)) {
      store.append(letter(0, "no", ""));
      file = SegmentScan.file(folder, SegmentScan.segments(folder).get(0));
      older = Files.readAllBytes(file);
      store.append(letter(1, "no", ""));
      store.append(letter(2, "no", ""));
      store.trim();
    }
    try (DeadLetterStore store = open(16 * MB, Duration.ZERO)) {
      store.append(letter(3, "no", ""));
      store.trim();
      assertThat(store.removed(Removals.Why.FILE_DELETED)).isZero();
    }
    taken.from(file, older);
    long missing = taken == Taken.REPLACED_BY_AN_OLDER_COPY ? 2 : 3;
    for (int life = 0; life < 2; life++) {
      try (DeadLetterStore store = open(16 * MB, Duration.ZERO)) {
        store.trim();
        assertThat(store.removed(Removals.Why.FILE_DELETED) + store.unreadable())
            .isEqualTo(missing);
        assertThat(store.summary().letters()).isEqualTo(4 - missing);
      }
    }
  }

  private void spoil(String text) throws IOException {
    try (var files = Files.newDirectoryStream(folder, "*.cq4")) {
      for (Path file : files) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        int at = content.indexOf(text);
        if (at >= 0) {
          try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            bytes.write('P');
          }
          return;
        }
      }
    }
    throw new AssertionError(text + " is in no file");
  }

  private DeadLetterStore open(long maxBytes, Duration retention) throws IOException {
    return DeadLetterStore.open(
        folder,
        new DeadLetterStore.Limits(maxBytes, 0, retention, Duration.ofHours(24), false),
        World.of(clock));
  }

  private static List<String> ids(DeadLetterStore store) throws IOException {
    return all(store).stream().map(letter -> letter.path("event_id").asText()).toList();
  }

  private static List<JsonNode> all(DeadLetterStore store) throws IOException {
    return StoredLetters.in(store.folder());
  }

  private static DeadLetter letter(int sequence, String problem, String answer) {
    return letter(sequence, problem, answer, 10);
  }

  private static DeadLetter letter(int sequence, String problem, String answer, int size) {
    String json = "{\"event_type\":\"test\",\"payload\":{\"a\":\"" + "x".repeat(size) + "\"}}";
    return new DeadLetter(
        "s1:" + sequence,
        json.getBytes(StandardCharsets.UTF_8),
        DeadLetter.Reason.REFUSED,
        422,
        problem,
        answer,
        4,
        11,
        12,
        "batch-1",
        "key-1",
        0,
        List.of(),
        0);
  }
}

package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Through which classes the bridge reaches the world: time, threads, chance and the disk. Whoever
 * runs all stages in one thread, under a seed and on a disk of his own, puts others in their place.
 */
class SourceRulesTest {
  private static final Path SOURCES = Path.of("src/main/java/org/aibridge/core");
  private static final String NOT_YET = "not moved yet";

  /** Comments, literals and imports, in which a word means nothing. */
  private static final Pattern NO_CODE =
      Pattern.compile(
          "(?s)/\\*.*?\\*/|//[^\\n]*|\"(?:\\\\.|[^\"\\\\])*\"|'(?:\\\\.|[^'\\\\])*'|\\bimport [^;]*;");

  /** A way out, and what it looks like in a source. */
  enum Door {
    TIME("System(\\.|::)(nanoTime|currentTimeMillis)|\\b(Instant|LocalDateTime)\\.now"),
    THREADS(
        "Thread\\.sleep|new (Uninterruptible)?Thread\\(|LockSupport\\.park|Thread\\.onSpinWait"),
    CHANCE("ThreadLocalRandom|SecureRandom|UUID\\.randomUUID"),
    DISK("(?<!\\w)Files\\.|FileChannel\\.open|new File\\(|RandomAccessFile|\\.toFile\\(");

    private final Pattern pattern;

    Door(String pattern) {
      this.pattern = Pattern.compile(pattern);
    }
  }

  private static final Map<Door, Map<String, String>> WHO_AND_WHY =
      Map.of(
          Door.TIME,
          Map.of("run/BridgeClock", "the clock", "run/JvmThreads", "waits"),
          Door.THREADS,
          Map.of(
              "run/JvmThreads", "waits",
              "run/ThreadWorker", "is a thread",
              "run/OwnThread", "is a thread",
              "http/CallThreads", "makes the threads of OkHttp's calls"),
          Door.CHANCE,
          Map.of(
              "run/Chance", "the random numbers",
              "run/JdkLibraries", "has the JDK load what those need"),
          Door.DISK,
          Map.ofEntries(
              Map.entry("journal/JournalStage", NOT_YET),
              Map.entry("run/OwnClasses", NOT_YET),
              Map.entry("run/JdkLibraries", NOT_YET),
              Map.entry("journal/RingTakeover", NOT_YET),
              Map.entry("journal/RingPlace", NOT_YET),
              Map.entry("journal/Cursor", NOT_YET),
              Map.entry("config/ConfigFile", NOT_YET),
              Map.entry("config/Values", NOT_YET),
              Map.entry("http/PemTls", NOT_YET),
              Map.entry("files/Standing", NOT_YET),
              Map.entry("files/PrivateFiles", NOT_YET),
              Map.entry("files/Premises", NOT_YET),
              Map.entry("operator/CommandSocket", NOT_YET),
              Map.entry("operator/CommandBox", NOT_YET),
              Map.entry("operator/CommandSender", NOT_YET),
              Map.entry("store/SegmentQueue", NOT_YET),
              Map.entry("store/SegmentLog", NOT_YET),
              Map.entry("store/FileSystemKind", NOT_YET),
              Map.entry("store/SegmentMender", NOT_YET),
              Map.entry("store/FolderClaim", NOT_YET),
              Map.entry("store/SegmentAppender", NOT_YET),
              Map.entry("store/SharedMemory", NOT_YET),
              Map.entry("store/SegmentScan", NOT_YET),
              Map.entry("store/SegmentIndex", NOT_YET),
              Map.entry("store/SegmentTail", NOT_YET),
              Map.entry("store/OwnerLock", NOT_YET),
              Map.entry("store/StoreWarmup", NOT_YET),
              Map.entry("action/AuditLog", NOT_YET),
              Map.entry("action/ProgressMarks", NOT_YET),
              Map.entry("action/LedgerNote", NOT_YET),
              Map.entry("status/StatusFile", NOT_YET),
              Map.entry("deadletter/DeadLetterFolder", NOT_YET),
              Map.entry("deadletter/DeadLetterFormat", NOT_YET),
              Map.entry("deadletter/MarkWriter", NOT_YET),
              Map.entry("deadletter/SpareRoom", NOT_YET),
              Map.entry("deadletter/DeadLetterStore", NOT_YET),
              Map.entry("intake/RingClaim", NOT_YET),
              Map.entry("intake/RingFile", NOT_YET)));

  @ParameterizedTest
  @EnumSource(Door.class)
  void reachesTheWorldThroughNamedClassesAlone(Door door) throws IOException {
    Map<String, String> found = new TreeMap<>();
    sources()
        .forEach(
            (name, code) ->
                door.pattern
                    .matcher(code)
                    .results()
                    .forEach(match -> found.merge(name, match.group(), (one, other) -> one)));
    assertThat(found).containsOnlyKeys(WHO_AND_WHY.get(door).keySet());
  }

  @Test
  void seesCodeAndNothingElse() {
    String source = "a /* Files. */ \"Files.\\\"\" // Files.\n '\"' Files.b";
    assertThat(NO_CODE.matcher(source).replaceAll(" ").split("Files", -1)).hasSize(2);
  }

  /** Each class by its path, without what is no code. */
  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new TreeMap<>();
    try (Stream<Path> all = Files.walk(SOURCES)) {
      for (Path file : all.filter(path -> path.toString().endsWith(".java")).toList()) {
        String name = SOURCES.relativize(file).toString().replace(".java", "");
        sources.put(name, NO_CODE.matcher(Files.readString(file)).replaceAll(" "));
      }
    }
    return sources;
  }
}

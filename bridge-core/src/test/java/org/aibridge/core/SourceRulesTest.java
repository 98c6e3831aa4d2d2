package org.aibridge.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

  /** Comments, literals and imports, in which a word means nothing. */
  private static final Pattern NO_CODE =
      Pattern.compile(
          "(?s)/\\*.*?\\*/|//[^\\n"
              + "]*|\"(?:\\\\.|[^\"\\\\])*\"|'(?:\\\\.|[^'\\\\])*'|\\bimport [^;]*;");

  private static final String MENDS =
      "mends a segment while whoever needs it too waits; it asks the disk within";

  /** What may let another thread run, or wait for a disk. */
  private static final Pattern SEAM =
      Pattern.compile("\\b(Disk|PrivateFiles|FileOwnership)\\.|\\.(await|pause|apart)\\(");

  /** A way out, and what it looks like in a source. */
  enum Door {
    TIME("System(\\.|::)(nanoTime|currentTimeMillis)|\\b(Instant|LocalDateTime)\\.now"),
    THREADS(
        "Thread\\.sleep|new (Uninterruptible)?Thread\\(|LockSupport\\.park|Thread\\.onSpinWait"),
    CHANCE("ThreadLocalRandom|SecureRandom|UUID\\.randomUUID"),
    DISK("(?<!\\w)Files\\.|FileChannel\\.open|new File\\(|RandomAccessFile|\\.toFile\\("),
    /** A path says which disk it is on; what is made of a text alone is on the machine's. */
    PATHS("(?<!\\w)Paths?(\\.|::)(of|get)\\b"),
    PROCESSES("new ProcessBuilder|getRuntime\\(\\)\\s*\\.exec"),
    MONITORS("\\bsynchronized\\b");

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
              "run/JdkPreload", "has the JDK load what those need"),
          Door.DISK,
          Map.of(
              "files/Disk", "the disk of a path",
              "files/PrivateFiles", "makes and opens files by the rules of privacy",
              "files/DiskFile", "is a file that is open",
              "files/FileOwnership", "asks for owners and modes",
              "store/SegmentQueue", "gives Chronicle the file that it asks for",
              "run/ClassPreload", "reads the class path",
              "run/JdkPreload", "takes descriptors of the machine's"),
          Door.PATHS,
          Map.of(
              "store/SharedMemory", "tells where the machine's shared memory is",
              "store/FileSystemKind", "asks the kernel for its mounts",
              "files/FileOwnership", "asks the kernel for this user",
              "files/PrivateFiles", "makes temporary folders",
              "operator/CommandSocket", "names a socket, which is the kernel's",
              "run/ClassPreload", "reads the class path",
              "run/JdkPreload", "opens a file of the JDK's",
              "config/ConfigSource", "stands in messages where a file would"),
          Door.PROCESSES,
          Map.of("notify/OwnProgram", "runs what the operator has chosen"),
          Door.MONITORS,
          Map.of(
              "http/Hold", "counts",
              "http/Gate", "counts",
              "http/Gates", "makes a gate",
              "http/NotBefore", "keeps a time",
              "http/RateBudget", "counts",
              "http/CallThreads", "starts threads, which OkHttp's calls need",
              "http/Heartbeat", "keeps a time",
              "run/LogThrottle", "keeps times",
              "store/ChronicleSetup", "sets properties once",
              "store/SegmentLog", MENDS));

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
    assertThat(found)
        .as("%s", WHO_AND_WHY.get(door))
        .containsOnlyKeys(WHO_AND_WHY.get(door).keySet());
  }

  /** Within a monitor others would wait, where in one thread they would go on. */
  @Test
  void asksNothingOfTheWorldWithinAMonitor() throws IOException {
    Map<String, String> found = new TreeMap<>();
    sources()
        .forEach(
            (name, code) ->
                Door.MONITORS
                    .pattern
                    .matcher(code)
                    .results()
                    .map(monitor -> block(code, monitor.end()))
                    .filter(block -> SEAM.matcher(block).find())
                    .forEach(block -> found.put(name, block)));
    assertThat(found).isEmpty();
    assertThat(block("m() { a { b } c } d", 0)).isEqualTo("{ a { b } c }");
  }

  /** The first block behind {@code from}, with its braces. */
  private static String block(String code, int from) {
    int begin = code.indexOf('{', from);
    int end = begin;
    for (int depth = 0; depth > 0 || end == begin; end++) {
      depth += code.charAt(end) == '{' ? 1 : code.charAt(end) == '}' ? -1 : 0;
    }
    return code.substring(begin, end);
  }

  /** The two that are longer say why in their first comment. */
  @Test
  void keepsClassesBelowFiveHundredLines() throws IOException {
    Map<String, Long> longer = new TreeMap<>();
    for (String module :
        List.of(
            "api",
            "core",
            "script-bindings",
            "metrics",
            "kafka",
            "ops",
            "fakeservice",
            "testkit",
            "sim")) {
      try (Stream<Path> all = Files.walk(Path.of("../bridge-" + module + "/src/main/java"))) {
        for (Path file : all.filter(path -> path.toString().endsWith(".java")).toList()) {
          String source = Files.readString(file);
          long lines = source.lines().count();
          if (lines > 500 && !source.contains("Longer than 500 lines, since")) {
            longer.put(file.getFileName().toString(), lines);
          }
        }
      }
    }
    assertThat(longer).isEmpty();
  }

  @Test
  void givesNoConstructorMoreThanSevenParameters() throws IOException {
    Pattern constructor =
        Pattern.compile(
            "(?m)^ +(?:public |protected |private )?([A-Z]\\w*)\\(([^()]*)\\)[^;{]*\\{");
    Map<String, String> found = new TreeMap<>();
    sources()
        .forEach(
            (name, code) ->
                constructor
                    .matcher(code)
                    .results()
                    .filter(made -> made.group(2).replaceAll("<[^()]*?>", "").split(",").length > 7)
                    .forEach(made -> found.put(name, made.group(1))));
    assertThat(found).isEmpty();
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

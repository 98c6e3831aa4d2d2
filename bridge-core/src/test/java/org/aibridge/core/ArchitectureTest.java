package org.aibridge.core;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.aibridge.core.run.BridgeClock;
import org.aibridge.core.run.Logs;
import org.aibridge.core.run.UninterruptibleThread;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The walls between the stages; {@code docs/architecture.md} tells why they stand there. */
class ArchitectureTest {
  private static final String CORE = "org.aibridge.core.";

  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.aibridge.core", "org.aibridge.api");

  /**
   * Which classes of another package a package knows; {@code *} is all of them. Only the root,
   * which puts the stages together, is not listed.
   */
  private static final Map<String, String> KNOWN =
      Map.ofEntries(
          Map.entry("config", ""),
          Map.entry("run", ""),
          Map.entry("event", ""),
          Map.entry("files", ""),
          Map.entry(
              "status",
              "action.ActionService action.ActionStats config.BridgeConfig dispatch.DispatchStats"
                  + " dispatch.Dispatcher dispatch.Dispatchers http.GateStatus http.HttpStats http.ServiceClient"
                  + " http.Standstill"
                  + " intake.EventSource intake.Refusals journal.Journal journal.JournalDuty"
                  + " journal.JournalStage journal.JournalSync journal.Shares run.BridgeClock run.Build run.Reason run.TickTimes run.World"
                  + " script.ScriptHttpService script.ScriptStats service.Service"
                  + " service.Standing"),
          Map.entry("text", ""),
          Map.entry("metrics", ""),
          Map.entry(
              "notify",
              "config.BridgeConfig config.Secret deadletter.DeathStats http.Answer"
                  + " http.ServiceRequest http.Transport run.BridgeClock run.Duty run.LogThrottle"
                  + " run.Logs run.Reason run.Threads run.Worker run.World status.Diagnosis"),
          Map.entry(
              "intake",
              "event.EventCodec event.EventKinds run.BridgeClock run.Chance run.RecentTime"),
          Map.entry(
              "store",
              "run.BridgeClock run.Chance run.FailPoint run.Logs run.Moments run.Once run.Reason"
                  + " run.Threads run.World"),
          Map.entry(
              "http",
              "config.* run.BridgeClock run.LogThrottle run.Logs run.Reason"
                  + " run.UninterruptibleThread service.*"),
          Map.entry("service", "config.BridgeConfig run.World"),
          Map.entry(
              "notice",
              "deadletter.DeadLetter deadletter.LetterRef deadletter.LetterSink"
                  + " dispatch.TakenEvents run.BridgeClock run.Duty run.LogThrottle run.Logs"
                  + " run.Reason"),
          Map.entry(
              "operator",
              "config.* dispatch.LaneState metrics.MetricsReading run.BridgeClock run.Duty"
                  + " run.LogThrottle run.Logs run.Reason run.Threads run.Worker run.World"
                  + " service.Trial status.StatusFile"),
          Map.entry(
              "deadletter",
              "event.EventKinds event.ReplayedEvent run.BridgeClock run.LogThrottle run.Logs run.Reason run.World"
                  + " store.*"),
          Map.entry(
              "journal",
              "event.EventCodec event.EventKinds event.RecordPart intake.* run.BridgeClock run.Chance run.Duty run.FailPoint"
                  + " run.LogThrottle run.Logs run.Reason run.RecentTime run.Threads run.World store.*"),
          Map.entry(
              "dispatch",
              "config.* deadletter.DeadLetter deadletter.DeadLetterStore deadletter.LetterFingerprint deadletter.LetterRef"
                  + " deadletter.LetterSink event.*"
                  + " journal.Cursor journal.Journal journal.JournalReader run.BridgeClock run.Duty"
                  + " run.FailPoint run.LogThrottle run.Logs run.Reason service.* store.SegmentLog"),
          Map.entry(
              "action",
              "config.* run.BridgeClock run.Duty run.LogThrottle run.Logs run.Reason run.Threads"
                  + " run.World service.*"
                  + " store.*"),
          Map.entry(
              "script",
              "config.* http.Answer http.ScriptPlaces http.ServiceRequest http.Transport run.BridgeClock"
                  + " run.Duty run.LogThrottle run.Logs run.Reason"));

  /** What the game thread runs: in {@code publish}, in {@code tick}, in a script's call. */
  private static final DescribedPredicate<JavaClass> ON_THE_GAME_THREAD =
      DescribedPredicate.describe(
          "run on the game thread",
          type ->
              Set.of(
                      "intake.Intake",
                      "intake.Refusals",
                      "event.EventCodec",
                      "event.EventCodes",
                      "event.EventKinds",
                      "event.ShortText",
                      "event.JsonCheck",
                      "event.JsonKeys",
                      "event.Utf8",
                      "run.RecentTime",
                      "run.TickTimes",
                      "action.ActionKind",
                      "action.ActionLimitCheck",
                      "action.ActionRunner",
                      "action.ActionTask",
                      "action.ActionInvoker",
                      "action.CustomSubjects",
                      "action.ActionEnd",
                      "action.HandlerRegistry",
                      "action.SubjectVisitor",
                      "action.ApplyContext",
                      "script.ScriptHttpService",
                      "script.ScriptStats",
                      "OffBridge",
                      "StartingBridge",
                      "Registrations",
                      "WholeStatus",
                      "status.RecentStatus",
                      "status.SinkReader",
                      "status.StatusReader",
                      "status.StatusJson")
                  .contains(outermost(type).getName().replace(CORE, "")));

  private static final DescribedPredicate<JavaAccess<?>> ASKS_THE_WALL_CLOCK =
      DescribedPredicate.describe(
          "asks the wall clock",
          access ->
              access.getName().equals("currentTimeMillis")
                  || access.getName().equals("now")
                      && access.getTargetOwner().getPackageName().equals("java.time")
                  || access.getTarget().getFullName().equals("java.util.Date.<init>()"));

  @Test
  void apiDependsOnTheJdkAloneButForAnnotationsThatOnlyCompilersRead() {
    classes()
        .that()
        .resideInAPackage("org.aibridge.api..")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage("org.aibridge.api..", "java..", "org.jspecify.annotations"))
        .check(ALL);
  }

  @Test
  void eachPackageKnowsWhatItMustAndNothingElse() {
    Map<String, Set<String>> forbidden = new TreeMap<>();
    Set<String> seen = new TreeSet<>();
    for (JavaClass type : ALL) {
      String from = packageOf(type);
      if (!type.getPackageName().startsWith(CORE)) {
        continue;
      }
      seen.add(from);
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = outermost(dependency.getTargetClass().getBaseComponentType());
        if (target.getPackageName().startsWith("org.aibridge.core")
            && !target.getPackageName().equals(type.getPackageName())
            && !knows(from, target)) {
          forbidden.computeIfAbsent(from, name -> new TreeSet<>()).add(target.getName());
        }
      }
    }
    assertThat(forbidden).isEmpty();
    assertThat(KNOWN).containsOnlyKeys(seen);
  }

  @Test
  void asksTheWallClockInOnePlaceAlone() {
    noClasses()
        .that(DescribedPredicate.not(JavaClass.Predicates.equivalentTo(BridgeClock.class)))
        .and(resideInAnyPackage("org.aibridge.core.."))
        .should()
        .accessTargetWhere(ASKS_THE_WALL_CLOCK)
        .check(ALL);
  }

  @Test
  void hasNoCyclesBetweenPackages() {
    slices().matching("org.aibridge.core.(*)..").should().beFreeOfCycles().check(ALL);
  }

  @Test
  void keepsEachLibraryBehindOnePackage() {
    noClasses()
        .that(resideOutsideOfPackages("org.aibridge.core.http"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("okhttp3..", "okio..", "kotlin..")
        .check(ALL);
    noClasses()
        .that(resideOutsideOfPackages("org.aibridge.core.http", "org.aibridge.core.service"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.github.resilience4j..")
        .check(ALL);
    noClasses()
        .that(resideOutsideOfPackages("org.aibridge.core.store"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("net.openhft..")
        .check(ALL);
    noClasses()
        .that(
            resideOutsideOfPackages(
                "org.aibridge.core.event",
                "org.aibridge.core.intake",
                "org.aibridge.core.journal",
                "org.aibridge.core.dispatch",
                "org.aibridge.core.store",
                "org.aibridge.core.deadletter",
                "org.aibridge.core.action",
                "org.aibridge.core"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.agrona..")
        .check(ALL);
    noClasses()
        .that(
            resideOutsideOfPackages(
                "org.aibridge.core.http",
                "org.aibridge.core.action",
                "org.aibridge.core.operator",
                "org.aibridge.core.deadletter",
                "org.aibridge.core.status",
                "org.aibridge.core.metrics",
                "org.aibridge.core.notify",
                "org.aibridge.core.text"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.fasterxml.jackson..")
        .check(ALL);
  }

  @Test
  void showsOutsidersTheProvidersAndTheJvmFlagsAlone() {
    classes()
        .that()
        .resideInAPackage("org.aibridge.core")
        .and()
        .arePublic()
        .should()
        .haveNameMatching(".*\\.(CoreBridgeProvider|HostedBridge|JvmFlags)")
        .check(ALL);
  }

  @Test
  void writesToNoConsole() {
    noClasses().should().accessField(System.class, "out").check(ALL);
    noClasses().should().accessField(System.class, "err").check(ALL);
    noClasses().should().callMethodWhere(named("printStackTrace")).check(ALL);
    noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging..").check(ALL);
  }

  @Test
  void interruptsNoThreadButItsOwn() {
    noClasses().should().callMethodWhere(named("shutdownNow")).check(ALL);
  }

  @Test
  void makesNoThreadThatAnInterruptReaches() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(UninterruptibleThread.class.getName())
        .should()
        .callConstructorWhere(
            DescribedPredicate.describe(
                "makes a thread", call -> call.getTargetOwner().isEquivalentTo(Thread.class)))
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.util\\.concurrent\\.(Executors|ForkJoinPool)|java\\.util\\.Timer")
        .check(ALL);
  }

  @Test
  void logsThroughLoggersThatNeverThrow() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(Logs.class.getName())
        .should()
        .dependOnClassesThat()
        .areAssignableTo(LoggerFactory.class)
        .check(ALL);
  }

  /**
   * What is not ours throws checked exceptions that nobody declares. Whoever means all that can go
   * wrong catches {@code Exception}, or {@code Throwable} with the errors.
   */
  @Test
  void catchesNothingThatASneakedExceptionGoesPast() throws IOException {
    Pattern narrow = Pattern.compile("catch \\([^)]*\\b(RuntimeException|Error)\\b[^)]*\\)");
    Set<String> found = new TreeSet<>();
    int files = 0;
    for (String module : List.of("api", "core", "script-bindings", "metrics", "kafka", "ops")) {
      try (Stream<Path> sources = Files.walk(Path.of("../bridge-" + module + "/src/main/java"))) {
        for (Path source : sources.filter(Files::isRegularFile).toList()) {
          files++;
          narrow
              .matcher(Files.readString(source))
              .results()
              .map(MatchResult::group)
              .forEach(clause -> found.add(source.getFileName() + ": " + clause));
        }
      }
    }
    assertThat(found).isEmpty();
    assertThat(files).as("the sources are there").isGreaterThan(300);
  }

  /** A file that is made elsewhere has the mode that the umask leaves it, and follows links. */
  @Test
  void makesAndOpensFilesInOnePlaceAlone() throws IOException {
    Pattern making =
        Pattern.compile(
            "(?<!Private)Files\\s*\\.(create(File|Director|Temp|Symb)\\w*|write\\w*|copy|new(Output|Buffered|Byte)\\w*"
                + "|setPosix\\w*)\\(|FileChannel\\s*\\.open\\(|new (RandomAccessFile|FileWriter)\\("
                + "|new FileOutputStream\\((?!FileDescriptor)|\\.(mkdirs?|createNewFile)\\(\\)");
    Set<String> found = new TreeSet<>();
    for (String module : List.of("api", "core", "script-bindings", "metrics", "kafka", "ops")) {
      try (Stream<Path> sources = Files.walk(Path.of("../bridge-" + module + "/src/main/java"))) {
        for (Path source : sources.filter(Files::isRegularFile).toList()) {
          String name = source.getFileName().toString();
          making
              .matcher(Files.readString(source))
              .results()
              .filter(call -> !(name.equals("FileOwnership.java") && call.group().contains("Temp")))
              .filter(call -> !name.equals("PrivateFiles.java"))
              .map(MatchResult::group)
              .filter(call -> !call.startsWith("Files.newBufferedReader"))
              .forEach(call -> found.add(name + ": " + call));
        }
      }
    }
    assertThat(found).isEmpty();
  }

  /** A lane and a batch own their state: whoever drives them asks, and reaches into nothing. */
  @Test
  void dispatcherTouchesNoFieldOfAnotherClass() throws IOException {
    String source =
        Files.readString(Path.of("src/main/java/org/aibridge/core/dispatch/Dispatcher.java"));
    Set<String> fields = new TreeSet<>();
    Matcher reached =
        Pattern.compile("\\b(?!this\\b)[a-z]\\w*\\.([a-z]\\w*)\\b(?!\\()")
            .matcher(source.replaceAll("(?s)/\\*.*?\\*/|//[^\n]*|(import|package) [^;]*;", ""));
    while (reached.find()) {
      fields.add(reached.group());
    }
    assertThat(fields).isEmpty();
  }

  /**
   * A constant of another class is in none of the compiled ones, so it is the sources that tell.
   */
  @Test
  void namesNothingOfHttpBehindTheServiceDoor() throws IOException {
    Pattern words =
        Pattern.compile(
            "(?i:http|\\bur[li]s?\\b|baseUrl|status code|retry-after|idempotency-key|\\bx-[a-z]+-"
                + "|\\b[345]xx\\b)|\\b(GET|POST)\\b|\\b(40[1-9]|41[0-9]|42[0-9]|50[1-4])\\b");
    Map<String, Set<String>> found = new TreeMap<>();
    int files = 0;
    for (String behind : List.of("dispatch", "journal", "deadletter", "action", "service")) {
      try (Stream<Path> sources =
          Files.walk(Path.of("src/main/java/org/aibridge/core").resolve(behind))) {
        for (Path source : sources.filter(Files::isRegularFile).toList()) {
          files++;
          words
              .matcher(Files.readString(source))
              .results()
              .map(MatchResult::group)
              .forEach(
                  word ->
                      found
                          .computeIfAbsent(source.getFileName().toString(), n -> new TreeSet<>())
                          .add(word));
        }
      }
    }
    assertThat(found).isEmpty();
    assertThat(files).as("the sources are there").isGreaterThan(80);
  }

  @Test
  void writesNumbersAndLettersTheSameInEveryLocale() {
    noClasses()
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "takes the locale of the host",
                call -> {
                  String method = call.getTarget().getFullName();
                  return method.matches(
                      "java\\.lang\\.String\\.(formatted\\(.*"
                          + "|format\\(java\\.lang\\.String,.*|to(Upper|Lower)Case\\(\\))"
                          + "|java\\.io\\.Print\\w+\\.(printf|format)\\(java\\.lang\\.String,.*"
                          + "|java\\.time\\.format\\.DateTimeFormatter\\.ofPattern\\("
                          + "java\\.lang\\.String\\)"
                          + "|java\\.text\\.\\w+\\.get\\w*Instance\\(\\)");
                }))
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.util\\.Formatter|java\\.text\\.(Simple|Decimal|Message).*")
        .check(ALL);
  }

  @Test
  void takesNoLockOnTheGameThread() {
    methods()
        .that()
        .areDeclaredInClassesThat(ON_THE_GAME_THREAD)
        .should()
        .notHaveModifier(JavaModifier.SYNCHRONIZED)
        .check(ALL);
    noClasses()
        .that(ON_THE_GAME_THREAD)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.util.concurrent.locks..", "java.net..", "java.nio.channels..", "java.sql..")
        .check(ALL);
    noClasses()
        .that(ON_THE_GAME_THREAD)
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.util\\.concurrent\\.(.*Blocking.*|Semaphore|CountDownLatch|Exchanger"
                + "|.*Barrier|Phaser|.+Executor.*|Executor.+)|java\\.io\\.(File|Random).*"
                + "|java\\.nio\\.file\\.Files")
        .check(ALL);
    assertThat(ALL.stream().filter(ON_THE_GAME_THREAD).map(ArchitectureTest::outermost).distinct())
        .as("the classes the rule names are there")
        .hasSize(31);
  }

  @Test
  void readsNoWallClockWhereItMeasures() {
    noClasses()
        .that()
        .resideInAnyPackage(
            CORE + "dispatch..", CORE + "action..", CORE + "script..", CORE + "intake..")
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .check(ALL);
  }

  private static DescribedPredicate<com.tngtech.archunit.core.domain.JavaMethodCall> named(
      String method) {
    return DescribedPredicate.describe(
        "name is " + method, call -> call.getTarget().getName().equals(method));
  }

  private static boolean knows(String from, JavaClass target) {
    String name = target.getName().replace(CORE, "");
    if (name.startsWith("text.") || name.startsWith("files.") && !from.equals("text")) {
      return true; // Below all the others.
    }
    String all = name.substring(0, name.lastIndexOf('.') + 1) + "*";
    return Arrays.asList(KNOWN.getOrDefault(from, "").split(" ")).stream()
        .anyMatch(known -> known.equals(name) || known.equals(all));
  }

  private static String packageOf(JavaClass type) {
    return type.getPackageName().replace(CORE, "");
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
  }
}
